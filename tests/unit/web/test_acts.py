"""The links of messages: a look changes nothing, a POST acts, without password and from anywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.links import Links
from monitor.model import Deed, Delivery, Message
from monitor.store import Store
from tests.unit.web.samples import NOW, View, a_hit, an_item, browser, keep, protected

LINKS = Links("http://127.0.0.1:8080", b"k" * 32)
ITEM = an_item()
HIT = a_hit(ITEM)
KINDS = {
    "relevant": HIT.id,
    "irrelevant": HIT.id,
    "snooze": ITEM.id,
    "mute": "ada-holt",
    "unsubscribe": "",
}


@pytest.fixture
async def reader(view: View, store: Store) -> View:
    await keep(store, (ITEM, (HIT,)))
    message = Message(b"", "message/rfc822", "<d@x>")
    delivery = Delivery(
        "d", "morning", "digest", "box", "desk@practice.example", message, (HIT.id,), NOW, NOW
    )
    await store.write(lambda tx: tx.add_delivery(delivery))
    return replace(view, signer=LINKS)


def address(kind: str) -> str:
    return LINKS.to(Deed(kind, KINDS[kind], "d"))


async def said(store: Store) -> dict[str, object]:
    def look(tx):
        marks = {name: mark.relevant for name, mark in tx.marks([HIT.id]).items()}
        return {"marks": marks, "mutes": tx.mutes(NOW), "out": tx.opted_out()}

    return await store.read(look)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_mail_scanner_that_opens_a_link_changes_nothing(reader, store, kind):
    before = await said(store)
    async with browser(reader) as client:
        for method in ("GET", "HEAD"):
            answer = await client.request(method, address(kind))
            assert answer.status_code in {200, 405}
        page = await client.get(address(kind))
    assert '<form method="post">' in page.text
    assert await said(store) == before


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("relevant", {"marks": {HIT.id: True}}),
        ("irrelevant", {"marks": {HIT.id: False}}),
        ("snooze", {"mutes": {f"story:{ITEM.id}": NOW + timedelta(days=7)}}),
        ("mute", {"mutes": {"watch:ada-holt": NOW + timedelta(days=7)}}),
        ("unsubscribe", {"out": {("morning", "box", "desk@practice.example")}}),
    ],
)
async def test_a_post_acts_and_a_second_one_changes_nothing_more(reader, store, kind, wanted):
    nothing = {"marks": {}, "mutes": {}, "out": set()}
    async with browser(reader) as client:
        for _ in range(2):
            answer = await client.post(address(kind), data={"List-Unsubscribe": "One-Click"})
            assert answer.status_code == 200
            assert "<form" not in answer.text
            assert await said(store) == nothing | wanted


async def test_a_link_works_without_the_password_and_opens_nothing_else(reader, tmp_path):
    shut = replace(protected(reader, tmp_path), signer=LINKS)
    async with browser(shut) as client:
        page = await client.get(address("mute"))
        assert page.status_code == 200
        assert "href=" not in page.text.replace('href="/static/page.css"', "")
        assert (await client.get("/")).status_code == 401
        assert (await client.get("/static/page.css")).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "A" * 40, "..%2f..%2fetc", "%00", "A" * 4000])
async def test_a_link_that_was_not_made_here_is_refused_in_one_line(reader, store, token):
    before = await said(store)
    async with browser(reader) as client:
        for method in ("GET", "POST"):
            answer = await client.request(method, f"/act/{token}")
            assert answer.status_code == 404
    assert await said(store) == before


async def test_a_link_about_something_that_is_no_longer_kept_says_so(reader):
    async with browser(reader) as client:
        for deed in (Deed("relevant", "gone", "d"), Deed("unsubscribe", "", "gone")):
            answer = await client.post(LINKS.to(deed))
            assert answer.status_code == 404
            assert "no longer kept" in answer.text


async def test_a_title_in_the_question_is_text_and_never_markup(reader, store):
    item = an_item(2, title="<script>alert(1)</script> Ada Holt")
    await keep(store, (item, (a_hit(item),)))
    async with browser(reader) as client:
        page = await client.get(LINKS.to(Deed("snooze", item.id, "d")))
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text
