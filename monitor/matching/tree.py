"""The tree of a query: its nodes, and walking them.

The docstring of each node is its entry in ``docs/queries.md``: how it is written, and examples that
are tested (in ``finds:`` brackets stand around what is marked; ``name=value;`` sets a field).
"""

from __future__ import annotations

from dataclasses import dataclass

FIELDS = {
    "title": "the title",
    "summary": "the summary that a feed gives",
    "text": "everything but the title: summary and text",
    "source": "the id of the source (or its first words), or words of the outlet's name",
    "outlet": "words of the outlet's name",
    "lang": "the language: `en` is also `en-GB`",
    "author": "words of an author's name",
    "url": "words of the address; a regular expression sees it as it is",
}
"""The fields that a query can be held to, and what each looks at."""
TEXT_FIELDS = frozenset(["title", "summary", "text"])
"""Fields in which places are found and marked; of the others it only counts whether they hold."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a phrase in quotation marks.

    Case, accents, hyphens, line breaks and the two ways of writing Chinese make no difference. Whole
    words count, with the endings that their script and language allow. ``*`` stands for any letters at the
    beginning, inside or at the end of a word; ``=`` before it asks for exactly this case.

        query: "forced labour"
        finds: [Forced-labour] claims reach the port.
        leaves: They were forced to labour.

        query: Müller
        finds: [MULLER]’s answer came late.
        leaves: Mullerian mimicry

        query: 习近平
        finds: 中国国家主席[習近平]昨日訪問新疆
        leaves: 学习近况平稳

        query: tomato*
        finds: Paste from [tomatoes] of the region
        leaves: An automated line

        query: *camp
        finds: A [labourcamp] and a [camp]
        leaves: A campaign

        query: col*r
        finds: The [colour] of cotton
        leaves: A column of water

        query: =WHO
        finds: The [WHO] replied.
        leaves: Who replied?
    """

    text: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """A term of six letters or more that may be misspelt: one letter wrong, missing, added, or two swapped.

    query: Magnitsky~
    finds: Under the [Magnistky] Act and the [Magnitski] list
    leaves: The magnetic field

    query: "Rushan Abbas"~
    finds: [Rushan Abas] spoke first.
    leaves: Rushton Abbey
    """

    text: str


@dataclass(frozen=True, slots=True)
class Regex:
    r"""A regular expression between slashes, in the syntax of RE2, which takes linear time.

    It looks at folded text: small letters without accents, punctuation turned into spaces. ``\b``, ``\w`` and
    ``\d`` know the letters of all scripts; ``^`` and ``$`` are the ends of a field. There is no look-ahead
    and no look-behind: use ``NEAR`` and ``NOT``.

        query: /\b(un)?lawful detentions?\b/
        finds: Reports of [unlawful detentions]
        leaves: A lawful detentionary

        query: /\bуйгур\w*/
        finds: Права [уйгуров] в регионе
        leaves: Неуйгурский

        query: url:/\/opinion\//
        finds: url=https://www.example.org/opinion/1; [A column]
        leaves: url=https://www.example.org/news/1; A column on an opinion
    """

    pattern: str


@dataclass(frozen=True, slots=True)
class Ref:
    """Whatever another watch finds: its id behind ``@``. Watches may not lead back to themselves.

    query: @rushan-abbas AND sanctions
    finds: [Rushan Abbas] asks for [sanctions].
    leaves: Sanctions are asked for.
    """

    watch: str


@dataclass(frozen=True, slots=True)
class Within:
    """A field's name and a colon hold a term, or a query in parentheses, to that field.

    query: title:Uyghurs
    finds: [Uyghurs] in the title
    leaves: A column | Uyghurs in the text

    query: cotton lang:en
    finds: lang=en-GB; [Cotton] prices
    leaves: lang=de; Cotton in German

    query: cotton lang:(en OR fr) NOT source:example-wire
    finds: lang=fr; source=other; [Cotton] prices
    leaves: lang=fr; source=example-wire; Cotton prices

    query: author:"Jane Roe" cotton
    finds: author=Jane Roe; [Cotton] prices
    leaves: author=Jane Monroe; Cotton prices

    query: url:example.org/trade cotton
    finds: url=https://www.example.org/trade/7; [Cotton] prices
    leaves: url=https://www.example.org/sports; Cotton prices
    """

    field: str
    node: Node


@dataclass(frozen=True, slots=True)
class Not:
    """``NOT`` holds when what follows does not. It needs something beside it that is looked for.

    query: cotton NOT "cotton candy"
    finds: [Cotton] prices rise.
    leaves: Cotton prices; cotton candy
    """

    node: Node


@dataclass(frozen=True, slots=True)
class All:
    """``AND``, or nothing at all, between terms: all of them, anywhere in the item.

    query: tomatoes AND solar
    finds: [Tomatoes] and [solar] cells
    leaves: Tomatoes and cotton

    query: tomatoes solar
    finds: [Solar] cells. And [tomatoes].
    leaves: Solar cells
    """

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """``OR`` between terms: any of them. ``AND`` binds more closely than ``OR``; parentheses decide.

    query: tomatoes OR solar
    finds: [Solar] cells
    leaves: Cotton

    query: (tomatoes OR solar) imports
    finds: [Imports] of [solar] cells
    leaves: Tomatoes
    """

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """``NEAR/n``: at most n words stand between two terms, in any order; ``BEFORE/n``: in this order.

    Both sides are terms, or terms joined by ``OR``, in one field. Where no spaces are written, two
    characters count as a word.

        query: cotton NEAR/3 (forced OR bonded)
        finds: [Cotton] picked by [bonded] labour
        leaves: Cotton prices rose again this week, and bonded loans fell

        query: forced BEFORE/2 transfer
        finds: The [forced] labour [transfer] scheme
        leaves: A transfer was forced
    """

    left: Node
    right: Node
    words: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class AtLeast:
    """``AT LEAST n OF (a, b, c)``: so many of the terms or queries in the list.

    query: AT LEAST 2 OF (cotton, solar, tomatoes)
    finds: [Solar] cells and [cotton]
    leaves: Cotton, cotton and more cotton
    """

    count: int
    nodes: tuple[Node, ...]


Node = Word | Fuzzy | Regex | Ref | Within | Not | All | Either | Near | AtLeast


def children(node: Node) -> tuple[Node, ...]:
    """Return the queries that ``node`` is made of."""
    match node:
        case All(nodes) | Either(nodes) | AtLeast(_, nodes):
            return nodes
        case Not(inner) | Within(_, inner):
            return (inner,)
        case Near(left, right):
            return (left, right)
        case _:
            return ()


def references(node: Node) -> set[str]:
    """Return the watches that a query refers to."""
    inner = (references(child) for child in children(node))
    return ({node.watch} if isinstance(node, Ref) else set()).union(*inner)


def depth_of(node: Node) -> int:
    """Return how many levels a query has."""
    level, depth = [node], 0
    while level:
        depth += 1
        level = [child for parent in level for child in children(parent)]
    return depth


def holds_alone(node: Node) -> bool:
    """Tell whether a query holds for nearly everything, because it only says what shall *not* be there."""
    match node:
        case Not(inner):
            return not holds_alone(inner)
        case Within(_, inner):
            return holds_alone(inner)
        case All(nodes):
            return all(map(holds_alone, nodes))
        case Either(nodes):
            return any(map(holds_alone, nodes))
        case AtLeast(count, nodes):
            return sum(map(holds_alone, nodes)) >= count
        case _:
            return False
