"""A press that publishes on loopback, and the configuration of a service that watches it."""

from __future__ import annotations

import asyncio
import os
import pty
import random
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import psutil
import yaml
from pydantic import SecretStr

from monitor.demo.mail_sink import MailSink
from monitor.demo.receiver import WebhookReceiver
from tests.servers import HttpServer, Reply, Request

SECRET = SecretStr("whsec_cHJhY3RpY2UtcHJhY3RpY2UtcHJhY3RpY2UtcHJhYw==")
SECRET_NAME = "PRACTICE_SECRET"
ALERTS = "alerts@desk.example"
DIGESTS = "digests@desk.example"
WATCHES = [
    {"id": "maria-exemplar", "kind": "person", "name": "Maria Exemplar", "priority": "high"},
    {"id": "sample-board", "kind": "organisation", "name": "Sample Harbour Board"},
]
NAMES = {str(watch["id"]): str(watch["name"]) for watch in WATCHES}
_SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "xi",
    "yo",
    "zu",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One article of a feed."""

    url: str
    title: str
    text: str


@dataclass(slots=True)
class Feed:
    """A growing RSS feed with an entity tag; answers requests of `tests.servers.HttpServer`."""

    name: str
    entries: list[Entry] = field(default_factory=list)
    before: Callable[[Feed], None] = lambda _: None
    """Called before each answer, for instance to publish more."""

    def publish(self, title: str, text: str, url: str = "") -> Entry:
        """Put an article on top; its address is made up unless it is given."""
        url = url or f"https://{self.name}.example/{len(self.entries)}"
        self.entries.insert(0, Entry(url, title, text))
        return self.entries[0]

    def render(self) -> bytes:
        """Return the feed as RSS 2.0."""
        now = format_datetime(datetime.now(UTC), usegmt=True)
        items = "".join(
            f"<item><guid>{entry.url}</guid><link>{entry.url}</link><pubDate>{now}</pubDate>"
            f"<title>{escape(entry.title)}</title>"
            f"<description>{escape(entry.text)}</description></item>"
            for entry in self.entries
        )
        head = f"<title>{self.name}</title><link>https://{self.name}.example/</link>"
        return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        """Answer 304 when the reader has it all, else the whole feed."""
        self.before(self)
        tag = f'"{len(self.entries)}"'
        reply = Reply(304, headers={"ETag": tag})
        if request.headers.get("if-none-match") != tag:
            reply = Reply(200, self.render(), {"ETag": tag, "Content-Type": "application/rss+xml"})
        await reply(request, writer)


def prose(chance: random.Random, words: int = 40) -> str:
    """Return words of no language, never the same ones twice: no text is a copy of another."""
    return " ".join(
        "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(words)
    )


def publish_about(feed: Feed, watch: str, chance: random.Random) -> Entry:
    """Publish an article of its own words that speaks of ``watch``, or of nobody when empty."""
    title = f"{NAMES[watch]} on {prose(chance, 6)}" if watch else prose(chance, 8)
    return feed.publish(title, prose(chance))


def open_feeds(server: HttpServer, *names: str) -> dict[str, Feed]:
    """Open an empty feed for each name."""
    feeds = {name: Feed(name) for name in names}
    for name, feed in feeds.items():
        server.on(f"/{name}.xml", feed)
    return feeds


def write_config(
    folder: Path,
    *,
    sources: Sequence[Mapping[str, Any]],
    subscriptions: Sequence[Mapping[str, Any]],
    channels: Sequence[Mapping[str, Any]] = (),
    watches: Sequence[Mapping[str, Any]] = WATCHES,
    **options: Any,
) -> Path:
    """Write a configuration for loopback into ``folder`` and return it."""
    general = {
        "net": {"allow_private": ["127.0.0.1"], "deadline": "60s"},
        "web": {"host": "127.0.0.1", "port": 0},
        **({"channels": list(channels)} if channels else {}),
        **options,
    }
    save(folder / "monitor.yaml", general)
    save(folder / "sources.yaml", {"sources": list(sources)})
    save(folder / "subscriptions.yaml", {"subscriptions": list(subscriptions)})
    watchlist = {"watchlist": "practice", "title": "Practice", "watches": list(watches)}
    save(folder / "watchlists" / "practice.yaml", watchlist)
    return folder


def save(path: Path, content: Any) -> None:
    """Write YAML the way an editor does: whole, under its name at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    draft.replace(path)


def source(server: HttpServer, name: str, **more: Any) -> dict[str, Any]:
    """Return the entry of ``sources.yaml`` for a feed of ``server``, whose articles have no pages."""
    address = server.url(f"/{name}.xml")
    return {"id": name, "url": address, "every": "1s", "full_text": "never", **more}


def channels(receiver: WebhookReceiver, sink: MailSink) -> list[dict[str, Any]]:
    """Return channels ``hook`` and ``mail``."""
    mail = {"host": sink.host, "port": sink.port, "security": "none", "sender": "m@desk.example"}
    return [
        {"id": "hook", "kind": "webhook", "url": receiver.url, "secret": f"${{{SECRET_NAME}}}"},
        {"id": "mail", "kind": "email", **mail},
    ]


def subscriptions(digests: str) -> list[dict[str, Any]]:
    """Return everything at once to hook and mail, and digests by mail at the given times."""
    instant = [{"channel": "hook"}, {"channel": "mail", "recipient": ALERTS}]
    return [
        {"id": "urgent", "when": "instant", "to": instant},
        {"id": "digest", "when": digests, "to": [{"channel": "mail", "recipient": DIGESTS}]},
    ]


def ended(process: psutil.Process) -> bool:
    """Tell whether a process has come to its end, though perhaps nobody has asked for its code yet."""
    with suppress(psutil.NoSuchProcess):
        return not process.is_running() or bool(process.status() == psutil.STATUS_ZOMBIE)
    return True


def at_terminal(*command: str, **options: Any) -> tuple[subprocess.CompletedProcess[bytes], str]:
    """Run a command one of whose streams, the one left out of ``options``, is a terminal.

    Return how it ended and all that the terminal showed. That is read meanwhile: a terminal takes a few
    kilobytes, and whoever writes more of them waits.
    """
    screen, terminal = pty.openpty()
    streams = {"stdout": terminal, "stderr": terminal, **options}
    with ThreadPoolExecutor(1) as reader, os.fdopen(screen, "rb", 0) as shown:
        everything = reader.submit(_read_all, shown)
        try:
            ended = subprocess.run(command, check=False, timeout=300, **streams)
        finally:
            os.close(terminal)
        return ended, everything.result().decode()


def _read_all(shown: Any) -> bytes:
    found = b""
    with suppress(OSError):  # as Linux says that the other side is closed
        while part := shown.read(4096):
            found += part
    return found


async def until(
    condition: Callable[[], Any], what: str, *, seconds: float = 120.0, alive: Iterable[Any] = ()
) -> Any:
    """Return what ``condition`` says once it is true; fail when that takes too long.

    Fails at once when one of the processes ``alive`` ends.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if isinstance(found, Awaitable):
            found = await found
        if found:
            return found
        for process in alive:
            assert process.poll() is None, f"a process ended before {what}"
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        await asyncio.sleep(0.02)
