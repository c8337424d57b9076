"""Hits that are edited: the versions are kept, and what changes about a watch is told once."""

# ruff: noqa: F401, F811 - fixtures of the other file are used by their names
from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from monitor import rechecks
from monitor.app import App
from monitor.model import Revision
from tests.acceptance.practice import prose
from tests.integration.test_versions import made_by_its_version, stored_hits, versions_of
from tests.integration.test_visits import PAGE, Press, alerts_of, press
from tests.servers import Reply, redirect

BODY = [prose(random.Random(seed), 60) + "." for seed in range(3)]
WILL = "Maria Exemplar will resign on Monday, she said in the hall."
WILL_NOT = "Maria Exemplar will not resign on Monday, she said in the hall."
SAYS_NOTHING = "The hall had been painted in the spring by pupils of the school."
TITLE = "Maria Exemplar speaks"


def article(*paragraphs: str, title: str = TITLE, beside: str = "") -> Reply:
    """Return the page of an article, with its paragraphs and what stands beside it."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in (*BODY, *paragraphs))
    page = PAGE.format(title=title, paragraphs=text)
    page = page.replace("<footer>", f"<aside><h2>Read on</h2><p>{beside}</p></aside><footer>")
    return Reply(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})


async def revisions_of(app: App) -> list[Revision]:
    """Return what changed in all hit items, oldest first."""

    def read(tx: Any) -> list[Revision]:
        items = {each.item.id for each in tx.hits(100)}
        return [one for found in tx.revisions(items).values() for one in found]

    return sorted(await app.tools.store.read(read), key=lambda one: one.at)


async def look(press: Press, app: App, *answers: Reply, hours: float = 1) -> None:
    """Let ``hours`` pass, and the pages of hits be looked at again."""
    if answers:
        press.server.on("/1", *answers)
    press.moved += timedelta(hours=hours)
    await app.visit_due()
    await app.deliver_due()


async def told(press: Press, app: App, *paragraphs: str, teaser: str = "She spoke.") -> None:
    """Publish an article that is a hit, and have it read and told."""
    press.server.on("/1", article(*paragraphs))
    press.publish("/1", TITLE, teaser)
    await press.round(app)
    await press.round(app)
    assert len(await alerts_of(app)) == 1


def words_of(delivery: Any) -> str:
    """Return the plain text of a mail, its lines joined."""
    mail = message_from_bytes(delivery.message.content, policy=policy.default)
    return " ".join(mail.get_body(("plain",)).get_content().split())


async def newest_alert(app: App) -> str:
    alerts = await alerts_of(app)
    return words_of(max(alerts, key=lambda alert: alert.created))


async def test_a_change_in_the_paragraph_of_the_watch_is_told_once_with_what_was_said_before(
    press: Press,
) -> None:
    async with press.service() as app:
        await told(press, app, WILL)
        await look(press, app, article(WILL_NOT))
        assert len(await alerts_of(app)) == 2
        words = await newest_alert(app)
        assert "Development: the article was changed:" in words
        assert WILL in words
        assert WILL_NOT in words
        for hours in (5, 18, 144):
            await look(press, app, hours=hours)
        assert len(await alerts_of(app)) == 2
        assert [one.kind for one in await revisions_of(app)] == ["watch"]
        assert press.server.paths.count("/1") == 5
        assert await app.tools.store.read(lambda tx: tx.visits()) == []
        assert await made_by_its_version(app)


async def test_the_hit_names_the_version_in_which_it_stands_now(press: Press) -> None:
    async with press.service() as app:
        await told(press, app, WILL)
        await look(press, app, article(WILL_NOT))
        *_, last = await versions_of(app)
        (hit,) = await stored_hits(app)
        assert hit.version == last.digest
        assert WILL_NOT in last.item.text
        stored = await app.tools.store.read(lambda tx: tx.item(hit.item))
        assert stored == last.item


async def test_a_changed_sidebar_is_no_edit_and_makes_no_version(press: Press) -> None:
    async with press.service() as app:
        await told(press, app, WILL)
        before = await versions_of(app)
        await look(press, app, article(WILL, beside="Maria Exemplar opens a school"))
        assert len(await alerts_of(app)) == 1
        assert await revisions_of(app) == []
        assert await versions_of(app) == before


async def test_a_change_elsewhere_is_kept_and_not_told(press: Press) -> None:
    async with press.service() as app:
        await told(press, app, WILL, SAYS_NOTHING)
        await look(press, app, article(WILL, SAYS_NOTHING.replace("spring", "autumn")))
        assert len(await alerts_of(app)) == 1
        (one,) = await revisions_of(app)
        assert one.kind == "elsewhere"
        assert "spring" in one.words
        assert "autumn" in one.words
        assert "autumn" in (await versions_of(app))[-1].item.text


async def test_a_hit_whose_name_was_taken_out_stays_and_the_alert_says_so(press: Press) -> None:
    async with press.service() as app:
        press.server.on("/1", article(WILL, title="Quay works begin"))
        press.publish("/1", "Quay works begin", "The works began.")
        await press.round(app)
        (before,) = await stored_hits(app)
        gone = WILL.replace("Maria Exemplar", "A councillor")
        await look(press, app, article(gone, title="Quay works begin"))
        assert await stored_hits(app) == [before]
        assert len(await alerts_of(app)) == 2
        assert "no longer speaks of Maria Exemplar" in await newest_alert(app)
        assert await made_by_its_version(app)


async def test_another_watch_that_the_new_text_names_is_a_hit_and_told_in_the_same_message(
    press: Press,
) -> None:
    async with press.service() as app:
        await told(press, app, WILL)
        await look(press, app, article(WILL_NOT, "The Sample Harbour Board agreed to that."))
        assert {hit.watch for hit in await stored_hits(app)} == {"maria-exemplar", "sample-board"}
        by_subscription = [alert.subscription for alert in await alerts_of(app)]
        assert len(by_subscription) == 2
        assert await made_by_its_version(app)


async def test_an_article_that_is_taken_down_says_since_when_and_that_it_is_back(
    press: Press,
) -> None:
    async with press.service() as app:
        await told(press, app, WILL)
        await look(press, app, Reply(404), hours=1)
        await look(press, app, Reply(404), hours=5)
        (one,) = await revisions_of(app)
        assert (one.kind, one.words) == ("gone", "the page is no longer there: it answered 404")
        await look(press, app, article(WILL), hours=18)
        assert [one.kind for one in await revisions_of(app)] == ["gone", "back"]
        assert len(await alerts_of(app)) == 1
        (hit,) = await stored_hits(app)
        assert hit.version


async def test_an_article_of_a_full_text_feed_that_is_gone_at_the_first_look_says_so(
    press: Press,
) -> None:
    async with press.service() as app:
        press.publish("/1", TITLE, "\n".join([WILL, *(each * 3 for each in BODY)]))
        await press.round(app)
        await look(press, app, Reply(404))
        await look(press, app, article(WILL), hours=5)
        assert [one.kind for one in await revisions_of(app)] == ["gone", "back"]
        assert len(await alerts_of(app)) == 1


async def test_a_page_that_leads_to_the_front_page_now_is_gone_and_not_edited(
    press: Press,
) -> None:
    press.server.on("/", article(title="The Gazette"))
    async with press.service() as app:
        await told(press, app, WILL)
        await look(press, app, redirect("/"))
        (one,) = await revisions_of(app)
        assert (one.kind, one.words) == (
            "gone",
            "the page is no longer there: it leads to the front page",
        )
        assert len(await alerts_of(app)) == 1


async def test_a_page_that_is_gone_for_good_is_not_asked_for_again(press: Press) -> None:
    async with press.service() as app:
        await told(press, app, WILL)
        for hours in (1, 5, 18):
            await look(press, app, Reply(410), hours=hours)
        assert press.server.paths.count("/1") == 2


async def test_what_no_watch_asks_for_is_never_looked_at_again(press: Press) -> None:
    async with press.service() as app:
        press.server.on("/1", article(SAYS_NOTHING, title="Quay works begin"))
        press.publish("/1", "Quay works begin", "The works began.")
        await press.round(app)
        for hours in (1, 5, 18, 144):
            await look(press, app, hours=hours)
        assert press.server.paths.count("/1") == 1


@pytest.mark.parametrize("off", [{"full_text": "never"}, {"edits": {"look_again": []}}])
async def test_pages_are_not_looked_at_again_where_that_is_off(
    press: Press, off: dict[str, Any]
) -> None:
    press.options = {name: value for name, value in off.items() if name == "edits"}
    async with press.service(**{n: v for n, v in off.items() if n == "full_text"}) as app:
        await told(press, app, WILL)
        asked = press.server.paths.count("/1")
        for hours in (1, 5, 18):
            await look(press, app, hours=hours)
        assert press.server.paths.count("/1") == asked


async def test_a_page_is_asked_for_only_if_it_changed(press: Press) -> None:
    async with press.service() as app:
        page = article(WILL)
        press.server.on("/1", replace(page, headers={**page.headers, "ETag": '"7"'}))
        press.publish("/1", TITLE, "She spoke.")
        await press.round(app)
        await look(press, app, Reply(304))
        assert press.server.requests[-1].headers["if-none-match"] == '"7"'
        assert await revisions_of(app) == []
        assert len(await app.tools.store.read(lambda tx: tx.visits())) == 1


async def test_a_page_that_fails_is_tried_again_and_its_edit_still_found(press: Press) -> None:
    async with press.service() as app:
        await told(press, app, WILL)
        await look(press, app, Reply(503), article(WILL_NOT))
        await look(press, app, hours=0.2)
        assert len(await alerts_of(app)) == 2


async def test_looks_that_the_service_slept_through_are_not_made_up_for(press: Press) -> None:
    async with press.service() as app:
        await told(press, app, WILL)
    press.moved += timedelta(hours=30)
    async with press.service() as app:
        await look(press, app, hours=0)
        await look(press, app, hours=1)
        assert press.server.paths.count("/1") == 2
        (planned,) = await app.tools.store.read(lambda tx: tx.visits())
        assert planned.stage == 4


async def test_a_wall_before_the_article_is_no_edit(press: Press) -> None:
    wall = (
        b'<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}'
    )
    async with press.service() as app:
        await told(press, app, WILL)
        page = article("To read on, subscribe.")
        walled = page.body.replace(b"</head>", wall + b"</script></head>")
        await look(press, app, replace(page, body=walled))
        assert await revisions_of(app) == []
        assert len(await alerts_of(app)) == 1


async def test_a_question_for_consent_under_the_headline_of_the_article_is_no_edit(
    press: Press,
) -> None:
    asks = "<p>We and our partners keep cookies on your device.</p><button>Accept all</button>"
    async with press.service() as app:
        await told(press, app, WILL)
        body = PAGE.format(title=TITLE, paragraphs=asks).encode()
        await look(press, app, Reply(200, body, {"Content-Type": "text/html"}))
        assert await revisions_of(app) == []
        assert len(await alerts_of(app)) == 1
        await look(press, app, article(WILL_NOT), hours=5)
        assert WILL_NOT in await newest_alert(app)


@pytest.mark.parametrize("title", ["Before you continue to The Gazette", "Page not found"])
async def test_another_text_in_the_place_of_the_article_is_no_edit_nor_is_its_end(
    press: Press, title: str
) -> None:
    instead = [prose(random.Random(seed), 60) + "." for seed in (7, 8)]
    async with press.service() as app:
        await told(press, app, WILL)
        page = PAGE.format(title=title, paragraphs="".join(f"<p>{each}</p>" for each in instead))
        await look(press, app, Reply(200, page.encode(), {"Content-Type": "text/html"}))
        await look(press, app, article(WILL), hours=5)
        assert await revisions_of(app) == []
        assert len(await alerts_of(app)) == 1
        await look(press, app, article(WILL_NOT), hours=18)
        assert WILL_NOT in await newest_alert(app)


async def test_a_feed_that_rewrites_a_headline_tells_it_once(press: Press) -> None:
    async with press.service(full_text="never") as app:
        await told(press, app)
        press.edit(0, title="Maria Exemplar refuses to speak")
        for _ in range(3):
            await press.round(app)
        assert len(await alerts_of(app)) == 2
        assert "the headline was changed from “Maria Exemplar speaks”" in await newest_alert(app)
        (one,) = await revisions_of(app)
        assert one.kind == "watch"
        assert [version.item.title for version in await versions_of(app)] == [
            "Maria Exemplar speaks",
            "Maria Exemplar refuses to speak",
        ]
        (hit,) = await stored_hits(app)
        assert hit.version == (await versions_of(app))[-1].digest
        assert await made_by_its_version(app)


async def test_a_headline_that_is_tried_out_and_taken_back_is_not_told_again(press: Press) -> None:
    async with press.service(full_text="never") as app:
        await told(press, app)
        for title in ("Maria Exemplar refuses to speak", TITLE, "Maria Exemplar refuses to speak"):
            press.edit(0, title=title)
            await press.round(app)
        assert len(await alerts_of(app)) == 2
        assert [one.kind for one in await revisions_of(app)] == ["watch", "elsewhere", "elsewhere"]
        assert len(await versions_of(app)) == 2


async def test_other_quotes_in_a_feed_are_no_edit(press: Press) -> None:
    async with press.service(full_text="never") as app:
        await told(press, app, teaser='She said "so" - twice.')
        press.edit(0, text="She said “so” — twice.")
        await press.round(app)
        assert await revisions_of(app) == []
        assert len(await versions_of(app)) == 1


async def test_a_headline_that_its_feed_edits_leaves_the_text_of_the_page(press: Press) -> None:
    async with press.service() as app:
        await told(press, app, WILL)
        press.edit(0, title="Maria Exemplar refuses to speak")
        await press.round(app)
        (hit,) = await stored_hits(app)
        item = await app.tools.store.read(lambda tx: tx.item(hit.item))
        assert item.title == "Maria Exemplar refuses to speak"
        assert WILL in item.text
        assert await made_by_its_version(app)
        await look(press, app, article(WILL_NOT), hours=1)
        item = await app.tools.store.read(lambda tx: tx.item(hit.item))
        assert item.title == "Maria Exemplar refuses to speak"
        assert len(await alerts_of(app)) == 3


async def test_an_edit_is_in_the_digest_of_those_who_were_told_in_a_digest(press: Press) -> None:
    async with press.service() as app:
        await told(press, app, WILL)
        assert len(await app.plan_digests(force=True)) == 1
        await look(press, app, article(WILL_NOT))
        (digest,) = await app.plan_digests(force=True)
        assert "Development: the article was changed:" in words_of(digest)
        assert "1 development" in digest.message.subject
        assert await app.plan_digests(force=True) == []


async def test_a_look_in_hand_when_the_service_died_is_made_by_the_next_and_told_once(
    press: Press,
) -> None:
    async with press.service() as app:
        await told(press, app, WILL)
        press.server.on("/1", article(WILL_NOT))
        press.moved += timedelta(hours=1)
        now = app.clock()
        assert await app.tools.store.write(lambda tx: tx.claim_visits(now, 10, 600))
        assert await app.visit_due() == []
    press.moved += timedelta(minutes=11)
    async with press.service() as app:
        await look(press, app, hours=0)
        assert len(await alerts_of(app)) == 2
        assert [one.kind for one in await revisions_of(app)] == ["watch"]
        await look(press, app, hours=0)
        assert len(await alerts_of(app)) == 2


async def test_two_services_that_look_at_one_page_tell_it_once(press: Press) -> None:
    async with press.service() as app:
        await told(press, app, WILL)
        press.server.on("/1", article(WILL_NOT))
        press.moved += timedelta(hours=1)
        (planned,) = await app.tools.store.read(lambda tx: tx.visits())

        async def look_once() -> bool:
            return await rechecks.look(app.tools, planned, app.clock())

        assert sorted(await asyncio.gather(look_once(), look_once())) == [False, True]
        assert len(await alerts_of(app)) == 2
        assert len(await revisions_of(app)) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body></body></html>", b"\xff\xfe\x00", b"<p>" + b"x " * 1_000_000],
    ids=["nothing", "no text", "no page", "two megabytes"],
)
async def test_a_page_of_rubbish_costs_the_hit_nothing(press: Press, body: bytes) -> None:
    async with press.service() as app:
        await told(press, app, WILL)
        await look(press, app, Reply(200, body, {"Content-Type": "text/html"}))
        assert [hit.watch for hit in await stored_hits(app)] == ["maria-exemplar"]
        (planned,) = await app.tools.store.read(lambda tx: tx.visits())
        assert planned.stage in {1, 2}
        assert await made_by_its_version(app)
