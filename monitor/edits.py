"""The fourth way into the store: an item that is a hit says something else than it did.

    read_anew       the entry of its feed reads differently: match it anew, tell what changed
    rechecks.py     its page is looked at again, an hour, six hours, a day and a week later
    └─ take_over    in ONE transaction: the new text and its version, hits, what is told again

What changed is told again to those who were told of the hit, and only where the change speaks of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor import planning
from monitor.alerts import surroundings
from monitor.model import Exchange, Fetched, Item, Mode, Revision, Version, digest, version_of
from monitor.sources.base import Source
from monitor.store import Tx
from monitor.stories import Edit, EditKind, compare, difference
from monitor.tools import Tools
from monitor.versions import dated, revise
from monitor.work.tasks import Finds

REAL = frozenset({EditKind.ELSEWHERE, EditKind.WATCH})
"""Edits that make a version of their own."""


@dataclass(frozen=True, slots=True)
class Edited:
    """An item that reads differently, on its way into the store."""

    stored: Item
    """As it is stored so far."""
    version: Version
    finds: Finds
    """What is found in the new text."""
    edit: Edit
    was_before: bool = False
    """Whether the item has read like this before."""
    said: str = ""
    """Digest of what its source says of it; empty when that is not what changed."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What edits leave to be decided: hits that are new, by item, and whom to tell at once."""

    items: Mapping[str, Item] = field(default_factory=dict)
    finds: Finds = field(default_factory=Finds)
    instant: frozenset[str] = frozenset()


def wording_of(item: Item) -> str:
    """Return a digest of what a document says of an item."""
    return digest(item.title, item.summary, item.text)


async def read_anew(
    tools: Tools, source: Source, entries: Mapping[str, Item], fetched: Fetched, now: datetime
) -> tuple[Edited, ...]:
    """Return what changed in hit items of ``source``, whose new ``entries`` go by item id."""
    if not entries:
        return ()
    stored, versions = await tools.store.read(
        lambda tx: (tx.items(entries), tx.versions(entries, bodies=False))
    )
    answer = Exchange(fetched.url, fetched.status, fetched.headers)
    found = []
    for name, item in stored.items():
        known, entry = versions.get(name, []), entries[name]
        new = merged(item, entry, known, titles_are_links=source.titles_are_links)
        one = await edited(tools, Reading(item, item, new, answer), known, now)
        found.append(replace(one, said=wording_of(entry)))
    return tuple(found)


def merged(
    stored: Item, entry: Item, versions: Iterable[Version], *, titles_are_links: bool
) -> Item:
    """Return ``stored`` as its source has it now; what its page said stays where it says more."""
    pages = [version.item for version in versions if version.body_digest]
    titles = {version.item.title for version in versions if not version.body_digest}
    # A headline that its page brought is not taken back by a feed that lags behind.
    ahead = stored.title not in titles and entry.title in titles
    fuller = any(page.text == stored.text for page in pages)
    keeps_text = fuller and len(entry.text) <= len(stored.text)
    return replace(
        stored,
        title=stored.title if titles_are_links or ahead else entry.title or stored.title,
        summary=entry.summary or stored.summary,
        text=stored.text if keeps_text else entry.text or stored.text,
        updated=entry.updated or stored.updated,
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """A text and the one that took its place, with the answer that brought it."""

    stored: Item
    """The item as it is stored so far."""
    old: Item
    new: Item
    answer: Exchange


async def edited(
    tools: Tools, reading: Reading, versions: Iterable[Version], now: datetime
) -> Edited:
    """Return what changed between two texts of an item; ``versions`` are those it had so far."""
    before = await tools.crew.find([reading.old])
    after = await tools.crew.find([reading.new])
    edit = compare(reading.old, reading.new, before.hits, after.hits)
    version = version_of(reading.new, now, reading.answer)
    return Edited(
        stored=reading.stored,
        version=version,
        finds=dated(after, {reading.new.id: version}),
        edit=edit,
        was_before=version.digest in {one.digest for one in versions},
    )


def take_over(tools: Tools, changes: Iterable[Edited], tx: Tx) -> Consequences:
    """Store what items say now, and have those who were told of them told again."""
    items: dict[str, Item] = {}
    finds, instant = Finds(), set[str]()
    for change in changes:
        item = change.version.item
        if change.said:
            tx.set_wordings(item.source, {item.id: change.said})
        # Another process may have been quicker; what is not real changed nothing of the article.
        if change.edit.kind in REAL and tx.item(item.id) == change.stored:
            more = revise(tools, [change.version], change.finds, change.version.at, tx)
            instant |= note(tools, change, tx)
            items |= {item.id: item} if more.hits else {}
            finds = together(finds, more)
    return Consequences(items, finds, frozenset(instant))


def together(one: Finds, other: Finds) -> Finds:
    """Return the finds of two lots of items."""
    return Finds((*one.hits, *other.hits), {**one.gists, **other.gists})


def note(tools: Tools, change: Edited, tx: Tx) -> frozenset[str]:
    """Keep what an edit changed; return the subscriptions that hear of it at once."""
    # Headlines are tried out: one that was told before is not told again.
    tried_out = change.was_before and change.edit.title_alone
    kind = EditKind.ELSEWHERE if tried_out else change.edit.kind
    words, version = words_of(tools, change, tx), change.version
    tx.add_revisions([Revision(version.item.id, version.at, version.digest, str(kind), words)])
    return renew(tools, change, words, tx) if kind is EditKind.WATCH else frozenset()


def words_of(tools: Tools, change: Edited, tx: Tx) -> str:
    """Return what changed in a sentence, with the watches of which it does not speak any more."""
    words = difference(change.edit)
    speaks = {hit.watch for hit in change.finds.hits}
    watches = tools.settings.watches
    lost = sorted(
        watches[one.hit.watch].name if one.hit.watch in watches else one.hit.watch
        for one in tx.hits_of_items([change.stored.id]).values()
        if one.hit.watch not in speaks and one.hit.watch in change.edit.watches
    )
    return f"no longer speaks of {', '.join(lost)}; {words}" if lost else words


def renew(tools: Tools, change: Edited, words: str, tx: Tx) -> frozenset[str]:
    """Route the hits that an edit touches anew; return the subscriptions that hear at once."""
    item, settings = change.version.item, tools.settings
    known = tx.hits_of_items([item.id]).values()
    hits = [one.hit for one in known if one.hit.watch in change.edit.watches]
    names = [hit.id for hit in hits]
    subscriptions = settings.subscriptions.values()
    told: dict[str, Collection[str]] = {
        each.id: tx.told_hits(each.id, names) for each in subscriptions
    }
    around = surroundings(tx, settings, [item], change.version.at)
    link = tx.links([item.id]).get(item.id)
    routes = planning.tell_again(
        hits, item, link, settings.watches, subscriptions, told, around, words
    )
    tx.renew_routes(routes)
    return frozenset(route.subscription for route in routes if route.mode is Mode.INSTANT)
