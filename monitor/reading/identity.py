"""Identity: by which keys an entry is known again, on the next poll or in another feed.

An item is known as soon as one of its keys is. A key is used only where it tells the entries of
its own document apart, because publishers reuse guids and links:

    g  source + guid                        the publisher's own name for the entry
    u  canonical address, for all sources   the same article in several feeds is one item; an
                                            address with www. also has the key of its bare twin
    t  source + title + time of publication for guids and links that change with every fetch
    s  source + title + summary             where neither an address nor a date is left

So a headline may be edited (g, u), a guid may change (u, t), all guids may be equal (u, t), a
live blog may share one link (g, t): each story comes once, and none is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from monitor.model import digest
from monitor.reading.addresses import is_front_page, without_www


@dataclass(frozen=True, slots=True)
class Traits:
    """What of an entry may identify it, as plain text."""

    guid: str = ""
    address: str = ""
    """Canonical, empty when there is none."""
    title: str = ""
    summary: str = ""
    published: datetime | None = None
    """As the document says, plausible or not: plausibility changes with time, keys must not."""


class _Marks(NamedTuple):
    """Traits in the form that is compared."""

    guid: str
    address: str
    name: str
    """The title, case and spacing aside; the summary when there is no title."""
    stamp: str
    """The time of publication; with the summary where it is no finer than an hour."""
    summary: str
    page: str
    """The address without ``www.``: what is compared."""


class _Groups(NamedTuple):
    """The entries of a document that share a trait."""

    guid: defaultdict[str, list[_Marks]]
    page: defaultdict[str, list[_Marks]]
    moment: defaultdict[tuple[str, str], list[_Marks]]
    wording: defaultdict[tuple[str, str], list[_Marks]]


def identity_keys(source: str, entries: Sequence[Traits]) -> tuple[tuple[str, ...], ...]:
    """Return the keys of each of a document's entries, the steadiest first; pure.

    An entry that says nothing at all gets no key.
    """
    marks = [_marks(entry) for entry in entries]
    groups = _Groups(defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(list))
    for mark in marks:
        groups.guid[mark.guid].append(mark)
        groups.page[mark.page].append(mark)
        groups.moment[mark.name, mark.stamp].append(mark)
        groups.wording[mark.name, mark.summary].append(mark)
    return tuple(_keys(source, mark, groups) for mark in marks)


def _marks(entry: Traits) -> _Marks:
    name = " ".join((entry.title or entry.summary).split()).casefold()
    published = entry.published
    stamp = published.isoformat() if published else ""
    if published and published.minute == published.second == 0:
        stamp += entry.summary
    page = without_www(entry.address)
    return _Marks(entry.guid, entry.address, name, stamp, entry.summary, page)


def _keys(source: str, mark: _Marks, groups: _Groups) -> tuple[str, ...]:
    keys = []
    if mark.guid and _repeats_guid(groups.guid[mark.guid]):
        keys.append("g:" + digest(source, mark.guid))
    lasting = len(keys)
    if _names_a_story(mark.page, groups.page[mark.page]):
        keys += ["u:" + digest(address) for address in dict.fromkeys((mark.address, mark.page))]
    if mark.name and mark.stamp and _in_one_place(groups.moment[mark.name, mark.stamp]):
        keys.append("t:" + digest(source, mark.name, mark.stamp))
    if (
        len(keys) == lasting
        and mark.name
        and _in_one_place(groups.wording[mark.name, mark.summary])
    ):
        keys.append("s:" + digest(source, mark.name, mark.summary))
    if not keys and any(mark):
        keys.append("s:" + digest(source, *mark[:-1]))
    return tuple(keys)


def _repeats_guid(group: list[_Marks]) -> bool:
    """Tell whether entries of one guid are one story: one name, and one address or time."""
    return len(group) == 1 or (
        len({mark.name for mark in group}) == 1
        and (
            len({mark.page for mark in group}) == 1
            or (group[0].stamp != "" and len({mark.stamp for mark in group}) == 1)
        )
    )


def _names_a_story(page: str, group: list[_Marks]) -> bool:
    """Tell whether an address is of one story: no front page, not shared by several stories."""
    if not page or is_front_page(page):
        return False
    return len(group) == 1 or (
        len({mark.name for mark in group}) == 1
        and (len({mark.guid for mark in group}) == 1 or len({mark.stamp for mark in group}) == 1)
    )


def _in_one_place(group: list[_Marks]) -> bool:
    """Tell whether entries of one wording have one guid or one address between them."""
    return (
        len(group) == 1
        or len({mark.guid for mark in group}) == 1
        or len({mark.page for mark in group}) == 1
    )
