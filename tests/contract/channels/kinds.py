"""Every kind of channel: how to make one for a server on loopback, and what its readers see."""

from __future__ import annotations

import html
import json
import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from monitor import channels
from monitor.channels.base import Channel
from monitor.model import Delivery, Message
from monitor.registry import discover
from tests.unit.channels.samples import NOW

ID = "0123456789abcdef0123"
WHSEC = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0ISE="
OLD_WHSEC = "whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xkLSE="
PASSWORD = "correct-horse-battery"
BOT = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOpp"
FEED_TOKEN = "feed-token-feed-token-feed-token"
HOOK = "/hooks/path-secret?token=query-secret"
SECRETS = (
    WHSEC,
    WHSEC.removeprefix("whsec_"),
    OLD_WHSEC.removeprefix("whsec_"),
    PASSWORD,
    BOT,
    FEED_TOKEN,
    "path-secret",
    "query-secret",
)
KINDS = discover(channels, Channel)
RECIPIENTS = {
    "email": "desk@example.org",
    "mailbox": "desk@example.org",
    "matrix": "!harbour:example.org",
    "ntfy": "harbour-files",
    "telegram": "-1001234567890",
}
POSTING = ["discord", "matrix", "mattermost", "ntfy", "slack", "teams", "telegram", "webhook"]
"""Kinds that hand a message over in one HTTP exchange."""
CHATS = sorted({*POSTING} - {"webhook"})
PATHS = {
    "matrix": f"/_matrix/client/v3/rooms/%21harbour%3Aexample.org/send/m.room.message/{ID}",
    "ntfy": "/",
    "telegram": f"/bot{BOT}/sendMessage",
}
"""Where a kind's messages arrive; the others' at the path of `HOOK`."""


def options(kind: str, server: str, folder: Path) -> dict[str, Any]:
    """Return the options of a channel that reaches ``server``, such as ``http://127.0.0.1:1``."""
    hooked = {"id": "ops", "kind": kind, "webhook": server + HOOK}
    return {
        "apprise": {
            "id": "ops",
            "kind": kind,
            "secret_urls": [f"json://{server.removeprefix('http://')}/path-secret"],
        },
        "archive": {
            "id": "ops",
            "kind": kind,
            "endpoint": f"{server}/save",
            "authorization": f"LOW key-of-archive:{PASSWORD}",
            "every": "0s",
        },
        "email": {
            "id": "ops",
            "kind": kind,
            "host": "127.0.0.1",
            "port": 1,
            "username": "me",
            "password": PASSWORD,
            "sender": "Desk <monitor@example.org>",
        },
        "feed": {"id": "ops", "kind": kind, "token": FEED_TOKEN},
        "file": {"id": "ops", "kind": kind, "file": str(folder / "box" / "hits.jsonl")},
        "mailbox": {"id": "ops", "kind": kind, "folder": str(folder / "box")},
        "matrix": {"id": "ops", "kind": kind, "server": server, "token": PASSWORD},
        "ntfy": {"id": "ops", "kind": kind, "server": server, "token": PASSWORD},
        "telegram": {"id": "ops", "kind": kind, "server": server, "token": BOT},
        "webhook": {
            "id": "ops",
            "kind": kind,
            "url": server + HOOK,
            "secret": WHSEC,
            "old_secrets": [OLD_WHSEC],
        },
    }.get(kind, hooked)


def make(kind: str, server: str, folder: Path, **more: Any) -> Channel:
    made = KINDS[kind].model_validate({**options(kind, server, folder), **more})
    assert isinstance(made, Channel)
    return made


def recipient(channel: Channel) -> str:
    return RECIPIENTS.get(channel.kind, "")


def delivery(channel: Channel, message: Message) -> Delivery:
    return Delivery(
        ID, "harbour-morning", "digest", channel.id, recipient(channel), message, (), NOW, NOW
    )


def readable(kind: str, message: Message) -> str:
    """Return everything a recipient can read in a message, links among it."""
    if kind in {"email", "mailbox"}:
        return _mail(message)
    if kind == "apprise":
        return message.content.decode()
    if kind == "file":
        lines = [json.loads(line) for line in message.content.splitlines()]
        return json.dumps(lines, ensure_ascii=False)
    return _SEEN[kind](json.loads(message.content))


def _mail(message: Message) -> str:
    mail = message_from_bytes(message.content, policy=default)
    assert not mail.defects
    parts = [str(value) for value in mail.values()]
    parts += [p.get_content() for p in mail.walk() if not p.is_multipart()]
    return html.unescape("\n".join(parts))


def _slack(body: dict[str, Any]) -> str:
    shown = []
    for block in body["blocks"]:
        if block["type"] == "header":
            assert block["text"]["type"] == "plain_text"
            shown.append(block["text"]["text"])
        for section in block.get("elements", ()):
            for element in section["elements"]:
                assert element["type"] in {"text", "link"}, "no mention, no markup"
                shown.append(element["text"] + element.get("url", ""))
    return "\n".join(shown)


def _teams(body: dict[str, Any]) -> str:
    (attachment,) = body["attachments"]
    shown = []

    def look(part: dict[str, Any]) -> None:
        assert part["type"] in {"RichTextBlock", "Container"}, "text blocks know markdown"
        shown.append("".join(run["text"] for run in part.get("inlines", ())))
        shown.append(part.get("selectAction", {}).get("url", ""))
        for inner in part.get("items", ()):
            look(inner)

    for part in attachment["content"]["body"]:
        look(part)
    assert "entities" not in attachment["content"]["msteams"], "mentions would need them"
    return "\n".join(shown)


def _discord(body: dict[str, Any]) -> str:
    assert body["allowed_mentions"] == {"parse": []}
    shown = [markdown(body["content"])]
    for embed in body["embeds"]:
        shown += [markdown(embed.get("title", "")), markdown(embed["description"])]
        shown += [embed.get("url", ""), embed.get("author", {}).get("name", "")]
    return "\n".join(shown)


def markdown(text: str) -> str:
    """Return what Markdown shows: escapes undone, and nothing left that could call anyone."""
    bare = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text.replace("**", ""))
    assert not re.search(r"@\w", bare), "a name behind @ would be called"
    unescaped = re.sub(r"\\.", "", text)
    assert not re.search(r"<[!@#:a-z]", unescaped), "no reference, no tag"
    return bare.replace("\u200b", "")


def html_text(text: str) -> str:
    """Return what HTML of the few tags shows, its links written out."""
    assert not {*re.findall(r"</?([a-z0-9]+)", text)} - {"a", "b", "blockquote", "br", "span", "tg"}
    text = re.sub(r'<a href="([^"]*)">', r"\1 ", text)
    return html.unescape(re.sub(r"</?[a-z][a-z -]*>", "", text))


def _matrix(body: dict[str, Any]) -> str:
    assert body["m.mentions"] == {}
    assert body["msgtype"] == "m.notice"
    shown = html_text(body["formatted_body"])
    return f"{shown}\n{body['body']}"


_SEEN = {
    "archive": lambda body: json.dumps(body, ensure_ascii=False),
    "feed": lambda body: json.dumps(body, ensure_ascii=False),
    "slack": _slack,
    "teams": _teams,
    "discord": _discord,
    "mattermost": lambda body: "\n".join(
        markdown(part["text"]) for part in (body, *body.get("attachments", ()))
    ),
    "telegram": lambda body: html_text(body["text"]),
    "matrix": _matrix,
    "ntfy": lambda body: f"{body['title']}\n{body['message']}\n{body.get('click', '')}",
    "webhook": lambda body: json.dumps(body, ensure_ascii=False),
}
