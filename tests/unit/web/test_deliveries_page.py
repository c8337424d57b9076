from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.model import Attempt, Delivery, Destination, Message, Sketch, StoryLink
from monitor.web.delivery_rows import PAGE
from tests.unit.web.samples import NOW, a_hit, an_item, keep

DELIVERY = Delivery(
    id="d1",
    subscription="morning",
    kind="digest",
    channel="box",
    recipient="desk@practice.example",
    message=Message(b"bytes", "message/rfc822", "<1@x>", "12 hits <b>today</b>"),
    hits=(),
    created=NOW,
    due=NOW,
    slot="2026-11-23T07:30",
)


async def put(store, *deliveries, attempts=()):
    def write(tx):
        for delivery in deliveries:
            assert tx.add_delivery(delivery)
        for attempt in attempts:
            tx.record_attempt(attempt)

    await store.write(write)


async def test_a_message_is_shown_with_where_it_goes_and_what_was_said(client, store):
    later = NOW + timedelta(minutes=5)
    attempt = Attempt("d1", NOW, ok=False, detail="451 try again later", next_due=later)
    await put(store, DELIVERY, attempts=[attempt, replace(attempt, detail="451 still busy")])
    page = (await client.get("/deliveries")).text
    assert "12 hits &lt;b&gt;today&lt;/b&gt;" in page
    assert "digest of Morning digest, 0 hits" in page
    assert "desk@practice.example" in page
    assert "waiting" in page
    assert "2 attempts" in page
    assert "451 still busy" in page
    assert "13:05:00" in page  # due, in Berlin


async def test_the_choice_of_a_status_leaves_only_those(client, store):
    other = replace(DELIVERY, id="d2", slot="2026-11-24T07:30", message=Message(b"", "", "", "Two"))
    dead = Attempt("d2", NOW, ok=False, detail="550 no such user", final=True)
    await put(store, DELIVERY, other, attempts=[dead])
    page = (await client.get("/deliveries", params={"status": "dead"})).text
    assert "Two" in page
    assert "failed for good" in page
    assert "12 hits" not in page


async def test_paging_shows_every_message_once(client, store):
    many = [
        replace(
            DELIVERY,
            id=f"{number:04x}",
            slot=str(number),
            created=NOW - timedelta(seconds=number // 3),
            message=Message(b"", "", "", f"message {number}."),
        )
        for number in range(2 * PAGE + 5)
    ]
    await put(store, *many)
    seen, address = [], "/deliveries"
    while address:
        page = (await client.get(address)).text
        seen += re.findall(r"message (\d+)\.", page)
        link = re.search(r'class="next" href="([^"]+)"', page)
        address = link[1].replace("&amp;", "&") if link else ""
    assert len(seen) == len(set(seen)) == len(many)


@pytest.mark.parametrize("query", ["status=lost", "before=x", "before=" + "x" * 200])
async def test_a_damaged_address_is_one_readable_line(client, query):
    answer = await client.get(f"/deliveries?{query}")
    assert answer.status_code == 400
    assert "damaged" in answer.text


async def test_the_form_without_a_choice_shows_everything(client, store):
    await put(store, DELIVERY)
    assert "12 hits" in (await client.get("/deliveries?status=")).text


async def test_an_empty_outbox_says_so(client):
    assert "Nothing has been sent yet" in (await client.get("/deliveries")).text


async def test_destinations_that_fail_or_are_off_stand_above_the_table(client, store):
    failing = Destination("chat", "-100", NOW, 3, NOW, reason="HTTP 503 <busy>")
    off = Destination("hook", "", NOW, 9, NOW, off_since=NOW, reason="HTTP 410")
    await store.write(lambda tx: (tx.keep_destination(failing), tx.keep_destination(off)))
    page = (await client.get("/deliveries")).text
    first, second = re.findall(r'<p class="banner warn".*?</p>', page)
    assert ">hook</strong> is off since" in first
    assert "monitor deliveries retry --channel hook" in first
    assert ">chat -100</strong> fails since" in second
    assert "monitor deliveries" not in second
    assert "HTTP 503 &lt;busy&gt;" in second


async def test_dead_letters_stand_first_with_their_reason_and_the_command_to_retry(client, store):
    dead = replace(DELIVERY, id="dead" * 5, slot="", created=NOW - timedelta(days=9))
    fresh = [replace(DELIVERY, id=f"{n:04}", slot=f"{n}") for n in range(PAGE + 5)]
    said = Attempt(dead.id, NOW, ok=False, detail="550 no such user", final=True)
    await put(store, dead, *fresh, attempts=[said])
    page = (await client.get("/deliveries")).text
    assert page.count("550 no such user") == 1  # too old for the newest messages
    assert page.index("550 no such user") < page.index("Newest messages")
    assert '<code class="do">monitor deliveries retry deaddeaddead</code>' in page
    older = (await client.get("/deliveries?status=pending")).text
    assert "Failed for good</h2>" not in older


async def test_mutes_in_force_and_those_who_unsubscribed_are_shown_with_the_way_back(client, store):
    item = an_item()
    sketch = Sketch(item.id, "s1", "Courier", "", "Ferry <strikes>", NOW, b"")
    await keep(store, (item, (a_hit(item),)))

    def write(tx):
        tx.add_links([(StoryLink(item.id, "s1"), sketch)])
        tx.mute("watch:ada-holt", NOW + timedelta(hours=2))
        tx.mute("watch:gone", NOW + timedelta(hours=3))
        tx.mute("story:s1", NOW + timedelta(hours=1))
        tx.mute("story:pruned", NOW + timedelta(hours=4))
        tx.mute("watch:ferry-club", NOW - timedelta(hours=1))
        tx.opt_out("morning", "box", "left@practice.example", NOW)

    await store.write(write)
    page = (await client.get("/deliveries")).text
    assert 'href="/watches/ada-holt" dir="auto">Ada Holt</a>' in page
    assert 'href="/stories/s1" dir="auto">Ferry &lt;strikes&gt;</a>' in page
    assert "monitor mute s1 --off" in page
    assert "<bdi>gone</bdi>" in page
    assert "<bdi>pruned</bdi>" in page
    assert "ferry-club" not in page
    assert "box left@practice.example</span> wants no more of Morning digest" in page
    assert "monitor unsubscribed morning --resume --recipient left@practice.example" in page
