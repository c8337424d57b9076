"""Answers of searches in JSON: whole, an object, and its values as text."""

from __future__ import annotations

import json
from html import escape
from typing import Any
from urllib.parse import urlsplit

from monitor.errors import ParseError
from monitor.model import Reason
from monitor.sources._limits import ENTRIES, MARKUP

_SHOWN = 200


def rows(body: bytes, key: str) -> list[dict[str, Any]]:
    """Return the objects of the list under ``key``; a missing list is an empty one.

    Raises ParseError when the answer is no JSON object: some providers explain themselves in plain
    text, with a status of 200, and the error repeats it.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        said = " ".join(body[:_SHOWN].decode("utf-8", "replace").split())
        message = f"the provider did not answer with results: {said or 'nothing at all'}"
        raise ParseError(Reason.NOT_A_FEED, message) from None
    if not isinstance(answer, dict):
        raise ParseError(Reason.NOT_A_FEED, "the provider's answer is JSON, but no object")
    found = answer.get(key)
    listed = found if isinstance(found, list) else []
    return [row for row in listed[:ENTRIES] if isinstance(row, dict)]


def text(row: dict[str, Any], key: str, limit: int = MARKUP) -> str:
    """Return a value as text, empty when it is none."""
    value = row.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value[:limit] if isinstance(value, str) else ""


def markup(row: dict[str, Any], key: str, limit: int = MARKUP) -> str:
    """Return a plain value as the markup that entries carry."""
    return escape(text(row, key, limit), quote=False)


def site_of(url: str) -> str:
    """Return the name of the site that an address is of."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
