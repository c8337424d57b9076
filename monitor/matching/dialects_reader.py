"""What readers of other query languages share: tokens, parentheses, AND, OR, NOT."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

from monitor.matching.faults import QueryError
from monitor.matching.query import LONGEST
from monitor.matching.tree import All, Either, Near, Node, Not, Within, Word, children
from monitor.matching.words import nothing_in

DEEPEST = 30


class Token(NamedTuple):
    """A piece of a query, of what kind, and where it begins."""

    kind: str
    text: str
    at: int


class Reader(ABC):
    """Reads one query, once."""

    pattern: ClassVar[re.Pattern[str]]
    """Its tokens, by named groups; ``term`` and ``phrase`` are left to `term`."""
    or_first: ClassVar[bool] = False
    """Whether OR binds more closely than AND."""

    def __init__(self, query: str) -> None:
        self.query = query
        if len(query) > LONGEST:
            message = f"the query is {len(query):,} characters long, {LONGEST:,} are the most"
            raise self.error(LONGEST, message)
        self.notes: list[str] = []
        self._tokens = self._split(query)
        self._next = 0
        self._depth = 0

    def read(self) -> Node:
        """Return the whole query as a tree."""
        if not self._tokens:
            raise self.error(0, "the query is empty")
        node = self._joined(self.or_first)
        if rest := self.peek():
            raise self.error(rest.at, "this ) closes nothing", "remove it, or add the missing (")
        return node

    @abstractmethod
    def term(self, token: Token) -> Node:
        """Return what a token that is no operator and no parenthesis stands for."""

    def error(self, at: int, message: str, hint: str = "") -> QueryError:
        """Return an error at a place of the query."""
        return QueryError(self.query, at, message, hint)

    def _split(self, query: str) -> list[Token]:
        tokens, at = [], 0
        while at < len(query):
            match = self.pattern.match(query, at)
            if match is None or match.end() == at:
                message = (
                    "a quotation mark is not closed" if query[at] == '"' else "this cannot be read"
                )
                raise self.error(at, message)
            if match.lastgroup and match.lastgroup != "space":
                tokens.append(Token(match.lastgroup, match[0], at))
            at = match.end()
        return tokens

    def peek(self) -> Token | None:
        """Return the next token without taking it."""
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def take(self) -> Token | None:
        """Return the next token and go on behind it."""
        token = self.peek()
        self._next += token is not None
        return token

    def _joined(self, inner_or: bool) -> Node:  # noqa: FBT001 - which of the two levels it is
        """Read operands joined by the operator that binds less closely, down to the other."""
        outer, inner = ("and", "or") if inner_or else ("or", "and")
        parts = [self._inner(inner)]
        while token := self.peek():
            if token.kind == "close":
                break
            if token.kind == outer:
                self.take()
            elif outer != "and":
                break
            parts.append(self._inner(inner))
        return _of(parts, outer)

    def _inner(self, kind: str) -> Node:
        parts = [self._operand()]
        while token := self.peek():
            if token.kind == kind:
                self.take()
            elif kind == "or" or token.kind in {"or", "close"}:
                break
            parts.append(self._operand())
        return _of(parts, kind)

    def _operand(self) -> Node:
        """Read one term, group or negation."""
        token = self.take()
        if token is None:
            raise self.error(len(self.query), "a term is missing at the end")
        if token.kind in {"not", "must"}:
            self._deeper(token)
            node = self._operand()
            self._depth -= 1
            return Not(node) if token.kind == "not" else node
        if token.kind in {"and", "or", "close"}:
            raise self.error(token.at, f"a term is expected here, not {token.text}")
        if token.kind == "open":
            return self.behind(self.group(token), token)
        return self.behind(self.term(token), token)

    def group(self, opening: Token) -> Node:
        """Read what stands in parentheses, behind the first."""
        self._deeper(opening)
        if (first := self.peek()) and first.kind == "close":
            raise self.error(first.at, "nothing stands before this )")
        node = self._joined(self.or_first)
        closing = self.take()
        if closing is None:
            raise self.error(opening.at, "a parenthesis is not closed", "add the missing )")
        self._depth -= 1
        return node

    def _deeper(self, token: Token) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self.error(token.at, f"the query is nested deeper than {DEEPEST} levels")

    def behind(self, node: Node, _: Token) -> Node:
        """Return a term or group with what may follow it taken in; nothing by default."""
        return node

    def word(self, text: str, at: int) -> Word:
        """Return a word or phrase; raises `QueryError` when nothing of it can be looked for."""
        text = " ".join(text.replace('"', " ").split())
        if fault := nothing_in(text):
            raise self.error(at, fault.message, fault.hint)
        return Word(text)

    def within(self, field: str, node: Node, at: int) -> Node:
        """Return a query held to a field."""
        level = [node]
        while level:
            if any(isinstance(each, Within) for each in level):
                raise self.error(at, f"a field inside {field}: has no equal here")
            level = [child for parent in level for child in children(parent)]
        return Within(field, node)

    def near(self, nodes: list[Node], words: int, *, ordered: bool = False) -> Node:
        """Return nodes each of which stands near the one before."""
        first, *rest = nodes
        for node in rest:
            first = Near(first, node, words, ordered)
        return first


def _of(parts: list[Node], kind: str) -> Node:
    if len(parts) == 1:
        return parts[0]
    joined = All if kind == "and" else Either
    flat: list[Node] = []
    for part in parts:
        flat += children(part) if isinstance(part, joined) else (part,)
    return joined(tuple(flat))
