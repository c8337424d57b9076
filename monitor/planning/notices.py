"""What a message says: hits folded into stories, stories grouped by watch, the urgent first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from monitor.model import (
    Hit,
    Item,
    Notice,
    NoticeCopy,
    NoticeGroup,
    NoticeStory,
    Receipt,
    StoryLink,
    Trend,
)
from monitor.planning.routing import Watched, urgency
from monitor.planning.subscription import Subscription

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Hits and what is known around them: items and story links by item id, the rest by watch."""

    hits: tuple[Hit, ...]
    items: Mapping[str, Item]
    links: Mapping[str, StoryLink]
    watches: Mapping[str, Watched]
    trends: Mapping[str, Trend] = field(default_factory=dict)


def alert(
    subscription: Subscription, coverage: Coverage, now: datetime, warnings: tuple[str, ...] = ()
) -> Notice:
    """Return what an alert says about hits that are told at once."""
    return Notice(
        kind="alert",
        subscription=subscription.id,
        title=subscription.title or subscription.id,
        created=now,
        time_zone=subscription.time_zone,
        groups=group_by_watch(coverage, subscription.language),
        warnings=warnings,
        discreet=subscription.discreet,
    )


def digest_of(
    subscription: Subscription,
    coverage: Coverage,
    window: tuple[datetime, datetime],
    receipt: Receipt | None,
    warnings: tuple[str, ...],
) -> Notice:
    """Return what a digest says about a window of time, which ends at the digest's slot."""
    return Notice(
        kind="digest",
        subscription=subscription.id,
        title=subscription.title or subscription.id,
        created=window[1],
        time_zone=subscription.time_zone,
        groups=group_by_watch(coverage, subscription.language),
        receipt=receipt,
        window_start=window[0],
        window_end=window[1],
        warnings=warnings,
        discreet=subscription.discreet,
    )


def test_of(subscription: Subscription, now: datetime) -> Notice:
    """Return a message that only shows that messages arrive."""
    return Notice(
        kind="test",
        subscription=subscription.id,
        title=subscription.title or subscription.id,
        created=now,
        time_zone=subscription.time_zone,
        discreet=subscription.discreet,
    )


def group_by_watch(coverage: Coverage, language: str = "") -> tuple[NoticeGroup, ...]:
    """Return the stories of ``coverage``, each under its strongest watch; see `fold`.

    Groups and stories are ordered by priority, then score, then time, the newest first.
    """
    groups: dict[tuple[str, str], list[NoticeStory]] = defaultdict(list)
    for story in fold(coverage, language):
        first = story.hits[0]
        groups[first.watchlist, first.watch].append(story)
    ordered = sorted(groups.items(), key=lambda group: _rank(group[1][0], coverage.watches))
    return tuple(
        NoticeGroup(
            watch=watch,
            name=name_of(watch, coverage.watches),
            watchlist=watchlist,
            stories=tuple(stories),
            trend=coverage.trends.get(watch),
        )
        for (watchlist, watch), stories in ordered
    )


def fold(coverage: Coverage, language: str = "") -> list[NoticeStory]:
    """Return one entry a story: its leading item, with the others folded under it, in order.

    Of the items that speak of its most urgent watch one in ``language`` leads, then the one that
    speaks of the most watches, an original before its copies, the earliest before the later ones.
    """
    hits: dict[str, list[Hit]] = defaultdict(list)
    for hit in coverage.hits:
        hits[hit.item].append(hit)
    stories: dict[str, list[Item]] = defaultdict(list)
    for item in hits:
        link = coverage.links.get(item)
        stories[link.story if link else item].append(coverage.items[item])
    told = [_story(items, hits, coverage, language) for items in stories.values()]
    return sorted(told, key=lambda story: _rank(story, coverage.watches))


def _story(
    items: list[Item], hits: Mapping[str, list[Hit]], coverage: Coverage, language: str
) -> NoticeStory:
    def leads(item: Item) -> tuple[int, bool, int, bool, datetime, str]:
        watches = {hit.watch for hit in hits[item.id]}
        urgent = max(urgency(coverage.watches, watch) for watch in watches)
        foreign = _language(item) != _subtag(language)
        return (-urgent, foreign, -len(watches), *_age(item, coverage.links))

    def strength(hit: Hit) -> tuple[int, float, str]:
        return (-urgency(coverage.watches, hit.watch), -hit.score, hit.watch)

    first, *rest = sorted(items, key=leads)
    ordered = tuple(sorted(hits[first.id], key=strength))
    everywhere = sorted((hit for item in items for hit in hits[item.id]), key=strength)
    others = dict.fromkeys(hit.watch for hit in everywhere if hit.watch != ordered[0].watch)
    developments = tuple(_developments(items, coverage.links))
    return NoticeStory(
        item=first,
        hits=ordered,
        also=tuple(name_of(watch, coverage.watches) for watch in others),
        outlet=outlet_of(first),
        copies=tuple(_copy(item, coverage.links) for item in rest),
        developments=developments,
        ran_before=bool(developments) and not any(_founds(item, coverage.links) for item in items),
        original=_original(first, items, coverage.links),
    )


def _age(item: Item, links: Mapping[str, StoryLink]) -> tuple[bool, datetime, str]:
    """Return what sorts originals before copies, and the earliest first."""
    link = links.get(item.id)
    return (bool(link and link.copy_of), item.time or _NEVER, item.id)


def _original(
    leading: Item, items: list[Item], links: Mapping[str, StoryLink]
) -> NoticeCopy | None:
    """Return the first item of a story when its language is another than the leading item's."""
    first = min(items, key=lambda item: _age(item, links))
    foreign = _language(first) and _language(leading) and _language(first) != _language(leading)
    return _copy(first, links) if foreign else None


def _copy(item: Item, links: Mapping[str, StoryLink]) -> NoticeCopy:
    link = links.get(item.id)
    return NoticeCopy(
        outlet=outlet_of(item),
        url=item.url,
        title=item.title,
        language=item.language,
        development=link.development if link else "",
    )


def _founds(item: Item, links: Mapping[str, StoryLink]) -> bool:
    link = links.get(item.id)
    return link is None or not link.why


def _language(item: Item) -> str:
    return _subtag(item.language)


def _subtag(tag: str) -> str:
    """Return the language of a BCP 47 tag without script and region."""
    return tag.replace("_", "-").split("-")[0].lower()


def _developments(items: list[Item], links: Mapping[str, StoryLink]) -> Iterator[str]:
    for item in sorted(items, key=lambda item: (item.time or _NEVER, item.id)):
        if (link := links.get(item.id)) and link.development:
            yield link.development


def name_of(watch: str, watches: Mapping[str, Watched]) -> str:
    """Return what readers call a watch; its id when it was removed meanwhile."""
    return watches[watch].name if watch in watches else watch


def outlet_of(item: Item) -> str:
    """Return the name of the outlet that readers see."""
    return item.outlet or item.source


def _rank(story: NoticeStory, watches: Mapping[str, Watched]) -> tuple[int, float, float, str]:
    hit = story.hits[0]
    when = (story.item.time or _NEVER).timestamp()
    return (-urgency(watches, hit.watch), -hit.score, -when, story.item.id)
