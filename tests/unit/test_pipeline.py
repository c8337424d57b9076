"""The decisions that the pipeline makes itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.archives import only_new
from monitor.destinations import failed_attempt
from monitor.errors import TemporaryFailure
from monitor.model import Delivery, Item, Message
from monitor.planning import backoff

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def item(name: str, *keys: str) -> Item:
    return Item(name, "source", "Title", keys=keys)


def delivery(attempts: int) -> Delivery:
    message = Message(b"", "application/json", "m")
    return Delivery("d", "s", "alert", "hook", "", message, (), NOW, NOW, attempts=attempts)


def test_an_item_is_new_when_none_of_its_keys_is_known() -> None:
    old, new = item("old", "k1", "k2"), item("new", "k3")
    assert only_new([old, new], {"k2": "first"}) == ([new], [("first", "k1")])


def test_keys_of_a_known_item_that_are_new_are_sightings_of_it() -> None:
    assert only_new([item("x", "k1", "k2", "k3")], {"k1": "a"})[1] == [("a", "k2"), ("a", "k3")]
    assert only_new([item("x", "k1")], {"k1": "a"}) == ([], [])


def test_a_failed_delivery_is_due_again_after_its_back_off() -> None:
    attempt = failed_attempt(delivery(0), TemporaryFailure("no answer"), NOW)
    wait = backoff(1, "d")
    assert wait is not None
    assert attempt.next_due == NOW + timedelta(seconds=wait)
    assert not attempt.final
    busy = failed_attempt(delivery(0), TemporaryFailure("busy", retry_after=7200.0), NOW)
    assert busy.next_due == NOW + timedelta(hours=2)


def test_the_last_attempt_gives_up_and_says_why() -> None:
    attempt = failed_attempt(delivery(9), TemporaryFailure("no answer"), NOW)
    assert (attempt.final, attempt.next_due) == (True, None)
    assert attempt.detail == "given up: no answer"
