"""Queries as one types them into Google Alerts or Google News."""

from __future__ import annotations

import re

from monitor.matching.dialects_reader import Reader, Token
from monitor.matching.tree import All, Near, Node, Within

_ALTERNATIVES = {"+": "write it without the +", "..": "write the numbers out, joined by OR"}
_FIELDS = {
    "intitle": "title",
    "intext": "text",
    "inurl": "url",
    "site": "url",
    "source": "outlet",
    "inauthor": "author",
    "author": "author",
}
_ALL = {"allintitle": "title", "allintext": "text", "allinurl": "url"}
_GAP = 5
"""Words that a star between words of a phrase may stand for."""
_FARTHEST = 500


class Google(Reader):
    """Reads quotes, OR, ``-``, ``intitle:``, ``site:``, ``AROUND(n)`` and ``*``; OR binds closely."""

    or_first = True
    pattern = re.compile(
        r"""(?P<space>\s+)
        |(?P<around>AROUND\s*\(\s*(?P<words>\d{1,4})\s*\))
        |(?P<and>(?:AND|&&?)(?=[\s(]|$))
        |(?P<or>(?:OR|\|{1,2})(?=[\s(]|$)|\|)
        |(?P<not>(?:NOT(?=[\s(])|-(?=[\w"(*~])))
        |(?P<open>\()|(?P<close>\))
        |(?P<field>[A-Za-z]+:(?=["(\w.*-]|\s+\w))
        |(?P<phrase>["“„][^"”“]*["”“])
        |(?P<term>[^\s()"“”„|]+)""".replace("(?P<words>", "(?:"),
        re.VERBOSE,
    )

    def term(self, token: Token) -> Node:
        """Return what a word, phrase or field stands for."""
        if token.kind == "field":
            return self._field(token)
        if token.kind == "phrase":
            return self._phrase(token)
        if token.kind == "around":
            raise self.error(token.at, "AROUND(n) stands between two terms")
        return self._word(token)

    def _word(self, token: Token) -> Node:
        text = token.text
        if re.fullmatch(r"\d*\.\.\d*", text) or re.search(r"\d\.\.[$€£]?\d", text):
            raise self.error(token.at, "ranges of numbers have no equal here", _ALTERNATIVES[".."])
        if text.startswith("~"):
            self.notes.append(f"{text}: similar words are not looked for, only {text[1:]} itself")
            text = text[1:]
        if text.startswith("+"):
            self.notes.append(f"{text}: endings and accents count as the same word here")
            text = text[1:]
        if text == "*":
            message = "a star alone has no equal here"
            raise self.error(token.at, message, 'put it between the words of a "phrase"')
        if re.fullmatch(r"https?://\S+", text):
            return Within("url", self.word(text, token.at))
        return self.word(text, token.at)

    def _phrase(self, token: Token) -> Node:
        """Return a phrase; a star in it stands for a few words."""
        text = token.text[1:-1]
        parts = [part for part in re.split(r"(?:^|\s)\*(?=\s|$)", text) if part.strip()]
        if len(parts) < 2:  # noqa: PLR2004 - no star between words
            return self.word(text.replace(" *", "").replace("* ", ""), token.at)
        self.notes.append(f"{token.text}: the star stands for up to {_GAP} words")
        words: list[Node] = [self.word(part, token.at) for part in parts]
        return self.near(words, _GAP, ordered=True)

    def _field(self, token: Token) -> Node:
        name = token.text[:-1].lower()
        if name in _ALL:
            return self._all(_ALL[name], token)
        if name not in _FIELDS:
            known = ", ".join(f"{each}:" for each in (*_FIELDS, *_ALL))
            message = f"{token.text} has no equal here"
            raise self.error(token.at, message, f"known: {known}; or put it in quotation marks")
        follows = self.take()
        if follows is None or follows.kind not in {"term", "phrase", "open"}:
            raise self.error(token.at, f"a term is missing behind {token.text}")
        if name == "site":
            bare = re.sub(r"^https?://|^\*?\.|/+$", "", follows.text)
            follows = follows._replace(text=bare)
        node = self.group(follows) if follows.kind == "open" else self.term(follows)
        return self.within(_FIELDS[name], node, token.at)

    def _all(self, field: str, token: Token) -> Node:
        """Return all words behind ``allintitle:`` up to the end of the query or group."""
        nodes: list[Node] = []
        while (follows := self.peek()) and follows.kind in {"term", "phrase"}:
            self.take()
            nodes.append(self.term(follows))
        if not nodes:
            raise self.error(token.at, f"a term is missing behind {token.text}")
        return self.within(field, nodes[0] if len(nodes) == 1 else All(tuple(nodes)), token.at)

    def behind(self, node: Node, _: Token) -> Node:
        """Return a term with the terms that stand AROUND it."""
        while (around := self.peek()) and around.kind == "around":
            self.take()
            other = self.take()
            if other is None or other.kind not in {"term", "phrase", "open", "field"}:
                raise self.error(around.at, "AROUND(n) stands between two terms")
            right = self.group(other) if other.kind == "open" else self.term(other)
            if isinstance(node, All) or isinstance(right, All):
                raise self.error(around.at, "AROUND(n) stands between terms or terms joined by OR")
            words = int("".join(filter(str.isdigit, around.text)))
            if words > _FARTHEST:
                self.notes.append(f"{around.text}: {_FARTHEST} words are the most here")
            node = Near(node, right, min(words, _FARTHEST), ordered=False)
        return node
