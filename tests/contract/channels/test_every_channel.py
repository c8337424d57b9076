"""What holds for every kind of channel, whatever it sends."""

from __future__ import annotations

import json
import traceback
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from monitor import channels
from monitor.channels.base import Channel
from monitor.errors import DeliveryError
from monitor.model import Delivery, Message, Notice
from monitor.net import Net, NetOptions
from monitor.registry import discover, union_of
from tests.unit.channels.samples import (
    ALERT,
    DIGEST,
    NOW,
    QUIET,
    RECEIPT,
    TEST,
    WARNED,
    long_digest,
    story,
)

WHSEC = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0ISE="
PASSWORD = "correct-horse-battery"
ID = "0123456789abcdef0123"
KINDS = discover(channels, Channel)
OPTIONS: dict[str, dict[str, Any]] = {
    "mailbox": {"id": "box", "kind": "mailbox"},
    "email": {
        "id": "mail",
        "kind": "email",
        "host": "127.0.0.1",
        "port": 1,
        "username": "me",
        "password": PASSWORD,
        "sender": "Desk <monitor@example.org>",
    },
    "webhook": {
        "id": "ops",
        "kind": "webhook",
        "url": "http://127.0.0.1:1/hooks/path-secret?token=query-secret",
        "secret": WHSEC,
    },
}
RECIPIENTS = {"mailbox": "desk@example.org", "email": "desk@example.org", "webhook": ""}
SECRETS = (WHSEC, WHSEC.removeprefix("whsec_"), PASSWORD, "path-secret", "query-secret")
NOTICES = {"alert": ALERT, "digest": DIGEST, "quiet": QUIET, "test": TEST, "warned": WARNED}
HOSTILE = (
    "Budget\r\nBcc: evil@example.net\x00 \ud800 \u202egpj\u202c \x1b[31m{{''.__class__}}<b>"
    + "x" * 3000
)


@pytest.fixture(params=sorted(KINDS))
def channel(request: pytest.FixtureRequest, tmp_path: Path) -> Channel:
    options = OPTIONS[request.param]
    if request.param == "mailbox":
        options = {**options, "folder": str(tmp_path / "box")}
    made = KINDS[request.param].model_validate(options)
    assert isinstance(made, Channel)
    return made


@pytest.fixture
def broken(channel: Channel, tmp_path: Path) -> Channel:
    """Return a channel that cannot send: nothing listens there, or its folder is a file."""
    (tmp_path / "box").write_text("a file where the folder should be")
    return channel


def recipient(channel: Channel) -> str:
    return RECIPIENTS[channel.kind]


def delivery(channel: Channel, message: Message) -> Delivery:
    return Delivery(
        ID, "harbour-morning", "digest", channel.id, recipient(channel), message, (), NOW, NOW
    )


def readable(message: Message) -> str:
    """Return everything a recipient can read in a message."""
    if message.content_type == "application/json":
        return json.dumps(json.loads(message.content), ensure_ascii=False)
    mail = message_from_bytes(message.content, policy=default)
    assert not mail.defects
    parts = [str(value) for value in mail.values()]
    return "\n".join([*parts, *(p.get_content() for p in mail.walk() if not p.is_multipart())])


def test_every_kind_is_found_and_has_its_options_here() -> None:
    assert sorted(KINDS) == sorted(OPTIONS) == ["email", "mailbox", "webhook"]


def test_every_option_says_what_it_is_for(channel: Channel) -> None:
    for name, option in type(channel).model_json_schema()["properties"].items():
        assert option.get("description"), f"{channel.kind}: {name}"


def test_the_kinds_are_told_apart_by_their_word() -> None:
    adapter = TypeAdapter(union_of(KINDS))
    for kind, options in OPTIONS.items():
        assert adapter.validate_python(options).kind == kind


@pytest.mark.parametrize("name", NOTICES)
def test_the_same_notice_gives_the_same_bytes(channel: Channel, name: str) -> None:
    first = channel.render(NOTICES[name], recipient(channel), ID)
    assert first == channel.render(NOTICES[name], recipient(channel), ID)
    assert first.content
    assert first.message_id
    assert ID in first.message_id


def test_another_delivery_has_another_message_id(channel: Channel) -> None:
    first = channel.render(DIGEST, recipient(channel), ID)
    other = channel.render(DIGEST, recipient(channel), "f" * 20)
    assert first.message_id != other.message_id


def test_every_story_link_outlet_and_reason_arrives(channel: Channel) -> None:
    text = readable(channel.render(DIGEST, recipient(channel), ID))
    for told in (s for group in DIGEST.groups for s in group.stories):
        assert told.outlet in text
        assert told.item.url in text
        assert told.hits[0].why in text


def hostile_notice() -> Notice:
    base = DIGEST.groups[0].stories[0]
    item = replace(base.item, title=HOSTILE, outlet=HOSTILE, text=HOSTILE, language=HOSTILE)
    hits = tuple(replace(hit, why=HOSTILE, spans=()) for hit in base.hits)
    copies = tuple(replace(copy, outlet=HOSTILE, title=HOSTILE) for copy in base.copies)
    told = replace(story(item, *hits, copies=copies), outlet=HOSTILE)
    groups = (replace(DIGEST.groups[0], name=HOSTILE, stories=(told,)),)
    failed = tuple(replace(trouble, name=HOSTILE, why=HOSTILE) for trouble in RECEIPT.failed)
    receipt = replace(RECEIPT, failed=failed)
    return replace(DIGEST, title=HOSTILE, groups=groups, receipt=receipt, warnings=(HOSTILE,))


def test_hostile_text_changes_nothing_but_what_is_read(channel: Channel) -> None:
    message = channel.render(hostile_notice(), recipient(channel), ID)
    text = readable(message)
    for sign in ("\x00", "\x1b", "\u202e", "\u202c", "x" * 700):
        assert sign not in text
        assert json.dumps(sign)[1:-1] not in message.content.decode("utf-8", "replace")
    assert "{{''.__class__}}" in text.replace("&#39;", "'")
    assert "\n" not in message.subject
    if channel.kind != "webhook":
        mail = message_from_bytes(message.content, policy=default)
        assert mail["Bcc"] is None
        assert len(mail.get_all("Subject", [])) == 1


def test_a_thousand_hits_still_fit(channel: Channel) -> None:
    message = channel.render(long_digest(1000), recipient(channel), ID)
    limits = {"webhook": 20_000, "email": 200_000, "mailbox": 200_000}
    assert len(message.content) < limits[channel.kind]
    assert "more" in readable(message)


def test_no_secret_shows_in_any_picture_of_a_channel(channel: Channel) -> None:
    shown = "".join((repr(channel), str(channel), channel.model_dump_json(exclude={"url"})))
    for secret in (WHSEC, PASSWORD):
        assert secret not in shown


async def test_no_secret_shows_when_sending_fails(
    broken: Channel, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    message = broken.render(ALERT, recipient(broken), ID)
    async with Net(NetOptions(allow_private=("127.0.0.1",))) as net:
        with pytest.raises(DeliveryError) as caught:
            await broken.send(delivery(broken, message), net)
    assert len(str(caught.value).splitlines()) == 1
    captured = capsys.readouterr()
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text
    shown += captured.out + captured.err
    for secret in SECRETS:
        assert secret not in shown


@pytest.mark.parametrize("kind", ["email", "webhook"])
def test_no_secret_shows_when_the_options_are_wrong(kind: str) -> None:
    for change in ({"surprise": 1}, {"id": "Not An Id"}, {"port": "x", "url": "ftp://x"}):
        with pytest.raises(ValidationError) as caught:
            KINDS[kind].model_validate({**OPTIONS[kind], **change})
        for secret in SECRETS:
            assert secret not in str(caught.value)


@pytest.mark.parametrize("kind", ["email", "mailbox"])
def test_a_recipient_that_is_two_is_refused(kind: str) -> None:
    made = KINDS[kind].model_validate(OPTIONS[kind])
    assert isinstance(made, Channel)
    for text in ("a@x.example, evil@y.example", "a@x.example\r\nBcc: e@y.example"):
        with pytest.raises(ValueError, match="not one plain mail address"):
            made.render(ALERT, text, ID)


def test_a_webhook_takes_no_recipient() -> None:
    made = KINDS["webhook"].model_validate(OPTIONS["webhook"])
    assert isinstance(made, Channel)
    with pytest.raises(ValueError, match="takes no recipient"):
        made.check_recipient("desk@example.org")
