"""The text of an article: what its writers wrote, without what the page says around it.

trafilatura in its balanced mode; then three things that it leaves to others, each measured
with benchmarks/extract.py: the lead above the body is put back, what asks the reader to click, to follow or
to subscribe is taken out, and a page that it finds too little on is read by a second way.
"""

from __future__ import annotations

import logging
import re
from copy import deepcopy
from functools import cache
from itertools import islice
from typing import Any

from resiliparse.extract.html2text import extract_plain_text

from monitor.reading.bylines import is_byline
from monitor.reading.moments import moment_of
from monitor.reading.page import Page, is_elsewhere, marks_of, words_of
from monitor.reading.promotions import is_promotion
from monitor.reading.text import clean_text, tidy

TOO_LITTLE = 250
"""Characters of text below which another way is tried."""
_SHORTEST_ARTICLE = 80
"""Characters that may be an article."""
MUCH_MORE = 1.5
"""How many times longer another text must be to stand for what was found."""
_LEAD = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|leadtext|standfirst|teaser|intro|introduction|vorspann|anreißer|chapo|chapeau|dek|deck|excerpt|sub-?title"
    r"|sub-?head(?:line)?|summary|abstract|bajada|sapo|perex|entradilla|sumario|sommario|occhiello|ingress|description|descripcion|kicker)(?:$|[\s_-])",
    re.IGNORECASE,
)
_LEAD_TAGS = ("p", "div", "h2", "h3", "span", "strong", "section")
_LEAD_SHORTEST, _LEAD_LONGEST = 40, 1_200
_JUNK = re.compile(
    r"(?:^|[\s_-])(?:kommentar\w*|commentaires?|comentarios?|newsletter\w*|s[ií]guenos|follow-?us|cookie\w*|consent\w*|read-?(?:also|next)|related\w*"
    r"|most-?(?:read|popular)|recommend\w*|trending|paywall-?(?:offer|message)|advert\w*|promo\w*|subscri\w*-(?:box|form))(?:$|[\s_-])",
    re.IGNORECASE,
)
_JUNK_TAGS = ("div", "section", "aside", "ul", "ol", "p", "form", "figure")
_MOST_ELEMENTS = 30_000
_LARGEST_SHARE = 0.3
"""Share of the page's text that is never junk, whatever its class says."""
_SAME = 60
"""Letters by which two paragraphs are known to be one."""
_MOST_PIECES = 20
_MOST_TABLES = 200
_HEAD_LINES = 3
_LONGEST_DATE = 60
_SENTENCE_END = re.compile(r"[.!?\u3002\uff01\uff1f]$")
_NOT_LETTERS = re.compile(r"[\W_]+")
_TABLE_EDGE = re.compile(r"^\|(?:[-|]+$)?\s*|\s*\|$")
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it says goes into problems
_BULLET = re.compile(r"^[-*]\s+(?=\S)")


def article_text(page: Page, title: str) -> str:
    """Return the paragraphs of the article, one a line; empty when there is none."""
    text = _best(page, _simple(page) if page.unwieldy else _careful(page))
    return "\n".join([*_lead(page, title, text), *_own_lines(text, title)])


def rough_text(page: Page, title: str) -> str:
    """Return what may be the article, with less work and more that is no part of it."""
    return "\n".join(_own_lines(_simple(page), title))


def whole_text(page: Page) -> str:
    """Return all text in which `article_text` could lie, that of its JSON-LD too."""
    seen = extract_plain_text(page.markup, main_content=False, alt_texts=True, comments=True)
    described = page.meta("description", "og:description")
    return "\n".join([*described, clean_text(page.statement.body), seen])


def _own_lines(text: str, title: str) -> list[str]:
    lines = [line for line in text.split("\n") if not is_promotion(line)]
    return _without_head(lines, title)


def _best(page: Page, text: str) -> str:
    """Return ``text``, or what another way finds where that is plainly more."""
    said = tidy(clean_text(page.statement.body))
    if len(text) < TOO_LITTLE:
        other = max((said, _simple(page)), key=len)
        return other if len(other) > MUCH_MORE * len(text) else text
    longer = len(said) > MUCH_MORE * len(text) and _agree(text, said)
    in_paragraphs = said.count("\n") > text.count("\n") and _key(said) == _key(text)
    return said if longer or in_paragraphs else text


def _without_head(lines: list[str], title: str) -> list[str]:
    """Take the headline, the date and the byline off the first lines."""
    head = [line for line in lines[:_HEAD_LINES] if not _is_head(line, _key(title))]
    return head + lines[_HEAD_LINES:]


def _is_head(line: str, title: str) -> bool:
    dated = len(line) <= _LONGEST_DATE and not _SENTENCE_END.search(line) and moment_of(line)
    return bool(dated) or is_byline(line) or _key(line) == title


def _agree(text: str, said: str) -> bool:
    """Tell whether ``said`` holds one of the first longer lines of ``text``."""
    whole, keys = _key(said), (_key(line)[:_SAME] for line in text.split("\n"))
    return any(key in whole for key in islice((key for key in keys if len(key) == _SAME), 5))


def _careful(page: Page) -> str:
    """Return what trafilatura takes for the article."""
    from trafilatura import bare_extraction  # noqa: PLC0415 - 24 MB that only matched pages need

    root = deepcopy(page.root)
    _drop_junk(root)
    _open_layout(root)
    text = _extracted(bare_extraction, root)
    if text and "\n" not in text:
        short = _extracted(bare_extraction, root, config=_options())
        return short if "\n" in short else text
    return text


def _extracted(extract: Any, root: Any, **options: Any) -> str:
    try:
        found = extract(deepcopy(root), include_comments=False, **options)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return ""  # a page it was not made for
    text = getattr(found, "text", None) or ""
    return tidy("\n".join(_TABLE_EDGE.sub("", _BULLET.sub("", line)) for line in text.split("\n")))


@cache
def _options() -> Any:
    """Return trafilatura's options, with short articles read as well.

    Below its usual 250 characters it takes all text of the page in one line, headline and date too.
    """
    from trafilatura.settings import use_config  # noqa: PLC0415 - as above

    options = use_config()
    options.set("DEFAULT", "MIN_EXTRACTED_SIZE", str(_SHORTEST_ARTICLE))
    return options


def _simple(page: Page) -> str:
    """Return what resiliparse takes for the article; all it sees where looking is too slow."""
    found = extract_plain_text(
        page.markup, main_content=not page.deep, alt_texts=False, comments=False
    )
    return tidy(found)


def _drop_junk(root: Any) -> None:
    """Take out what is marked as no part of the article, but never a large part of the page."""
    whole, prose = _length(root), _prose(root)
    for element in list(islice(root.iter(*_JUNK_TAGS), _MOST_ELEMENTS)):
        if (
            _JUNK.search(marks_of(element))
            and _length(element) < whole * _LARGEST_SHARE
            and _prose(element) <= prose * _LARGEST_SHARE
        ):
            element.drop_tree()


def _open_layout(root: Any) -> None:
    """Make blocks of tables that lay a page out: in a table, paragraphs are run together."""
    for table in reversed(list(islice(root.iter("table"), _MOST_TABLES))):
        if any(len(cell.findall(".//p")) > 1 for cell in table.iter("td")):
            for part in (table, *table.iter("tbody", "tr", "td", "th")):
                part.tag = "div"


def _length(element: Any) -> int:
    return sum(map(len, element.itertext()))


def _prose(element: Any) -> int:
    return sum(map(_length, element.iter("p")))


def _lead(page: Page, title: str, text: str) -> list[str]:
    """Return the lead when it stands between the headline and the body, which left it out."""
    described = _key(next(page.meta("description", "og:description"), ""))[:_SAME]
    body, headline = _key(text), _key(title)
    start = _key(text.partition("\n")[0])[:_SAME]
    below = False
    for element in islice(page.root.iter("h1", *_LEAD_TAGS), _MOST_ELEMENTS):
        key = _beginning(element)
        if element.tag == "h1" or not below:
            below = below or (bool(key) and headline.startswith(key))
        elif start and key.startswith(start):
            break
        elif _LEAD.search(marks_of(element)) or (described and key.startswith(described)):
            words = words_of(element)
            if _LEAD_SHORTEST <= len(words) <= _LEAD_LONGEST and _is_prose(element):
                return [] if key in body else [words]
    return []


def _beginning(element: Any) -> str:
    """Return the letters that an element begins with, enough to know it by."""
    letters = ""
    for text in islice(element.itertext(), _MOST_PIECES):
        letters += _key(text)
        if len(letters) >= _SAME:
            break
    return letters[:_SAME]


def _is_prose(element: Any) -> bool:
    return not is_elsewhere(element) and not _is_mostly_links(element)


def _is_mostly_links(element: Any) -> bool:
    return sum(map(_length, element.iter("a"))) * 2 > _length(element)


def _key(text: str) -> str:
    return _NOT_LETTERS.sub("", text).casefold()
