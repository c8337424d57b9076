"""Files that a person drops: pages, notes and mails, each as one entry."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from html import escape, unescape
from typing import Any

from monitor.errors import ParseError
from monitor.model import Entry, Reason
from monitor.sources._dates import date_of, iso_date
from monitor.sources._html import decoded, joined, read_page
from monitor.sources._limits import GUID, MARKUP, NAME, TITLE

_ADDRESS = re.compile(r"<?(https?://[^\s<>\"]{4,3000})>?")
_MARKS = re.compile(r"^\s{0,3}(?:#{1,6}\s+|>\s?|[*_]{1,2}(?=\S))|\s+#+\s*$|[*_]{1,2}$")
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\((?:[^()\s]{1,3000})(?:\s+\"[^\"]*\")?\)")
_IN_A_BROWSER = re.compile(
    r"<a\s[^<>]*?href=(?:\"(https?://[^\"<>]{4,3000})\"|'(https?://[^'<>]{4,3000})')[^<>]*>"
    r"(?:<[^<>]*>|\s)*[^<>]{0,40}"
    r"(?:browser|online|web version|navigateur|navegador|webansicht|браузер|浏览器|瀏覽器|ブラウザ)",
    re.IGNORECASE,
)


def page_entry(body: bytes, hash_: str) -> Entry:
    """Return a saved web page as an entry: its article where one stands out, else all of it.

    Raises ParseError when it is no page.
    """
    from trafilatura import bare_extraction  # noqa: PLC0415 - half a second for each worker

    root, base, _ = read_page(body, "", "")
    page = decoded(body, "")
    article: Any = bare_extraction(page, with_metadata=True, favor_precision=True)
    told = {name: str(getattr(article, name, "") or "") for name in ("title", "text", "author")}
    title = told["title"] or " ".join(root.findtext(".//title", "").split())
    text = told["text"].removeprefix(title).strip()
    link = next(iter(root.xpath("//link[@rel='canonical']/@href")), "")
    url = joined(base, str(link)) or joined("", str(getattr(article, "url", "") or ""))
    return Entry(
        guid=url or hash_,
        url=url,
        title=escape(title[:TITLE], quote=False),
        content=escape(text[:MARKUP], quote=False) or page[:MARKUP],
        published=_published(root, str(getattr(article, "date", "") or "")),
        authors=tuple(escape(name.strip()[:NAME]) for name in told["author"].split(";") if name),
        language=str(root.get("lang", "") or "")[:NAME],
        outlet=escape(str(getattr(article, "sitename", "") or "")[:NAME], quote=False),
    )


def _published(root: Any, day: str) -> datetime | None:
    said = root.xpath("//meta[@property='article:published_time']/@content")
    return next(filter(None, (iso_date(str(each)) for each in said)), None) or iso_date(day)


def note_entry(body: bytes, hash_: str, *, markdown: bool) -> Entry:
    """Return a text as an entry: its first line is the title, a line with an address alone the link."""
    lines = [line.strip() for line in decoded(body, "").replace("\0", "").splitlines()]
    links = [match[1] for line in lines if (match := _ADDRESS.fullmatch(line))]
    texts = [line for line in lines if line and not _ADDRESS.fullmatch(line)]
    if markdown:
        texts = [_MARKS.sub("", _MARKDOWN_LINK.sub(r"\1", line)) for line in texts]
    title, *rest = texts or [""]
    return Entry(
        guid=hash_,
        url=links[0] if links else "",
        title=escape(title[:TITLE], quote=False),
        content=escape("\n".join(rest)[:MARKUP], quote=False),
    )


def mail_entry(body: bytes, hash_: str) -> Entry:
    """Return a mail as an entry: RFC 5322, its HTML before its plain text; attachments are left out.

    Its address is that of Archived-At (RFC 5064), else of a link to itself in a browser.
    Raises ParseError when it is no mail.
    """
    mail = message_from_bytes(body, _class=EmailMessage, policy=default)
    if not any(name in mail for name in ("From", "Subject", "Message-ID")):
        raise ParseError(Reason.NOT_A_FEED, "this is no mail")
    html = _part(mail, "html")
    content = html or escape(_part(mail, "plain"), quote=False)
    name, address = parseaddr(_header(mail, "From"))
    sender = name or address.rpartition("@")[2]
    seen = _IN_A_BROWSER.search(html)
    archived = _ADDRESS.fullmatch(_header(mail, "Archived-At").strip())
    return Entry(
        guid=_header(mail, "Message-ID").strip()[:GUID] or hash_,
        url=archived[1] if archived else unescape(seen[1] or seen[2]) if seen else "",
        title=escape(_header(mail, "Subject")[:TITLE], quote=False),
        content=content[:MARKUP],
        published=_sent(_header(mail, "Date")),
        authors=(escape(sender[:NAME]),) if sender else (),
        language=_header(mail, "Content-Language").partition(",")[0].strip()[:NAME],
        outlet=escape(sender[:NAME], quote=False),
    )


def _header(mail: EmailMessage, name: str) -> str:
    value = mail.get(name)
    return " ".join(str(value).split()) if value is not None else ""


def _sent(date: str) -> datetime | None:
    time = date_of(date)
    return time.astimezone(UTC) if time else None


def _part(mail: EmailMessage, subtype: str) -> str:
    """Return the first text of a kind that is no attachment."""
    for part in mail.walk():
        wanted = part.get_content_type() == f"text/{subtype}"
        if wanted and part.get_content_disposition() != "attachment":
            raw = part.get_payload(decode=True)
            charset = part.get_content_charset() or ""
            if isinstance(raw, bytes):
                return decoded(raw, f"charset={charset}" if charset else "")
    return ""
