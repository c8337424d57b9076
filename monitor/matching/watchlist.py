"""What a user writes in ``watchlists/*.yaml``: watchlists, watches, and their terms.

A *term* is a word or phrase as one would write it, in any script. Case, accents, width, hyphens
and the two ways of writing Chinese do not matter; four signs have a meaning of their own:

    ``uyghur*``     any ending (``*lager``: any beginning)
    ``=WHO``        exactly this case; all-capital acronyms and short names need it anyway
    ``@region``     every term of the group ``region``
    ``Xi Jinping``  whole words, with the endings that their script and language allow
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from monitor.fields import Identifier
from monitor.matching.query import parse
from monitor.registry import Options

Priority = Literal["low", "normal", "high", "critical"]
Term = Annotated[str, Field(min_length=1, max_length=200)]
Terms = tuple[Term, ...]
Inflect = Literal["possessive", "plural", "german", "turkish", "slavic", "uyghur", "arabic"]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Together(Options):
    """Groups whose terms must stand together."""

    all: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    """Names of groups: one term of each must be there."""
    within: (
        Literal["sentence", "passage", "paragraph", "item"] | Annotated[int, Field(ge=1, le=500)]
    ) = "sentence"
    """How close: in one ``sentence``, ``paragraph`` or ``item``, within so many words, or in one
    ``passage``: a sentence, 40 words, or the title and the first 1,000 characters below it."""
    unless: tuple[Identifier, ...] = ()
    """Names of groups none of whose terms may stand in the sentence of the first group's term, nor
    in the title when the rest may stand in a ``passage``."""
    weight: Share = 0.8
    """Strength of this evidence; below the watch's threshold it makes a *possible* hit."""


class Watch(Options):
    """One person, organisation or topic to be told about."""

    id: Identifier
    """Stable name, unique over all watchlists."""
    kind: str
    """``person``, ``organisation`` or ``topic``."""
    name: str = Field(min_length=1, max_length=200)
    """What readers see; for a person or an organisation also the first term."""
    seed: str = ""
    """Place in a seed document that the watch rests on, such as ``seeds/a.md#rushan-abbas``."""
    note: str = ""
    """Anything an editor of this file should know."""
    priority: Priority = "normal"
    """How urgent a hit is; subscriptions choose by it."""
    threshold: Share = 0.5
    """Score from which a hit counts; what scores less is kept as *possible*, never alerted."""
    context: Terms = ()
    """Terms that support: a short form, or a soft phrase, counts only in their company."""
    exclude: Terms = ()
    """Phrases inside which nothing counts, such as ``Bandar Abbas``."""
    not_followed_by: dict[Term, Terms] = Field(default_factory=dict)
    """Forms that mean something else when one of these follows directly, such as ``习: [惯, 俗]``: nothing
    counts there. Where no spaces are written it joins on, elsewhere it is the next word (``Abbas: [Kiarostami]``)."""
    namesakes: Terms = ()
    """Full names of others who share a short form: nothing counts inside them, and short
    forms in their company are taken to be theirs."""
    phrases: Terms = ()
    """Terms each of which is enough on its own."""
    soft: Terms = ()
    """Terms that are weak alone and count with ``context``."""
    groups: dict[Identifier, Terms] = Field(default_factory=dict)
    """Named sets of terms for ``together``; they come before groups of the watchlist."""
    together: tuple[Together, ...] = ()
    """Combinations of groups that speak of the topic."""
    unless: Terms = ()
    """Terms that speak against it wherever they stand in the item."""
    match: str = Field(default="", max_length=4_000)
    """A query, such as ``"forced labour" NEAR/10 (cotton OR tomato*)``; where it holds is evidence
    as strong as a phrase."""

    @field_validator("match")
    @classmethod
    def _can_be_read(cls, value: str) -> str:
        if value:
            parse(value)
        return value

    inflect: tuple[Inflect, ...] = ("possessive", "slavic", "turkish", "uyghur", "arabic")
    """Endings that terms may take, each in its own script or language."""


class Named(Watch):
    """What persons and organisations share."""

    aliases: Terms = ()
    """Other full names, in any script; each is enough on its own."""
    short: Terms = ()
    """Short forms, such as ``Xi`` or ``HRW``: count with a full name or enough context."""
    roles: Terms = ()
    """Descriptions such as ``Xinjiang party secretary``: support, never decide."""
    variants: bool = True
    """Whether further spellings are made from the names by the rules that
    ``monitor watch show ID --variants`` prints."""
    common: bool = False
    """Whether others bear the very same ``name``: then it, too, counts only with ``context``, while
    aliases decide as ever."""


class Person(Named):
    """A person under all names."""

    kind: Literal["person"]
    """``person``"""


class Organisation(Named):
    """An organisation under all names."""

    kind: Literal["organisation"]
    """``organisation``"""


class Topic(Watch):
    """A topic, by what is said of it."""

    kind: Literal["topic"]
    """``topic``"""
    surnames: Terms = ()
    """Words among the phrases that are also family names (``Uygur``): behind a given name, in an
    item without any ``context``, they are taken for that."""

    @model_validator(mode="after")
    def _has_terms(self) -> Topic:
        if not (self.phrases or self.soft or self.together or self.match):
            message = "a topic needs phrases, soft phrases, or groups that stand together"
            raise ValueError(message)
        return self


AnyWatch = Annotated[Person | Organisation | Topic, Field(discriminator="kind")]


class Watchlist(Options):
    """One file of watches."""

    watchlist: Identifier
    """Stable name of the watchlist."""
    title: str = ""
    """Heading that readers see; the name when left out."""
    seed: str = ""
    """The document the watchlist was drawn from, such as ``seeds/2019-12-03-leaks.md``."""
    groups: dict[Identifier, Terms] = Field(default_factory=dict)
    """Sets of terms that its watches share, written ``@name`` in a list of terms."""
    exclude: Terms = ()
    """Phrases inside which nothing counts for any of its watches, terms of groups included: ``喀什米尔``
    (Kashmir) is no ``喀什`` (Kashgar)."""
    watches: tuple[AnyWatch, ...] = ()
    """The persons, organisations and topics."""
