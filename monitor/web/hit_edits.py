"""What became of the article of a hit: readings and edits in one line of time; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.channels.snippet import Piece
from monitor.channels.text import clean, count, one_line
from monitor.history import BACK, GONE, Change, Reading
from monitor.planning import is_told_again
from monitor.store import Told
from monitor.stories import differing, pairs
from monitor.web.hit_records import HitRecord

STEPS_SHOWN = 30
SENTENCES_SHOWN = 10
"""Sentences of a change that are gone, and that came, at most."""
LONGEST_SENTENCE = 20_000
"""Characters of a sentence that are looked at; a text without full stops is one sentence."""
LONGEST_PIECE = 1_500


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence as it was and as it is, marked where they differ; empty where there is none."""

    old: tuple[Piece, ...]
    new: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A reading of the article, or a change of it."""

    time: datetime
    words: str
    tag: str = ""
    """What was made of it, in a word or two."""
    tone: str = ""
    """``new`` for what was told."""
    told: str = ""
    """Whom of, in words."""
    title: Pair | None = None
    """The headline, where it changed."""
    pairs: tuple[Pair, ...] = ()
    more: str = ""
    """How many sentences are left out, in words."""


def steps_of(
    record: HitRecord, zone: ZoneInfo, title: Callable[[str], str]
) -> tuple[tuple[Step, ...], int]:
    """Return what became of an article, oldest first, and how many earlier steps are left out.

    ``title`` returns how readers call a subscription.
    """
    history = record.history
    edited_to = {change.version for change in history.changes if change.kind not in {GONE, BACK}}
    first = {v.digest for v in history.readings[:1]}
    read = [one for one in history.readings if one.digest in first or one.digest not in edited_to]
    steps = [_reading(one, zone) for one in read]
    steps += [_change(change, record, zone, title) for change in history.changes[-STEPS_SHOWN:]]
    steps.sort(key=lambda step: step.time)
    left_out = len(history.changes[:-STEPS_SHOWN]) + max(0, len(steps) - STEPS_SHOWN)
    return tuple(steps[-STEPS_SHOWN:]), left_out


def _reading(one: Reading, zone: ZoneInfo) -> Step:
    where = "its page was read" if one.place == "page" else "read where it was listed"
    return Step(
        time=one.at.astimezone(zone),
        words=f"{where}: {count(one.characters, 'character')}",
        tag="made the hit" if one.made else "",
    )


def _change(change: Change, record: HitRecord, zone: ZoneInfo, title: Callable[[str], str]) -> Step:
    told = _told_of(change, record) if change.kind == "watch" else []
    gone, came = change.removed[:SENTENCES_SHOWN], change.added[:SENTENCES_SHOWN]
    rest = len(change.removed) + len(change.added) - len(gone) - len(came)
    return Step(
        time=change.at.astimezone(zone),
        words=one_line(change.words, 400),
        tag=_tag(change, told),
        tone="new" if told else "",
        told=", ".join(dict.fromkeys(f"{one.kind} of {title(one.subscription)}" for one in told)),
        title=_pair(*change.titles) if change.titles else None,
        pairs=tuple(_pair(*each) for each in pairs(gone, came)),
        more=f"and {count(rest, 'more sentence')}" if rest else "",
    )


def _tag(change: Change, told: Sequence[Told]) -> str:
    if change.kind in {GONE, BACK}:
        return "no longer there" if change.kind == GONE else "there again"
    if told:
        return "told as a development"
    return "about a watch, told to nobody" if change.kind == "watch" else "elsewhere, not told"


def _told_of(change: Change, record: HitRecord) -> list[Told]:
    """Return the messages that told of a change.

    They were made before the next change, for whoever had been told of the hit or wants
    developments alone.
    """
    later = (one.at for one in record.history.changes if one.kind == "watch" and one.at > change.at)
    end = min(later, default=None)
    first: dict[tuple[str, str], datetime] = {}
    for one in record.told:
        first.setdefault((one.hit, one.subscription), one.at)
    renewed = {
        (route.hit, route.subscription)
        for route in record.routes
        if is_told_again(route) and route.reason.endswith(change.words)
    }
    return [
        one
        for one in record.told
        if change.at <= one.at
        and (end is None or one.at < end)
        and (first[one.hit, one.subscription] < change.at or (one.hit, one.subscription) in renewed)
    ]


def _pair(old: str, new: str) -> Pair:
    before, after = differing(old[:LONGEST_SENTENCE], new[:LONGEST_SENTENCE])
    return Pair(_pieces(before), _pieces(after))


def _pieces(runs: Iterable[tuple[str, bool]]) -> tuple[Piece, ...]:
    return tuple(Piece(clean(text[:LONGEST_PIECE]), changed) for text, changed in runs)
