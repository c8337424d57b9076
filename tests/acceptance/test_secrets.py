"""Every secret that a configuration can hold, in a service whose every part fails: shown nowhere."""

# ruff: noqa: F401, F811 - a fixture of another file is used by its name

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import httpx

from monitor.store import Store
from tests.acceptance.conftest import Running
from tests.acceptance.practice import open_feeds, publish_about, save, source, write_config
from tests.acceptance.test_cli import Call, call
from tests.servers import HttpServer, Raw, Reply

SECRETS = {
    "PAGE_PASSWORD": "page-pass-9f3a",
    "MAIL_PASSWORD": "mail-pass-77c1",
    "HOOK_KEY": "whsec_aG9vay1rZXktaG9vay1rZXktaG9vay1rZXkhIQ==",
    "FEED_TOKEN": "feed-query-token-41b8",
    "CHAT_HOOK": "chat-path-secret-5d20",
    "PROXY_PASSWORD": "unused-variable-0000",
}
NAMES = {name: f"${{{name}}}" for name in SECRETS}


def configuration(folder: Path, server: HttpServer) -> Path:
    """Write a configuration whose channels and sources have secrets and fail."""
    channels: list[dict[str, Any]] = [
        {
            "id": "mail",
            "kind": "email",
            "host": "127.0.0.1",
            "port": server.port,  # no mail server: what it says is no SMTP
            "security": "none",
            "sender": "m@desk.example",
            "username": "desk",
            "password": NAMES["MAIL_PASSWORD"],
        },
        {"id": "hook", "kind": "webhook", "url": server.url("/hook"), "secret": NAMES["HOOK_KEY"]},
        {"id": "chat", "kind": "slack", "webhook": server.url(f"/chat/{NAMES['CHAT_HOOK']}")},
        {"id": "box", "kind": "mailbox", "folder": "data/box"},
    ]

    def to() -> list[dict[str, str]]:
        mail = {"channel": "mail", "recipient": "a@desk.example"}
        return [mail, *({"channel": name} for name in ("hook", "chat", "box"))]

    tokens = [f"{name}.xml?token={NAMES['FEED_TOKEN']}" for name in ("echo", "moved", "reset")]
    return write_config(
        folder / "config",
        sources=[
            source(server, "good", on_first_poll="alert"),
            *(
                {"id": path.partition(".")[0], "url": server.url(f"/{path}"), "every": "1s"}
                for path in tokens
            ),
        ],
        channels=channels,
        subscriptions=[
            {"id": "urgent", "when": "instant", "to": to()},
            {"id": "slots", "when": "every 2 seconds", "when_nothing": "tell", "to": to()},
        ],
        web={"host": "127.0.0.1", "port": 0, "password": NAMES["PAGE_PASSWORD"]},
    )


async def written(call: Call, *words: object) -> str:
    """Return all that a command writes, with the lines of its tables put together."""
    done = await asyncio.to_thread(call, *words)
    return "\n".join((done.out, "".join(done.out.split()), done.err))


async def test_no_secret_is_in_page_log_command_or_message_however_things_fail(
    tmp_path: Path, run: Callable[..., Running], server: HttpServer, monkeypatch: Any, call: Call
) -> None:
    for name, secret in SECRETS.items():
        monkeypatch.setenv(name, secret)
    publish_about(open_feeds(server, "good")["good"], "maria-exemplar", Random(1))
    echo = {name: f"<html>you said {secret}".encode() for name, secret in SECRETS.items()}
    server.on("/echo.xml", Reply(500, echo["FEED_TOKEN"]))
    server.on("/moved.xml", Reply(301, headers={"Location": f"/x/{SECRETS['FEED_TOKEN']}?a=1"}))
    server.on("/reset.xml", Raw(b"", reset=True))
    server.on("/hook", Reply(400, echo["HOOK_KEY"]))
    server.on(f"/chat/{SECRETS['CHAT_HOOK']}", Reply(500, echo["CHAT_HOOK"]))
    config = configuration(tmp_path, server)
    service = run(config, "--verbose")
    address = await service.address()
    for event, times in (("polled", 8), ("not delivered", 6), ("delivered", 2)):
        await service.said(event, times)
    shown: dict[str, str] = {}
    async with httpx.AsyncClient(auth=("", SECRETS["PAGE_PASSWORD"]), timeout=60) as client:
        for path in ("/", "/sources", "/deliveries", "/healthz", "/metrics", "/nowhere"):
            shown[path] = (await client.get(address + path)).text
    save(config / "sources.yaml", {"sources": [{"id": "x", "url": f"ftp://{NAMES['FEED_TOKEN']}"}]})
    await service.said("configuration is broken, the last good one stays in force")
    async with httpx.AsyncClient(auth=("", SECRETS["PAGE_PASSWORD"]), timeout=60) as client:
        shown["broken"] = (await client.get(address)).text
    shown["broken check"] = await written(call, "check", "-c", config)
    assert await service.stop() == 0
    configuration(tmp_path, server)
    for words in (
        ["check"],
        ["sources", "list"],
        ["sources", "test", "echo"],
        ["sources", "test", "echo", "--json"],
        ["sources", "test", "reset"],
        ["deliveries", "list"],
        ["deliveries", "list", "--json"],
        ["doctor"],
    ):
        shown[" ".join(words)] = await written(call, *words, "-c", config)
    shown["log"] = "\n".join(str(line) for line in service.lines())
    mails = sorted((tmp_path / "data" / "box").glob("*.eml"))
    assert mails
    shown |= {mail.name: mail.read_text() for mail in mails}
    store = Store.open(f"sqlite:///{tmp_path / 'data' / 'monitor.db'}")
    shown["attempts"] = repr(
        store.read_now(lambda tx: [tx.attempts(each.id) for each in tx.deliveries(100)])
    )
    store.close()
    assert "HTTP 500" in shown["/sources"]
    leaks = [
        f"{name} in {place}: …{found[max(0, at - 80) : at + 40]}…"
        for place, found in shown.items()
        for name, secret in SECRETS.items()
        if (at := found.find(secret.removeprefix("whsec_"))) >= 0
    ]
    assert leaks == [], "\n".join(leaks)
