"""Ids for entries that bring a title and an address and no id."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from urllib.parse import urlsplit

LONGEST = 40
"""Characters of an id that is made; a person may write longer ones."""
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "å": "a", "œ": "oe", "ł": "l", "đ": "d",
                          "\u0131": "i", "þ": "th", "ð": "d", "&": " and ", "'": "", "\u2019": ""})  # fmt: skip


def new_id(title: str, url: str, taken: Container[str]) -> str:
    """Return an id that reads like ``title``, else like the site of ``url``, and is not ``taken``."""
    name = _slug(title) or _slug(_site(url)) or "source"
    if name not in taken:
        return name
    number = 2
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"


def _slug(text: str) -> str:
    """Return the words of ``text`` that are in Latin letters, accents dropped; empty for too few."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    lost = sum(c.isalpha() and not c.isascii() for c in plain if not unicodedata.combining(c))
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word[:LONGEST]
        if len(longer) > LONGEST:
            break
        slug = longer
    return slug if 3 * lost <= len(slug) else ""


def _site(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return re.sub(r"^(?:www|feeds?|rss)\.|\.(?:com|org|net)$", "", host)
