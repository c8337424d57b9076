"""Folders: what is dropped there is read once, and nothing in it can hurt."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import FetchError
from monitor.model import Document, SourceState
from monitor.net import Net, NetOptions
from monitor.reading import read
from monitor.sources import _folder_look
from monitor.sources._folder_look import look
from monitor.sources.folder import Folder

FEED = b"""<rss version="2.0"><channel><title>T</title>
<item><guid>1</guid><title>Silt rises</title><link>https://lantern.example/1</link></item>
<item><guid>2</guid><title>Silt falls</title><link>/2</link></item></channel></rss>"""
PAGE = """<html lang="en"><head><title>Courier | Quay wall inquiry</title>
<link rel="canonical" href="https://courier.example/quay">
<meta property="article:published_time" content="2026-11-03T09:15:00+01:00">
<meta property="og:site_name" content="Tidewater Courier"><meta name="author" content="Ann Silt">
</head><body><nav>Home News Sport</nav><article><h1>Quay wall inquiry</h1>
<p>{}</p><p>{}</p></article><footer>Imprint and cookies</footer></body></html>""".format(
    "Maria Exemplar spoke for two hours about the dredging of the outer harbour. " * 5,
    "The harbour authority had no comment to make on the matter of the quay wall. " * 5,
).encode()
MAIL = (
    b'From: "The Lantern Weekly" <weekly@lantern.example>\r\n'
    b"To: desk@newsroom.example\r\nSubject: =?utf-8?q?Silt_=26_silence_=E2=80=93_No=2E_7?=\r\n"
    b"Date: Tue, 03 Nov 2026 07:30:00 +0100\r\nMessage-ID: <7@lantern.example>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPlain words.\r\n"
    b"--b\r\nContent-Type: text/html; charset=windows-1251\r\n\r\n"
    b"<p><a href='https://lantern.example/mail/7?a=1&amp;b=2'>View in your browser</a></p>"
    b"<p>\xcc\xe0\xf0\xe8\xff read <a href='https://courier.example/quay'>the inquiry</a>.</p>"
    b"\r\n--b--\r\n"
)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
async def net() -> AsyncIterator[Net]:
    async with Net(NetOptions(max_bytes=100_000)) as running:
        yield running


def drop(folder: Path, name: str, body: bytes, *, age: float = 60.0) -> Path:
    path = folder / name
    path.write_bytes(body)
    when = time.time() - age
    os.utime(path, (when, when))
    return path


class Poller:
    """Polls a folder again and again, as the service does."""

    def __init__(self, net: Net, folder: Path, **options: Any) -> None:
        self.source = Folder(id="inbox", folder=str(folder), **options)
        self.net = net
        self.state = SourceState("inbox")

    async def poll(self) -> Document | None:
        fetched = await self.source.fetch(self.net, self.state)
        if fetched.unchanged:
            return None
        document = self.source.parse(fetched)
        memory = document.memory or ""
        self.state = replace(self.state, memory=memory, first_poll_done=True, failures=0)
        return document

    async def titles(self) -> list[str]:
        document = await self.poll()
        return [entry.title for entry in document.entries] if document else []


async def test_every_kind_of_file_becomes_items(net: Net, inbox: Path) -> None:
    drop(inbox, "a.xml", FEED, age=90)
    drop(inbox, "b.html", PAGE, age=80)
    drop(inbox, "c.eml", MAIL, age=70)
    drop(
        inbox,
        "d.md",
        b"# A *note*\n\nhttps://lantern.example/n\n\n> Read [this](https://x.example).\n",
    )
    drop(inbox, "e.txt", "Заметка\nВторая строка".encode("cp1251"), age=50)
    document = await Poller(net, inbox).poll()

    assert document is not None
    items = read(
        document, source="s", outlet="Inbox", language="", address=str(inbox),
        now=datetime(2026, 11, 20, tzinfo=UTC), baseline=False,
    )  # fmt: skip

    assert document.problems == ()
    said = {item.title: (item.url, item.outlet, item.body) for item in items}
    assert said["Silt rises"] == ("https://lantern.example/1", "Inbox", "")
    assert said["Silt falls"] == ("", "Inbox", "")
    url, outlet, text = said["Quay wall inquiry"]
    assert (url, outlet) == ("https://courier.example/quay", "Tidewater Courier")
    assert text.startswith("Maria Exemplar spoke")
    assert "Imprint" not in text
    assert "Home News" not in text
    assert said["Silt & silence – No. 7"] == (
        "https://lantern.example/mail/7?a=1&b=2",
        "The Lantern Weekly",
        "View in your browser\nМария read the inquiry.",
    )
    assert said["A *note"] == ("https://lantern.example/n", "Inbox", "Read this.")
    assert said["Заметка"] == ("", "Inbox", "Вторая строка")
    page = next(item for item in items if item.outlet == "Tidewater Courier")
    assert page.published == datetime(2026, 11, 3, 8, 15, tzinfo=UTC)
    assert page.authors == ("Ann Silt",)


async def test_a_file_is_read_once_and_again_when_it_changes(net: Net, inbox: Path) -> None:
    poller = Poller(net, inbox)
    drop(inbox, "a.txt", b"First")
    assert await poller.titles() == ["First"]
    assert await poller.poll() is None

    drop(inbox, "a.txt", b"Second", age=30)
    drop(inbox, "b.txt", b"Another")

    assert await poller.titles() == ["Another", "Second"]
    assert await poller.poll() is None


async def test_a_file_that_was_only_touched_is_no_news(net: Net, inbox: Path) -> None:
    poller = Poller(net, inbox)
    drop(inbox, "a.txt", b"First")
    await poller.poll()

    drop(inbox, "a.txt", b"First", age=10)

    assert await poller.titles() == []
    assert await poller.poll() is None


async def test_a_file_that_is_still_written_to_waits(
    net: Net, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)  # however long this machine takes for a look
    poller = Poller(net, inbox)
    await poller.poll()
    path = drop(inbox, "a.txt", b"Half a", age=0.0)
    drop(inbox, "b.txt.part", b"Half b")
    drop(inbox, ".hidden.txt", b"Hidden")
    assert await poller.titles() == []

    path.write_bytes(b"Half a and the rest")
    os.utime(path, (time.time() - 5, time.time() - 5))

    assert await poller.titles() == ["Half a and the rest"]


async def test_a_clock_ahead_of_ours_does_not_keep_a_file_waiting(net: Net, inbox: Path) -> None:
    drop(inbox, "a.txt", b"From tomorrow", age=-86_400.0)

    assert await Poller(net, inbox).titles() == ["From tomorrow"]


async def test_an_empty_folder_has_its_first_poll_so_that_the_first_file_is_news(
    net: Net, inbox: Path
) -> None:
    poller = Poller(net, inbox)
    assert await poller.poll() is not None
    drop(inbox, "a.txt", b"News")

    document = await poller.poll()

    assert document is not None
    assert [(entry.title, entry.baseline) for entry in document.entries] == [("News", False)]


@pytest.mark.parametrize(("first", "baseline"), [("baseline", True), ("alert", False)])
async def test_what_lay_there_at_the_first_look_is_baseline_however_late_it_is_read(
    net: Net, inbox: Path, monkeypatch: pytest.MonkeyPatch, first: str, *, baseline: bool
) -> None:
    monkeypatch.setattr(_folder_look, "FILES_AT_ONCE", 2)
    poller = Poller(net, inbox, on_first_poll=first)
    for number in range(3):
        drop(inbox, f"{number}.txt", f"Old {number}".encode(), age=90 - number)
    document = await poller.poll()
    assert document is not None
    assert document.problems == ("1 files wait for the next poll",)
    drop(inbox, "new.txt", b"New")

    document = await poller.poll()

    assert document is not None
    assert [(entry.title, entry.baseline) for entry in document.entries] == [
        ("Old 2", baseline),
        ("New", False),
    ]


async def test_what_is_not_read_is_named_once(net: Net, inbox: Path) -> None:
    drop(inbox, "list.opml", b"<opml/>")
    drop(inbox, "scan.pdf", b"%PDF-1.7")
    drop(inbox, "huge.txt", b"x" * 100_001)
    drop(inbox, "broken.xml", b"<html>not a feed</html>")
    drop(inbox, "empty.eml", b"")
    drop(inbox, "deep.html", b"<div>" * 20_000)
    poller = Poller(net, inbox)

    document = await poller.poll()

    assert document is not None
    said = "\n".join(sorted(document.problems))
    assert "list.opml: a list of feeds; use 'monitor sources import'" in said
    assert "scan.pdf: left out, files of this kind are not read" in said
    assert "huge.txt: left out, it is larger than 100,000 bytes" in said
    assert "broken.xml: the answer is a web page, not a feed" in said
    assert "empty.eml: this is no mail" in said
    assert await poller.poll() is None


async def test_links_that_leave_the_folder_are_not_followed(
    net: Net, inbox: Path, tmp_path: Path
) -> None:
    drop(tmp_path, "secret.txt", b"Secret")
    drop(inbox, "inside.txt", b"Inside")
    (inbox / "out.txt").symlink_to(tmp_path / "secret.txt")
    (inbox / "loop.txt").symlink_to(inbox / "loop.txt")
    (inbox / "in.txt").symlink_to(inbox / "inside.txt")
    os.mkfifo(inbox / "pipe.txt")
    (inbox / "folder.txt").mkdir()

    document = await Poller(net, inbox).poll()

    assert document is not None
    assert {entry.title for entry in document.entries} == {"Inside"}
    assert "out.txt: the link leaves the folder; it was not followed" in document.problems


async def test_a_folder_that_is_missing_or_became_a_link_is_a_failed_poll(
    net: Net, inbox: Path
) -> None:
    with pytest.raises(FetchError, match="cannot be read"):
        await Poller(net, inbox / "missing").poll()

    link = inbox.parent / "link"
    link.symlink_to(inbox)
    with pytest.raises(FetchError, match="is a link now"):
        await Poller(net, link).poll()


async def test_after_a_failure_files_are_tried_one_by_one_so_that_a_bad_one_blocks_nobody(
    net: Net, inbox: Path
) -> None:
    poller = Poller(net, inbox)
    await poller.poll()
    for name in "abc":
        drop(inbox, f"{name}.txt", name.encode(), age=60 - ord(name) / 10)
    tried = []
    for failures in (1, 2, 3, 4):
        state = replace(poller.state, failures=failures)
        fetched = await poller.source.fetch(net, state)
        tried.append([part.url for part in fetched.parts])

    assert tried == [["a.txt"], ["b.txt"], ["c.txt"], ["a.txt"]]


def test_a_memory_stays_small_however_many_files_there_are(inbox: Path) -> None:
    for number in range(700):
        drop(inbox, f"{number:03}-{'long name ' * 10}.txt", b"x", age=1_000 - number)
    memory = ""
    for _ in range(20):
        seen = look(inbox, memory, time.time(), 1_000, 0)
        memory = _folder_look.written(seen.memory)

    assert len(memory) < 64 * 1024
    assert "only the newest" in seen.problems[0]
    assert not seen.files


@pytest.mark.parametrize("memory", ["", "x", "[]", '{"kind":"folder","files":{"a.txt":[1]}}'])
def test_a_memory_that_is_damaged_reads_the_folder_anew(inbox: Path, memory: str) -> None:
    drop(inbox, "a.txt", b"A")

    assert [file.name for file in look(inbox, memory, time.time(), 1_000, 0).files] == ["a.txt"]


async def test_a_mail_says_what_it_can(net: Net, inbox: Path) -> None:
    drop(
        inbox, "a.eml",
        b"From: weekly@lantern.example\nSubject: Only headers\nDate: rubbish\n"
        b"Archived-At: <https://lantern.example/archive/1>\nContent-Type: text/plain; charset=no-such\n\n"
        b"Words & <tags>.\n",
    )  # fmt: skip
    document = await Poller(net, inbox).poll()

    assert document is not None
    (entry,) = document.entries
    assert entry.url == "https://lantern.example/archive/1"
    assert entry.outlet == "lantern.example"
    assert entry.published is None
    assert entry.content == "Words &amp; &lt;tags&gt;.\n"


async def test_mails_of_one_message_id_are_one_item(net: Net, inbox: Path) -> None:
    drop(inbox, "a.eml", MAIL)
    drop(inbox, "again.eml", MAIL.replace(b"Received", b"X"))
    document = await Poller(net, inbox).poll()

    assert document is not None
    assert {entry.guid for entry in document.entries} == {"<7@lantern.example>"}
    items = read(
        document, source="s", outlet="", language="", address="",
        now=datetime(2026, 11, 20, tzinfo=UTC), baseline=False,
    )  # fmt: skip
    assert len(items) == 1
