"""Field types that options share: identifiers, durations, addresses, time zones."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
"""Lower-case letters, digits and hyphens, at most 64."""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")


def parse_duration(value: Any) -> Any:
    """Return the seconds that ``"15m"``, ``"90s"``, ``"4h"`` or ``"2d"`` stand for."""
    if not isinstance(value, str):
        return value
    match = _DURATION.fullmatch(value.strip())
    if match is None:
        message = "a duration is a number and a unit, such as 30s, 15m, 4h or 2d"
        raise ValueError(message)
    return float(match[1]) * _UNITS[match[2]]


Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*[smhd]\s*$"}),
]
"""Seconds, written as ``30s``, ``15m``, ``4h`` or ``2d``."""


def parse_interval(value: Any) -> Any:
    """Return the seconds of a duration; the word ``auto`` stays."""
    if isinstance(value, str) and value.strip() != "auto":
        try:
            return parse_duration(value)
        except ValueError as error:
            message = f"{error}; or the word auto"
            raise ValueError(message) from None
    return value.strip() if isinstance(value, str) else value


Interval = Annotated[
    float | Literal["auto"],
    BeforeValidator(parse_interval),
    WithJsonSchema({"type": "string", "pattern": r"^\s*(auto|\d+(\.\d+)?\s*[smhd])\s*$"}),
]
"""Seconds, written as ``30s``, ``15m``, ``4h`` or ``2d``, or the word ``auto``."""


def check_address(value: str) -> str:
    """Return an ``http``/``https`` address unchanged, or say what is wrong with it."""
    if re.search(r"[\x00-\x20\x7f\\]", value):
        message = "an address holds no spaces, control characters or backslashes"
        raise ValueError(message)
    parts = urlsplit(value)
    if not parts.scheme:
        message = "an address begins with https:// or http://"
        raise ValueError(message)
    if parts.scheme.lower() not in {"http", "https"}:
        message = f"only http and https addresses are fetched, not {parts.scheme!r}"
        raise ValueError(message)
    if "@" in parts.netloc:
        message = "an address carries no user name or password"
        raise ValueError(message)
    if not parts.hostname:
        message = "the address names no host"
        raise ValueError(message)
    return value


Address = Annotated[str, AfterValidator(check_address)]
"""An ``http`` or ``https`` address without credentials."""


def check_time_zone(value: str) -> str:
    """Return an IANA time zone name unchanged, or say that there is none of that name."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"{value!r} is no IANA time zone, such as Europe/Berlin"
        raise ValueError(message) from None
    return value


TimeZone = Annotated[str, AfterValidator(check_time_zone)]
"""An IANA time zone name, such as ``Europe/Berlin``."""
