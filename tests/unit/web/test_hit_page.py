"""One hit: what it says, why it is one, how its article changed, what is kept of it."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.links import Links
from monitor.model import (
    Delivery,
    DeliveryStatus,
    Exchange,
    Message,
    Mode,
    Revision,
    Route,
    RuleVersion,
    Sketch,
    Span,
    StoryLink,
    version_of,
)
from monitor.store import Mark
from monitor.web.hit_details import PASSAGES_SHOWN, VERSIONS_SHOWN
from monitor.web.hit_records import VERSIONS_READ
from tests.unit.web.samples import NOW, a_hit, an_item, browser, keep

HEADERS = (("content-type", "text/html"), ("etag", '"7-<b>"'))
WILL = "Ada Holt will open the exhibition on Monday, she said in the hall."
WILL_NOT = "Ada Holt will not open the exhibition on Tuesday, she said in the hall."
FED = an_item(600, summary="Ada Holt spoke of the crossing.", authors=("Mira Quay", "Tom Lantern"))
READ = replace(FED, text=f"The hall was full and warm.\n{WILL}")
EDITED = replace(READ, text=f"The hall was full and warm.\n{WILL_NOT}")


def version(item, minutes, *, body=b"<p>page</p>", url="https://courier.example/600.html"):
    """Return how ``item`` read so many minutes after it was first seen."""
    at = NOW - timedelta(minutes=600 - minutes)
    return version_of(item, at, Exchange(url, 200, HEADERS, body))


def evidence(item, name="Ada Holt"):
    """Return every place of a name in an item, as evidence."""
    return tuple(
        Span(part, found.start(), found.end(), name, name)
        for part in ("title", "summary", "text")
        for found in re.finditer(re.escape(name), getattr(item, part))
    )


async def put(store, item, versions, *revisions, **changes):
    """Keep an item with its versions, edits and one hit, which the last version made unless told so."""
    changes = {"version": versions[-1].digest, "spans": evidence(item)} | changes
    hit = a_hit(item, **changes)
    await keep(store, (item, (hit,)))

    def write(tx):
        tx.add_versions(versions)
        tx.add_revisions(revisions)

    await store.write(write)
    return hit


async def edited(store):
    """Keep a hit whose article was read on its page, and then changed."""
    versions = [version(FED, 0, body=b""), version(READ, 5), version(EDITED, 60)]
    revision = Revision(EDITED.id, versions[2].at, versions[2].digest, "watch", "it was changed")
    return await put(store, EDITED, versions, revision), versions


async def tell(store, hit, *minutes, status=DeliveryStatus.SENT):
    """Keep a message that told of ``hit`` at each of these minutes after it was first seen."""
    for number in minutes:
        at = NOW - timedelta(minutes=600 - number)
        message = Message(b"", "text/plain", f"<{number}@x>")
        name = f"d{number}"
        sent = Delivery(name, "morning", "alert", "box", "a@b.example", message, (hit.id,), at, at)
        await store.write(lambda tx, sent=sent: tx.add_delivery(replace(sent, status=status)))


async def shown(client, hit):
    answer = await client.get(f"/hits/{hit.id}")
    assert answer.status_code == 200
    return answer.text


def plain(page):
    """Return the words of a page as one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


async def test_a_hit_says_who_published_it_when_where_it_was_seen_and_under_which_address(
    client, store
):
    hit, _ = await edited(store)
    await store.write(lambda tx: tx.add_sightings([(EDITED.id, "k")], "lantern"))
    await store.write(lambda tx: tx.add_sightings([(EDITED.id, "k")], "gone-feed"))
    page = await shown(client, hit)
    assert 'lang="en" dir="auto"><mark>Ada Holt</mark> opens ferry exhibition' in page
    words = plain(page)
    assert "Outlet The Harbour Courier By Mira Quay, Tom Lantern Language en" in words
    assert "Published Monday, 23 November 2026, 03:00" in words  # 02:00 UTC, in Berlin
    assert "First seen Monday, 23 November 2026, 03:00 Found Monday, 23 November 2026" in words
    assert f'<a href="{EDITED.url}" rel="noopener noreferrer nofollow">{EDITED.url}</a>' in page
    assert 'href="/sources/courier" dir="auto">The Harbour Courier</a>' in page
    assert 'href="/sources/lantern" dir="auto">The Lantern Post</a>' in page
    assert "<bdi>gone-feed</bdi>" in page


async def test_every_place_of_evidence_is_shown_in_its_context_with_the_rule_that_made_it(
    client, store
):
    hit, _ = await edited(store)
    await store.write(lambda tx: tx.add_rules([RuleVersion("r1", "ada-holt", "{}", NOW)]))
    page = await shown(client, hit)
    assert "<mark>Ada Holt</mark> spoke of the crossing." in page
    assert "<mark>Ada Holt</mark> will not open the exhibition on Tuesday" in page
    words = plain(page)
    assert "The full name stands in the title." in words
    assert all(f"in the {part}" in words for part in ("title", "summary", "text"))
    assert "“Ada Holt”, 3 times" in words
    assert "Rule r1 since 13:00:00" in words
    assert "score 0.93" in words


async def test_all_watches_of_its_article_are_there_the_one_that_was_asked_for_first(client, store):
    item = an_item(title="Ada Holt leaves the Ferry Club")
    one = a_hit(item)
    span = Span("title", 20, 30, "Ferry Club", "Ferry Club")
    two = a_hit(item, "ferry-club", score=0.31, possible=True, spans=(span,), why="Its name.")
    await keep(store, (item, (one, two)))
    page = await shown(client, two)
    assert page.index('href="/watches/ferry-club"') < page.index('href="/watches/ada-holt"')
    assert page.count("possible</span>") == 1
    assert "Its name." in page
    assert "Ada Holt leaves the <mark>Ferry Club</mark>" in page


async def test_a_change_shows_what_it_said_and_says_with_the_words_marked_and_who_was_told(
    client, store
):
    hit, _ = await edited(store)
    await tell(store, hit, 5, 60)
    page = await shown(client, hit)
    assert (
        "Ada Holt will open the exhibition on <del>Monday</del>, she said in the hall.</p>" in page
    )
    assert "Ada Holt will<ins> not</ins> open the exhibition on <ins>Tuesday</ins>," in page
    assert "hall was full" not in page[page.index('id="time"') :]
    words = plain(page)
    assert "04:00 told as a development it was changed" in words
    assert "Told in the alert of Morning digest" in words
    assert "alert of Morning digest, 23 November 2026, 03:05" in words


@pytest.mark.parametrize("minutes", [(), (5,), (60,)])
async def test_a_change_that_nobody_heard_of_again_says_so(client, store, minutes):
    hit, _ = await edited(store)
    await tell(store, hit, *minutes)
    page = plain(await shown(client, hit))
    assert "about a watch, told to nobody" in page
    assert "told as a development" not in page


async def test_who_wants_developments_alone_is_told_of_a_change_the_first_time(client, store):
    hit, _ = await edited(store)
    route = Route("morning", hit.id, Mode.INSTANT, "edited since: it was changed")
    await store.write(lambda tx: tx.add_routes([route]))
    await tell(store, hit, 60)
    page = plain(await shown(client, hit))
    assert "told as a development" in page
    assert "Subscriptions Morning digest: instant, edited since: it was changed" in page


async def test_a_message_that_was_cancelled_told_nobody(client, store):
    hit, _ = await edited(store)
    await tell(store, hit, 5)
    await tell(store, hit, 60, status=DeliveryStatus.CANCELLED)
    assert "told as a development" not in await shown(client, hit)


async def test_a_change_of_the_headline_shows_both_and_the_first_one_stays_to_be_seen(
    client, store
):
    new = replace(READ, title="Ada Holt opens nothing")
    versions = [version(READ, 5), version(new, 60)]
    revision = Revision(new.id, versions[1].at, versions[1].digest, "elsewhere", "the headline")
    page = await shown(client, await put(store, new, versions, revision))
    assert f"First headline {READ.title}" in plain(page)
    assert "Ada Holt opens <del>ferry exhibition number 600</del>" in page
    assert "Ada Holt opens <ins>nothing</ins>" in page
    assert "elsewhere, not told" in page


async def test_a_page_that_is_gone_and_a_hit_that_stands_no_more_are_said_first(client, store):
    versions = [version(READ, 5), version(replace(READ, text="The hall was shut."), 60)]
    last = versions[1]
    edits = [
        Revision(READ.id, last.at, last.digest, "watch", "no longer speaks of Ada Holt"),
        Revision(READ.id, NOW - timedelta(hours=2), last.digest, "gone", "it answered 404"),
    ]
    hit = await put(
        store, last.item, versions, *edits, version=versions[0].digest, spans=evidence(READ)
    )
    page = await shown(client, hit)
    words = plain(page)
    assert "Its page is no longer there since 11:00:00" in words
    assert "Its article does not say so any more: this is what it said." in words
    assert "<mark>Ada Holt</mark> will open the exhibition on Monday" in page
    assert "no longer there it answered 404" in words


async def test_what_is_kept_has_time_status_digests_headers_and_what_became_of_the_bytes(
    client, store
):
    hit, versions = await edited(store)
    page = await shown(client, hit)
    words = plain(page)
    for one in versions:
        assert one.digest in page
    assert versions[2].body_digest in page
    assert words.count("200 from the page") == 2
    assert "200 from the feed https://courier.example/600.html 2 headers content-type" in words
    assert "&#34;7-&lt;b&gt;&#34;" in page
    assert words.count("kept, 1 kB packed") == 2
    assert "none of its own: it stood in a document of several" in words
    assert words.count("made the hit of Ada Holt") == 1


async def test_a_page_that_was_dropped_after_its_time_says_so_and_the_text_and_its_change_stay(
    client, store, view
):
    hit, versions = await edited(store)
    view.time = NOW + timedelta(days=400)
    await store.write(lambda tx: tx.prune_pages(view.time - timedelta(days=365)))
    page = await shown(client, hit)
    assert page.count("dropped after its time; its digest stays") == 2
    assert versions[2].body_digest in page
    assert "packed" not in page
    assert "<del>Monday</del>" in page


async def test_a_page_too_large_to_keep_is_not_called_dropped_after_its_time(client, store):
    large = version(READ, 5)
    large = replace(large, source=replace(large.source, body=b""))
    page = await shown(client, await put(store, READ, [large]))
    assert "not kept: larger than 4 MB" in page


async def test_a_hit_from_before_texts_were_kept_is_shown_with_what_there_is(client, store):
    item = an_item(authors=(), language="", published=None, url="")
    hit = a_hit(item, rule="", why="")
    await keep(store, (item, (hit,)))
    words = plain(await shown(client, hit))
    assert "It is a hit from before texts were kept." in words
    assert "Published not stated" in words
    assert "Address –" in words
    assert "No explanation was kept." in words
    assert "What is kept" not in words


async def test_its_story_is_named_with_its_size_and_what_the_item_added(client, store):
    items = [an_item(1), an_item(2)]
    await keep(store, *((item, (a_hit(item),)) for item in items))
    why, new = "joined: same name Holt", "new number 37"
    links = [StoryLink(items[1].id, "s1"), StoryLink(items[0].id, "s1", why=why, development=new)]
    sketches = [Sketch(one.item, "s1", "X", "", "t", NOW, b"") for one in links]
    await store.write(lambda tx: tx.add_links(zip(links, sketches, strict=True)))
    page = await shown(client, a_hit(items[0]))
    assert '<a href="/stories/s1">story of 2 articles</a>' in page
    assert why in page
    assert new in page


async def test_hostile_text_stays_text_wherever_it_comes_from(client, store):
    evil = "<img src=x onerror=alert(1)>\u202e{{7*7}} Ada Holt."
    item = an_item(
        600, title=evil, summary=evil, text=f"{evil} old", outlet=evil, authors=(evil,), url=evil
    )
    new = replace(item, text=f"{evil} new words", url="javascript:alert(1)")
    source = Exchange(evil, 200, ((evil, evil),), b"x")
    at = NOW - timedelta(hours=9)
    versions = [version_of(item, at, source), version_of(new, at + timedelta(hours=1), source)]
    revision = Revision(item.id, versions[1].at, versions[1].digest, "watch", evil)
    hit = await put(store, new, versions, revision, why=evil)
    await store.write(lambda tx: tx.mark(Mark(hit.id, relevant=True, at=NOW, note=evil)))
    await store.write(lambda tx: tx.add_routes([Route("morning", hit.id, Mode.SKIP, evil)]))
    page = await shown(client, hit)
    assert page.count("&lt;img src=x") > 10
    assert "<img src=x" not in page
    assert "\u202e" not in page
    assert 'href="javascript:' not in page
    assert "{{7*7}}" in page


async def test_right_to_left_text_is_set_so_and_what_stands_beside_it_is_not(client, store):
    old = an_item(600, title="معرض Ada Holt", language="ar", outlet="صحيفة", summary="يوم الاثنين.")
    new = replace(old, summary="يوم الثلاثاء.")
    versions = [version(old, 0, body=b""), version(new, 9, body=b"")]
    revision = Revision(old.id, versions[1].at, versions[1].digest, "elsewhere", "تغير")
    page = await shown(client, await put(store, new, versions, revision))
    assert '<h1 class="headline" lang="ar" dir="auto">' in page
    assert "<bdi>صحيفة</bdi>" in page
    # dir=auto leaves out what has a direction of its own
    assert (
        '<p class="was" lang="ar" dir="auto"><span class="quiet" dir="ltr">Before: </span>' in page
    )
    assert "<del>الاثنين</del>" in page
    assert "<ins>الثلاثاء</ins>" in page


@pytest.mark.parametrize(("said", "buttons"), [(None, 2), (True, 1), (False, 1)])
async def test_a_mark_is_shown_and_the_others_can_be_said_on_a_page_that_asks(
    view, store, said, buttons
):
    hit, _ = await edited(store)
    if said is not None:
        await store.write(lambda tx: tx.mark(Mark(hit.id, said, NOW, "seen it")))
    async with browser(replace(view, signer=Links("https://public.example", b"k" * 32))) as client:
        page = await shown(client, hit)
        links = re.findall(r'class="button" href="(/act/[^"]+)">([^<]+)<', page)
        assert len(links) == buttons
        assert ("seen it" in page) == (said is not None)
        address, words = links[-1]
        asked = await client.get(address)
        assert '<form method="post">' in asked.text
        assert await store.read(lambda tx: len(tx.marks([hit.id]))) == (said is not None)
        done = await client.post(address)
        assert f'<a href="/hits/{hit.id}">Back to the hit</a>' in done.text
    mark = (await store.read(lambda tx: tx.marks([hit.id])))[hit.id]
    assert (mark.relevant, mark.note) == (words == "Relevant", "from the page")


async def test_without_links_the_command_says_the_mark(client, store):
    hit, _ = await edited(store)
    assert f"monitor hits mark {hit.id} relevant" in await shown(client, hit)


@pytest.mark.parametrize("name", ["none", "0" * 64])
async def test_an_unknown_hit_is_one_readable_line(client, name):
    answer = await client.get(f"/hits/{name}")
    assert answer.status_code == 404
    assert f"There is no hit {name}" in answer.text


@pytest.mark.parametrize("name", ["%00", "..%2f..%2fetc", "x" * 65, "'%20OR%201=1", "%E2%80%AE"])
async def test_what_cannot_be_an_id_is_never_looked_for(client, name):
    answer = await client.get(f"/hits/{name}")
    assert answer.status_code in {400, 404}
    assert "That did not work" in answer.text
    assert "\u202e" not in answer.text


async def test_an_article_that_changes_without_end_shows_its_last_changes_and_how_to_see_all(
    client, store
):
    texts = [replace(READ, text=f"Ada Holt counted {number} ships.") for number in range(60)]
    versions = [version(one, number) for number, one in enumerate(texts)]
    edits = [
        Revision(READ.id, v.at, v.digest, "watch", f"change {n}") for n, v in enumerate(versions)
    ]
    hit = await put(store, texts[-1], versions, *edits[1:])
    page = await shown(client, hit)
    assert "change 59" in page
    assert "change 3<" not in page
    assert "<ins>59</ins>" in page
    assert f"<ins>{60 - VERSIONS_READ}</ins>" not in page, "what it took the place of was not read"
    assert f"change {60 - VERSIONS_READ}" in page
    assert f"{60 - VERSIONS_SHOWN} further versions are not shown" in page
    assert page.count(f"monitor hits show {hit.id}") == 2


async def test_much_evidence_is_cut_and_counted(client, store):
    filler = "The ledgers lie in a tower above the old weighing house. " * 12
    item = an_item(600, text="".join(f"{filler}Ada Holt came. " for _ in range(20)))
    hit = await put(store, item, [version(item, 1)])
    page = await shown(client, hit)
    assert page.count("<blockquote") == PASSAGES_SHOWN
    assert f"and {len(hit.spans) - PASSAGES_SHOWN} more places" in page


async def test_lists_stories_and_watches_lead_to_the_page_of_each_hit_once(client, store):
    item = an_item()
    weak, strong = a_hit(item, "ferry-club", score=0.31), a_hit(item)
    await keep(store, (item, (weak, strong)))
    sketch = Sketch(item.id, "s1", "X", item.url, item.title, NOW, b"")
    await store.write(lambda tx: tx.add_links([(StoryLink(item.id, "s1"), sketch)]))
    for path in ("/", "/stories/s1", "/watches/ada-holt"):
        page = (await client.get(path)).text
        assert page.count(f'href="/hits/{strong.id}">details</a>') == 1
        assert f'<a href="{item.url}"' in page
    assert f'href="/hits/{weak.id}"' in (await client.get("/watches/ferry-club")).text
