"""The words of a message: subject, dates, languages, and the coverage receipt in sentences."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from monitor.channels.text import count, listing, one_line
from monitor.model import Item, Notice, NoticeStory, Receipt, SourceTrouble, Trend

SUBJECT: Final = 120
NEUTRAL: Final = "Coverage monitor"
"""The title of discreet messages, and the name of their sender."""
_NAME: Final = 48

_LANGUAGES: Final = {
    "ar": "Arabic",
    "az": "Azerbaijani",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "bo": "Tibetan",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ka": "Georgian",
    "kk": "Kazakh",
    "km": "Khmer",
    "ko": "Korean",
    "ky": "Kyrgyz",
    "lo": "Lao",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mn": "Mongolian",
    "ms": "Malay",
    "my": "Burmese",
    "nb": "Norwegian",
    "ne": "Nepali",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "ps": "Pashto",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "si": "Sinhala",
    "sk": "Slovak",
    "sl": "Slovene",
    "sq": "Albanian",
    "sr": "Serbian",
    "sv": "Swedish",
    "ta": "Tamil",
    "tg": "Tajik",
    "th": "Thai",
    "tk": "Turkmen",
    "tr": "Turkish",
    "ug": "Uyghur",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "uz": "Uzbek",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
"""English names of ISO 639-1 codes; others are shown by their tag."""


def language_name(tag: str) -> str:
    """Return the English name of a BCP 47 tag's language."""
    return _LANGUAGES.get(tag.replace("_", "-").split("-")[0].lower(), one_line(tag, 20))


def headline(notice: Notice) -> str:
    """Return what is new in one bounded line; it is the subject of the mail.

    ``3 new on Chen Quanguo, 1 development``; an alert about one story names the story.
    """
    alone = notice.kind == "alert" and sum(len(group.stories) for group in notice.groups) == 1
    if notice.discreet and notice.kind in {"alert", "digest"}:
        return f"{kicker(notice)}: {summary(notice).lower()}"
    if not alone:
        return summary(notice)
    [group] = notice.groups
    [story] = group.stories
    title = one_line(story.item.title) or "new coverage"
    again = ", development" if story.ran_before else ""
    return one_line(f"{one_line(group.name, _NAME)}{again}: {title}", SUBJECT)


def summary(notice: Notice) -> str:
    """Return how many stories are new on what, in one bounded line; of what not when discreet."""
    if notice.kind == "test":
        return "Test message: delivery works"
    if notice.kind == "health":
        return one_line(f"Sources: {', '.join(each.heading for each in notice.changes)}", SUBJECT)
    if notice.kind == "notice" and notice.warnings:
        return one_line(notice.warnings[0], SUBJECT)
    fresh, older = _counts(notice, ran_before=False), _counts(notice, ran_before=True)
    ending = [count(sum(older.values()), "development")] if older else []
    if notice.discreet or not notice.groups:
        counts = [count(sum(fresh.values()), "new story", "new stories")] if fresh else []
        return ", ".join(counts + ending) or "Nothing new"
    if not fresh:
        return _listed(older, ending[0].partition(" ")[2])
    return ", ".join([_listed(fresh, "new", len(", 9,999 developments")), *ending])


def _counts(notice: Notice, *, ran_before: bool) -> dict[str, int]:
    """Return how many stories, new or run before, there are on each watch that has any."""
    found: dict[str, int] = {}
    for group in notice.groups:
        number = sum(story.ran_before is ran_before for story in group.stories)
        if number:
            name = one_line(group.name, _NAME)
            found[name] = found.get(name, 0) + number
    return found


def _listed(counts: dict[str, int], what: str, spare: int = 0) -> str:
    """Return ``3 new on Chen Quanguo, 1 on Uyghurs and 2 more``, ``spare`` characters kept free."""
    parts = [f"{number} on {name}" for name, number in counts.items()]
    parts[0] = parts[0].replace(" on ", f" {what} on ", 1)
    room = SUBJECT - len(" and 9,999 more") - spare
    shown = 1
    while shown < len(parts) and len(", ".join(parts[: shown + 1])) <= room:
        shown += 1
    line = ", ".join(parts[:shown])
    rest = sum(list(counts.values())[shown:])
    return f"{line} and {rest:,} more" if rest else line


def kicker(notice: Notice) -> str:
    """Return the word over the title of a message."""
    return {"alert": "Alert", "digest": "Digest", "health": "Sources", "notice": "Notice"}.get(
        notice.kind, "Test"
    )


def local(moment: datetime, zone: str) -> datetime:
    """Return ``moment`` in the reader's time zone."""
    return moment.astimezone(ZoneInfo(zone))


def long_date(moment: datetime, zone: str) -> str:
    """Return ``Monday, 23 November 2026, 07:30``."""
    there = local(moment, zone)
    return f"{there:%A}, {there.day} {there:%B %Y, %H:%M}"


def short_date(moment: datetime, now: datetime, zone: str) -> str:
    """Return ``14:05`` today, else ``22 Nov, 14:05``, with the year when it is another one."""
    there, here = local(moment, zone), local(now, zone)
    if there.date() == here.date():
        return f"{there:%H:%M}"
    year = "" if there.year == here.year else f" {there.year}"
    return f"{there.day} {there:%b}{year}, {there:%H:%M}"


def time_of(item: Item, now: datetime, zone: str) -> str:
    """Return when an item appeared; one without a plausible date of its own says so."""
    if item.time is None:
        return ""
    when = short_date(item.time, now, zone)
    return when if item.published else f"seen {when}"


def byline(story: NoticeStory, most: int = 3) -> str:
    """Return who wrote the leading item, ``Ana Teller, Bo Keane``; empty when it is the outlet."""
    names = dict.fromkeys(one_line(name, 60) for name in story.item.authors)
    found = [name for name in names if name and name.casefold() != story.outlet.casefold()]
    return listing(found, most)


def window(notice: Notice) -> str:
    """Return what time a digest covers: ``Since Sunday, 22 November 2026, 07:30``."""
    if notice.window_start is None:
        return ""
    return f"Since {long_date(notice.window_start, notice.time_zone)}"


def copies_of(story: NoticeStory, most: int = 8) -> tuple[str, list[str], int]:
    """Return ``Also in 3 outlets``, the names shown, and how many are not; empty for none."""
    own = one_line(story.outlet, 80)
    names = list(dict.fromkeys(one_line(copy.outlet, 80) for copy in story.copies))
    names = [name for name in names if name and name != own]
    if not names:
        return "", [], 0
    return f"Also in {count(len(names), 'outlet')}", names[:most], max(0, len(names) - most)


def checked(receipt: Receipt) -> str:
    """Return the first sentence of the receipt."""
    polled = count(receipt.polled, "source")
    if receipt.polled < receipt.sources:
        polled = f"{receipt.polled:,} of {count(receipt.sources, 'source')}"
    return f"Checked {polled}, {count(receipt.polls, 'poll')}; {count(receipt.items, 'new item')} read."


def changed(notice: Notice) -> str:
    """Return the first sentence about sources whose health changed; empty when none did."""
    number = sum(len(each.sources) for each in notice.changes)
    return f"The health of {count(number, 'source')} changed." if number else ""


def troubles(receipt: Receipt) -> list[tuple[str, tuple[SourceTrouble, ...]]]:
    """Return the receipt's lists that are not empty, under headings that say what they mean."""
    lists = [
        (f"{len(receipt.failed)} failed", receipt.failed),
        (f"{len(receipt.silent)} unusually silent", receipt.silent),
        (f"{len(receipt.overrun)} may have lost items", receipt.overrun),
        (f"{len(receipt.never)} not polled", receipt.never),
    ]
    return [(heading, found) for heading, found in lists if found]


def trend(of: Trend) -> str:
    """Return the last days of a watch as blocks, with their sum and whether today stands out."""
    days = len(of.counts)
    words = f"{of.sparkline} {sum(of.counts)} in {days} days"
    return f"{words}, far more than usual today" if of.spiking else words
