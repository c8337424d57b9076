"""Discreet messages: what shows outside them names neither watch nor story, on any channel."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from monitor.channels.base import Channel
from monitor.links import Links
from monitor.model import Message, Notice
from tests.contract.channels.kinds import ID, KINDS, make, readable, recipient
from tests.unit.channels.samples import ALERT, DIGEST, QUIET

IN_BRIEF = {"apprise", "ntfy"}
"""Kinds of which everything is shown in notifications: they tell numbers alone."""
NOTICES = {
    name: replace(notice, discreet=True)
    for name, notice in {"alert": ALERT, "digest": DIGEST, "quiet": QUIET}.items()
}
SUBJECTS = {
    "alert": "Alert: 1 new story",
    "digest": "Digest: 6 new stories",
    "quiet": "Digest: nothing new",
}
TELLING = [
    *("Harbour Files", "harbour-morning", "harbour-desk"),
    *(group.name for group in DIGEST.groups),
    *(story.item.title for group in DIGEST.groups for story in group.stories),
    *(story.outlet for group in DIGEST.groups for story in group.stories),
]


def outside(kind: str, message: Message) -> str:
    """Return what others see of a message that was not opened."""
    shown = _OUTSIDE[kind](message) if kind in _OUTSIDE else ""
    return f"{message.subject}\n{shown}"


def _mail(message: Message) -> str:
    mail = message_from_bytes(message.content, policy=default)
    html = mail.get_body(("html",))
    assert html is not None
    page = html.get_content()
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    preview = re.search(r'<div class="preview".*?</div>', page, re.DOTALL)
    assert title
    assert preview
    parts = [*map(str, mail.values()), title[0], preview[0]]
    if preview[0].count("\u034f") < 80:  # an inbox goes on with the message's text
        parts.append(page)
    return "\n".join(parts)


def _unhidden(html: str) -> str:
    return re.sub(r"<(tg-spoiler|span data-mx-spoiler)>.*?</(tg-spoiler|span)>", "", html)


def _of_json(see: Callable[[dict], str]) -> Callable[[Message], str]:
    return lambda message: see(json.loads(message.content))


_OUTSIDE: dict[str, Callable[[Message], str]] = {
    "apprise": lambda message: message.content.decode(),
    "discord": _of_json(lambda body: body["content"]),
    "email": _mail,
    "mailbox": _mail,
    "matrix": _of_json(lambda body: body["body"] + _unhidden(body["formatted_body"])),
    "mattermost": _of_json(
        lambda body: body["text"] + "".join(a["fallback"] for a in body.get("attachments", ()))
    ),
    "ntfy": _of_json(lambda body: f"{body['title']}\n{body['message']}"),
    "slack": _of_json(lambda body: body["text"]),
    "teams": _of_json(lambda body: body["attachments"][0]["content"]["fallbackText"]),
    "telegram": _of_json(lambda body: _unhidden(body["text"])),
    "webhook": _of_json(lambda body: body["data"]["summary"]),
    "feed": _of_json(lambda body: body["data"]["summary"]),
}


@pytest.fixture(params=sorted(KINDS))
def channel(request: pytest.FixtureRequest, tmp_path: Path) -> Channel:
    sender = {"sender": "monitor@example.org"} if request.param in {"email", "mailbox"} else {}
    return make(request.param, "http://127.0.0.1:1", tmp_path, **sender)


@pytest.mark.parametrize("name", NOTICES)
def test_nothing_outside_a_discreet_message_tells_what_it_is_about(
    channel: Channel, name: str
) -> None:
    message = channel.render(NOTICES[name], recipient(channel), ID)
    assert message.subject == SUBJECTS[name]
    shown = outside(channel.kind, message).replace("\\", "")
    for words in TELLING:
        assert words not in shown, f"{channel.kind} shows {words!r}"


def test_the_same_message_names_its_watches_when_nobody_asked_for_discretion(
    channel: Channel,
) -> None:
    message = channel.render(DIGEST, recipient(channel), ID)
    assert DIGEST.groups[0].name in outside(channel.kind, message)


def test_whoever_opens_a_discreet_message_reads_every_story(channel: Channel) -> None:
    text = readable(channel.kind, channel.render(NOTICES["digest"], recipient(channel), ID))
    for told in (story for group in DIGEST.groups for story in group.stories):
        assert (told.hits[0].why in text) is (channel.kind not in IN_BRIEF)
    if channel.kind in IN_BRIEF:
        assert "6 new stories" in text


def test_a_tap_on_a_discreet_push_opens_its_story_or_the_page_of_several(tmp_path: Path) -> None:
    push = make("ntfy", "http://127.0.0.1:1", tmp_path)

    def click(notice: Notice) -> str:
        links = Links("https://monitor.example", b"k" * 32).of(notice, ID)
        body = push.render(replace(notice, links=links), recipient(push), ID).content
        return str(json.loads(body)["click"])

    assert click(NOTICES["alert"]) == "https://outlet.example/1"
    assert click(NOTICES["digest"]) == "https://monitor.example/"
    assert click(DIGEST) == "https://outlet.example/1"
