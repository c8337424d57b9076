from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.model import Hit, Item, Mode, Route, StoryLink
from monitor.planning import Subscription, route


@dataclass(frozen=True)
class Watch:
    name: str
    priority: str = "normal"


NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
ITEM = Item(id="i1", source="s", title="A port minister resigns", first_seen=NOW)
HIT = Hit("h1", "i1", "marchetti", "harbour-files", 0.9, (), "r1")
WATCHES = {"marchetti": Watch("Elena Marchetti"), "labour": Watch("Forced labour", "low")}


def subscription(**more: object) -> Subscription:
    plain = {"id": "desk", "when": "instant", "to": [{"channel": "mailbox"}], **more}
    return Subscription.model_validate(plain)


def only_route(
    wish: Subscription,
    hit: Hit = HIT,
    item: Item = ITEM,
    link: StoryLink | None = None,
    told: tuple[str, ...] = (),
) -> Route | None:
    links = {item.id: link} if link else {}
    routes = route([hit], {item.id: item}, links, WATCHES, [wish], {wish.id: set(told)})
    assert len(routes) <= 1
    return routes[0] if routes else None


COPY = StoryLink("i1", "story-1", copy_of="i0")
ORIGINAL = StoryLink("i1", "story-1")
AGAIN = StoryLink("i1", "story-1", why="joined: same name Merrow as Wire: Ships wait")
NEWS = StoryLink("i1", "story-1", why=AGAIN.why, development="new number 37")


@pytest.mark.parametrize(
    ("wish", "change", "mode", "reason"),
    [
        ({"watchlists": ["harbour-files"]}, {}, Mode.INSTANT, "matches watchlist harbour-files"),
        ({"watches": ["marchetti"]}, {}, Mode.INSTANT, "matches watch marchetti"),
        ({}, {}, Mode.INSTANT, "matches: every watchlist is wanted"),
        ({"when": "daily at 07:30"}, {}, Mode.DIGEST, "matches: every watchlist is wanted"),
        (
            {},
            {"item": replace(ITEM, baseline=True)},
            Mode.SKIP,
            "skipped: first poll is the baseline",
        ),
        (
            {},
            {"hit": replace(HIT, possible=True)},
            Mode.SKIP,
            "skipped: below the threshold (possible)",
        ),
        ({"priorities": ["high"]}, {}, Mode.SKIP, "skipped: priority normal not wanted"),
        ({"priorities": ["normal"]}, {}, Mode.INSTANT, "matches: every watchlist is wanted"),
        (
            {},
            {"link": COPY, "told": ("story-1",)},
            Mode.SKIP,
            "skipped: copy of a story already told",
        ),
        ({}, {"link": COPY}, Mode.INSTANT, "matches: every watchlist is wanted"),
        (
            {},
            {"link": AGAIN, "told": ("story-1",)},
            Mode.SKIP,
            "skipped: tells a story already told again",
        ),
        ({}, {"link": AGAIN}, Mode.INSTANT, "matches: every watchlist is wanted"),
        (
            {},
            {"link": NEWS, "told": ("story-1",)},
            Mode.INSTANT,
            "development of a story already told: new number 37",
        ),
        ({}, {"link": NEWS}, Mode.INSTANT, "matches: every watchlist is wanted"),
        (
            {"when": "daily at 07:30"},
            {"link": AGAIN, "told": ("story-1",)},
            Mode.DIGEST,
            "matches: every watchlist is wanted",
        ),
        (
            {},
            {"link": ORIGINAL, "told": ("story-1",)},
            Mode.INSTANT,
            "matches: every watchlist is wanted",
        ),
    ],
)
def test_every_send_and_every_skip_names_its_reason(
    wish: dict[str, object], change: dict[str, Any], mode: Mode, reason: str
) -> None:
    assert only_route(subscription(**wish), **change) == Route("desk", "h1", mode, reason)


@pytest.mark.parametrize("when", ["instant", "daily at 07:30"])
@pytest.mark.parametrize(
    ("only", "link", "told", "reason"),
    [
        ("stories", ORIGINAL, (), ""),
        ("stories", AGAIN, (), ""),
        ("stories", None, ("story-1",), ""),
        ("stories", AGAIN, ("story-1",), "story already told, and only new stories are wanted"),
        ("stories", NEWS, ("story-1",), "story already told, and only new stories are wanted"),
        ("stories", COPY, ("story-1",), "copy of a story already told"),
        ("developments", NEWS, ("story-1",), ""),
        ("developments", NEWS, (), ""),
        ("developments", ORIGINAL, (), "no development, and only developments are wanted"),
        ("developments", AGAIN, (), "no development, and only developments are wanted"),
        ("developments", None, (), "no development, and only developments are wanted"),
        ("everything", ORIGINAL, (), ""),
        ("everything", NEWS, ("story-1",), ""),
    ],
)
def test_stories_or_developments_alone_can_be_asked_for(
    when: str, only: str, link: StoryLink | None, told: tuple[str, ...], reason: str
) -> None:
    found = only_route(subscription(only=only, when=when), link=link, told=told)
    assert found is not None
    assert (found.mode is Mode.SKIP) is bool(reason)
    if reason:
        assert found.reason == f"skipped: {reason}"


def test_a_subscription_that_never_asked_for_the_watch_gets_no_entry() -> None:
    assert only_route(subscription(watches=["labour"])) is None
    assert only_route(subscription(watchlists=["other"])) is None


def test_what_one_subscription_was_told_does_not_silence_another() -> None:
    first, second = subscription(id="first"), subscription(id="second")
    routes = route(
        [HIT], {"i1": ITEM}, {"i1": COPY}, WATCHES, [first, second], {"first": {"story-1"}}
    )
    assert [r.mode for r in routes] == [Mode.SKIP, Mode.INSTANT]


def test_a_hit_of_a_watch_that_was_removed_meanwhile_counts_as_normal() -> None:
    hit = replace(HIT, watch="gone")
    found = only_route(subscription(priorities=["normal"]), hit)
    assert found is not None
    assert found.mode is Mode.INSTANT
