"""Which agency a text credits, and so which of several copies is the original.

Agencies are credited in a dateline, "ODESSIN (Reuters) -", behind the text, "— AFP", in Chinese as
新华社北京3月4日电, or as the author.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from monitor.model import Sketch
from monitor.stories.text import bare

_KNOWN: Final = {
    "AP": "Associated Press",
    "AFP": "Agence France-Presse",
    "dpa": "Deutsche Presse-Agentur",
    "EFE": "Agencia EFE",
    "ANSA": "ANSA",
    "TASS": "TASS",
    "PTI": "Press Trust of India",
    "Reuters": "Reuters",
    "Bloomberg": "Bloomberg",
    "Xinhua": "Xinhua",
    "Kyodo": "Kyodo News",
    "Yonhap": "Yonhap",
    "UPI": "United Press International",
    "Anadolu": "Anadolu Agency",
    "Interfax": "Interfax",
    "Europa Press": "Europa Press",
    "Lusa": "Lusa",
    "ATS": "Keystone-ATS",
    "APA": "Austria Presse Agentur",
    "PA": "PA Media",
}
"""Agencies by the sign that they are credited with; others by the words in their name."""

_HAN: Final = {
    "新华社": "Xinhua",
    "新華社": "Xinhua",
    "法新社": "AFP",
    "路透社": "Reuters",
    "美联社": "AP",
}

_BY: Final = {bare(word): sign for sign, name in _KNOWN.items() for word in (sign, name)}

_NAMED = (
    "|".join(map(re.escape, _KNOWN))
    + r"|(?:[A-Z][\w.&-]*[ ]){0,3}(?:News[ ])?(?:Agency|Wire|Press)"
)
_DASH = "[-\u2013\u2014]"
_DATELINE = re.compile(
    rf"^[^\n.!?]{{0,80}}\((?P<name>{_NAMED})\)\s*{_DASH}|^(?P<bare>{_NAMED})\s*{_DASH}\s"
)
_BEHIND = re.compile(
    rf"(?:{_DASH}\s*|\(|\u00a9\s*|(?i:with|from|mit|avec|con)\s+)(?P<name>{_NAMED})\)?[.\s]*$"
)
_HAN_DATELINE = re.compile(rf"^[\u3010(\uff08]?(?P<name>{'|'.join(_HAN)}).{{0,24}}[电電]")
_EDGE: Final = 200
"""Characters at either end of a text in which a credit stands."""


def credit(body: str, authors: Collection[str] = ()) -> str:
    """Return the agency that a text credits, as it names it; empty for none."""
    start, end = body[:_EDGE].lstrip(), body[-_EDGE:].rstrip()
    for found in (_DATELINE.match(start), _BEHIND.search(end)):
        if found:
            return next(name for name in found.groups() if name).strip()
    if found := _HAN_DATELINE.match(start):
        return _HAN[found["name"]]
    return next((_BY[bare(author)] for author in authors if bare(author) in _BY), "")


def is_outlet(agency: str, outlet: str) -> bool:
    """Tell whether ``outlet`` is the agency that was credited."""
    named = {bare(agency), bare(_KNOWN.get(agency, agency))}
    return bool(agency) and bool(named & {bare(outlet), bare(outlet).removesuffix(" news")})


def credited(copies: Sequence[Sketch]) -> tuple[Sketch, str] | None:
    """Return the item of the agency that others of ``copies`` credit, and why; None for none."""
    for sketch in sorted(copies, key=lambda sketch: (sketch.time, sketch.item)):
        others = [
            one for one in copies if one is not sketch and is_outlet(one.credit, sketch.outlet)
        ]
        if others:
            number = "a copy credits" if len(others) == 1 else f"{len(others)} copies credit"
            return sketch, f"{number} {others[0].credit}"
    return None


def original_of(copies: Sequence[Sketch]) -> tuple[Sketch, str]:
    """Return which of ``copies`` the others were made of, and why; nothing speaks for the earliest.

    It is the agency's own item when another one credits that agency, whenever it came; else the
    earliest one.
    """
    earliest = min(copies, key=lambda sketch: (sketch.time, sketch.item))
    return credited(copies) or (earliest, "")
