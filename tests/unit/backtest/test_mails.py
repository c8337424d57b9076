from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from monitor.backtest import mails
from monitor.backtest.mails import Mailroom
from monitor.matching import Person
from monitor.model import Hit, Item, StoryLink
from monitor.planning import Subscription, plan_digest

START = datetime(2026, 3, 4, 6, tzinfo=UTC)
ADA = Person(id="ada", kind="person", name="Ada Byron", priority="high")
WATCHES = {"ada": ADA}


def subscription(when: str, **options: Any) -> Subscription:
    given = {"id": "desk", "when": when, "to": [{"channel": "mailbox", "recipient": "a@b.example"}]}
    return Subscription.model_validate(given | options)


def hours(count: float) -> datetime:
    return START + timedelta(hours=count)


class Play:
    """A mailroom with one subscription, fed poll by poll."""

    def __init__(self, when: str, **options: Any) -> None:
        self.subscription = subscription(when, **options)
        self.room = Mailroom(WATCHES, [self.subscription], START)

    def poll(self, at: float, *stories: str, copy: bool = False, **changes: Any) -> Play:
        """Play a poll with one hit item for each of ``stories``."""
        items, hits, links = {}, [], {}
        for number, story in enumerate(stories):
            name = f"{story}-{at}-{number}"
            options = {"baseline": False, "possible": False} | changes
            items[name] = Item(name, "s", "T", first_seen=hours(at), baseline=options["baseline"])
            hits.append(
                Hit(f"h-{name}", name, "ada", "list", 0.8, (), "r", possible=options["possible"])
            )
            links[name] = StoryLink(name, story, copy_of="first" if copy else "")
        self.room.take(hours(at), items, hits, links)
        return self

    def sent(self, until: float = 240) -> tuple[int, int]:
        (found,) = self.room.close(hours(until))
        return found.messages, found.entries


def test_an_instant_subscription_sends_one_message_a_poll() -> None:
    assert Play("instant").poll(1, "a", "b").poll(2, "c").sent() == (2, 3)


def test_every_destination_counts_as_a_message_of_its_own() -> None:
    to = [{"channel": "mailbox", "recipient": f"{name}@b.example"} for name in "aab"]
    assert Play("instant", to=to).poll(1, "a").sent() == (2, 1)


def test_copies_in_one_poll_are_one_entry() -> None:
    assert Play("instant").poll(1, "a", "a", "a").sent() == (1, 1)


def test_a_copy_of_a_story_that_was_told_is_not_told_again() -> None:
    play = Play("instant").poll(1, "a").poll(2, "a", copy=True)
    assert play.sent() == (1, 1)


def test_a_copy_of_a_story_nobody_was_told_of_is_news() -> None:
    assert Play("instant").poll(2, "a", copy=True).sent() == (1, 1)


def test_a_story_stays_told_while_copies_keep_coming(monkeypatch) -> None:
    monkeypatch.setattr(mails, "_MANY", 0)
    play = Play("instant").poll(1, "a")
    for day in range(6, 40, 6):
        play.poll(24 * day, "a", copy=True)
    assert play.sent(24 * 50) == (1, 1)


def test_what_is_over_is_forgotten(monkeypatch) -> None:
    monkeypatch.setattr(mails, "_MANY", 3)
    play = Play("instant")
    play.room._posts["desk"].look_at = 3
    for number in range(50):
        play.poll(24 * number, f"s{number}")
    assert len(play.room._posts["desk"].told) <= 20
    assert play.sent(24 * 60) == (50, 50)


def test_baseline_and_possible_hits_are_not_told() -> None:
    assert Play("instant").poll(1, "a", baseline=True).poll(2, "b", possible=True).sent() == (0, 0)


def test_a_priority_nobody_asked_for_is_not_told() -> None:
    assert Play("instant", priorities=["critical"]).poll(1, "a").sent() == (0, 0)


def test_a_digest_gathers_what_came_before_its_slot() -> None:
    play = Play("daily at 07:30")
    play.poll(0.5, "a").poll(1, "b", "b").poll(2, "c").poll(3, "b", copy=True)
    assert play.sent(24) == (1, 2)
    assert play.sent(26) == (2, 3)


def test_a_digest_with_nothing_new_is_sent_only_when_asked_for() -> None:
    assert Play("daily at 07:30").sent(24 * 9.9) == (0, 0)
    assert Play("daily at 07:30", when_nothing="tell").sent(24 * 9.9) == (10, 0)


def test_a_digest_counts_the_stories_that_the_real_one_would_show() -> None:
    play = Play("daily at 07:30")
    play.poll(0.5, "a", "b", "a").poll(0.6, "b", "c")
    items = {name: Item(name, "s", "T", first_seen=START) for name in "vwxyz"}
    links = {n: StoryLink(n, s) for n, s in zip("vwxyz", "ababc", strict=True)}
    hits = [Hit(f"h{name}", name, "ada", "list", 0.8, (), "r") for name in items]
    (planned,) = plan_digest(
        play.subscription, hits, items, links, WATCHES, start=START, slot=hours(1.5)
    )
    shown = sum(len(group.stories) for group in planned.notice.groups)
    assert play.sent(24) == (1, shown)


def test_the_busiest_day_is_a_local_one() -> None:
    play = Play("instant", time_zone="Asia/Tokyo")  # 06:00 UTC is 15:00 there
    play.poll(1, "a").poll(8, "b").poll(9.5, "c").poll(10, "d").poll(11, "e")
    (found,) = play.room.close(hours(24))
    assert (found.busiest_day, found.busiest) == (date(2026, 3, 5), 3)
    assert found.when == "instant"
