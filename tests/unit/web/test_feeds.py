"""The feeds of hits: what a reader gets, and what one without the token does not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import feedparser
import httpx
import pytest

from monitor.config import load
from monitor.model import Attempt, Delivery, Notice
from tests.unit.channels.samples import ALERT, DIGEST, QUIET, TEST, long_digest
from tests.unit.web.samples import MONITOR, NOW, View, browser, protected, write_config

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
    assert "Also in Coastal Wire, Daily Ledger" in first.summary
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
