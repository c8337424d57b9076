"""Who hears again of a hit whose article was edited."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.model import Hit, Item, Mode, StoryLink
from monitor.planning import Around, Subscription, is_told_again, tell_again

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
ITEM = Item("a", "gazette", "t", language="en", first_seen=NOW)
HIT = Hit("h", "a", "ada", "people", 0.9, (), "r")
LINK = StoryLink("a", "s")


class Watch:
    name = "Ada"
    priority = "normal"


def decided(*, told: bool = True, hit: Hit = HIT, item: Item = ITEM, **wish: Any) -> list[Any]:
    given = {"id": "desk", "when": "instant", "to": [{"channel": "mailbox"}], **wish}
    around = given.pop("around", Around())
    link = given.pop("link", LINK)
    subscription = Subscription.model_validate(given)
    known = {"desk": {hit.id} if told else set()}
    watches: Any = {"ada": Watch()}
    return list(tell_again([hit], item, link, watches, [subscription], known, around, "changed"))


def test_who_was_told_hears_of_the_edit_at_once_or_in_the_digest_as_they_heard_of_the_hit() -> None:
    (route,) = decided()
    assert (route.mode, route.reason) == (Mode.INSTANT, "edited since: changed")
    assert is_told_again(route)
    assert decided(when="daily at 07:30")[0].mode is Mode.DIGEST
    assert decided(when="daily at 07:30", escalate=["normal"])[0].mode is Mode.INSTANT


def test_who_was_not_told_of_the_hit_hears_nothing_of_its_edit() -> None:
    assert decided(told=False) == []


def test_who_wants_developments_alone_hears_of_it_but_not_of_copies() -> None:
    assert len(decided(told=False, only="developments")) == 1
    assert decided(only="developments", link=StoryLink("a", "s", copy_of="b")) == []


@pytest.mark.parametrize(
    "wish",
    [
        {"only": "stories"},
        {"watches": ["bob"]},
        {"priorities": ["high"]},
        {"languages": ["de"]},
        {"around": Around(mutes={"watch:ada": NOW})},
        {"hit": Hit("h", "a", "ada", "people", 0.2, (), "r", possible=True)},
        {"item": Item("a", "gazette", "t", baseline=True)},
    ],
    ids=lambda wish: next(iter(wish)),
)
def test_what_is_not_wanted_is_not_told_again(wish: dict[str, Any]) -> None:
    assert decided(**wish) == []
