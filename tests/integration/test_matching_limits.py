"""Items and rules of absurd size: what they cost grows with their size, and no faster.

Costs are processor time, compared with that of a smaller case in the same run, never with a clock.
Other work on the machine can only add to a cost, so the least of several tries counts, and a growth is
measured anew when it seems too large. A bound of three times the growth in size is far from what a quadratic
cost would be.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.matching import Matcher, Watchlist
from monitor.model import Document, Entry, Item
from monitor.reading import read
from monitor.store import Store

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
CHEN: dict[str, Any] = {
    "id": "chen",
    "kind": "person",
    "name": "Chen Quanguo",
    "aliases": ["陈全国"],
    "short": ["Chen"],
    "context": ["Xinjiang"],
    "namesakes": ["Chen Jining"],
}
NEWS = "The weather was fine in town, and nothing else took place there that day.\n"
SLACK = 3.0
TRIES = 5


def matcher(*watches: dict[str, Any]) -> Matcher:
    return Matcher([Watchlist.model_validate({"watchlist": "w", "watches": list(watches)})])


def topic(**options: Any) -> dict[str, Any]:
    return {"id": "one", "kind": "topic", "name": "One", **options}


def item(text: str, title: str = "") -> Item:
    return Item(id="i", source="s", title=title, text=text)


def cost(act: Callable[[], object], times: int = 1) -> float:
    """Return the processor seconds of one call: the least of three tries of ``times`` calls."""
    least = float("inf")
    for _ in range(3):
        start = time.process_time()
        for _ in range(times):
            act()
        least = min(least, time.process_time() - start)
    return least / times


def at_most(
    bound: float, one: Callable[[], object], other: Callable[[], object], times: int = 1
) -> bool:
    """Tell whether ``one`` costs at most ``bound`` times what ``other`` does, in one of five tries."""
    return any(cost(one, times) <= bound * cost(other, times) for _ in range(TRIES))


def linear(ready: Matcher, make: Callable[[int], str], small: int, factor: int = 8) -> bool:
    """Tell whether a text ``factor`` times as long costs about ``factor`` times as much."""
    short, long = item(make(small)), item(make(small * factor))
    ready.match(short)
    return at_most(SLACK * factor, lambda: ready.match(long), lambda: ready.match(short))


# ---------------------------------------------------------------------- large items
@pytest.mark.parametrize(
    "words", [NEWS, "新疆的天气很好，没有什么事情发生。\n", "Погода была хорошей.\n"]
)
def test_an_item_of_five_megabytes_costs_a_thousand_times_one_of_five_kilobytes(words):
    ready = matcher(CHEN)
    small = item("Chen Quanguo spoke. " + words * (5_000 // len(words.encode())))
    large = item("Chen Quanguo spoke. " + words * (5_000_000 // len(words.encode())))
    (hit,) = ready.match(large)
    assert [span.text for span in hit.spans] == ["Chen Quanguo"]
    assert at_most(1_000 * SLACK * 3, lambda: ready.match(large), lambda: ready.match(small))


def test_an_item_of_five_megabytes_takes_a_bounded_multiple_of_its_size():
    ready = matcher(CHEN)
    large = item("Chen Quanguo spoke. " + NEWS * 68_000)
    ready.match(item("Chen"))
    tracemalloc.start()
    try:
        ready.match(large)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20 * len(large.text)


def test_a_hundred_thousand_places_are_one_hit_with_few_spans_in_linear_time():
    ready = matcher(CHEN)
    (hit,) = ready.match(item("Chen Quanguo said. " * 100_000))
    assert len(hit.spans) <= 50
    assert len(hit.why) < 200
    assert linear(ready, lambda size: "Chen Quanguo said. " * size, 5_000)


def test_a_hundred_thousand_mentions_are_counted():
    watch = topic(phrases=["cotton"])
    (hit,) = matcher(watch).match(item("cotton and " * 100_000))
    assert "about 100,000 mentions" in hit.why


def test_a_full_name_behind_thousands_of_short_forms_is_seen():
    (hit,) = matcher(CHEN).match(item("Later Chen spoke up. " * 3_000 + "It was Chen Quanguo."))
    assert not hit.possible


def test_thousands_of_namesakes_and_short_forms_take_linear_time():
    text = "In Xinjiang Chen Jining said no. Later Chen spoke up. "
    assert linear(matcher(CHEN), lambda size: text * size, 2_000, factor=4)


SHAPES = {
    "one word": lambda size: "a" * size + " Chen Quanguo",
    "one word of two scripts": lambda size: "aа" * (size // 2) + " Chen Quanguo",
    "one line of Han": lambda size: "陈" * size + "陈全国",
    "one hashtag": lambda size: "#" + "aB" * (size // 2) + " Chen Quanguo",
    "spaces": lambda size: " " * size + "Chen Quanguo",
    "line breaks": lambda size: "\n" * size + "Chen Quanguo",
    "marks": lambda size: "\u0301" * size + "Chen Quanguo",
    "entities": lambda size: "&amp;" * (size // 5) + " Chen Quanguo",
    "zero-width characters": lambda size: "\u200b" * size + "Chen Quanguo",
    "direction marks": lambda size: "\u202e" * size + "Chen Quanguo",
    "emoji": lambda size: "🙂" * size + "Chen Quanguo",
    "mathematical letters": lambda size: "𝐂" * size + " Chen Quanguo",
    "Arabic without spaces": lambda size: "شي" * (size // 2) + " Chen Quanguo",
    "one word of Greek and Latin": lambda size: "aο" * (size // 2) + " Chen Quanguo",
    "apostrophes": lambda size: "'" * size + " Chen Quanguo",
    "parentheses": lambda size: "(" * size + "Chen Quanguo",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_megabyte_of_one_thing_takes_linear_time_and_hides_no_name(shape):
    ready = matcher(CHEN)
    (hit,) = ready.match(item(SHAPES[shape](1_000_000)))
    assert any(span.text in {"Chen Quanguo", "陈全国"} for span in hit.spans)
    assert linear(ready, SHAPES[shape], 8_000)


def test_the_evidence_of_a_word_of_a_megabyte_is_cut():
    (hit,) = matcher(topic(phrases=["uyghur*"])).match(item("uyghur" + "a" * 1_000_000))
    assert max(len(span.text) for span in hit.spans) <= 1_000
    assert len(hit.why) <= 1_500


# ---------------------------------------------------------------------- groups that stand far apart
CAMPS = topic(
    groups={"camp": ["camps"], "place": ["Xinjiang"]},
    together=[{"all": ["camp", "place"], "within": "sentence"}],
)


def test_a_sentence_without_end_takes_linear_time():
    assert linear(
        matcher(CAMPS), lambda size: "the camps and so on and on " * size + "Xinjiang", 100
    )


def test_a_sentence_full_of_abbreviations_takes_linear_time():
    assert linear(matcher(CAMPS), lambda size: "camps " + "Mr. Li " * size + "Xinjiang", 150)


def test_a_paragraph_without_end_takes_linear_time():
    watch = {**CAMPS, "together": [{"all": ["camp", "place"], "within": 50}]}
    assert linear(matcher(watch), lambda size: "the camps and so on " * size + "Xinjiang", 2_000)


# ---------------------------------------------------------------------- hostile patterns
@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*b", "a{1,50}b"])
def test_a_hostile_regular_expression_takes_linear_time(pattern):
    ready = matcher(topic(match=f"/{pattern}/"))
    assert linear(ready, lambda size: "a" * size + "!", 20_000)


def test_a_term_with_many_wildcards_costs_little_more_than_one():
    text = item("a" * 150 + "c")
    one, many = matcher(topic(phrases=["a*b"])), matcher(topic(phrases=["a*a*a*a*b"]))
    assert at_most(50, lambda: many.match(text), lambda: one.match(text), 20)


@pytest.mark.parametrize("term", ["*lager*", "*l*g", "*lager", "新*l", "Lagerl~", "lager*lager*x"])
def test_a_term_takes_linear_time_in_one_long_word(term):
    ready = matcher(topic(match=term) if "~" in term else topic(phrases=[term]))
    assert linear(ready, lambda size: "新lager" * size, 1_200)
    assert linear(ready, lambda size: "lager" * size, 1_200)


@pytest.mark.parametrize("query", ["/./", r"/\w/", "a* OR e* OR t*", "lang:en"])
def test_a_rule_that_matches_everything_stays_one_hit_with_few_spans(query):
    ready = matcher(topic(match=query))
    everything = Item(id="i", source="s", title="x", text=NEWS * 200, language="en")
    (hit,) = ready.match(everything)
    assert len(hit.spans) <= 50
    assert linear(ready, lambda size: NEWS * size, 60)


def test_a_regular_expression_with_boundaries_takes_linear_time():
    ready = matcher(topic(match=r"/\b[a-z]+\b/"))
    assert linear(ready, lambda size: NEWS * size, 200)


# ---------------------------------------------------------------------- many watches, many aliases
def test_ten_thousand_watches_of_one_alias_are_all_found_and_the_others_cost_nothing():
    watches = [
        {"id": f"p{number}", "kind": "person", "name": f"Nomen{number} Nescio", "aliases": ["Jane Roe"], "variants": False}
        for number in range(10_000)
    ]  # fmt: skip
    ready = matcher(*watches)
    hits = ready.match(item("Jane Roe spoke."))
    assert {hit.watch for hit in hits} == {watch["id"] for watch in watches}
    few = matcher(*watches[:100])
    quiet, told = item(NEWS * 60), item("Jane Roe spoke.")
    assert at_most(10, lambda: ready.match(quiet), lambda: few.match(quiet), 20)
    assert at_most(100 * SLACK, lambda: ready.match(told), lambda: few.match(told))


def test_one_watch_of_ten_thousand_aliases_finds_each_and_costs_no_more_elsewhere():
    aliases = [f"Nomen{number} Nescio" for number in range(10_000)]
    ready = matcher({"id": "p", "kind": "person", "name": "Jane Roe", "aliases": aliases})
    for number in (0, 5_000, 9_999):
        (hit,) = ready.match(item(f"Then Nomen{number} Nescio spoke."))
        assert hit.watch == "p"
    few = matcher({"id": "p", "kind": "person", "name": "Jane Roe", "aliases": aliases[:100]})
    quiet = item(NEWS * 60)
    assert at_most(10, lambda: ready.match(quiet), lambda: few.match(quiet), 20)


# ---------------------------------------------------------------------- the real path, in and out
HOSTILE = {
    "zero width": "Xi\u200b Jin\u200dping",
    "direction": "\u202eXi Jinping\u202c",
    "half a character": "Xi Jinping \ud83d",
    "nul": "Xi Jinping\0",
    "full width": "Ｘｉ　Ｊｉｎｐｉｎｇ",
    "markup": "<b>Xi</b> <i>Jinping</i><script>alert(1)</script>",
}


def test_hostile_entries_are_read_matched_stored_and_come_back_whole(tmp_path):
    entries = tuple(
        Entry(guid=name, url=f"https://a.example.org/{number}", title=text, content=text * 3)
        for number, (name, text) in enumerate(HOSTILE.items())
    )
    items = read(
        Document(kind="rss20", entries=entries), source="s", outlet="o", language="en",
        address="https://a.example.org/feed", now=NOW, baseline=False,
    )  # fmt: skip
    ready = matcher({"id": "xi", "kind": "person", "name": "Xi Jinping"})
    hits = [hit for each in items for hit in ready.match(each)]
    assert len(hits) == len(HOSTILE)
    store = Store.open(f"sqlite:///{tmp_path}/monitor.db")
    try:
        store.migrate()
        store.write_now(lambda tx: (tx.add_items(items), tx.add_hits(hits)))
        stored = store.read_now(lambda tx: tx.hits_by_id([hit.id for hit in hits]))
    finally:
        store.close()
    assert {name: each.hit for name, each in stored.items()} == {hit.id: hit for hit in hits}
    for each in stored.values():
        for span in each.hit.spans:
            assert getattr(each.item, span.field)[span.start : span.end] == span.text


def test_the_match_command_answers_each_line_whatever_it_holds(tmp_path):
    lines = [
        {"id": "large", "text": "Xi Jinping spoke. " + NEWS * 68_000},
        *({"id": name, "title": text} for name, text in HOSTILE.items()),
        {"id": "empty", "title": "", "text": ""},
        {"id": "none", "title": None, "text": None},
        {"id": "missing"},
        {"id": "number", "title": 5},
    ]
    given, got = tmp_path / "items.jsonl", tmp_path / "hits.jsonl"
    given.write_text("".join(json.dumps(line) + "\n" for line in lines) + "{broken\n", "utf-8")
    command = [
        sys.executable,
        "-m",
        "monitor",
        "match",
        "-c",
        "config",
        "-i",
        str(given),
        "-o",
        str(got),
    ]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    answers = [json.loads(line) for line in got.read_text("utf-8").splitlines()]
    assert len(answers) == len(lines) + 1
    named = {answer["id"]: answer for answer in answers}
    for name in ("large", *HOSTILE.keys() - {"markup"}):
        assert named[name]["labels"] == ["xi-jinping"]
    for name in ("empty", "none", "missing"):
        assert named[name]["labels"] == []
    assert "is not text" in named["number"]["error"]
    assert "error" in answers[-1]
