"""Language tags as BCP 47 (RFC 5646) writes them."""

from __future__ import annotations

import re

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}|[a-wy-z](?:-[a-z\d]{2,8})+))*"
)
_LONGEST = 40
_UNDETERMINED = frozenset({"und", "mul", "zxx", "mis", "xx"})


def language_tag(text: str) -> str:
    """Return language, script and region of a tag, such as ``zh-Hans-CN``; empty when it is none.

    Case and separator are mended (``en_us`` is ``en-US``). Variants and extensions are dropped,
    so are the codes that say that the language is unknown or no language.
    """
    tag = text.strip().replace("_", "-").lower()
    match = _TAG.fullmatch(tag) if len(tag) <= _LONGEST else None
    if match is None or match["language"] in _UNDETERMINED:
        return ""
    script, region = (match["script"] or "").title(), (match["region"] or "").upper()
    return "-".join(part for part in (match["language"], script, region) if part)
