from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.channels import mail, pages
from monitor.channels.html import fit
from monitor.channels.mail import Sender, compose
from monitor.channels.pages import Press
from monitor.channels.view import View
from monitor.links import Links
from monitor.model import Hit, Item, Notice, digest
from monitor.planning import Subscription, plan_digest

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LINKS = Links("https://monitor.example", b"k" * 32)
SENDER = Sender("monitor@example.org")
WORDS = "harbour ferry council tariff reading vote quay storm ledger".split()  # noqa: SIM905 - a sentence reads better


def notice(stories: int, seed: int = 1) -> Notice:
    dice = random.Random(seed)
    items = {
        name: Item(
            name,
            "gazette",
            " ".join(dice.choices(WORDS, k=8)),
            url=f"https://gazette.example/{name}",
            summary=" ".join(dice.choices(WORDS, k=40)),
            published=NOW,
        )
        for name in (f"item{number}" for number in range(stories))
    }
    watches = ("board", "maria")
    hits = [Hit(f"{n}-hit", n, dice.choice(watches), "list", 0.9, (), "rule") for n in items]
    to = [{"channel": "mail", "recipient": "desk@example.org"}]
    everything = Subscription(id="everything", when="daily at 13:00", to=to)
    start = NOW - timedelta(days=1)
    (planned,) = plan_digest(everything, hits, items, {}, {}, start=start, slot=NOW)
    return planned.notice


def linked(bare: Notice, delivery: str, links: Links = LINKS) -> Notice:
    return replace(bare, links=links.of(bare, delivery))


def made_fresh(notice: Notice, recipient: str, delivery: str) -> bytes:
    mail._press.cache_clear()
    return compose(notice, SENDER, recipient, delivery).content


@pytest.mark.parametrize("stories", [0, 1, 30, 300])
def test_what_was_set_before_for_somebody_else_changes_no_byte(stories: int) -> None:
    bare, names = notice(stories), [digest(name) for name in ("one", "two", "three")]
    alone = [made_fresh(linked(bare, name), f"{name}@example.org", name) for name in names]
    mail._press.cache_clear()
    together = [
        compose(linked(bare, name), SENDER, f"{name}@example.org", name).content for name in names
    ]
    assert together == alone


def test_no_message_holds_a_link_of_another_delivery() -> None:
    press, bare = Press(), notice(40)
    first, second = (press.set(linked(bare, digest(name))) for name in ("one", "two"))
    mine = LINKS.of(bare, digest("two"))
    theirs = LINKS.of(bare, digest("one"))
    assert mine
    assert theirs
    for page in (second.html, second.text, second.unsubscribe):
        assert mine.unsubscribe in page
        assert theirs.unsubscribe not in page
    for item in (f"item{number}" for number in range(40)):
        assert theirs.stories[item].irrelevant not in second.text + second.html
        shown = theirs.stories[item].irrelevant in first.html
        assert shown == (mine.stories[item].irrelevant in second.html)


def test_the_same_message_is_set_once_and_another_one_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Notice] = []

    def counted(one: Notice) -> tuple[View, str]:
        calls.append(one)
        return fit(one)

    monkeypatch.setattr(pages, "fit", counted)
    press, bare = Press(), notice(3)
    for name in ("one", "two", "three"):
        press.set(linked(bare, digest(name)))
    assert len(calls) == 1
    press.set(linked(notice(3, seed=2), digest("one")))
    press.set(linked(bare, digest("one")))
    press.set(bare)
    press.set(linked(bare, digest("one"), Links("https://other.example", b"k" * 32)))
    assert len(calls) == 5
