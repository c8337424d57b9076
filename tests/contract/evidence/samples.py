"""Items, hits and versions to hand out, hostile ones among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from monitor.evidence.exhibits import Exhibit
from monitor.evidence.formats.base import Format
from monitor.model import Exchange, Hit, Item, RuleVersion, Span, StoryLink, Version, version_of
from monitor.store import Mark, StoredHit

NOW = datetime(2026, 11, 25, 9, 30, 0, 250_000, tzinfo=UTC)
BODY = b"<!doctype html><p>Ada Muster spoke of the quay.</p>\x00\xff"
ANSWER = Exchange(
    "https://gazette.example/quay?a=1",
    200,
    (
        ("content-type", "text/html; charset=utf-8"),
        ("content-encoding", "gzip"),
        ("transfer-encoding", "chunked"),
        ("content-length", "31"),
        ("x-motto", "Grüße\r\nSet-Cookie: a=b"),
    ),
    BODY,
)
ITEM = Item(
    id="0123456789abcdef0123",
    source="gazette",
    title="Ada Muster opens the quay",
    url="https://gazette.example/quay?a=1",
    summary="She spoke.",
    text="Ada Muster spoke of the quay.\nNobody answered.",
    outlet="The Gazette",
    authors=("Wei Lin", "Sample News Agency, Harbour Desk"),
    language="en",
    published=NOW - timedelta(hours=2),
    first_seen=NOW - timedelta(hours=1),
)
HIT = Hit(
    id="fedcba98765432100000",
    item=ITEM.id,
    watch="ada",
    watchlist="desk",
    score=0.85,
    spans=(Span("title", 0, 10, "Ada Muster", "Ada Muster"),),
    rule="r1",
    why="Named in full in the title.",
)
RULE = RuleVersion("r1", "ada", '{"watch":"ada","watchlists":[]}', NOW)
MARK = Mark(HIT.id, relevant=True, at=NOW, note="=1+1 of the desk")
HOSTILE = [
    '=HYPERLINK("https://evil.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "＝1+1",
    "\t=1+1",
    "Budget\r\nBcc: evil@example.net\r\n\r\nWARC/1.1\r\nWARC-Type: response",
    "NUL \x00 and \x1b[31mred\x1b[0m",
    "\u202egpj.exe\u202c and \ud800 half a pair",
    r"100 % of {A} & B_C#1 ~ ^ \input{/etc/passwd} $x$ }",
    "习近平 и Навальный ۋە ئۇيغۇر عن שלום 😀👩‍👩‍👧",
    'quotes "inside", commas; and\nlines',
    "x" * 5000,
    "",
]


def exhibit(item: Item = ITEM, **changes: Any) -> Exhibit:
    """Return an item with two versions, one of its feed and one of its page, a hit of each."""
    feed = version_of(replace(item, text=""), NOW - timedelta(hours=1), Exchange(status=200))
    page = version_of(item, NOW, ANSWER)
    first = stored(replace(HIT, item=item.id, version=feed.digest), item)
    other = replace(HIT, id="0" * 20, item=item.id, watch="quay", version=page.digest)
    values: dict[str, Any] = {
        "hits": (first, stored(other, item)),
        "versions": (feed, page),
        "rules": {RULE.digest: RULE},
        "marks": {HIT.id: MARK},
    }
    return Exhibit(item, **(values | changes))


def stored(hit: Hit, item: Item) -> StoredHit:
    """Return a hit as the store gives it."""
    return StoredHit(hit, item, StoryLink(item.id, "story-1"), NOW, NOW)


def hostile(words: str) -> Exhibit:
    """Return an item in which everything that comes from outside says ``words``."""
    fields: dict[str, Any] = dict.fromkeys(
        ("title", "summary", "text", "outlet", "language"), words
    )
    item = replace(ITEM, **fields, authors=(words, words), url=f"https://gazette.example/{words}")
    made = exhibit(item, marks={HIT.id: replace(MARK, note=words)})
    spans = (Span("title", 0, len(words), words, words),)
    hits = tuple(
        replace(one, hit=replace(one.hit, why=words, spans=spans), item=item) for one in made.hits
    )
    return replace(made, hits=hits, versions=tuple(_answering(one, words) for one in made.versions))


def _answering(version: Version, words: str) -> Version:
    headers = (*version.source.headers, ("x-said", words), (words, "x"))
    return replace(version, source=replace(version.source, headers=headers))


def written(form: Format, *exhibits: Exhibit, name: str = "") -> bytes:
    """Return what a form makes of ``exhibits``."""
    return drained(form, exhibits, name)


def drained(form: Format, exhibits: Iterable[Exhibit], name: str = "") -> bytes:
    """Return what a form makes of what an iterator yields."""
    out = BytesIO()
    form.write(exhibits, out, NOW, name)
    return out.getvalue()
