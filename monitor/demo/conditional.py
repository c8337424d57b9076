"""Conditional answers after RFC 9110, section 13; pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime


def entity_tag(body: bytes) -> str:
    """Return a strong entity tag for ``body``, quotes included (RFC 9110, section 8.8.3)."""
    return f'"{hashlib.sha256(body).hexdigest()[:20]}"'


def validators(body: bytes, modified: datetime, now: datetime) -> dict[str, str]:
    """Return the ETag, and the Last-Modified once it can no longer mislead.

    HTTP dates count whole seconds: two changes within one second share theirs, so a
    Last-Modified from the current second would hide the second change (section 8.8.2.2).
    """
    headers = {"etag": entity_tag(body)}
    second = modified.astimezone(UTC).replace(microsecond=0)
    if second + timedelta(seconds=1) <= now:
        headers["last-modified"] = format_datetime(second, usegmt=True)
    return headers


def not_modified(request: Mapping[str, str], answer: Mapping[str, str]) -> bool:
    """Return whether a GET with the headers ``request`` is answered 304.

    ``request`` and ``answer`` have lower-case names. If-None-Match decides alone when it is
    there (section 13.2.2), compared weakly; an If-Modified-Since that is no HTTP date, or that
    meets an answer without Last-Modified, is ignored (section 13.1.3).
    """
    wanted = request.get("if-none-match")
    if wanted is not None:
        tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        return "*" in tags or answer["etag"] in tags
    since, modified = request.get("if-modified-since"), answer.get("last-modified")
    if since is None or modified is None:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False
