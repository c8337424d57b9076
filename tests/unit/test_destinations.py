"""What a channel's fingerprint tells apart, and who hears of dead letters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.config import load
from monitor.destinations import fingerprint, words_of_dead_letters
from monitor.planning import Recipient
from tests.acceptance.practice import write_config
from tests.contract.channels.kinds import KINDS, make

OWNER = {"channel": "box", "recipient": "owner@example.org"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_channel_has_the_same_fingerprint_until_it_is_edited(kind: str, tmp_path: Path) -> None:
    channel = make(kind, "http://127.0.0.1:1", tmp_path)
    assert fingerprint(channel) == fingerprint(make(kind, "http://127.0.0.1:1", tmp_path))
    assert fingerprint(channel) != fingerprint(channel.model_copy(update={"id": "other"}))
    assert len(fingerprint(channel)) == 4


def test_another_secret_is_an_edit(tmp_path: Path) -> None:
    one = make("ntfy", "http://127.0.0.1:1", tmp_path)
    assert fingerprint(one) != fingerprint(
        make("ntfy", "http://127.0.0.1:1", tmp_path, token="new")
    )


@pytest.fixture
def settings(tmp_path: Path):
    to = [
        {"channel": "box", "recipient": name} for name in ("desk@example.org", "owner@example.org")
    ]
    daily = {"id": "daily", "when": "daily at 07:30", "to": to}
    other = {"id": "other", "when": "daily at 07:30", "to": [dict(to[0])]}
    return load(
        write_config(
            tmp_path / "config",
            sources=[],
            subscriptions=[daily, other],
            channels=[{"id": "box", "kind": "mailbox"}],
            owner=OWNER,
        ),
        {},
    )


def test_the_owners_digest_says_how_many_messages_were_given_up(settings) -> None:
    daily, other = settings.subscriptions.values()
    (words,) = words_of_dead_letters(settings, daily, {"mail": 1, "hook": 2})
    assert words.startswith("3 messages were given up (2 by hook, 1 by mail): ")
    assert words_of_dead_letters(settings, daily, {"mail": 1})[0].startswith("1 message was given")
    assert words_of_dead_letters(settings, daily, {}) == ()
    assert words_of_dead_letters(settings, other, {"hook": 2}) == (), "readers are not bothered"


def test_without_an_owner_no_digest_speaks_of_dead_letters(settings) -> None:
    options = settings.monitor.model_copy(update={"owner": None})
    (daily, _) = settings.subscriptions.values()
    assert words_of_dead_letters(replace(settings, monitor=options), daily, {"hook": 2}) == ()
    assert isinstance(settings.monitor.owner, Recipient)
