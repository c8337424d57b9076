"""What strangers write, from the feed to readers: mail over SMTP, page over HTTP, and log."""

from __future__ import annotations

import asyncio
import html
import io
import json
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import httpx
import pytest
import structlog

from monitor.app import App, build
from monitor.config import load
from monitor.schedule import Service
from monitor.web import serve
from tests.acceptance.practice import ALERTS, DIGESTS, source, subscriptions, write_config
from tests.servers import HttpServer, Reply
from tests.smtp_servers import SmtpServer

TITLE = (
    "Maria Exemplar&#13;&#10;Bcc: evil@example.net \x00&#x1b;[31m&#x202e;gpj.&#xD800; "
    "{{''.__class__}} &lt;svg onload=alert(1)&gt; &lt;b&gt;bold&lt;/b&gt; " + "long " * 600
)
BODY = """<svg onload=alert(2)><p>Quay</p></svg><a href="javascript:alert(3)">go on</a>
<noscript><p title="</noscript><img src=x onerror=alert(4)>"></noscript>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(5)&gt;">
<img src="https://spy.example/pixel.gif" width="1" height="1"><script>alert(6)</script>
<iframe srcdoc="<script>alert(7)</script>"></iframe><p onclick="alert(8)">Maria Exemplar spoke.</p>"""
FEED = f"""<rss version="2.0"><channel><title>T</title>
<item><guid isPermaLink="false">1</guid><link>javascript:alert(0)</link><title>{TITLE}</title>
<description>{html.escape(BODY)}</description></item></channel></rss>"""
CLEAN = "Maria Exemplar Bcc: evil@example.net [31mgpj. {{''.__class__}}"
"""How the title begins in every place where it is read."""
ACTIVE = re.compile(
    r"<svg|<script|<iframe|<math|<style[^>]*>\s*<!--|\son\w+\s*=|javascript:|spy\.example",
    re.IGNORECASE,
)
FORBIDDEN = ("\x00", "\x1b", "\u202e", "\ud800")


class Readers:
    """A service that polled the feed and told of it, and everything that readers got."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.page = ""
        self.log = ""
        self.title = ""
        self.stored = ""


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Readers:
    return asyncio.run(told(tmp_path_factory.mktemp("hostile")))


async def told(place: Path) -> Readers:
    found, log = Readers(), io.StringIO()
    structlog.configure(
        processors=[structlog.processors.JSONRenderer(ensure_ascii=False)],
        logger_factory=structlog.PrintLoggerFactory(log),
    )
    async with HttpServer() as server, SmtpServer() as smtp:
        server.on("/wild.xml", Reply(200, FEED.encode(), {"Content-Type": "application/rss+xml"}))
        folder = write(place, server, smtp)
        async with build(load(folder, {})) as app:
            await app.plan_digests()
            await app.poll_due()
            await app.plan_digests(force=True)
            await app.deliver_due()
            await look(app, found)
        found.mails = [message_from_bytes(m, policy=default) for _, _, m in smtp.messages]
    structlog.reset_defaults()
    found.log = log.getvalue()
    return found


def write(folder: Path, server: HttpServer, smtp: SmtpServer) -> Path:
    mail = {"host": "127.0.0.1", "port": smtp.port, "security": "none", "sender": "m@desk.example"}
    return write_config(
        folder / "config",
        sources=[source(server, "wild", on_first_poll="alert", publisher="The Wild Post")],
        channels=[{"id": "mail", "kind": "email", **mail}],
        subscriptions=[
            {**one, "to": [to for to in one["to"] if to["channel"] == "mail"]}
            for one in subscriptions("daily at 07:30")
        ],
    )


async def look(app: App, found: Readers) -> None:
    (hit,) = await app.tools.store.read(lambda tx: tx.hits(10))
    found.title, found.stored = hit.item.title, repr(hit.item)
    async with serve(Service(app)) as address, httpx.AsyncClient(timeout=60) as client:
        found.page = (await client.get(address)).text


def readable(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", markup)).split())


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_a_wild_title_is_stored_as_one_clean_line(readers: Readers) -> None:
    assert readers.title.startswith(CLEAN)
    assert len(readers.title) <= 500
    assert len(readers.title.splitlines()) == 1


def test_nothing_that_acts_is_stored(readers: Readers) -> None:
    assert "Maria Exemplar spoke." in readers.stored
    assert not ACTIVE.search(readers.stored), ACTIVE.search(readers.stored)


def test_a_wild_title_adds_no_header_and_no_reader_to_a_mail(readers: Readers) -> None:
    assert sorted(str(mail["To"]) for mail in readers.mails) == sorted([ALERTS, DIGESTS])
    for mail in readers.mails:
        assert mail["Bcc"] is None
        assert mail["Cc"] is None
        assert len(mail.get_all("Subject", [])) == 1
        assert not mail.defects
        assert not set(FORBIDDEN) & set(str(mail["Subject"]))


def test_the_same_words_stand_in_mail_and_page(readers: Readers) -> None:
    for mail in readers.mails:
        assert CLEAN in readable(part(mail, "html"))
        assert CLEAN in " ".join(part(mail, "plain").replace("*", "").split())
    assert CLEAN in readable(readers.page)


def test_nothing_acts_or_is_loaded_from_elsewhere_in_mail_and_page(readers: Readers) -> None:
    for markup in (*(part(mail, "html") for mail in readers.mails), readers.page):
        assert not ACTIVE.search(markup), ACTIVE.search(markup)
        assert not re.search(r"<img (?!src=\"/static/)|<link[^>]+href=\"http|url\(", markup)


def test_no_sign_that_steers_reaches_mail_page_or_log(readers: Readers) -> None:
    assert readers.log
    for line in readers.log.splitlines():
        json.loads(line)
    texts = [readers.page, readers.log]
    texts += [part(mail, kind) for mail in readers.mails for kind in ("plain", "html")]
    for text, sign in ((text, sign) for text in texts for sign in FORBIDDEN):
        assert sign not in text
