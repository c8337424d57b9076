"""Who wrote an article: the names alone, without "By", roles, addresses and outlets in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from monitor.reading.page import Page, is_elsewhere, words_of
from monitor.reading.text import clean_text, one_line

LONGEST_NAME = 100
MOST_NAMES = 12
_METAS = (
    *("parsely-author", "sailthru.author", "article:author_name", "byl", "author", "dc.creator"),
    *(
        "dcterms.creator",
        "dc.creator.name",
        "citation_author",
        "article:author",
        "og:article:author",
    ),
    *("cxenseparse:author", "rbauthors", "article.author", "authors", "mediaauthor"),
)
_BY = re.compile(
    r"(?:(?:article|artikel|beitrag|story|written|reported|posted|published|ein)\s+)*"
    r"(?:(?:by|text|texto|autor(?:in|a|es)?|auteurs?|authors?|автор|текст|作者|记者|文)(?:\s*[:\uff1a]\s*|\s+|$)"
    r"|(?:von|par|por|di|door|av|af)(?:\s*:\s*|$|\s+(?=(?-i:[A-ZÀ-Þ])[\w.'\u2019-]*\s+\S)))",
    re.IGNORECASE,
)
"""What introduces a name; "von" and "di" also begin names, so two words must follow them."""
_BETWEEN = re.compile(
    r"\s*(?:[;|/•·、\n]|,(?!\s*(?:jr|sr|ph\.?d|md|m\.d|esq)\b))\s*", re.IGNORECASE
)
_AND = re.compile(r"\s+(?:and|und|et|y|e|en|og|och|и|&)\s+", re.IGNORECASE)
_AFTER = re.compile(
    r"\s*(?:[(\[<].*|,?\s+(?:for|at|in)\s+[A-Z].*|\s[-\u2013—]\s.*|\s(?:am|on|le|el|il|em|op|den)\s+\d.*"
    r"|\b(?:updated|published|posted)\b.*|\s@.*)$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?:|www\.|[\w.]+@[\w.]+\.\w|^@", re.IGNORECASE)
_NO_NAME = re.compile(
    r"\d{5}|\d:\d\d|\d\.\d{1,2}\.\d|^(?:the\s+)?(?:(?:news|web|digital|editorial|online|our|content)\s*)*"
    r"(?:staff(?:\s+(?:writers?|reporters?|report))?|\w*admin(?:istrator)?|editors?|newsroom|web\s?master|guest"
    r"|unknown|anonymous|no[\s-]?author|publisher|contributors?|reporters?|correspondents?|redaktion|r[eé]daction"
    r"|redacci[oó]n|redazione|redactie|authors?|super\s?user|root|user|null|none|undefined)$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:correspondent|reporter|editor|writer|columnist|producer|bureau chief|redakteur(?:in)?"
    r"|korrespondent(?:in)?|journalist(?:e|in)?|periodista|корреспондент)$",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"^(?:afp|ap|associated press|the associated press|reuters|dpa|efe|ansa|tass|xinhua|jiji|kyodo"
    r"|pti|ians|ani|bloomberg|upi|agencias?(?: \w+)?|apa|sda|keystone-sda|тасс|рия новости|新华社)$",
    re.IGNORECASE,
)
_KIND = r"by-?line|authors?|autor(?:e|en|es)?|auteurs?|contributors?|writers?|journalists?"
_CLASS = re.compile(
    rf"(?:(?:entry|post|article|story|field|news|c|single|page|blog|node|content|item)[-_]+){{0,3}}(?:{_KIND})(?:[-_]+(?:names?|link|title|text))?",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"(?:By|BY|Von|Par|Por|Door)\s+(?P<name>(?:[A-ZÀ-ÞА-Я][\w.'\u2019-]+\s?){2,4})(?:\s?\b(?:am|on|le|el)\b.*)?"
)
_BY_ALONE = re.compile(r"\W*(?:By|BY|Von|Par|Por|Door)\s*:?")
_HAN_LINE = re.compile(r"\W*(?:作者|文|记者|記者)\s*[:\uff1a]\s*(?P<name>[\u4e00-\u9fff]{2,4})\W*")
_PERSON = re.compile(
    r"(?!.*\b(?:e\.? ?V|GmbH|Inc|Ltd|AG|SA|Verband|Institut\w*|University|Universität|Foundation|Stiftung|Ministry|Ministerium|Partei|Party|Association|Center|Centre)\b)"
    r"[^\W\d_][\w.'\u2019-]*(?:\s(?:(?:de|del|della|di|da|dos|du|van|von|der|den|el|al|bin|ibn)\s)*[^\W\d_a-zà-þ][\w.'\u2019-]*){1,3}|[\u4e00-\u9fff]{2,4}"
)
"""Two to four words with capitals, no society's; or what a name in Han characters is long."""
_MOST_LINKS = 3_000
_LETTER = re.compile(r"[^\W\d_]")


def authors_of(page: Page, sites: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names of the authors, in the page's order, each once.

    What looks like the name of a person comes first, wherever the page has it; then any other name,
    then an agency, then the outlet itself, of which ``sites`` are the names.
    """
    own = {site.casefold() for site in sites}
    others: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    outlet: tuple[str, ...] = ()
    for texts in (page.statement.authors, page.meta(*_METAS), _marked(page)):
        found = clean_names(texts)
        names = tuple(name for name in found if name.casefold() not in own)
        people = tuple(name for name in names if not _AGENCY.search(name))
        if any(map(_PERSON.fullmatch, people)):
            return people
        others, agencies, outlet = others or people, agencies or names, outlet or found
    return others or agencies or outlet


def clean_names(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the names in bylines such as ``By Jane Doe and John Roe | Staff``."""
    names: dict[str, str] = {}
    for text in texts:
        for name in _names(one_line(clean_text(text), LONGEST_NAME * 6)):
            names.setdefault(name.casefold(), name)
    return tuple(islice(names.values(), MOST_NAMES))


def is_byline(line: str) -> bool:
    """Tell whether a line says who wrote the text and nothing else."""
    return len(line) <= LONGEST_NAME and _LINE.fullmatch(line) is not None


def _names(text: str) -> Iterator[str]:
    """Yield the names in one byline."""
    if _ADDRESS.search(text):
        return
    for part in _BETWEEN.split(_after_by(text)):
        for person in _persons(_AFTER.sub("", part)):
            name = _after_by(person).strip(" ,:;-\u2013\u2014|")
            fits = len(name) <= LONGEST_NAME and _LETTER.search(name)
            if fits and not _NO_NAME.search(name) and not _ROLE.search(name):
                yield name


def _after_by(text: str) -> str:
    text = text.strip()
    match = _BY.match(text)
    return text[match.end() :] if match else text


def _persons(text: str) -> list[str]:
    """Split at "and" what are names on both sides, not the name of a ministry."""
    persons = _AND.split(text)
    return persons if len({len(person.split()) > 1 for person in persons}) == 1 else [text]


def _marked(page: Page) -> Iterator[str]:
    """Yield what microdata, links, a class or a line of its own mark as the author."""
    for marked in (_by_microdata(page), _by_links(page), _by_class(page), _by_line(page)):
        texts = [text for text in marked if text and len(text) <= LONGEST_NAME]
        yield from texts
        if texts:
            return


def _by_microdata(page: Page) -> Iterator[str]:
    for element in islice(page.root.iterfind(".//*[@itemprop='author']"), MOST_NAMES):
        inner = element.find(".//*[@itemprop='name']")
        named = element if inner is None else inner
        if not is_elsewhere(element):
            yield named.get("content") or words_of(named)


def _by_links(page: Page) -> Iterator[str]:
    for element in islice(page.root.iter("a"), _MOST_LINKS):
        if "author" in (element.get("rel") or "").lower().split() and not is_elsewhere(element):
            yield words_of(element)


def _by_class(page: Page) -> Iterator[str]:
    """Yield the first text in a class for authors that holds a name."""
    for element in islice(page.root.iter("span", "div", "p", "a", "address", "li"), _MOST_LINKS):
        classes = (element.get("class") or "").split()
        if any(map(_CLASS.fullmatch, classes)) and not is_elsewhere(element):
            text = words_of(element)
            if len(text) <= LONGEST_NAME and clean_names([text]):
                yield text
                return


def _by_line(page: Page) -> Iterator[str]:
    """Yield the name in the first short line that is nothing but a byline, or in the two of one."""
    before = ""
    for text in islice(page.root.itertext(), _MOST_LINKS):
        line = " ".join(text[:LONGEST_NAME].split())
        whole = _LINE.fullmatch(line) or _HAN_LINE.fullmatch(line)
        if whole or (_BY_ALONE.fullmatch(before) and _PERSON.fullmatch(line)):
            yield whole["name"] if whole else line
            return
        before = line or before
