"""One polite poll of a source that changes nothing: what it has, how it is, what would be a hit."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor import planning
from monitor.errors import FetchError, ParseError
from monitor.model import (
    Document,
    Fetched,
    Hit,
    Item,
    Outcome,
    PollRecord,
    Reason,
    SourceState,
    Validators,
)
from monitor.net import Net
from monitor.planning import Condition, span_in_words
from monitor.reading import clean_text, one_line
from monitor.reading.language import language_tag
from monitor.sources.base import Source
from monitor.work.crew import Crew


@dataclass(frozen=True, slots=True)
class Probe:
    """What one poll of a source came to."""

    source: Source
    record: PollRecord
    state: SourceState
    """What the poll would leave behind."""
    health: Condition
    why: str
    """Why the next poll would be when ``state`` says."""
    title: str = ""
    language: str = ""
    items: tuple[Item, ...] = ()
    hits: tuple[Hit, ...] = ()
    problems: tuple[str, ...] = ()


async def probe(
    source: Source, net: Net, crew: Crew, now: datetime, state: SourceState | None = None
) -> Probe:
    """Poll ``source`` once as if for the first time; never raises for a bad source.

    ``state`` is what is remembered of it, by which its next poll is judged.
    """
    started = time.monotonic()
    known = state or SourceState(source.id, url=source.address)
    asked = replace(known, validators=Validators(), memory="", failures=0)
    try:
        fetched = await source.fetch(net, asked)
        document, items, finds = await crew.read_and_find(source, fetched, now, baseline=False)
    except (FetchError, ParseError) as error:
        return _failed(source, known, error, now, time.monotonic() - started)
    record = PollRecord(
        source=source.id,
        at=now,
        outcome=Outcome.NEW if items else Outcome.QUIET,
        reason=Reason.OK,
        message="; ".join(document.problems[:3]),
        status=fetched.status,
        entries=len(items),
        new=len(items),
        hits=len(finds.hits),
        seconds=time.monotonic() - started,
    )
    fresh = () if known.first_poll_done else items
    after = planning.after_answer(known, record, fetched, document, source, fresh)
    return Probe(
        source=source,
        record=record,
        state=after,
        health=planning.health_of(source, after, now),
        why=_why(source, fetched, document),
        title=one_line(clean_text(document.title)),
        language=language_tag(document.language),
        items=items,
        hits=finds.hits,
        problems=document.problems,
    )


def _failed(
    source: Source,
    known: SourceState,
    error: FetchError | ParseError,
    now: datetime,
    seconds: float,
) -> Probe:
    record = PollRecord(
        source=source.id,
        at=now,
        outcome=Outcome.FAILED,
        reason=Reason(error.reason),
        message=str(error),
        status=getattr(error, "status", 0),
        seconds=seconds,
    )
    wish = getattr(error, "retry_after", None)
    after = planning.after_failure(known, record, wish, source)
    why = "it is gone for good" if after.next_poll is None else "it failed, and is asked again"
    if wish:
        why += f"; it asked to be left alone for {span_in_words(timedelta(seconds=wish))}"
    return Probe(source, record, after, planning.health_of(source, after, now), why)


def _why(source: Source, fetched: Fetched, document: Document) -> str:
    """Say by what the time of the next poll was chosen."""
    if source.every == "auto":
        low, high = (
            span_in_words(timedelta(seconds=each))
            for each in (source.min_interval, source.max_interval)
        )
        words = f"every: auto follows its rhythm, between {low} and {high}"
        usual = source.max_interval
    else:
        words = f"every {span_in_words(timedelta(seconds=source.every))}, as configured"
        usual = source.every
    wish = max(fetched.max_age or 0.0, document.ttl or 0.0)
    if wish > usual:
        by = "its ttl" if wish == document.ttl else "its cache lifetime"
        words += (
            f"; {by} of {span_in_words(timedelta(seconds=wish))} stretches that, to twice at most"
        )
    if document.skip_hours or document.skip_days:
        words += "; it names hours or days to skip"
    return words
