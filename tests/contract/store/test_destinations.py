"""Destinations that fail are tried by one message at a time; those that do well are not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.model import Attempt, Delivery, Destination, Message
from monitor.store import Store
from tests.contract.store.conftest import NOW

HOUR = timedelta(hours=1)
FAILING = Destination("hook", "", NOW - HOUR, 3, NOW + HOUR, reason="HTTP 503")
LATER = NOW + 2 * HOUR


def delivery(name: str, channel: str = "hook", recipient: str = "") -> Delivery:
    message = Message(b"{}", "application/json", name)
    due = NOW + timedelta(seconds=int(name[1:]))
    return Delivery(name, "urgent", "alert", channel, recipient, message, (), due, due)


def put(store: Store, *deliveries: Delivery) -> None:
    for one in deliveries:
        assert store.write_now(lambda tx, one=one: tx.add_delivery(one))


def claimed(store: Store, now, limit: int = 50) -> list[str]:
    return [one.id for one in store.write_now(lambda tx: tx.claim_deliveries(now, limit, 300.0))]


def keep(store: Store, destination: Destination) -> None:
    store.write_now(lambda tx: tx.keep_destination(destination))


def test_what_is_kept_of_a_destination_comes_back_as_it_was(store: Store) -> None:
    off = replace(FAILING, recipient="a", off_since=NOW, options="ab12")
    keep(store, FAILING)
    keep(store, off)
    keep(store, replace(FAILING, failures=4))
    assert store.read_now(lambda tx: tx.destination("hook", "")) == replace(FAILING, failures=4)
    assert store.read_now(lambda tx: tx.destinations()) == [replace(FAILING, failures=4), off]
    assert store.read_now(lambda tx: tx.destination("hook", "b")) is None


def test_a_destination_is_forgotten_alone_or_with_its_channel(store: Store) -> None:
    for recipient in ("", "a", "b"):
        keep(store, replace(FAILING, recipient=recipient))
    assert store.write_now(lambda tx: tx.forget_destination("hook", "a")) == 1
    assert store.write_now(lambda tx: tx.forget_destination("hook")) == 2
    assert store.read_now(lambda tx: tx.destinations()) == []


def test_while_a_destination_pauses_its_messages_wait_and_those_of_others_go(store: Store) -> None:
    put(store, delivery("d1"), delivery("d2", recipient="a"), delivery("d3", channel="mail"))
    keep(store, FAILING)
    assert claimed(store, NOW + timedelta(minutes=5)) == ["d2", "d3"]


def test_after_its_pause_the_oldest_message_alone_tries(store: Store) -> None:
    put(store, delivery("d2"), delivery("d1"), delivery("d3"), delivery("d4", channel="mail"))
    keep(store, FAILING)
    assert claimed(store, LATER) == ["d1", "d4"]
    assert claimed(store, LATER) == [], "no second try beside the first"
    assert claimed(store, LATER + timedelta(seconds=301)) == ["d1", "d4"], "its sender died"


def test_when_it_goes_on_all_that_waited_follow(store: Store) -> None:
    put(store, delivery("d1"), delivery("d2"), delivery("d3"))
    keep(store, FAILING)
    assert claimed(store, LATER) == ["d1"]

    def taken(tx):
        tx.record_attempt(Attempt("d1", LATER, ok=True, detail="HTTP 200", final=True))
        tx.forget_destination("hook", "")

    store.write_now(taken)
    assert claimed(store, LATER) == ["d2", "d3"]


def test_a_pause_that_ends_with_nothing_to_send_is_no_claim(store: Store) -> None:
    keep(store, FAILING)
    assert claimed(store, LATER) == []
    put(store, delivery("d1"))
    assert claimed(store, LATER) == ["d1"]


def test_the_limit_counts_probes_too(store: Store) -> None:
    put(store, *(delivery(f"d{n}", recipient=f"r{n}") for n in range(1, 6)))
    for number in (4, 5):
        keep(store, replace(FAILING, recipient=f"r{number}", held_until=NOW))
    assert sorted(claimed(store, LATER, limit=3)) == ["d1", "d4", "d5"]
    assert claimed(store, LATER, limit=3) == ["d2", "d3"]


def test_what_is_addressed_to_one_that_is_off_is_claimed_to_be_refused(store: Store) -> None:
    put(store, delivery("d1"), delivery("d2"))
    keep(store, replace(FAILING, off_since=NOW))
    assert claimed(store, LATER) == ["d1", "d2"]


def test_of_a_channel_that_is_busy_only_so_many_are_claimed_and_others_in_their_place(
    store: Store,
) -> None:
    put(store, *(delivery(f"d{n}") for n in range(1, 6)))
    put(store, delivery("d6", channel="mail"), delivery("d7", channel="chat"))

    def claim(left: dict[str, int]) -> list[str]:
        found = store.write_now(lambda tx: tx.claim_deliveries(NOW + HOUR, 10, 300.0, left))
        return [one.id for one in found]

    assert claim({"hook": 2, "chat": 0}) == ["d1", "d2", "d6"]
    assert claim({"hook": 0}) == ["d7"]
    assert claim({}) == ["d3", "d4", "d5"]


def test_messages_that_try_failing_destinations_of_a_busy_channel_wait_as_well(
    store: Store,
) -> None:
    for recipient in ("a", "b", "c"):
        keep(store, replace(FAILING, recipient=recipient))
    put(store, *(delivery(f"d{n}", recipient=to) for n, to in enumerate("abc", 1)))
    put(store, delivery("d4", recipient="well"))

    def claim(left: int) -> int:
        found = store.write_now(lambda tx: tx.claim_deliveries(LATER, 10, 300.0, {"hook": left}))
        return len(found)

    assert [claim(0), claim(2), claim(5), claim(5)] == [0, 2, 2, 0]
