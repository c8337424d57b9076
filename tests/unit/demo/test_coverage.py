from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from monitor.demo.coverage import (
    Coverage,
    articles,
    editions_due,
    is_down,
    load_coverage,
    paragraphs_of,
)
from monitor.demo.newsroom import release_times

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
COVERAGE = load_coverage()
SEED_WATCHES = {
    "chen-quanguo", "xi-jinping", "sergei-magnitsky", "rushan-abbas", "darren-byler",
    "mike-pompeo", "sophie-richardson", "campaign-for-uyghurs", "human-rights-watch", "icij",
    "new-york-times", "financial-times", "ioc", "un-human-rights", "chinese-communist-party",
    "associated-press", "xinjiang-internment", "uyghurs", "document-leaks",
    "magnitsky-sanctions", "olympics-boycott", "forced-labour-business", "un-access",
}  # fmt: skip


def everything(outlet_id: str) -> tuple[str, ...]:
    outlet = COVERAGE.outlet(outlet_id)
    assert outlet is not None
    times = [START + timedelta(seconds=after) for after in COVERAGE.editions]
    return tuple(article.id for article in articles(COVERAGE, outlet, times))


def test_every_watch_of_the_seed_is_spoken_of():
    assert {watch for entry in COVERAGE.entries for watch in entry.about} == SEED_WATCHES


def test_every_kind_of_site_wire_copies_traps_and_plain_news_are_there():
    feeds = {"rss20", "atom", "rss10", "jsonfeed"}
    assert {outlet.site for outlet in COVERAGE.outlets} == feeds | {"section", "sitemap", "notices"}
    assert sum(bool(entry.copy_of) for entry in COVERAGE.entries) >= 4
    assert sum(bool(entry.trap) for entry in COVERAGE.entries) >= 6
    assert sum(not entry.about and not entry.trap for entry in COVERAGE.entries) >= 6


def test_a_trap_is_never_about_a_watch():
    assert [entry.id for entry in COVERAGE.entries if entry.trap and entry.about] == []


def test_several_scripts_are_written():
    text = "".join(entry.title for entry in COVERAGE.entries)
    for script in (
        "[\u0400-\u04ff]",
        "[\u0600-\u06ff]",
        "[\u4e00-\u9fff]",
        "[\u30a0-\u30ff]",
        "[ığşçö]",
    ):
        assert re.search(script, text), script


def test_every_edition_brings_something():
    assert {entry.edition for entry in COVERAGE.entries} == set(range(len(COVERAGE.editions)))


def test_a_copy_is_the_agencys_text_with_the_edits_and_nothing_else():
    whole = {entry.id: paragraphs_of(COVERAGE, entry) for entry in COVERAGE.entries}
    wire, copy = whole["committee-record"], whole["committee-record-courier"]
    assert len(wire) == len(copy) == 4
    assert wire != copy
    assert wire[2:] == copy[2:]


def test_an_edit_that_changes_nothing_is_an_error():
    broken = COVERAGE.model_dump(mode="json")
    broken["entries"][1]["edits"] = [{"old": "no such words", "new": "x"}]
    coverage = Coverage.model_validate(broken)
    with pytest.raises(ValueError, match="no such words"):
        paragraphs_of(coverage, coverage.entries[1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"outlet": "nobody"}, "no outlet 'nobody'"),
        ({"copy_of": "nothing"}, "no entry 'nothing'"),
        ({"corrects": "nothing"}, "no entry 'nothing'"),
        ({"edition": 99}, "no edition 99"),
        ({"id": "winter-ferry"}, "share an id"),
        ({"titel": "x"}, "titel"),
    ],
)
def test_data_that_refers_to_nowhere_is_refused(change, message):
    broken = COVERAGE.model_dump(mode="json")
    broken["entries"][0] |= change
    with pytest.raises(ValidationError, match=message):
        Coverage.model_validate(broken)


def test_an_outlet_shows_only_its_own_published_entries_newest_first():
    outlet = COVERAGE.outlet("harbour-courier")
    shown = articles(COVERAGE, outlet, [START, START + timedelta(seconds=2)])
    assert {article.outlet for article in shown} == {"harbour-courier"}
    assert {article.edition for article in shown} == {0, 1}
    assert [a.updated for a in shown] == sorted((a.updated for a in shown), reverse=True)
    assert min(a.published for a in shown) == START - timedelta(minutes=320)


def test_a_correction_keeps_id_and_publication_and_moves_to_the_top():
    outlet = COVERAGE.outlet("practice-wire")
    times = [START + timedelta(seconds=number) for number in range(7)]
    before, after = articles(COVERAGE, outlet, times[:6]), articles(COVERAGE, outlet, times)
    assert [article.id for article in before].count("committee-record") == 1
    assert after[0].id == "committee-record"
    assert after[0].title.startswith("CORRECTED")
    assert after[0].published == times[1]
    assert after[0].updated == times[6]
    assert len(after) == len(before)


def test_an_outlet_is_down_during_its_outage_and_at_no_other_time():
    lantern = COVERAGE.outlet("lantern-post")
    assert [edition for edition in range(10) if is_down(lantern, edition)] == [5, 6]


@given(st.floats(0, 200), st.floats(0, 200))
def test_editions_only_ever_come_out(one, two):
    earlier, later = sorted((one, two))
    assert 1 <= editions_due(COVERAGE.editions, earlier) <= editions_due(COVERAGE.editions, later)


def test_an_edition_is_out_exactly_at_its_second():
    assert [editions_due((0, 3, 6), second) for second in (0, 2.9, 3, 6, 99)] == [1, 1, 2, 3, 3]


@given(
    st.lists(st.tuples(st.floats(0, 60), st.booleans()), max_size=12).map(sorted),
)
def test_release_times_never_run_backwards_and_keep_what_was_released(steps):
    released: tuple[datetime, ...] = (START - timedelta(seconds=5),)
    for second, by_hand in steps:
        now = START + timedelta(seconds=second)
        grown = release_times(COVERAGE.editions, released, START, now)
        assert grown[: len(released)] == released
        assert list(grown) == sorted(grown)
        if by_hand and len(grown) < len(COVERAGE.editions):
            grown += (max(now, grown[-1]),)
        released = grown
    assert len(released) <= len(COVERAGE.editions)


def test_ids_are_told_apart_across_outlets():
    shown = [article for outlet in COVERAGE.outlets for article in everything(outlet.id)]
    assert len(shown) == len(set(shown)) == len(COVERAGE.all_entries) - 1  # one is a correction
