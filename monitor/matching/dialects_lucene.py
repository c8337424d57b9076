"""Queries in Lucene's syntax, as Media Cloud, Elasticsearch and many archives take them."""

from __future__ import annotations

import re
from itertools import pairwise

from monitor.matching.dialects_reader import Reader, Token
from monitor.matching.query import FARTHEST, FUZZY_LETTERS
from monitor.matching.tree import Fuzzy, Node, Regex, Word
from monitor.matching.words import writes_spaces

_FIELDS = {
    "title": "title", "article_title": "title", "headline": "title", "text": "text", "content": "text", "body": "text",
    "text_content": "text", "summary": "summary", "description": "summary", "language": "lang", "lang": "lang",
    "url": "url", "canonical_domain": "url", "domain": "url", "media_url": "url", "media_name": "outlet", "publisher": "outlet",
    "outlet": "outlet", "source": "source", "author": "author", "authors": "author", "byline": "author",
}  # fmt: skip
_SIDE_BY_SIDE = (
    "terms side by side are joined by AND, as Media Cloud does; plain Lucene would mean OR"
)
_MIXED = "AND and OR without parentheses: AND was taken first"


class Lucene(Reader):
    """Reads fields, ``+``, ``-``, AND, OR, NOT, wildcards, ``"…"~n``, ``~``, regular expressions and weights."""

    pattern = re.compile(
        r"""(?P<space>\s+)
        |(?P<and>(?:AND(?=[\s(]|$)|&&))|(?P<or>(?:OR(?=[\s(]|$)|\|\|))
        |(?P<not>(?:NOT(?=[\s(])|[-!](?=[\w"(*/\\])))|(?P<must>\+(?=[\w"(*/\\]))
        |(?P<open>\()|(?P<close>\))
        |(?P<behind>(?:~\d*\.?\d*|\^\d*\.?\d+))
        |(?P<everything>\*(?::\*)?(?=[\s)]|$))
        |(?P<range>[\[{][^\]}]*[\]}]?)
        |(?P<field>\w[\w.]*:(?![\s)]|//))
        |(?P<phrase>"(?:\\.|[^"\\])*")
        |(?P<regex>/(?:\\.|[^/\\])+/)
        |(?P<term>(?:\\.|[^\s()"~^\[\]{}:\\])+(?::(?://)(?:\\.|[^\s()"~^])+)?)""",
        re.VERBOSE,
    )

    def read(self) -> Node:
        """Return the whole query as a tree, with notes on what could be understood in two ways."""
        kinds = [token.kind for token in self._tokens]
        node = super().read()
        if "and" in kinds and "or" in kinds and "open" not in kinds:
            self.notes.append(_MIXED)
        opens = {"term", "phrase", "regex", "open", "field", "not", "must"}
        ends = {"term", "phrase", "regex", "close", "behind"}
        if any(one in ends and other in opens for one, other in pairwise(kinds)):
            self.notes.append(_SIDE_BY_SIDE)
        return node

    def term(self, token: Token) -> Node:
        """Return what a token that is no operator stands for."""
        if token.kind == "field":
            return self._field(token)
        if token.kind == "range":
            raise self.error(
                token.at, "ranges have no equal here", "leave it out, or write values joined by OR"
            )
        if token.kind == "everything":
            message = "a star alone, for everything, has no equal here"
            raise self.error(token.at, message, "name what to look for")
        if token.kind == "behind":
            raise self.error(token.at, f"{token.text} stands directly behind a term")
        if token.kind == "regex":
            self.notes.append(f"{token.text}: held to whole words")
            return Regex(rf"\b(?:{token.text[1:-1]})\b".replace(r"\/", "/"))
        if token.kind == "phrase":
            return self.word(_plain(token.text[1:-1]), token.at)
        return self._word(token)

    def _word(self, token: Token) -> Node:
        bare = re.sub(r"\\.", "", token.text)
        if "?" not in bare:
            return self.word(_plain(token.text), token.at)
        pieces = re.findall(r"\\.|.", token.text)
        pattern = "".join(
            {"?": r"\w", "*": r"\w*"}.get(each, re.escape(each[-1])) for each in pieces
        )
        return Regex(rf"\b{pattern}\b")

    def _field(self, token: Token) -> Node:
        name = token.text[:-1].lower()
        follows = self.take()
        if name not in _FIELDS:
            hint = (
                f"known: {', '.join(f'{each}:' for each in _FIELDS)}; or put it in quotation marks"
            )
            raise self.error(token.at, f"the field {token.text} has no equal here", hint)
        if follows is None or follows.kind in {"and", "or", "close", "not", "must"}:
            raise self.error(token.at, f"a term is missing behind {token.text}")
        node = self.group(follows) if follows.kind == "open" else self.term(follows)
        return self.within(_FIELDS[name], self._followed(node, follows), token.at)

    def behind(self, node: Node, token: Token) -> Node:
        """Return a term with ``~`` and ``^`` behind it taken in."""
        return self._followed(node, token)

    def _followed(self, node: Node, token: Token) -> Node:
        while (sign := self.peek()) and sign.kind == "behind":
            self.take()
            if sign.text[0] == "^":
                self.notes.append(f"{sign.text}: weights are left out, every term counts alike")
            elif token.kind == "phrase" and isinstance(node, Word):
                node = self._nearby(node, sign)
            elif token.kind == "term" and isinstance(node, Word):
                node = self._fuzzy(node, sign)
            else:
                raise self.error(sign.at, f"{sign.text} stands behind a word or a phrase")
        return node

    def _nearby(self, phrase: Word, sign: Token) -> Node:
        """Return the words of a phrase near each other."""
        words = int(float(sign.text[1:] or 0))
        parts: list[Node] = [self.word(part, sign.at) for part in phrase.text.split()]
        if words == 0 or len(parts) == 1:
            return phrase
        if words > FARTHEST:
            self.notes.append(f"{sign.text}: {FARTHEST} words are the most here")
        if len(parts) > 2:  # noqa: PLR2004 - more than a pair
            self.notes.append(f"{sign.text}: holds between each two words that follow each other")
        return self.near(parts, min(words, FARTHEST))

    def _fuzzy(self, word: Word, sign: Token) -> Node:
        text = word.text
        if sum(map(str.isalpha, text)) < FUZZY_LETTERS or "*" in text or not writes_spaces(text):
            self.notes.append(
                f"{text}{sign.text}: misspellings are looked for from {FUZZY_LETTERS} letters on"
            )
            return word
        if sign.text not in {"~1", "~"} or sign.text == "~":
            self.notes.append(f"{text}{sign.text}: one letter may differ here")
        return Fuzzy(text)


def _plain(text: str) -> str:
    """Return text without the backslashes of escapes."""
    return re.sub(r"\\(.)", r"\1", text)
