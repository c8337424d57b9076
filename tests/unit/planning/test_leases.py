"""Subscriptions at hubs, decided for any moment."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import DAY, Intent, Item, Lease, Outcome, PollRecord, Reason, SourceState
from monitor.planning import (
    after_push,
    as_back_up,
    asked,
    denied,
    follow_hub,
    is_over,
    is_signed,
    refused,
    verified,
)
from monitor.planning.leases import FAREWELLS, LONGEST_LEASE, backup_interval

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HUB, TOPIC, BASE = "https://hub.example/", "https://gazette.example/feed", "https://us.example"
LEASE = Lease("t", "gazette", HUB, TOPIC, f"{BASE}/websub/t", "key", due=NOW)
ACTIVE = replace(LEASE, expires=NOW + 10 * DAY, due=NOW + 8 * DAY)
WISH = Intent("subscribe", TOPIC, "challenge", "600")


def drawing() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"drawn-{next(numbers)}"


def follow(known: list[Lease], hub: str = HUB, topic: str = TOPIC, base: str = BASE) -> list[Lease]:
    return follow_hub(known, "gazette", (hub, topic if hub else ""), base, NOW, drawing())


# ------------------------------------------------------------------------ which ones


def test_a_feed_that_names_a_hub_gets_a_lease_that_is_due_at_once() -> None:
    (lease,) = follow([])

    assert lease == Lease(
        "drawn-1", "gazette", HUB, TOPIC, f"{BASE}/websub/drawn-1", "drawn-2", due=NOW
    )


def test_without_an_address_of_ours_a_hub_is_remembered_and_nobody_asked() -> None:
    (lease,) = follow([], base="")

    assert (lease.hub, lease.callback, lease.due) == (HUB, "", None)


def test_a_lease_that_fits_stays_as_it_is() -> None:
    assert follow([ACTIVE]) == []


@pytest.mark.parametrize(
    "changed",
    [{"hub": "https://other.example/"}, {"topic": f"{TOPIC}?new"}, {"base": "https://new.example"}],
)
def test_another_hub_topic_or_address_of_ours_is_another_lease(changed: dict[str, str]) -> None:
    left, fresh = follow([ACTIVE], **changed)

    assert (left.token, left.leaving, left.due) == ("t", True, NOW)
    assert (fresh.token, fresh.leaving) == ("drawn-1", False)


def test_a_feed_that_names_no_hub_any_more_leaves_it() -> None:
    (left,) = follow([ACTIVE], hub="")

    assert left.leaving
    assert follow([left], hub="") == []


# ------------------------------------------------------------------------ how far it has come


def test_what_was_asked_is_asked_again_later_and_later_until_it_is_verified() -> None:
    lease, waits = LEASE, []
    for _ in range(7):
        lease = asked(lease, NOW)
        assert lease.due is not None
        waits.append((lease.due - NOW).total_seconds())

    assert waits == sorted(waits)
    assert 240 < waits[0] < 400
    assert waits[-1] < 100_000
    assert verified(lease, WISH, NOW).failures == 0  # type: ignore[union-attr]


def test_a_verified_lease_runs_as_long_as_the_hub_says_and_is_renewed_before() -> None:
    lease = verified(asked(LEASE, NOW), WISH, NOW)

    assert lease is not None
    assert lease.expires == NOW + timedelta(seconds=600)
    assert lease.due is not None
    assert NOW + timedelta(seconds=400) < lease.due < lease.expires
    assert lease.pending == ""


@pytest.mark.parametrize(
    "intent",
    [
        replace(WISH, topic=f"{TOPIC}/"),
        replace(WISH, mode="unsubscribe"),
        replace(WISH, mode="publish"),
        replace(WISH, lease_seconds="0"),
        replace(WISH, lease_seconds="-5"),
        replace(WISH, lease_seconds="soon"),
        replace(WISH, lease_seconds="٣"),
    ],
)
def test_what_was_not_asked_is_not_verified(intent: Intent) -> None:
    assert verified(asked(LEASE, NOW), intent, NOW) is None


def test_nothing_is_verified_twice_or_before_it_was_asked() -> None:
    assert verified(LEASE, WISH, NOW) is None
    once = verified(asked(LEASE, NOW), WISH, NOW)
    assert once is not None
    assert verified(once, WISH, NOW) is None


def test_a_lease_without_a_length_or_with_a_boundless_one_is_bounded() -> None:
    open_now = asked(LEASE, NOW)

    usual = verified(open_now, replace(WISH, lease_seconds=""), NOW)
    endless = verified(open_now, replace(WISH, lease_seconds="9999999999"), NOW)

    assert usual is not None
    assert usual.expires == NOW + 10 * DAY
    assert endless is not None
    assert endless.expires == NOW + LONGEST_LEASE


def test_a_hub_that_asks_for_patience_gets_it_but_no_more_than_a_day() -> None:
    open_now = asked(LEASE, NOW)

    assert refused(open_now, "503", 7_200, NOW).due == NOW + timedelta(hours=2)
    assert refused(open_now, "503", 1e9, NOW).due == NOW + DAY
    assert refused(open_now, "503", None, NOW).due == open_now.due


def test_a_denied_lease_has_ended_and_says_why() -> None:
    lease = denied(ACTIVE, Intent("denied", TOPIC, reason="too many"), NOW)

    assert lease is not None
    assert (lease.expires, lease.problem) == (None, "the hub denied it: too many")
    assert lease.due == NOW + DAY
    assert denied(ACTIVE, Intent("denied", "https://other.example/"), NOW) is None
    assert denied(ACTIVE, WISH, NOW) is None


def test_a_hub_is_told_goodbye_a_few_times_and_then_left_without_a_word() -> None:
    (lease,) = follow([ACTIVE], hub="")
    assert not is_over(lease, NOW)
    assert is_over(lease, NOW + 11 * DAY)
    for _ in range(FAREWELLS):
        lease = asked(lease, NOW)
        assert lease.pending == "unsubscribe"
    assert is_over(lease, NOW)
    gone = verified(lease, Intent("unsubscribe", TOPIC, "c"), NOW)
    assert gone is not None
    assert is_over(gone, NOW)


# ------------------------------------------------------------------------ what it sends


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
@given(body=st.binary(max_size=200), secret=st.text(min_size=1, max_size=50))
def test_what_is_signed_with_the_secret_is_signed_and_nothing_else(
    method: str, body: bytes, secret: str
) -> None:
    key = secret.encode("utf-8", "surrogatepass") if secret.isascii() else None
    if key is None:
        return
    signature = f"{method}={hmac.new(key, body, getattr(hashlib, method)).hexdigest()}"

    assert is_signed(body, signature, secret)
    assert is_signed(body, signature.upper().replace(method.upper(), method), secret)
    assert not is_signed(body + b" ", signature, secret)
    assert not is_signed(body, signature, secret + "x")
    assert not is_signed(body, signature[:-1], secret)


@given(st.text(max_size=60))
def test_no_rubbish_is_a_signature(signature: str) -> None:
    assert not is_signed(b"body", signature, "key")


@pytest.mark.parametrize("method", ["md5", "sha224", "shake_128", "new", ""])
def test_other_digests_are_none(method: str) -> None:
    assert not is_signed(b"body", f"{method}={hashlib.sha256(b'body').hexdigest()}", "key")


def test_a_push_brings_news_and_puts_no_poll_off() -> None:
    due = NOW + timedelta(hours=1)
    state = SourceState("gazette", next_poll=due, last_reason="ok", failures=2)
    record = PollRecord("gazette", NOW, Outcome.NEW, Reason.PUSHED, new=1)

    after = after_push(state, record, [Item("i", "gazette", "T", first_seen=NOW)])

    assert (after.next_poll, after.failures, after.last_reason) == (due, 2, "ok")
    assert after.last_new == after.last_ok == NOW
    assert after.rhythm.at == NOW


# ------------------------------------------------------------------------ polls as a back-up


def test_polls_are_rarer_while_a_hub_tells_of_news() -> None:
    state = SourceState("gazette", next_poll=NOW + timedelta(minutes=15))

    assert as_back_up(state, NOW + DAY, NOW, 21_600).next_poll == NOW + timedelta(hours=1)
    assert as_back_up(state, None, NOW, 21_600) == state


@given(st.floats(1, 1e6), st.floats(1, 1e7), st.floats(1, 1e5))
def test_a_back_up_is_never_sooner_nor_later_than_it_may(
    wait: float, left: float, longest: float
) -> None:
    seconds = backup_interval(wait, left, longest)

    assert seconds >= wait
    assert seconds <= max(wait, left)
    assert seconds <= max(wait, longest)
