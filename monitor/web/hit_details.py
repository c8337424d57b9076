"""One hit as its page shows it: what it says, why it is one, how it changed, what is kept of it; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from monitor.channels.snippet import Passage, Piece, passages, title_pieces
from monitor.channels.text import count, one_line, safe_address
from monitor.config import Settings
from monitor.history import stands
from monitor.links import Links
from monitor.model import Deed, Hit, Version
from monitor.store import KeptVersion, Mark, StoredHit
from monitor.web.hit_edits import Step, steps_of
from monitor.web.hit_records import HitRecord
from monitor.web.story_rows import WatchName, names_of

PASSAGES_SHOWN = 6
TERMS_SHOWN = 12
VERSIONS_SHOWN = 20
_KILO = 1024


@dataclass(frozen=True, slots=True)
class Place:
    """A source that lists the item."""

    id: str
    name: str
    known: bool
    """Whether it is still configured, so that there is a page of it."""


@dataclass(frozen=True, slots=True)
class Find:
    """One watch that the item was found for: a hit with its evidence and what came of it."""

    id: str
    watch: WatchName
    score: float
    possible: bool
    why: str
    found: datetime
    passages: tuple[Passage, ...]
    more_places: str
    """How many places of evidence are not among the passages, in words; empty when none are."""
    terms: tuple[str, ...]
    """What stands in the article, and for which term of the watch it counts."""
    rule: str
    rule_since: datetime | None
    """Since when the watch was defined so; None for a rule from before rules were kept."""
    stands: bool
    """Whether the article as it reads now makes the hit."""
    mark: Mark | None
    to_mark: tuple[tuple[str, str], ...]
    """What can be said of it, each with the address of the page that asks; empty without such links."""
    routes: tuple[str, ...]
    """What each subscription does with it and why."""
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A version with what proves it."""

    at: datetime
    place: str
    url: str
    status: str
    characters: int
    digest: str
    """Of the text."""
    body_digest: str
    body: str
    """What became of the bytes of its page, in words."""
    headers: tuple[tuple[str, str], ...]
    made: str
    """Names of the watches whose hits it made."""


@dataclass(frozen=True, slots=True)
class HitView:
    """A whole hit as its page shows it; times are local."""

    title: tuple[Piece, ...]
    plain_title: str
    language: str
    first_title: str
    """The headline that it had first; empty when it has it still."""
    url: str
    shown_url: str
    outlet: str
    authors: str
    published: datetime | None
    first_seen: datetime | None
    baseline: bool
    """Whether it was there when its source was first polled."""
    places: tuple[Place, ...]
    """The sources that list it, the one that it was found in first."""
    copy: bool
    story: str
    in_story: int
    why_joined: str
    development: str
    gone_since: datetime | None
    finds: tuple[Find, ...]
    steps: tuple[Step, ...]
    more_steps: int
    kept: tuple[KeptRow, ...]
    more_kept: int


def view_hit(
    record: HitRecord, settings: Settings, zone: ZoneInfo, now: datetime, links: Links
) -> HitView:
    """Return a hit ready to be shown."""
    meant = record.hits[0]
    item, link = meant.item, meant.link
    first = record.history.readings[0].title if record.history.readings else item.title
    steps, more_steps = steps_of(record, zone, partial(_subscription, settings=settings))
    url = safe_address(item.url)
    return HitView(
        title=title_pieces(item, [one.hit for one in record.hits]) or (Piece("(no title)"),),
        plain_title=one_line(item.title, 120) or "(no title)",
        language=one_line(item.language, 40),
        first_title=one_line(first) if first != item.title else "",
        url=url,
        shown_url=one_line(settings.mask(item.url), 500),
        outlet=one_line(item.outlet or item.source, 80),
        authors=one_line(", ".join(item.authors)),
        published=_local(item.published, zone),
        first_seen=_local(item.first_seen, zone),
        baseline=item.baseline,
        places=tuple(_place(name, settings) for name in record.history.seen_in),
        copy=bool(link and link.copy_of),
        story=link.story if link else "",
        in_story=record.in_story,
        why_joined=one_line(link.why, 400) if link else "",
        development=one_line(link.development, 300) if link else "",
        gone_since=_local(record.history.gone_since, zone),
        finds=tuple(_find(one, record, settings, zone, links) for one in record.hits),
        steps=steps,
        more_steps=more_steps,
        kept=tuple(_kept(record, settings, zone, now)),
        more_kept=max(0, len(record.kept) - VERSIONS_SHOWN),
    )


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.astimezone(zone) if moment else None


def _place(name: str, settings: Settings) -> Place:
    source = settings.sources.get(name)
    publisher = source.publisher if source else ""
    return Place(name, one_line(publisher or name, 80), source is not None)


def _find(
    stored: StoredHit, record: HitRecord, settings: Settings, zone: ZoneInfo, links: Links
) -> Find:
    hit = stored.hit
    made = record.version(hit.version)
    shown = passages(made.item if made else stored.item, hit)
    cut = shown[:PASSAGES_SHOWN]
    hidden = len(hit.spans) - sum(one.places for one in cut)
    rule, mark = record.rules.get(hit.rule), record.marks.get(hit.id)
    return Find(
        id=hit.id,
        watch=_watch(hit, settings),
        score=hit.score,
        possible=hit.possible,
        why=one_line(hit.why, 500),
        found=stored.found.astimezone(zone),
        passages=cut,
        more_places=count(hidden, "more place") if hidden > 0 else "",
        terms=tuple(_terms(hit)),
        rule=hit.rule,
        rule_since=_local(rule.since if rule else None, zone),
        stands=stands(hit, record.history.changes),
        mark=replace(mark, note=one_line(mark.note, 500)) if mark else None,
        to_mark=_to_mark(hit, mark, links),
        routes=tuple(_routes(hit, record, settings)),
        told=tuple(_told(hit, record, settings, zone)),
    )


def _terms(hit: Hit) -> Iterator[str]:
    """Yield what stands in the article and for which term it counts, most often first."""
    numbers = Counter((span.text, span.term) for span in hit.spans)
    for (text, term), number in numbers.most_common(TERMS_SHOWN):
        written = f"“{one_line(text, 80)}”"
        meant = f" for “{one_line(term, 80)}”" if term and term != text else ""
        yield f"{written}{meant}{f', {number} times' if number > 1 else ''}"


def _to_mark(hit: Hit, mark: Mark | None, links: Links) -> tuple[tuple[str, str], ...]:
    """Return what can still be said of a hit: links that ask, as in messages, and do nothing else."""
    if not links.key:
        return ()
    own = replace(links, base="")
    words = (("relevant", "Relevant"), ("irrelevant", "Not relevant"))
    said = "" if mark is None else "relevant" if mark.relevant else "irrelevant"
    return tuple((word, own.to(Deed(kind, hit.id, ""))) for kind, word in words if kind != said)


def _routes(hit: Hit, record: HitRecord, settings: Settings) -> Iterator[str]:
    for route in record.routes:
        if route.hit == hit.id:
            reason = one_line(route.reason.removeprefix("skipped: "), 300)
            yield f"{_subscription(route.subscription, settings)}: {route.mode}, {reason}"


def _told(hit: Hit, record: HitRecord, settings: Settings, zone: ZoneInfo) -> Iterator[str]:
    for one in record.told:
        if one.hit == hit.id:
            at = one.at.astimezone(zone)
            went = "" if one.sent == one.messages else f", {one.messages - one.sent} not sent"
            number = f", {one.messages} messages" if one.messages > 1 else ""
            name = _subscription(one.subscription, settings)
            yield f"{one.kind} of {name}, {at.day} {at:%B %Y, %H:%M}{number}{went}"


def _watch(hit: Hit, settings: Settings) -> WatchName:
    return names_of([hit.watch], settings.watches)[0]


def _subscription(name: str, settings: Settings) -> str:
    known = settings.subscriptions.get(name)
    return one_line(known.title or name if known else name, 80)


def _kept(
    record: HitRecord, settings: Settings, zone: ZoneInfo, now: datetime
) -> Iterator[KeptRow]:
    names: dict[str, list[str]] = {}
    for one in record.hits:
        names.setdefault(one.hit.version, []).append(_watch(one.hit, settings).name)
    packed = {one.digest: one for one in record.kept}
    for version in record.versions[-VERSIONS_SHOWN:]:
        yield KeptRow(
            at=version.at.astimezone(zone),
            place="page" if version.body_digest else "feed",
            url=one_line(settings.mask(version.source.url), 500),
            status=str(version.source.status or ""),
            characters=len(version.item.body),
            digest=version.digest,
            body_digest=version.body_digest,
            body=_body(version, packed[version.digest], settings, now),
            headers=tuple(_headers(version, settings.mask)),
            made=", ".join(names.get(version.digest, ())),
        )


def _headers(version: Version, mask: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    for name, value in version.source.headers:
        yield one_line(name, 100), one_line(mask(value), 500)


def _body(version: Version, kept: KeptVersion, settings: Settings, now: datetime) -> str:
    if not version.body_digest:
        return "none of its own: it stood in a document of several"
    if kept.packed:
        return f"kept, {max(1, round(kept.packed / _KILO)):,} kB packed"
    if version.at < now - timedelta(seconds=settings.monitor.keep_pages):
        return "dropped after its time; its digest stays"
    return (
        "not kept: larger than 4 MB, or dropped before its time was made longer; its digest stays"
    )
