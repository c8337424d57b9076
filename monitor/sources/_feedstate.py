"""What feedparser remembers while it reads a feed, as far as it matters to what we keep.

Each pair of ``begin_…`` and ``end_…`` says in a few lines what feedparser's ``_start_…``,
``_end_…`` and ``pop`` do for the elements of `_feedplans`, in the order of the document.
"""

from __future__ import annotations

import re

from monitor.model import Entry
from monitor.sources._dates import date_of
from monitor.sources._entries import Said, entry_of
from monitor.sources._feednames import Names
from monitor.sources._feedplans import ABOUT, LANG, PERMALINK, XML_BASE
from monitor.sources._feedtexts import Texts, Unfit, name_in, value_of

_REFERENCE_LIKE = re.compile("&([A-Za-z0-9_]+);")
_RSS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ATOM = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}
_PLAIN_TYPES = frozenset({"text", "html", "plain", "text/html", "text/plain"})
_HTML_TYPES = frozenset({"html", "text/html", "xhtml", "application/xhtml+xml"})
_NOWHERE = 1_000


class State(Texts):
    """The state; ``depth`` is that of the element at hand, the root's being 1."""

    def __init__(self, base: str, *, controls: bool) -> None:
        self.names = Names()
        self.entries: list[Entry] = []
        self.feed: dict[str, str] = {}
        self.depth = 0
        super().__init__(base, controls=controls)
        self._languages: list[str | None] = [None]
        self._title_depth = -1
        self._forget()

    def _forget(self) -> None:
        self._said = Said()
        self._link: str | None = None
        self._summary: str | None = None
        self._has_content = self._is_content = False
        self._guid_is_link = self._link_is_text = self._persons = False
        self._title_at = self._caption_at = _NOWHERE
        self._language = self._title_language = self._own_language = ""

    # ------------------------------------------------------------------ the document

    def begin_rss(self, attributes: list[str]) -> None:
        """Begin an RSS 0.9x or 2.0 document; a version given by a namespace stays."""
        version = self._begin_root(attributes)
        if not self.names.version.startswith("rss"):
            newer = "rss20" if version.startswith("2.") else "rss"
            self.names.version = _RSS.get(version) or newer

    def begin_feed(self, attributes: list[str]) -> None:
        """Begin an Atom document."""
        version = self._begin_root(attributes)
        self.names.version = self.names.version or _ATOM.get(version, "atom")

    def begin_rdf(self, attributes: list[str]) -> None:
        """Begin an RSS 1.0 document."""
        self.settle(value_of(attributes, XML_BASE) or self.base)
        self.begin_part(attributes)

    def _begin_root(self, attributes: list[str]) -> str:
        self.begin_rdf(attributes)
        if language := self._languages[-1]:
            self.feed["language"] = language.replace("_", "-")
        return value_of(attributes, "version") or ""

    def begin_part(self, attributes: list[str]) -> None:
        """Begin an element whose language its children have."""
        self._languages.append(self._language_of(attributes))

    def end_part(self, _text: str) -> None:
        """Go back to the language outside."""
        self._languages.pop()

    def _language_of(self, attributes: list[str]) -> str | None:
        own = value_of(attributes, LANG) if attributes else None
        return self._languages[-1] if own is None else own or None

    def end_feed_title(self, text: str) -> None:
        """Take the first title that says something."""
        if not -1 < self._title_depth <= self.depth:
            self.feed["title"] = self.sound(text)
            self._title_depth = self.depth if text else self._title_depth

    def end_image_title(self, text: str) -> None:
        """Pass over the title of a picture, which feedparser counts as one all the same."""
        self._title_depth = self.depth if text else self._title_depth

    def begin_image(self, _attributes: list[str]) -> None:
        """Begin a picture or a source: titles count anew."""
        self._title_depth = -1

    def begin_about(self, _attributes: list[str]) -> None:
        """Pass over the description of a feed, unless feedparser would call it content."""
        if "summary" in self.feed:
            raise Unfit

    def begin_abstract(self, _attributes: list[str]) -> None:
        """Pass over the summary of a feed, once."""
        self.begin_about(_attributes)
        self.feed["summary"] = ""

    def end_language(self, text: str) -> None:
        """Take the language of the feed."""
        self.feed["language"] = self.sound(text)

    def end_ttl(self, text: str) -> None:
        """Take the wish for a pause."""
        self.feed["ttl"] = self.sound(text)

    def end_period(self, text: str) -> None:
        """Take the syndication module's period."""
        self.feed["period"] = self.sound(text)

    def end_frequency(self, text: str) -> None:
        """Take the syndication module's frequency."""
        self.feed["frequency"] = self.sound(text)

    # ------------------------------------------------------------------ an entry

    def begin_entry(self, attributes: list[str]) -> None:
        """Begin an entry; ``rdf:about`` is its id until it has another."""
        self.begin_part(attributes)
        self._forget()
        self._title_depth = -1
        if about := value_of(attributes, ABOUT):
            if not self.names.keeps("rdf"):
                raise Unfit
            self._said.id = about

    def end_entry(self, text: str) -> None:
        """Close the entry."""
        self.end_part(text)
        said = self._said
        said.link, said.summary = self._link or "", self._summary or ""
        said.language = self._language or self._title_language
        if not self.names.version:
            raise Unfit
        self.entries.append(entry_of(said, self.names.version))

    def begin_text(self, attributes: list[str]) -> None:
        """Begin a text of a type that feedparser keeps as it is."""
        if not attributes:
            return
        for key, value in zip(attributes[::2], attributes[1::2], strict=True):
            unsound = key == "type" and value.lower() not in _PLAIN_TYPES
            if unsound or (key == XML_BASE and not self.base):
                raise Unfit

    def begin_title(self, attributes: list[str]) -> None:
        """Begin a title."""
        self.begin_text(attributes)
        self._own_language = (self._language_of(attributes) or "").replace("_", "-")

    def end_title(self, text: str) -> None:
        """Take the first title that says something, or the least deep one before it."""
        if not -1 < self._title_depth <= self.depth:
            self.end_media_title(text)
            self._title_depth = self.depth if text else self._title_depth

    def end_media_title(self, text: str) -> None:
        """Take the title of a medium, which stands in for one that does not follow."""
        if -1 < self._title_depth <= self.depth:
            return
        self._title_language = self._own_language
        if self.depth <= self._title_at:
            self._said.title, self._title_at = self.sound(text), self.depth

    def begin_link(self, attributes: list[str]) -> None:
        """Take the address of an alternate page in HTML (RFC 4287 section 4.2.7)."""
        values = dict(zip(attributes[::2], attributes[1::2], strict=True)) if attributes else {}
        self._link_is_text = "href" not in values
        if self._link_is_text:
            return
        relation = values.get("rel", "alternate").lower()
        default = "application/atom+xml" if relation == "self" else "text/html"
        if relation == "alternate" and values.get("type", default).lower() in _HTML_TYPES:
            self._link = self.resolved(values["href"])

    def end_link(self, text: str) -> None:
        """Take the address that RSS gives as text."""
        if self._link_is_text:
            link = self.sound(self.resolved(text)) if text else ""
            if "&" in link:
                link = _REFERENCE_LIKE.sub(r"&\g<1>", link.replace("&amp;", "&"))
            self._link = link

    def begin_id(self, attributes: list[str]) -> None:
        """Begin a guid, which is a link unless it says otherwise."""
        said = [value_of(attributes, key) for key in PERMALINK] if attributes else []
        self._guid_is_link = all(value in {None, "true"} for value in said)
        if len(said) > 1 and None not in said:
            raise Unfit

    def end_id(self, text: str) -> None:
        """Take the guid, and it for the link where there is none yet."""
        guid = self.sound(self.resolved(text) if text and self._guid_is_link else text)
        self._said.id = guid
        if self._guid_is_link and self._link is None:
            self._link = guid

    def end_published(self, text: str) -> None:
        """Take the time of publication."""
        self._said.published = date_of(self.sound(text))

    def end_updated(self, text: str) -> None:
        """Take the time of the last change."""
        self._said.updated = date_of(self.sound(text))

    def end_created(self, text: str) -> None:
        """Take the time of creation."""
        self._said.created = date_of(self.sound(text))

    def begin_author(self, _attributes: list[str]) -> None:
        """Begin an author, a text in RSS and a person in Atom."""
        self._person: str | None = None
        self._has_kin = False

    def begin_kin(self, _attributes: list[str]) -> None:
        """Begin something inside an author: it is a person."""
        self._has_kin = True

    def end_name(self, text: str) -> None:
        """Take the name of a person."""
        if self._person is not None:
            raise Unfit
        self._person = text

    def end_author(self, text: str) -> None:
        """Take the author, without the mail address that may stand beside the name."""
        mixed = bool(self._said.names) and self._persons != self._has_kin
        if mixed or (self._has_kin and not self._person):
            raise Unfit  # feedparser then gives the name of one to another
        self._persons = self._has_kin
        if self._has_kin:
            self._said.author = self._person or ""
            self._said.names.append(self._said.author)
            return
        author = self._said.author = self.sound(text)
        self._said.names.append(name_in(author) if "@" in author else author)

    def begin_content(self, attributes: list[str]) -> None:
        """Begin a content."""
        self.begin_text(attributes)
        self._has_content = True

    def end_content(self, text: str) -> None:
        """Take a content, and it for the summary where there is none yet."""
        content = self.sound(text)
        self._said.contents.append(content)
        if self._summary is None:
            self._summary = content

    def begin_summary(self, attributes: list[str]) -> None:
        """Begin a summary; feedparser calls a second one content when there is no content yet."""
        self.begin_text(attributes)
        self._is_content = self._summary is not None and not self._has_content
        self._has_content = self._has_content or self._is_content

    def end_summary(self, text: str) -> None:
        """Take a summary."""
        if self._is_content:
            self.end_content(text)
        else:
            self._summary = self.sound(text)

    def end_caption(self, text: str) -> None:
        """Take a picture's caption, the least deep one."""
        if self.depth <= self._caption_at:
            self._said.caption, self._caption_at = self.sound(text), self.depth

    def end_entry_language(self, text: str) -> None:
        """Take the language of the entry."""
        self._language = self.sound(text)
