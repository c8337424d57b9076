"""The feeds of hits: what a reader gets, and what one without the token does not."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import feedparser
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.channels.feed_entries import FeedEntry, HitFeed
from monitor.channels.syndication import set_atom, set_json, set_rss
from monitor.config import load
from monitor.model import (
    Attempt,
    Delivery,
    Item,
    Notice,
    NoticeCopy,
    NoticeGroup,
    NoticeStory,
    Sketch,
    StoryLink,
)
from tests.unit.channels.samples import ALERT, DIGEST, QUIET, TEST, long_digest
from tests.unit.web.samples import (
    MONITOR,
    NOW,
    View,
    a_hit,
    an_item,
    browser,
    keep,
    protected,
    write_config,
)

TOKEN = "feed-token-feed-token-feed-token"
CHANNEL = f"  - {{id: reader, kind: feed, token: {TOKEN}, entries: 10}}\n"


@pytest.fixture
def view(store, tmp_path) -> View:
    folder = write_config(tmp_path, MONITOR + CHANNEL)
    subscriptions = folder / "subscriptions.yaml"
    text = subscriptions.read_text().replace("to: [", "to: [{channel: reader}, ")
    subscriptions.write_text(text)
    return View(store, load(folder, {}))


async def tell(
    view: View, *notices: Notice, sent: bool = True, channel: str = "reader", start: int = 0
) -> None:
    made = view.settings().channels["reader"]

    def write(tx) -> None:
        for number, notice in enumerate(notices, start):
            time = NOW + timedelta(minutes=number)
            name = f"{channel}-{number}"
            message = made.render(replace(notice, created=time), "", name)
            delivery = Delivery(name, "morning", notice.kind, channel, "", message, (), time, time)
            assert tx.add_delivery(delivery)
            if sent:
                tx.record_attempt(Attempt(name, time, ok=True, detail="", final=True))

    await view.store.write(write)


async def get(client: httpx.AsyncClient, form: str = "atom", token: str = TOKEN, **more):
    return await client.get(f"/feeds/morning.{form}", params={"token": token}, **more)


@pytest.mark.parametrize(
    ("form", "version", "media"),
    [("atom", "atom10", "application/atom+xml"), ("rss", "rss20", "application/rss+xml")],
)
async def test_a_feed_reader_finds_every_story_with_its_outlet_and_reason(
    view, client, form, version, media
) -> None:
    await tell(view, DIGEST)
    answer = await get(client, form)
    assert answer.headers["content-type"].startswith(media)
    found = feedparser.parse(answer.content)
    assert (found.bozo, found.version, found.feed.title) == (False, version, "Morning digest")
    told = [story for group in DIGEST.groups for story in group.stories]
    assert [entry.title for entry in found.entries] == [story.item.title for story in told]
    assert [entry.link for entry in found.entries] == [story.item.url for story in told]
    first = found.entries[0]
    assert "Full name in the title and the text." in first.summary
    words = re.sub("<[^>]+>", "", first.summary)
    assert "Also in Coastal Wire, Daily Ledger" in words
    assert [tag.term for tag in first.tags] == ["elena-marchetti", "forced-labour"]
    assert first.published_parsed[:5] == told[0].item.published.timetuple()[:5]


async def test_a_json_feed_holds_the_same(view, client) -> None:
    await tell(view, DIGEST)
    answer = await get(client, "json")
    assert answer.headers["content-type"] == "application/feed+json"
    feed = json.loads(answer.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert len(feed["items"]) == 6
    assert feed["items"][0]["authors"] == [{"name": "The Meridian"}]
    assert len({item["id"] for item in feed["items"]}) == 6


async def test_what_was_told_last_stands_first_and_each_story_once(view, client) -> None:
    await tell(view, ALERT, DIGEST)
    items = json.loads((await get(client, "json")).content)["items"]
    assert len(items) == 6
    assert items[0]["title"] == ALERT.groups[0].stories[0].item.title
    assert items[0]["date_modified"] == (NOW + timedelta(minutes=1)).isoformat()


async def test_older_stories_drop_out(view, client) -> None:
    await tell(view, long_digest(30))
    assert len(json.loads((await get(client, "json")).content)["items"]) == 10


async def test_a_digest_without_stories_is_no_entry_and_a_test_is_one(view, client) -> None:
    await tell(view, QUIET, replace(TEST, groups=()))
    items = json.loads((await get(client, "json")).content)["items"]
    assert [item["title"] for item in items] == ["Test message: delivery works"]


async def test_an_empty_feed_is_a_feed(view, client) -> None:
    found = feedparser.parse((await get(client)).content)
    assert (found.bozo, found.entries, found.feed.title) == (False, [], "Morning digest")


async def test_what_waits_and_what_went_elsewhere_is_not_in_it(view, client) -> None:
    await tell(view, ALERT, sent=False)
    await tell(view, ALERT, channel="box")
    assert json.loads((await get(client, "json")).content)["items"] == []


async def test_an_unchanged_feed_is_not_sent_again(view, client) -> None:
    await tell(view, ALERT)
    first = await get(client)
    again = await get(client, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await client.head(f"/feeds/morning.atom?token={TOKEN}")).status_code == 200
    await tell(view, DIGEST, start=1)
    assert (await get(client)).headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("path", "token"),
    [
        ("morning.atom", ""),
        ("morning.atom", TOKEN[:-1]),
        ("morning.atom", TOKEN + "x"),
        ("morning.atom", "é" * 30),
        ("morning.xml", TOKEN),
        ("evening.atom", TOKEN),
    ],
)
async def test_without_the_right_token_there_is_no_feed_and_all_answers_are_alike(
    view, client, path, token
) -> None:
    await tell(view, ALERT)
    answer = await client.get(f"/feeds/{path}", params={"token": token})
    assert answer.status_code == 404
    assert answer.text == "There is no such feed, or the token is another one.\n"


async def test_the_token_opens_the_feed_of_a_page_with_a_password_and_nothing_else(
    view, tmp_path
) -> None:
    await tell(view, ALERT)
    web = protected(view, tmp_path / "other").settings().monitor.web
    monitor = view.settings().monitor.model_copy(update={"web": web})
    locked = replace(view, config=replace(view.settings(), monitor=monitor))
    async with browser(locked) as client:
        assert (await get(client)).status_code == 200
        assert (await client.get("/deliveries", params={"token": TOKEN})).status_code == 401


async def test_hostile_text_stays_text(view, client) -> None:
    base = ALERT.groups[0].stories[0]
    item = replace(
        base.item, title="</title><script>x</script>\x00 ]]> &amp; \u202e", url="javascript:x"
    )
    groups = (replace(ALERT.groups[0], stories=(replace(base, item=item),)),)
    await tell(view, replace(ALERT, groups=groups))
    for form in ("atom", "rss"):
        answer = await get(client, form)
        assert b"<script" not in answer.content
        assert b"javascript" not in answer.content
        assert not feedparser.parse(answer.content).bozo


def notice(item: Item, *developments: str, copies: tuple[str, ...] = ()) -> Notice:
    """Return an alert about one item."""
    told = tuple(NoticeCopy(outlet, f"https://{n}.example/", "") for n, outlet in enumerate(copies))
    story = NoticeStory(
        item, (a_hit(item),), "The Harbour Courier", told, developments=developments
    )
    group = NoticeGroup("ada-holt", "Ada Holt", "quay", (story,))
    return Notice("alert", "morning", "Morning digest", NOW, "Europe/Berlin", (group,))


async def keep_story(view: View, *items: Item) -> None:
    """Keep items that tell one story."""
    await keep(view.store, *((item, (a_hit(item),)) for item in items))

    def write(tx) -> None:
        for item in items:
            sketch = Sketch(item.id, "s1", item.outlet, item.url, item.title, NOW, b"")
            tx.add_links([(StoryLink(item.id, "s1"), sketch)])

    await view.store.write(write)


async def items_of(client: httpx.AsyncClient) -> list[dict]:
    return json.loads((await get(client, "json")).content)["items"]


async def test_a_development_is_an_entry_of_its_own_and_says_what_is_new(view, client) -> None:
    first, later = an_item(1), an_item(2)
    await keep_story(view, first, later)
    await tell(view, notice(first), notice(later, "new number 37"))
    newest, oldest = await items_of(client)
    assert oldest["id"] == f"urn:coverage-monitor:morning:{first.id}"
    assert oldest["title"] == first.title
    assert newest["id"] == f"urn:coverage-monitor:morning:{later.id}"
    assert newest["title"] == f"Development: {later.title}"
    assert newest["content_text"].startswith("New: new number 37.")
    assert newest["tags"] == ["development", "ada-holt"]
    assert newest["date_published"] == (NOW + timedelta(minutes=1)).isoformat()


async def test_a_story_told_again_by_another_item_is_not_shown_again(view, client) -> None:
    first, rewrite = an_item(1), an_item(2)
    await keep_story(view, first, rewrite)
    await tell(view, notice(first, copies=("Coastal Wire",)))
    before = await items_of(client)
    await tell(view, notice(rewrite), start=1)
    assert await items_of(client) == before
    assert "Also in Coastal Wire." in before[0]["content_text"]


async def test_a_development_that_was_told_is_not_told_again_by_a_digest(view, client) -> None:
    first, later = an_item(1), an_item(2)
    await keep_story(view, first, later)
    await tell(view, notice(first), notice(later, "new number 37"))
    told = {item["id"] for item in await items_of(client)}
    await tell(view, notice(first, "new number 37"), start=2)
    assert {item["id"] for item in await items_of(client)} == told
    await tell(view, notice(first, "new number 37", "new place Merrow"), start=3)
    newest, *others = await items_of(client)
    assert {item["id"] for item in others} == told
    assert newest["title"].startswith("Development: ")
    assert newest["content_text"].startswith("New: new place Merrow.")


async def test_the_evidence_is_shown_in_its_context(view, client) -> None:
    item = an_item(1, summary="The <b>exhibition</b> & more. Ada Holt spoke of the crossing.")
    await keep(view.store, (item, (a_hit(item),)))
    await tell(view, notice(item))
    (entry,) = await items_of(client)
    assert "&lt;b&gt;exhibition&lt;/b&gt; &amp; more." in entry["content_html"]
    assert "<mark>Ada Holt</mark> spoke of the crossing." in entry["content_html"]
    for form in ("atom", "rss"):
        (found,) = feedparser.parse((await get(client, form)).content).entries
        value = found.content[0].value if form == "atom" else found.summary
        assert "Ada Holt" in value
        assert "&lt;b&gt;" in value


async def test_every_form_names_the_page_and_none_the_token(view, client) -> None:
    await tell(view, ALERT)
    for form in ("atom", "rss", "json"):
        text = (await get(client, form)).text
        assert TOKEN not in text
        assert "http://127.0.0.1:8080/" in text
    assert feedparser.parse((await get(client, "rss")).content).feed.link.startswith("http://")
    public = view.settings().monitor.web.model_copy(update={"public_url": "https://m.example"})
    monitor = view.settings().monitor.model_copy(update={"web": public})
    open_view = replace(view, config=replace(view.settings(), monitor=monitor))
    async with browser(open_view) as other:
        assert feedparser.parse((await get(other)).content).feed.link == "https://m.example"


async def test_a_json_feed_holds_what_its_version_demands(view, client) -> None:
    """JSON Feed 1.1: version, title, items; of each item an id and a content, dates by RFC 3339."""
    await tell(view, DIGEST, replace(TEST, groups=()))
    feed = json.loads((await get(client, "json")).content)
    assert feed.keys() >= {"version", "title", "items", "home_page_url"}
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert item["content_html"]
        assert item["content_text"]
        assert all(set(author) == {"name"} for author in item.get("authors", []))
        for name in ("date_published", "date_modified"):
            assert re.fullmatch(r"[0-9-]{10}T[0-9:.]{8,15}(Z|[+-][0-9]{2}:[0-9]{2})", item[name])


async def test_an_entry_of_atom_without_an_address_has_a_content(view, client) -> None:
    """RFC 4287 section 4.1.2: an entry has a content, or a link that is its alternate."""
    item = an_item(1, url="javascript:alert(1)")
    await tell(view, notice(item))
    (entry,) = feedparser.parse((await get(client)).content).entries
    assert not entry.get("links")
    assert entry.content[0].value


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(title=TEXT, text=TEXT, outlet=TEXT, language=TEXT, tag=TEXT)
def test_whatever_stands_in_an_entry_every_form_can_be_read(
    title, text, outlet, language, tag
) -> None:
    entry = FeedEntry(
        "urn:x:1", title, "https://x.example/", outlet, text, text, (tag,), language, NOW, NOW
    )
    feed = HitFeed("urn:x", title, "https://m.example/", NOW, (entry,))
    for written in (set_atom(feed), set_rss(feed)):
        found = feedparser.parse(written)
        assert not found.bozo
        assert len(found.entries) == 1
    assert json.loads(set_json(feed))["items"][0]["title"] == title
