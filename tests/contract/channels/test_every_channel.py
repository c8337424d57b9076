"""What holds for every kind of channel, whatever it sends."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from monitor.channels.base import Channel
from monitor.errors import DeliveryError
from monitor.model import Notice
from monitor.net import Net, NetOptions
from monitor.registry import union_of
from tests.contract.channels.kinds import (
    CHATS,
    ID,
    KINDS,
    POSTING,
    RECIPIENTS,
    SECRETS,
    delivery,
    html_text,
    make,
    options,
    readable,
    recipient,
)
from tests.unit.channels.samples import (
    ALERT,
    DIGEST,
    FIRST_ELSEWHERE,
    QUIET,
    RECEIPT,
    TEST,
    WARNED,
    long_digest,
    story,
)

NOWHERE = "http://127.0.0.1:1"
NOTICES = {"alert": ALERT, "digest": DIGEST, "quiet": QUIET, "test": TEST, "warned": WARNED}
MENTIONS = "@everyone <!channel> <@U123> <#C1> @here @desk [x](https://evil.example) **b** _i_ `c` "
HOSTILE = (
    "Budget\r\nBcc: evil@example.net\x00 \ud800 \u202egpj\u202c \x1b[31m{{''.__class__}}<b>"
    + MENTIONS
    + "x" * 3000
)


@pytest.fixture(params=sorted(KINDS))
def channel(request: pytest.FixtureRequest, tmp_path: Path) -> Channel:
    return make(request.param, NOWHERE, tmp_path)


@pytest.fixture
def broken(channel: Channel, tmp_path: Path) -> Channel:
    """Return a channel that cannot send: nothing listens there, or its folder is a file."""
    (tmp_path / "box").write_text("a file where the folder should be")
    return channel


def test_every_kind_is_found_and_has_its_options_here(tmp_path: Path) -> None:
    others = {"apprise", "archive", "email", "feed", "file", "mailbox"}
    assert sorted(KINDS) == sorted({*POSTING, *others})
    for kind in KINDS:
        assert options(kind, NOWHERE, tmp_path)["kind"] == kind


def test_every_option_says_what_it_is_for(channel: Channel) -> None:
    for name, option in type(channel).model_json_schema()["properties"].items():
        assert option.get("description"), f"{channel.kind}: {name}"


def test_the_kinds_are_told_apart_by_their_word(tmp_path: Path) -> None:
    adapter = TypeAdapter(union_of(KINDS))
    for kind in KINDS:
        assert adapter.validate_python(options(kind, NOWHERE, tmp_path)).kind == kind


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
    text = readable(channel.kind, channel.render(DIGEST, recipient(channel), ID))
    for told in (s for group in DIGEST.groups for s in group.stories):
        assert told.outlet in text
        assert told.item.url in text
        assert told.hits[0].why in text


def test_the_title_that_a_story_had_first_arrives_beside_its_headline(channel: Channel) -> None:
    text = readable(channel.kind, channel.render(FIRST_ELSEWHERE, recipient(channel), ID))
    originals = [
        s.original for group in FIRST_ELSEWHERE.groups for s in group.stories if s.original
    ]
    assert len(originals) == 2
    for first in originals:
        told = channel.kind != "archive"  # which reads no titles
        assert (first.title in text) is told
        assert (first.outlet in text) is told


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
    text = readable(channel.kind, message)
    for sign in ("\x00", "\x1b", "\u202e", "\u202c", "x" * 700):
        assert sign not in text
        assert json.dumps(sign)[1:-1] not in message.content.decode("utf-8", "replace")
    for words in (
        "{{''.__class__}}",
        "@everyone",
        "<!channel>",
        "[x](https://evil.example)",
        "**b**",
    ):
        assert words in text
    assert "\n" not in message.subject
    if channel.kind in {"email", "mailbox"}:
        mail = message_from_bytes(message.content, policy=default)
        assert mail["Bcc"] is None
        assert len(mail.get_all("Subject", [])) == 1


@pytest.mark.parametrize("words", ["", MENTIONS * 4, "港口文件曝光" * 60])
def test_a_thousand_stories_fit_and_those_left_out_are_counted(
    channel: Channel, words: str
) -> None:
    notice = replace(long_digest(1000, words), warnings=(MENTIONS * 20,) * 5)
    message = channel.render(notice, recipient(channel), ID)
    size, largest = LIMITS[channel.kind](message.content)
    assert size <= largest
    if channel.kind == "file":
        assert len(message.content.splitlines()) == 1000
    elif channel.kind == "archive":
        assert len(json.loads(message.content)["keep"]) == 1000
    elif channel.kind == "feed":
        assert len(json.loads(message.content)["data"]["stories"]) == 1000
    else:
        assert "more" in readable(channel.kind, message)


def _discord(body: Any) -> tuple[int, int]:
    assert len(body["embeds"]) <= 10
    assert len(body["content"]) <= 2000
    assert all(len(embed.get("title", "")) <= 256 for embed in body["embeds"])
    texts = [
        (e.get("title", ""), e["description"], e.get("author", {}).get("name", ""))
        for e in body["embeds"]
    ]
    return sum(len(part) for embed in texts for part in embed), 6000


def _slack(body: Any) -> tuple[int, int]:
    assert len(body["blocks"]) <= 50
    header, *blocks = body["blocks"]
    assert len(header["text"]["text"]) <= 150
    sizes = [
        sum(len(e["text"]) for section in block.get("elements", ()) for e in section["elements"])
        for block in blocks
    ]
    assert max(sizes) <= 3000
    return sum(sizes), 12_000


LIMITS: dict[str, Callable[[bytes], tuple[int, int]]] = {
    "apprise": lambda body: (len(body), 20_000),
    "archive": lambda body: (len(body), 2_000_000),
    "discord": lambda body: _discord(json.loads(body)),
    "email": lambda body: (len(body), 400_000),
    "feed": lambda body: (len(body), 2_000_000),
    "file": lambda body: (len(body), 2_000_000),
    "mailbox": lambda body: (len(body), 400_000),
    "matrix": lambda body: (len(body), 60_000),
    "mattermost": lambda body: (len(json.loads(body)["text"]), 16_383),
    "ntfy": lambda body: (len(json.loads(body)["message"].encode()), 4096),
    "slack": lambda body: _slack(json.loads(body)),
    "teams": lambda body: (len(body.decode().encode("utf-16-le")), 28_000),
    "telegram": lambda body: (len(html_text(json.loads(body)["text"])), 4096 + 60 * 40),
    "webhook": lambda body: (len(body), 19_999),
}
"""What a service takes at most: (size of a message, limit); addresses of links are not text."""


def test_no_secret_shows_in_any_picture_of_a_channel(channel: Channel) -> None:
    shown = "".join((repr(channel), str(channel), channel.model_dump_json(exclude={"url"})))
    shown = shown.replace(getattr(channel, "url", ""), "") if channel.kind == "webhook" else shown
    for secret in SECRETS:
        assert secret not in shown


def test_no_secret_is_in_a_message(channel: Channel) -> None:
    message = channel.render(ALERT, recipient(channel), ID)
    for secret in SECRETS:
        assert secret not in message.content.decode()


async def test_no_secret_shows_when_sending_fails(
    broken: Channel, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    if broken.kind == "feed":
        pytest.skip("a feed sends nothing that could fail")
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


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_secret_shows_when_the_options_are_wrong(kind: str, tmp_path: Path) -> None:
    for change in ({"surprise": 1}, {"id": "Not An Id"}, {"port": "x", "url": "ftp://x"}):
        with pytest.raises(ValidationError) as caught:
            make(kind, NOWHERE, tmp_path, **change)
        for secret in SECRETS:
            assert secret not in str(caught.value)


@pytest.mark.parametrize("kind", ["email", "mailbox"])
def test_a_recipient_that_is_two_is_refused(kind: str, tmp_path: Path) -> None:
    made = make(kind, NOWHERE, tmp_path)
    for text in ("a@x.example, evil@y.example", "a@x.example\r\nBcc: e@y.example"):
        with pytest.raises(ValueError, match="not one plain mail address"):
            made.render(ALERT, text, ID)


@pytest.mark.parametrize("kind", sorted({*KINDS} - {*RECIPIENTS}))
def test_a_channel_of_one_place_takes_no_recipient(kind: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="takes no recipient"):
        make(kind, NOWHERE, tmp_path).check_recipient("desk@example.org")


@pytest.mark.parametrize("kind", ["matrix", "ntfy", "telegram"])
@pytest.mark.parametrize("text", ["", "a b", "../x", "a\nb", "#alias:example.org", "@a/../b"])
def test_a_recipient_that_is_none_is_refused_before_anything_is_sent(
    kind: str, text: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=" is "):
        make(kind, NOWHERE, tmp_path).render(ALERT, text, ID)


def test_each_chat_says_what_is_new_in_its_line_for_notifications(tmp_path: Path) -> None:
    for kind in CHATS:
        message = make(kind, NOWHERE, tmp_path).render(DIGEST, RECIPIENTS.get(kind, ""), ID)
        assert message.subject == "2 new on Elena Marchetti, 4 on Forced labour in ports"
