"""The query language of ``match:``: parsing, and errors that point at the place.

"forced labour" NEAR/10 (cotton OR tomato*)      within ten words, in any order
camp* BEFORE/5 Xinjiang                          in this order
Xi AND NOT "Xi'an"                               both; a space alone also means AND
AT LEAST 2 OF (cotton, solar, tomatoes)          any two
title:Uyghur lang:en source:example              only there
Magnitsky~                                       one small misspelling
/uyghurs?/                                       a regular expression, on folded text, in linear time
@rushan-abbas                                    whatever another watch finds
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import LarkError, UnexpectedInput

from monitor.matching import regex
from monitor.matching.faults import DEEPEST, Misplaced, QueryError, explain, too_deep
from monitor.matching.tree import (
    FIELDS,
    TEXT_FIELDS,
    All,
    AtLeast,
    Either,
    Fuzzy,
    Near,
    Node,
    Not,
    Ref,
    Regex,
    Within,
    Word,
    children,
    depth_of,
    holds_alone,
)
from monitor.matching.words import WORD, nothing_in, word_fault, writes_spaces

QUOTED = r'("[^"]*"|“[^”"]*”|„[^“”"]*[“”]|«[^»"]*»)'
GRAMMAR = rf"""
    ?start: any
    ?any: all (_OR all)*
    ?all: not (_AND? not)*
    ?not: NOT not -> negated
        | near
    ?near: primary (NEAR primary)*
    ?primary: "(" any ")"
        | AT_LEAST "(" any ("," any)* ")" -> at_least
        | FIELD primary -> within
        | REF -> ref
        | REGEX -> regex
        | FUZZY -> fuzzy
        | PHRASE -> phrase
        | WORD -> word

    _OR.3: /OR(?![^\s()])/
    _AND.3: /AND(?![^\s()])/
    NOT.3: /NOT(?![^\s()])/
    NEAR.3: /(NEAR|BEFORE)\/[0-9]{{1,3}}(?![^\s()])/
    AT_LEAST.3: /AT\s+LEAST\s+[0-9]{{1,3}}\s+OF(?![^\s()])/
    FIELD.3: /({"|".join(FIELDS)}):/
    REF.2: /@[a-z0-9][a-z0-9-]{{0,63}}(?![^\s(),])/
    REGEX.2: /\/(\\.|[^\/\\\n])+\/(?![^\s(),])/
    FUZZY.2: /({QUOTED}|[^\s()",:~\/@“”„«»][^\s()",~“”„«»]*)~(?![^\s(),])/
    PHRASE.2: /{QUOTED}/
    WORD: /{WORD}/
    %ignore /\s+/
"""
FUZZY_LETTERS = 6
"""Shortest term that may be misspelt."""
FARTHEST = 500
"""Most words between the two sides of NEAR."""
LONGEST = 20_000
"""Most characters of a query."""


@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    """Makes nodes of what the parser recognises, and refuses what would not mean what it says."""

    def word(self, token: Token) -> Node:
        text = str(token)
        if fault := word_fault(text):
            raise Misplaced(_at(token) + fault.offset, fault.message, fault.hint)
        return Word(text)

    def phrase(self, token: Token) -> Node:
        text = " ".join(str(token)[1:-1].split())
        if fault := nothing_in(text):
            raise Misplaced(_at(token), fault.message, fault.hint)
        return Word(text)

    def fuzzy(self, token: Token) -> Node:
        text = str(token)[:-1]
        quoted = text[0] in '"“„«'
        text = " ".join(text[1:-1].split()) if quoted else text
        fault = nothing_in(text) if quoted else word_fault(text)
        if fault:
            raise Misplaced(_at(token) + fault.offset, fault.message, fault.hint)
        if sum(map(str.isalpha, text)) < FUZZY_LETTERS or "*" in text or text[0] == "=":
            hint = "shorter ones look like too many others; * and = do not go with it"
            message = f"~ needs a term of {FUZZY_LETTERS} letters or more"
            raise Misplaced(_at(token), message, hint)
        if not writes_spaces(text):
            message = "~ needs a script that writes spaces between words"
            raise Misplaced(_at(token), message, "write the other spellings out, joined by OR")
        return Fuzzy(text)

    def regex(self, token: Token) -> Node:
        pattern = regex.unescaped(str(token)[1:-1])
        if fault := regex.fault_in(pattern):
            raise Misplaced(_at(token) + 1 + fault.offset, fault.message, fault.hint)
        return Regex(pattern)

    def ref(self, token: Token) -> Node:
        return Ref(str(token)[1:])

    def within(self, token: Token, node: Node) -> Node:
        field = str(token)[:-1]
        banned = Within if field in TEXT_FIELDS else Within | Ref
        if _any(node, banned):
            message = f"{field}: holds words, phrases, and AND, OR, NOT of them"
            raise Misplaced(_at(token), message, "no other field or watch inside; join them by AND")
        return Within(field, node)

    def negated(self, _: Token, node: Node) -> Node:
        return Not(node)

    def near(self, *parts: Any) -> Node:
        node: Node = parts[0]
        for sign, right in zip(parts[1::2], parts[2::2], strict=True):
            word, _, count = str(sign).partition("/")
            if int(count) > FARTHEST:
                message = f"the distance is {FARTHEST} words at most"
                raise Misplaced(_at(sign) + len(word) + 1, message, "use AND for the whole item")
            for side in (node, right):
                if hint := _no_term(side):
                    message = f"{word} stands between terms, or terms joined by OR"
                    raise Misplaced(_at(sign), message, hint)
            node = Near(node, right, int(count), word == "BEFORE")
        return node

    def at_least(self, token: Token, *nodes: Node) -> Node:
        count = int(str(token).split()[2])
        if not 1 <= count <= len(nodes):
            message = f"AT LEAST {count} OF {len(nodes)} can never be told apart"
            raise Misplaced(_at(token), message, f"write 1 to {len(nodes)}")
        return AtLeast(count, nodes)

    def all(self, *nodes: Node) -> Node:
        return All(_flat(nodes, All))

    def any(self, *nodes: Node) -> Node:
        return Either(_flat(nodes, Either))


def _flat(nodes: tuple[Node, ...], kind: type) -> tuple[Node, ...]:
    """Return the parts of AND or OR with those of inner ones in their place."""
    return tuple(
        part for node in nodes for part in (children(node) if isinstance(node, kind) else (node,))
    )


def _at(token: Token) -> int:
    return token.start_pos or 0


def _any(node: Node, kinds: Any) -> bool:
    """Tell whether a node of ``kinds`` is in the tree, however deep that is."""
    level = [node]
    while level:
        if any(isinstance(each, kinds) for each in level):
            return True
        level = [child for parent in level for child in children(parent)]
    return False


def _no_term(node: Node) -> str:
    """Return what to do when one side of NEAR is more than a term; nothing when it is one."""
    match node:
        case Word() | Fuzzy() | Regex() | Ref() | Near():
            return ""
        case Within(field, inner):
            return _no_term(inner) if field in TEXT_FIELDS else f"join {field}: by AND"
        case Either(nodes):
            return next(filter(None, map(_no_term, nodes)), "")
        case All(nodes) if all(isinstance(part, Word) for part in nodes):
            phrase = " ".join(part.text for part in nodes if isinstance(part, Word))
            return f'for a phrase write "{phrase}"'
        case _:
            return "join AND, NOT and AT LEAST outside of it"


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(
        GRAMMAR, parser="lalr", lexer="basic", maybe_placeholders=False, transformer=_Builder()
    )


def _read(query: str) -> Node:
    node: Any = _parser().parse(query)  # with a transformer it returns what that makes
    return node  # type: ignore[no-any-return]  # the same


@lru_cache(maxsize=1 << 17)
def parse(query: str, *, everywhere: bool = False) -> Node:
    """Return the query as a tree; raises `QueryError` with the place and a hint.

    ``everywhere`` allows a query of ``NOT`` alone, which makes sense among what was found already.
    """
    if not query.strip():
        raise QueryError(query, 0, "the query is empty", "write what to look for")
    if len(query) > LONGEST:
        message = f"the query is {len(query):,} characters long, {LONGEST:,} are the most"
        raise QueryError(query, LONGEST, message, "make several watches of it and join them by @")
    try:
        node: Node = _read(query)
    except Misplaced as fault:
        raise QueryError(query, *fault.args) from None
    except UnexpectedInput as error:
        raise QueryError(query, *explain(query, error)) from None
    except LarkError as error:  # nothing else is known to come
        raise QueryError(query, 0, f"the query cannot be read: {error}") from None
    if depth_of(node) > DEEPEST:
        raise QueryError(query, *too_deep(query))
    if not everywhere and holds_alone(node):
        first = next(token for token in _parser().lex(query) if token.type == "NOT")
        message = "this holds for nearly every item: NOT needs something beside it to look for"
        raise QueryError(query, _at(first), message, "such as: cotton NOT candy")
    return node
