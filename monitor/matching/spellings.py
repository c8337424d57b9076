"""Names as other languages' newspapers spell them: umlauts written out, Cyrillic in Latin letters."""

from __future__ import annotations

# ruff: noqa: RUF001 - other scripts are the subject
import re

_WRITTEN_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Ø": "Oe", "Å": "Aa"}
)  # fmt: skip
_CYRILLIC = re.compile("[а-яёіїєґ]", re.IGNORECASE)
_SAME: dict[str, str] = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e", "є": "e", "з": "z", "и": "i", "і": "i",
    "ї": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "ъ": "", "ы": "y", "ь": "", "э": "e",
}  # fmt: skip
_TABLES: tuple[dict[str, str], ...] = (
    {"ж": "zh", "й": "y", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"},
    {"ж": "zh", "й": "i", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia"},
    {"в": "w", "ж": "sch", "з": "s", "й": "i", "х": "ch", "ц": "z", "ч": "tsch", "ш": "sch", "щ": "schtsch", "ю": "ju", "я": "ja"},
    {"ж": "j", "й": "i", "у": "ou", "х": "kh", "ц": "ts", "ч": "tch", "ш": "ch", "щ": "chtch", "ю": "iou", "я": "ia"},
    {"ж": "z", "й": "j", "х": "ch", "ц": "c", "ч": "c", "ш": "s", "щ": "sc", "ю": "ju", "я": "ja"},
)  # fmt: skip
"""English (BGN/PCGN), of passports (ICAO 9303), German (Duden), French, and scholarly (ISO 9) without its accents."""
_ENDING = re.compile(r"(?<=[a-z])(?:iy|ii|ij|yy|yi|yj)\b")
_LAST = re.compile(r"(?<=[a-z])(?:iy|ii|ij|yy|yi|yj)$")
_FRENCH_G = re.compile("g(?=[ei])")


def written_out(name: str) -> str:
    """Return a name with its umlauts and the like written out (``Mueller``); as it is without any."""
    return name.translate(_WRITTEN_OUT)


def romanised(name: str) -> tuple[str, ...]:
    """Return a name in Cyrillic as it is written in Latin letters, in several ways; nothing for other names.

    Newspapers shorten the ending of ``Юрий Ключевский``: to ``-i``, or in a surname to ``-y``.
    """
    if not _CYRILLIC.search(name):
        return ()
    made: dict[str, None] = {}
    for own in _TABLES:
        letters: dict[str, str | int | None] = {**_SAME, **own}
        latin = name.lower().translate(str.maketrans(letters))
        if own.get("у"):
            latin = _FRENCH_G.sub("gu", latin)
        short = _ENDING.sub("i", latin)
        made |= dict.fromkeys((latin, short, _ENDING.sub("i", _LAST.sub("y", latin))))
    return tuple(form.title() for form in made)
