"""``monitor deliveries``: what waits, what was given up, and what can be done about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.app import open_store
from monitor.config import load
from monitor.model import Attempt, Delivery, DeliveryStatus, Destination, Message
from monitor.store import Store
from tests.acceptance.practice import write_config
from tests.acceptance.test_cli import Call, call

__all__ = ["call"]

NOW = datetime.now(UTC)
TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOpp"
IDS = ["3f9c01", "3f9c02", "aa0001"]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(
        tmp_path / "config",
        sources=[],
        subscriptions=[],
        channels=[
            {"id": "box", "kind": "mailbox", "folder": "box"},
            {"id": "chat", "kind": "telegram", "token": TOKEN, "server": "http://127.0.0.1:1"},
        ],
    )


@pytest.fixture
def store(config: Path) -> Iterator[Store]:
    """Yield the store with one dead letter, one message that waits, and one that was sent."""
    store = open_store(load(config, {}))
    for number, name in enumerate(IDS):
        message = Message(
            b'{"text": "' + TOKEN.encode() + b'"}', "application/json", name, "Seven new"
        )
        made = NOW - timedelta(days=3 - number)
        one = Delivery(name, "urgent", "alert", "chat", "-100", message, (), made, made)
        store.write_now(lambda tx, one=one: tx.add_delivery(one))
    said = f"telegram 'chat': answered HTTP 404 {TOKEN}"
    dead = Attempt("3f9c01", NOW, ok=False, detail=said, final=True)
    sent = Attempt("aa0001", NOW, ok=True, detail="HTTP 200", final=True)
    off = Destination("chat", "-100", NOW - timedelta(days=6), 9, NOW, NOW, said, "abcd")
    store.write_now(
        lambda tx: (tx.record_attempt(dead), tx.record_attempt(sent), tx.keep_destination(off))
    )
    yield store
    store.close()


def status(store: Store, name: str) -> DeliveryStatus:
    found = store.read_now(lambda tx: tx.delivery(name))
    assert found is not None
    return found.status


def test_the_list_shows_messages_and_destinations_that_are_off_without_secrets(
    call: Call, config: Path, store: Store
) -> None:
    result = call("deliveries", "list", "-c", config)
    assert result.code == 0
    for words in ("3 deliveries", "3f9c01", "dead", "Seven new", "chat -100 is off since"):
        assert words in result.out
    assert TOKEN not in result.out


def test_the_list_can_be_of_one_status_and_channel(call: Call, config: Path, store: Store) -> None:
    def ids(*options: str) -> list[str]:
        rows = json.loads(call("deliveries", "list", "-c", config, "--json", *options).out)
        return [row["delivery"] for row in rows]

    assert ids() == ["aa0001", "3f9c02", "3f9c01"]
    assert ids("--status", "dead") == ["3f9c01"]
    assert ids("--channel", "chat", "--status", "pending") == ["3f9c02"]
    assert ids("--channel", "box") == []


def test_one_message_is_shown_with_its_attempts_and_its_bytes_masked(
    call: Call, config: Path, store: Store
) -> None:
    result = call("deliveries", "show", "3f9c01", "-c", config, "--content")
    assert result.code == 0
    assert "answered HTTP 404 ***" in result.out
    assert '{"text": "***"}' in result.out
    shown = json.loads(call("deliveries", "show", "aa", "-c", config, "--json").out)
    assert shown["status"] == "sent"
    assert [each["detail"] for each in shown["attempts"]] == ["HTTP 200"]
    assert shown["destination"]["off_since"]
    assert TOKEN not in json.dumps(shown)
    assert "content" not in shown


@pytest.mark.parametrize("command", ["show", "retry", "cancel"])
@pytest.mark.parametrize(
    ("prefix", "words"), [("zz", "there is no message 'zz'"), ("3f", "several messages begin")]
)
def test_an_id_that_names_none_or_several_is_refused(
    call: Call, config: Path, store: Store, command: str, prefix: str, words: str
) -> None:
    result = call("deliveries", command, prefix, "-c", config)
    assert result.code == 2
    assert words in result.complaint


def test_a_dead_letter_is_retried_and_its_destination_on_again(
    call: Call, config: Path, store: Store
) -> None:
    result = call("deliveries", "retry", "3f9c01", "-c", config, "--json")
    assert json.loads(result.out) == {"retried": ["3f9c01"]}
    again = store.read_now(lambda tx: tx.delivery("3f9c01"))
    assert again is not None
    assert (again.status, again.attempts) == (DeliveryStatus.PENDING, 0)
    assert store.read_now(lambda tx: tx.destinations()) == []


def test_all_dead_letters_of_a_channel_are_retried_or_those_since_a_time(
    call: Call, config: Path, store: Store
) -> None:
    late = call("deliveries", "retry", "--channel", "chat", "--since", "2d", "-c", config)
    assert "0 messages" in late.out
    assert status(store, "3f9c01") is DeliveryStatus.DEAD
    everything = call("deliveries", "retry", "--channel", "chat", "-c", config)
    assert "1 message will be sent again" in everything.out
    assert status(store, "3f9c01") is DeliveryStatus.PENDING


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["retry"], "name messages, or a channel"),
        (["retry", "3f9c01", "--channel", "chat"], "and not both"),
        (["retry", "--channel", "chta"], "did you mean 'chat'?"),
        (["retry", "--channel", "chat", "--since", "soon"], "--since: a duration is"),
        (["cancel"], "name the messages to cancel"),
        (["test", "nobody"], "there is no channel 'nobody'"),
        (["test", "chat"], "--to: a chat is a number"),
        (["test", "box", "--to", "a@x.example, b@y.example"], "is not one plain mail address"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    call: Call, config: Path, store: Store, arguments: list[str], words: str
) -> None:
    result = call("deliveries", *arguments, "-c", config)
    assert result.code == 2
    assert words in result.complaint


def test_a_waiting_message_is_cancelled_and_a_sent_one_stays(
    call: Call, config: Path, store: Store
) -> None:
    assert "1 message will not be sent" in call("deliveries", "cancel", "3f9c02", "-c", config).out
    assert status(store, "3f9c02") is DeliveryStatus.CANCELLED
    result = call("deliveries", "cancel", "aa0001", "-c", config)
    assert result.code == 1
    assert "do not wait any more" in result.complaint
    assert status(store, "aa0001") is DeliveryStatus.SENT


def test_a_test_message_arrives_at_once_and_leaves_the_others_waiting(
    call: Call, config: Path, store: Store
) -> None:
    result = call("deliveries", "test", "box", "--to", "desk@example.org", "-c", config)
    assert result.code == 0
    assert result.out.startswith("sent: written to ")
    (mail,) = (config.parent / "box").glob("*.eml")
    assert "Subject: Test message: delivery works" in mail.read_text()
    assert status(store, "3f9c02") is DeliveryStatus.PENDING


def test_a_test_message_that_does_not_arrive_says_why_without_the_token(
    call: Callable[..., object], config: Path, store: Store
) -> None:
    result = call("deliveries", "test", "chat", "--to", "-100", "-c", config)
    assert result.code == 1
    assert "not sent: telegram 'chat': 127.0.0.1:1" in result.err
    assert TOKEN not in result.err + result.out


def test_the_schema_of_a_webhook_is_printed(call: Call) -> None:
    schema = json.loads(call("schema", "webhook").out)
    assert schema["$schema"].startswith("https://json-schema.org/draft/2020-12")
    assert schema["properties"]["data"]
