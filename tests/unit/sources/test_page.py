"""A page that is watched: what counts as a change, and how it is told once."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from monitor.errors import FetchError, ParseError
from monitor.model import Document, Fetched, Reason, SourceState
from monitor.reading import read
from monitor.sources._memory import LARGEST
from monitor.sources._noise import key_of
from monitor.sources.page import MOST_CHANGES, Page
from tests.servers import Reply

URL = "https://harbour.example/notices"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
FERRY = "The ferry to Gull Island leaves at ten from the northern quay, the office said."
LAMPS = "The lamps on the outer mole are switched off until the cable has been mended."
CRANE = "Crane three is closed for repairs and ships are asked to use crane four instead."


def page(*paragraphs: str, title: str = "Notices") -> str:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return f"<html lang=en><title>{title}</title><nav>Menu</nav><main>{body}</main></html>"


def looks(*pages: str, **options) -> list[Document]:
    """Return what each look finds, the memory handed on as the pipeline does."""
    source = Page(id="s", url=URL, **options)
    memory, found = "", []
    for markup in pages:
        fetched = Fetched(URL, 200, markup.encode(), memory=memory, partial=True)
        found.append(source.parse(fetched))
        memory = found[-1].memory or ""
    return found


def told(document: Document) -> list[str]:
    return [entry.content for entry in document.entries]


def test_the_first_look_stores_the_page_as_it_is():
    (first,) = looks(page(FERRY, LAMPS))

    (entry,) = first.entries
    assert (first.kind, first.title, first.language) == ("page", "Notices", "en")
    assert (entry.title, entry.url) == ("Notices", URL)
    assert entry.content == f"<p>{FERRY}</p><p>{LAMPS}</p>"


def test_a_page_that_stays_as_it_was_brings_nothing():
    assert told(looks(page(FERRY), page(FERRY))[1]) == []


def test_a_paragraph_that_is_added_is_an_item_with_its_text_and_its_place():
    (entry,) = looks(page(FERRY), page(CRANE, FERRY))[1].entries

    assert entry.title == f"Notices: {CRANE}"
    assert entry.content == f"<p>{CRANE}</p>"
    assert entry.url == f"{URL}#:~:text=Crane%20three%20is%20closed%20for%20repairs%20and%20ships"


def test_a_long_paragraph_is_named_by_how_it_begins():
    (entry,) = looks(page(FERRY), page(FERRY, CRANE + " " + LAMPS))[1].entries

    assert entry.title == f"Notices: {CRANE} …"


def test_a_paragraph_in_new_words_is_told_with_what_it_said_before():
    changed = FERRY.replace("northern", "southern")

    (text,) = told(looks(page(FERRY, LAMPS), page(changed, LAMPS))[1])

    assert text == f"<p>{changed}</p><p>Before: {FERRY}</p>"


def test_paragraphs_that_are_new_together_are_one_item_and_a_changed_one_its_own():
    changed = FERRY.replace("ten", "eleven")

    found = told(looks(page(FERRY), page("Two new notices", LAMPS, changed, CRANE))[1])

    assert found == [
        f"<p>Two new notices</p><p>{LAMPS}</p>",
        f"<p>{changed}</p><p>Before: {FERRY}</p>",
        f"<p>{CRANE}</p>",
    ]


def test_what_goes_away_and_comes_back_is_told_once():
    found = looks(page(FERRY), page(FERRY, LAMPS), page(FERRY), page(FERRY, LAMPS))

    assert [len(document.entries) for document in found] == [1, 1, 0, 0]


def test_what_was_moved_is_no_change():
    assert told(looks(page(FERRY, LAMPS, CRANE), page(CRANE, FERRY, LAMPS))[1]) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Updated 3 minutes ago", "Updated an hour ago"),
        ("Last change: 20 November 2026, 10:15", "Last change: 21 November 2026, 9:05 a.m."),
        ("2026-11-20T10:15:00", "2026-11-21T11:15:30"),
        ("Stand: 20.11.2026, 10.15 Uhr", "Stand: 21.11.2026, 11.30 Uhr"),
        ("vor 5 Minuten", "vor 2 Stunden"),
        ("1,204 views · 3 comments", "1,377 views · 14 comments"),
        ("5分钟前", "2小时前"),
        ("Friday, Nov 20", "Saturday, Nov 21"),
    ],
)
def test_stamps_and_counters_are_no_news(before, after):
    assert told(looks(page(FERRY, before), page(FERRY, after))[1]) == []
    assert len(told(looks(page(FERRY, before), page(FERRY, after), damp="none")[1])) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{FERRY} It holds 30.", f"{FERRY} It holds 300."),
        ("Ships that wait: 3", "Ships that wait: 4"),
        (f"{FERRY} From 3 March 2027.", f"{FERRY} From 5 May 2027."),
    ],
)
def test_a_number_in_what_is_said_is_news_unless_all_numbers_are_damped(before, after):
    assert len(told(looks(page(before), page(after))[1])) == 1
    assert len(told(looks(page("Ships: 3"), page("Ships: 4"), damp="numbers")[1])) == 0


def test_menus_scripts_and_what_is_ignored_are_passed_over():
    first = page(FERRY)
    more = "<script>var a</script><aside>Also read</aside><div class=ad>Buy a boat</div>behind"
    second = page(FERRY).replace("Menu", "Another menu").replace("</main>", f"{more}</main>")

    found = told(looks(first, second, ignore=[".ad"])[1])

    assert found == ["<p>behind</p>"]


def test_only_what_is_selected_is_watched():
    first = "<main><p>One</p></main><div id=log><ul><li>First entry</ul></div>"
    second = first.replace("One", "Two").replace("</ul>", "<li>Second entry</ul>")

    assert told(looks(first, second, select="#log, #log li")[1]) == ["<p>Second entry</p>"]


def test_text_between_tags_is_cut_into_paragraphs_as_it_is_seen():
    markup = "<div>One <b>bold</b> word<br>Two<table><tr><td>a<td>b<tr><td>c</table>three</div>"

    assert told(looks(markup)[0]) == ["<p>One bold word</p><p>Two</p><p>ab</p><p>c</p><p>three</p>"]


def test_other_options_make_a_new_start_and_no_news():
    before = Page(id="s", url=URL)
    memory = before.parse(Fetched(URL, 200, page(FERRY).encode())).memory or ""
    after = Page(id="s", url=URL, damp="none")

    document = after.parse(Fetched(URL, 200, page(LAMPS).encode(), memory=memory))

    assert document.entries == ()
    assert "options of the page changed" in document.problems[0]
    follow = after.parse(
        Fetched(URL, 200, page(LAMPS, CRANE).encode(), memory=document.memory or "")
    )
    assert told(follow) == [f"<p>{CRANE}</p>"]


def test_changes_of_one_page_are_different_items_whenever_they_are_found():
    documents = looks(page(FERRY), page(FERRY, LAMPS), page(FERRY, LAMPS, CRANE))
    keys = []
    for document in documents:
        items = read(
            document, source="s", outlet="", language="", address=URL, now=NOW, baseline=False
        )
        keys += [set(item.keys) for item in items]

    assert len(keys) == 3
    assert all(one.isdisjoint(other) for one, other in pairwise(keys))
    assert keys[0].isdisjoint(keys[2])


def test_markup_in_the_text_stays_text():
    (entry,) = looks(page(FERRY), page(FERRY, "&lt;svg onload=alert(1)&gt; &amp; more"))[1].entries

    assert entry.content == "<p>&lt;svg onload=alert(1)&gt; &amp; more</p>"
    assert "<" not in entry.title


@pytest.mark.parametrize(
    ("markup", "options", "said"),
    [
        ("<html><div id=app></div></html>", {}, "the page has no text"),
        (page(FERRY), {"select": "article.main"}, "'article.main' chooses no text"),
        ("", {}, "empty"),
        ("\x89PNG <p>", {}, "a picture"),
    ],
)
def test_a_page_without_text_is_a_failure_and_not_a_change(markup, options, said):
    source = Page(id="s", url=URL, **options)

    with pytest.raises(ParseError, match=said) as caught:
        source.parse(Fetched(URL, 200, markup.encode("latin-1")))

    assert caught.value.reason == Reason.NOT_A_FEED


def test_a_page_that_is_another_one_brings_a_bounded_number_of_items_with_all_its_text():
    first = page(*(f"Kept line {n} of many" for n in range(200)))
    mixed = [
        text for n in range(200) for text in (f"Kept line {n} of many", f"quite new {n} {n * n}")
    ]

    entries = looks(first, page(*mixed), damp="none")[1].entries

    assert len(entries) == MOST_CHANGES
    assert all(f"quite new {n} {n * n}<" in "".join(e.content for e in entries) for n in range(200))


def test_the_memory_of_the_longest_page_stays_small_from_look_to_look():
    pages = [
        page(*(f'"Line" {look} {n} \\ {"word " * 40}' for n in range(2_000))) for look in range(4)
    ]

    assert max(len(document.memory or "") for document in looks(*pages, damp="none")) < LARGEST


def test_a_page_nested_a_hundred_thousand_times_is_read_as_far_as_it_goes():
    (document,) = looks(f"<p>{FERRY}</p>" + "<div>" * 100_000 + "deep")

    assert FERRY in told(document)[0]
    assert "nested too deeply" in document.problems[0]


@given(st.lists(st.text(max_size=80), min_size=1, max_size=8), st.text(max_size=500))
def test_any_page_and_any_memory_is_read_or_refused(paragraphs, memory):
    source = Page(id="s", url=URL)
    with contextlib.suppress(ParseError):
        source.parse(Fetched(URL, 200, page(*paragraphs).encode("utf-8", "replace"), memory=memory))


@given(st.lists(st.sampled_from([FERRY, LAMPS, CRANE, "One", "Two", "Three"]), max_size=6))
def test_every_wording_that_appears_is_told_exactly_once(order):
    shown = [page("Always", *order[: n + 1]) for n in range(len(order))]

    found = "".join("".join(told(document)) for document in looks(page("Always"), *shown))

    for text in set(order):
        assert found.count(f"<p>{text}</p>") == 1


def test_a_paragraph_without_a_word_that_lasts_is_none():
    assert key_of("— · —", "none") == ""
    assert key_of("10:15", "dates") == ""
    assert key_of("Ferry!", "dates") == key_of("ferry", "none")


@pytest.mark.parametrize("options", [{"select": "main >"}, {"ignore": ["p", "a[href"]}])
def test_a_broken_selector_is_refused(options):
    with pytest.raises(ValidationError, match="is no CSS selector"):
        Page(id="s", url=URL, **options)


async def test_a_change_is_never_taken_for_an_overrun_and_robots_are_asked(server, net):
    server.on("/notices", Reply(body=page(FERRY).encode()))
    source = Page(id="s", url=server.url("/notices"))

    first = await source.fetch(net, SourceState("s"))
    memory = source.parse(first).memory or ""
    second = await source.fetch(net, SourceState("s", validators=first.validators, memory=memory))

    assert first.partial
    assert second.unchanged
    assert server.paths == ["/robots.txt", "/notices", "/notices"]


async def test_robots_that_refuse_are_obeyed(server, net):
    server.on("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /notices"))

    with pytest.raises(FetchError) as caught:
        await Page(id="s", url=server.url("/notices")).fetch(net, SourceState("s"))

    assert caught.value.reason == Reason.ROBOTS
