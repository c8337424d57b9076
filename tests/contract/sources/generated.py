"""Feeds made by dice, as publishers write them and a little worse; a seed names a document."""

from __future__ import annotations

import random
from collections.abc import Callable
from html import escape

from tests.contract.sources.samples import (
    DATES,
    LINKS,
    MARKUP,
    NAMES,
    NAMESPACES,
    OTHER_PREFIXES,
    TEXTS,
)


class Feed:
    """One document; ``wild`` adds what real feeds seldom hold."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.wild = self.dice.random() < 0.4
        others = OTHER_PREFIXES if self.rare(0.2) else {}
        self.prefix = {name: others.get(name, name) for name in NAMESPACES}

    def rare(self, chance: float) -> bool:
        return self.dice.random() < chance

    def pick(self, values: tuple[str, ...]) -> str:
        """Choose the plainest half of the time, else any."""
        return values[2 if len(values) > 12 else 0] if self.rare(0.3) else self.dice.choice(values)

    def text(self, text: str) -> str:
        """Write a text escaped, in CDATA, in pieces, or with references."""
        way = self.dice.randrange(6)
        if way == 0 and "]]>" not in text:
            return f"<![CDATA[{text}]]>"
        if way == 1:
            return "".join(f"&#{ord(character)};" for character in text)
        if way == 2 and self.wild:
            half = len(text) // 2
            return f"{escape(text[:half])}<!-- aside --><![CDATA[{text[half:]}]]><?pi x?>"
        return escape(text)

    def element(self, name: str, text: str = "", attributes: str = "") -> str:
        space, _, local = name.rpartition(":")
        tag = f"{self.prefix[space]}:{local}" if space else local
        start = f"<{tag} {attributes}".rstrip()
        return f"{start}>{text}</{tag}>" if text or self.rare(0.5) else f"{start}/>"

    def prose(self, name: str, attributes: str = "") -> str:
        return self.element(name, self.text(self.dice.choice(TEXTS + MARKUP)), attributes)

    def some(self, makers: list[Callable[[], str]], *, always: int = 0) -> str:
        """Return the first ``always`` and a choice of the rest, a few twice, mostly in order."""
        parts = [make() for number, make in enumerate(makers) if number < always or self.rare(0.45)]
        if self.wild and parts and self.rare(0.3):
            parts.append(self.dice.choice(parts))
        if self.rare(0.4):
            self.dice.shuffle(parts)
        return self.dice.choice(("", "\n", "\n    ")).join(parts)

    def type(self) -> str:
        kinds = ("", "", 'type="html"', 'type="text"', "type='TEXT/HTML'")
        odd = ('type="xhtml"', 'type="application/json"', 'mode="escaped"', 'xml:base="/b/"')
        return self.dice.choice(kinds + odd if self.wild else kinds)

    def language(self) -> str:
        return self.dice.choice(
            ("", "", "", 'xml:lang="en_GB"', "xml:lang=''", *(['lang="zh"'] * self.wild))
        )

    # ------------------------------------------------------------------ entries

    def aside(self) -> list[Callable[[], str]]:
        """Return makers of elements that tell us nothing."""
        return [
            lambda: self.element("category", self.text(self.pick(TEXTS)), 'domain="x"'),
            lambda: self.element("comments", self.pick(("https://a.example/c", "/c"))),
            lambda: self.element(
                "enclosure", "", 'url="https://a.example/a.mp3" type="audio/mpeg"'
            ),
            lambda: self.element("slash:comments", "4"),
            lambda: self.element("wfw:commentRss", "https://a.example/c/feed"),
            lambda: self.element("thr:total", "0"),
            lambda: self.element("georss:point", "45.2 -71.9"),
            lambda: self.element("itunes:duration", "1:02"),
            lambda: self.element("itunes:subtitle", self.text(self.pick(TEXTS))),
            lambda: self.element("dc:subject", "World"),
            lambda: self.element("dc:publisher", "P"),
            lambda: self.element("contributor", self.element("name", "Bob")),
            lambda: "<post-id xmlns='com-wordpress:feed-additions:1'>7</post-id>",
            lambda: "<!-- a remark -->",
        ]

    def media(self) -> list[Callable[[], str]]:
        def inner() -> str:
            return self.some(
                [
                    lambda: self.prose("media:description", "type='plain'"),
                    lambda: self.prose("media:title"),
                    lambda: self.element("media:credit", "Ann"),
                    lambda: self.element("media:thumbnail", "", "url='https://a.example/t.jpg'"),
                ]
            )

        return [
            lambda: self.element("media:content", inner(), "url='https://a.example/i.jpg'"),
            lambda: self.element("media:group", inner()),
            lambda: self.element("media:thumbnail", "", "url='https://a.example/t.jpg'"),
            lambda: self.prose("media:description"),
            lambda: self.prose("media:title"),
        ]

    def odd(self) -> list[Callable[[], str]]:
        """Return makers of what seldom stands in an entry."""
        return [
            lambda: self.element("source", "Wire", "url='https://w.example/'"),
            lambda: self.element("image", self.element("title", "pic") + self.element("url", "/p")),
            lambda: self.element("image", "https://a.example/i.png"),
            lambda: self.element("date", "2026-11-01"),
            lambda: self.element("authors", "A, B"),
            lambda: self.element("dc:title", "Other title"),
            lambda: self.element("dc:language", "de"),
            lambda: self.element("xhtml", "<b>x</b>"),
            lambda: self.element("body", "<p>x</p>"),
            lambda: self.element("summary", self.text(self.pick(MARKUP)), self.type()),
            lambda: self.element("content", self.text(self.pick(MARKUP)), self.type()),
            lambda: self.element("dc:description", "D"),
            lambda: self.element("foo", "x", "a='1'"),
            lambda: self.element("title", "in <b>markup</b>"),
            lambda: "<title xmlns='https://unknown.example/'>another vocabulary</title>",
            lambda: "<q:creator xmlns:q='http://purl.org/dc/elements/1.1/'>Late</q:creator>",
            lambda: "<svg xmlns='http://www.w3.org/2000/svg'><title>t</title></svg>",
        ]

    def dates(self, *names: str) -> list[Callable[[], str]]:
        return [lambda name=name: self.element(name, self.pick(DATES)) for name in names]  # type: ignore[misc]  # each its own

    def rest(self) -> list[Callable[[], str]]:
        return self.aside() + self.media() + (self.odd() if self.wild else [])

    def item(self) -> str:
        permalink = ("", "", 'isPermaLink="false"', 'isPermaLink="true"', 'ispermalink="no"')
        parts: list[Callable[[], str]] = [
            lambda: self.prose("title"),
            lambda: self.element("link", self.text(self.pick(LINKS))),
            lambda: self.element("guid", escape(self.pick(LINKS)), self.dice.choice(permalink)),
            lambda: self.element("dc:creator", self.text(self.pick(NAMES))),
            lambda: self.prose("description"),
            lambda: self.prose("content:encoded"),
            *self.dates("pubDate", "dc:date", "atom:updated", "dcterms:created"),
            lambda: self.element("author", self.text(self.pick(NAMES))),
            lambda: self.element("itunes:author", self.text(self.pick(NAMES))),
            lambda: self.element("itunes:summary", self.text(self.pick(TEXTS))),
            lambda: self.atom_link("atom:link"),
        ]
        about = "" if self.rare(0.95) else self.language()
        return self.element("item", self.some(parts + self.rest(), always=3), about)

    def atom_link(self, name: str) -> str:
        relation = self.dice.choice(("", "rel='alternate'", "rel='self'", "rel='Alternate'"))
        kind = self.dice.choice(("", "type='text/html'", "type='application/json'", "title='x'"))
        return self.element(name, "", f"{relation} {kind} href='{escape(self.pick(LINKS))}'")

    def entry(self) -> str:
        person = [
            lambda: self.element("name", self.text(self.pick(NAMES))),
            lambda: self.element("uri", "https://a.example/ann"),
            lambda: self.element("email", "ann@a.example"),
        ]
        parts: list[Callable[[], str]] = [
            lambda: self.prose("title", self.type()),
            lambda: self.atom_link("link"),
            lambda: self.element("id", escape(self.pick(LINKS))),
            *self.dates("updated", "published"),
            lambda: self.prose("summary", self.type()),
            lambda: self.prose("content", self.type()),
            lambda: self.element("author", self.some(list(person), always=1)),
            lambda: self.element("author", self.some(list(person))),
            lambda: self.atom_link("link"),
        ]
        return self.element("entry", self.some(parts + self.rest(), always=4), self.language())

    # ------------------------------------------------------------------ documents

    def head(self) -> list[Callable[[], str]]:
        return [
            lambda: self.prose("title"),
            lambda: self.prose("description"),
            lambda: self.element("link", "https://a.example/"),
            lambda: self.element("language", self.pick(("en-us", "zh_CN", ""))),
            lambda: self.element("ttl", self.pick(("60", "0", "often", ""))),
            lambda: self.element("sy:updatePeriod", self.pick(("hourly", " daily\n", "never"))),
            lambda: self.element("sy:updateFrequency", self.pick(("1", "4", "0"))),
            lambda: self.element("image", "<title>Logo</title><url>/l.png</url><link>/</link>"),
            lambda: self.element("itunes:owner", self.element("itunes:name", "Owner")),
            lambda: self.element("itunes:image", "", "href='https://a.example/i.png'"),
            lambda: self.element("generator", "G", "uri='https://g.example/'"),
            lambda: self.element("managingEditor", "ed@a.example (Ed)"),
            *self.dates("lastBuildDate", "pubDate"),
            lambda: self.atom_link("atom:link"),
            *(self.media()[:3] if self.wild else []),
            *(self.aside() if self.wild else []),
        ]

    def spaces(self) -> str:
        return " ".join(
            f'xmlns:{self.prefix[name]}="{address}"' for name, address in NAMESPACES.items()
        )

    def document(self) -> bytes:
        """Return the whole document in UTF-8."""
        root = self.dice.choice((self.rss, self.rss, self.atom, self.rdf))
        heads = ('<?xml version="1.0" encoding="UTF-8"?>\n', '<?xml version="1.0"?>', "", "\n")
        remark = self.dice.choice(
            ("", "", "<!-- made by dice -->\n", "<?xml-stylesheet href='x'?>")
        )
        return (self.dice.choice(heads) + remark + root()).encode()

    def items(self, make: Callable[[], str]) -> str:
        return "\n".join(make() for _ in range(self.dice.randrange(5)))

    def rss(self) -> str:
        version = self.dice.choice(("2.0", "2.0", "2.0", "0.92", "0.91", "9"))
        body = self.some(self.head(), always=3)
        parts = [body, self.items(self.item)]
        if self.rare(0.1):
            parts.reverse()
        channel = self.element("channel", "\n".join(parts), self.language() if self.wild else "")
        attributes = f'version="{version}" {self.spaces()} {self.language()}'
        return f"<rss {attributes}>\n{channel}\n</rss>\n"

    def atom(self) -> str:
        head = self.head()
        head[1] = lambda: self.prose("subtitle", self.type())
        base = self.dice.choice(("", "", "", "xml:base='https://b.example/c/'", "xml:base='d/'"))
        space = "http://purl.org/atom/ns#' version='0.3" if self.rare(0.1) else NAMESPACES["atom"]
        attributes = f"xmlns='{space}' {self.spaces()} {self.language()} {base}"
        return f"<feed {attributes}>{self.some(head, always=1)}{self.items(self.entry)}</feed>"

    def rdf(self) -> str:
        rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        toc = "<items><rdf:Seq><rdf:li rdf:resource='https://a.example/story/1'/></rdf:Seq></items>"
        channel = self.element("channel", self.some(self.head(), always=2) + toc, "rdf:about='/'")
        items = self.items(self.item).replace("<item>", "<item rdf:about='https://a.example/1'>")
        spaces = f"xmlns='http://purl.org/rss/1.0/' xmlns:rdf='{rdf}' {self.spaces()}"
        return f"<rdf:RDF {spaces}>{channel}{items}</rdf:RDF>"
