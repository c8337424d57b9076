"""Numbers and dates as any language writes them: 3.1 million, 3,1 Millionen and 310万 are one.

Digits of every script count (Unicode category Nd). Of "1,234" and "1.234" both mean 1234: groups of
three are thousands, one or two digits behind a mark are a fraction.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from monitor.stories.text import bare
from monitor.stories.vocabulary import HAN_POWERS, MONTHS, NUMBER_WORDS, POWERS

NUMBER = r"\d{1,3}(?:[.,'\u2019\u00a0\u202f\u066c ]\d{3})+(?!\d)(?:[.,\u066b]\d{1,2}(?!\d))?|\d+(?:[.,\u066b]\d{1,2}(?!\d))?"
"""A number within a text, for a larger pattern; it has no groups."""

_FRACTION = re.compile(r"[.,\u066b](\d{1,2})$")
_LONGEST = 15
"""Digits; what is longer is a code and no quantity."""
_HAN_DATE = re.compile(r"[日号號]")
_DAYS = 31


def written(found: str, power: int = 0) -> str:
    """Return the number that ``found`` writes, times ten to ``power``, in plain ASCII digits.

    Empty when it is too long to be a quantity.
    """
    digits = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in found)
    fraction = _FRACTION.search(digits)
    whole = re.sub(r"\D", "", digits[: fraction.start()] if fraction else digits)
    if len(whole) > _LONGEST:
        return ""
    value = Decimal(f"{whole}.{fraction[1] if fraction else 0}").scaleb(power)
    plain = format(value.normalize(), "f")
    return plain.lstrip("0") or "0"


def power_behind(word: str) -> int:
    """Return the power of ten that ``word`` gives the number before it; 0 for none."""
    if word[:1].isalpha() and (power := POWERS.get(bare(word))):
        return power
    return next((power for mark, power in HAN_POWERS.items() if word.startswith(mark)), 0)


def word_value(folded: str) -> str:
    """Return the number that a folded word means, empty for none."""
    value = NUMBER_WORDS.get(folded)
    return str(value) if value else ""


def date_around(words: Sequence[str], place: int) -> str:
    """Return the date of which the number at ``place`` is the day, as ``03-04``; empty for none.

    Read are "4 March", "4. März", "4 de marzo", "March 4" and 3月4日.
    """
    if len(words[place]) > 2 or not 1 <= int(words[place]) <= _DAYS:  # noqa: PLR2004 - two digits at most
        return ""
    before = words[place - 1] if place else ""
    behind = [word for word in words[place + 1 : place + 4] if bare(word) not in _LINKS]
    month = MONTHS.get(bare(behind[0])) if behind else None
    month = month or MONTHS.get(bare(before))
    if not month and before.startswith("月") and place > 1 and words[place - 2].isdecimal():
        month = int(words[place - 2]) if _HAN_DATE.match(behind[0] if behind else "") else None
    return f"{month:02}-{int(words[place]):02}" if month and 1 <= month <= 12 else ""  # noqa: PLR2004 - months


_LINKS = {".", "de", "of", "st", "nd", "rd", "th", "er"}
