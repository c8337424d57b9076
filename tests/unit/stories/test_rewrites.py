"""Rewrites of one event are one story, and what is new in it is a development (all invented)."""

from __future__ import annotations

import json
import pickle
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model import Hit, Item, Span, StoryLink, digest
from monitor.stories import WINDOW, StoryIndex, gist_of, group
from monitor.stories.terms import terms_of

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
SET = Path("tests/golden/stories/invented.jsonl")
ROWS = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]


def item(
    name: str, title: str, body: str = "", *, outlet: str = "", hours: float = 0, language: str = ""
) -> Item:
    time = NOW + timedelta(hours=hours)
    return Item(
        name, name, title, text=body, outlet=outlet or name, first_seen=time, language=language
    )


def told(*items: Item, hits: Sequence[Hit] = ()) -> dict[str, StoryLink]:
    """Return the link of each item, decided one by one as they come."""
    index = StoryIndex()
    links = {}
    for one in items:
        ((link, mark),) = group(
            [one], index, one.time or NOW, [h for h in hits if h.item == one.id]
        )
        index.add(mark)
        links[one.id] = link
    return links


def stories(*items: Item) -> list[str]:
    """Return the name of the founder of each item's story."""
    names = {digest("story", one.id): one.id for one in items}
    return [names[link.story] for link in told(*items).values()]


STRIKE = item(
    "wire",
    "Dockers walk out at Port Merrow",
    "Some 1,900 dockers began a strike at Port Merrow on Monday over plans for driverless cranes. "
    "Forty ships wait at anchor. Their leader, Moira Keane, said machines would take 600 jobs.",
)
REWRITE = item(
    "post",
    "Port Merrow at a standstill as cranes stop",
    "No crane moved on Monday in Port Merrow, where 1,900 dockers downed tools. Moira Keane, who "
    "leads them, fears for 600 jobs if cranes drive themselves.",
    hours=1,
)
GERMAN = item(
    "kurier",
    "Hafenarbeiter in Port Merrow legen die Arbeit nieder",
    "Rund 1.900 Hafenarbeiter streiken seit Montag in Port Merrow gegen fahrerlose Kräne. "
    "Gewerkschaftschefin Moira Keane fürchtet um 600 Stellen. Vierzig Schiffe warten.",
    hours=2,
)
ELSEWHERE = item(
    "other",
    "Night shifts drive dockers of Port Sarin to strike",
    "Nobody has slept for a week, says Tomas Ruda, who speaks for 700 dockers of Port Sarin. Since "
    "Monday they let eleven ships wait outside the harbour.",
    hours=3,
)


def test_a_rewrite_joins_the_story_and_says_by_which_names_and_numbers() -> None:
    link = told(STRIKE, REWRITE)["post"]
    assert link.story == digest("story", "wire")
    assert link.copy_of == ""
    assert link.development == ""
    assert link.why.startswith("joined: same names ")
    assert "Keane" in link.why
    assert "1,900" in link.why
    assert link.why.endswith(" as wire: Dockers walk out at Port Merrow")


def test_another_language_joins_by_names_and_numbers() -> None:
    assert stories(STRIKE, GERMAN) == ["wire", "wire"]


def test_the_same_kind_of_event_elsewhere_is_another_story() -> None:
    assert stories(STRIKE, REWRITE, ELSEWHERE) == ["wire", "wire", "other"]


def test_a_headline_alone_joins_and_does_not_found_a_story_that_others_fall_into() -> None:
    bare = item("radio", "Port Merrow dockers strike over driverless cranes", hours=3)
    assert stories(STRIKE, REWRITE, bare)[2] == "wire"


def test_a_person_alone_is_no_event() -> None:
    first = item("a", "Moira Keane opens a school", "Moira Keane cut a ribbon and ate cake.")
    second = item("b", "Moira Keane loses a wager", "A goat was named after Moira Keane.", hours=1)
    assert stories(first, second) == ["a", "b"]


def test_what_made_the_hit_joins_nothing() -> None:
    def about(name: str) -> Hit:
        spans = (Span("text", 0, 11, "Moira Keane", "Moira Keane"),)
        return Hit(f"{name}/k", name, "keane", "list", 0.9, spans, "r")

    first = item("a", "Moira Keane in Sarin", "In Sarin, Moira Keane praised soup of the season.")
    second = item("b", "Moira Keane in court", "Judges heard Moira Keane on parking.", hours=1)
    links = told(first, second, hits=[about("a"), about("b")])
    assert len({link.story for link in links.values()}) == 2


def test_a_new_number_in_headline_and_text_is_a_development_once() -> None:
    toll = item(
        "a",
        "Quake kills 12 in Belgrin",
        "A quake of magnitude 6.1 in Belgrin, Tarsova, killed 12 people, the civil protection said.",
    )
    more = item(
        "b",
        "Belgrin quake: 37 dead",
        "The dead of the quake of magnitude 6.1 in Belgrin, Tarsova, now number 37, up from 12.",
        hours=4,
    )
    again = item(
        "c",
        "Dead in Belgrin now 37",
        "In Belgrin in Tarsova rescuers count 37 dead after the quake of magnitude 6.1.",
        hours=5,
    )
    links = told(toll, more, again)
    assert {link.story for link in links.values()} == {digest("story", "a")}
    assert [link.development for link in links.values()] == ["", "new number 37", ""]


def test_a_new_name_in_headline_and_text_is_a_development() -> None:
    named = item(
        "b",
        "Port Merrow strike: Ruda to mediate",
        "Judge Tomas Ruda will mediate between the port and 1,900 dockers of Port Merrow led by "
        "Moira Keane. Ruda settled a strike over cranes before.",
        hours=5,
    )
    assert told(STRIKE, REWRITE, named)["b"].development == "new name Tomas Ruda"


def test_a_copy_is_never_a_development() -> None:
    title = "Fresh: 4,711 ships stopped by Xaver Immerdar"
    copy = item("b", title, STRIKE.text, hours=30)
    link = told(STRIKE, copy)["b"]
    assert link.copy_of == "wire"
    assert link.development == ""


def test_a_story_that_returns_after_a_day_of_silence_is_a_development() -> None:
    over = item(
        "end",
        "Port Merrow dockers back at work",
        "The strike is over: the 1,900 dockers of Port Merrow, led by Moira Keane, accepted a deal "
        "on driverless cranes.",
        hours=40,
    )
    link = told(STRIKE, REWRITE, over)["end"]
    assert link.story == digest("story", "wire")
    assert link.development == "told again after 39 hours without news of it"


def test_a_jump_in_outlets_is_a_development_of_the_fifth() -> None:
    def about(name: str, words: str, hours: float, outlet: str = "") -> Item:
        parts = ["of Port Merrow", "the 1,900 dockers", "with Moira Keane", "against cranes", words]
        random.Random(name).shuffle(parts)
        text = ", ".join(["they strike", *parts])
        return item(name, f"Port Merrow dockers strike: {words}", text, hours=hours, outlet=outlet)

    words = (
        "bread is baked",
        "wine is drunk",
        "songs are sung",
        "nets lie idle",
        "goats wander off",
    )
    links = told(
        STRIKE,
        about("evening", "lamps burn late", 13),
        about("night", "the moon rises", 20, "evening"),
        *(about(f"wave-{number}", word, 27 + number / 2) for number, word in enumerate(words)),
        about("late", "dogs bark", 30),
    )
    assert len({link.story for link in links.values()}) == 1
    reasons = {name: link.development for name, link in links.items() if link.development}
    assert reasons == {"wave-4": "5 more outlets within 6 hours"}


def test_a_serial_of_one_outlet_is_no_story() -> None:
    words = (
        "Recorded live in the old harbour hall by Merrow Radio with Pip Lomas and Gus Tarn, free."
    )
    parts = [
        item(str(number), f"{number}: {title}", words, outlet="Merrow Radio", hours=24 * number)
        for number, title in enumerate(("A goat", "Two ladders", "The empty well"))
    ]
    assert len(set(stories(*parts))) == 3


@pytest.mark.parametrize(
    "text", ["", " ", "?", "港", "x " * 1_000_000, "Пример 例え مثال " * 60_000]
)
def test_bad_input_founds_a_story_and_joins_none_by_accident(text: str) -> None:
    strange = item("strange", "", text, hours=1)
    assert stories(STRIKE, strange, REWRITE) == ["wire", "strange", "wire"]


def test_mixed_scripts_join_by_what_they_share() -> None:
    mixed = item(
        "mixed",
        "Port Merrow 港口罢工 1900人",
        "工会领袖 Moira Keane 周一在 Port Merrow 表示，1,900 名码头工人罢工，600个岗位受到威胁。",
        hours=2,
    )
    assert stories(STRIKE, mixed) == ["wire", "wire"]


def test_items_of_one_call_join_each_other_and_leave_the_index_as_it_was() -> None:
    index = StoryIndex()
    both = [REWRITE, STRIKE]
    links = [link for link, _ in group(both, index, NOW)]
    assert {link.story for link in links} == {digest("story", "wire")}
    assert len(index) == 0
    assert not index._running._found_by
    assert group(both, index, NOW) == group(both, index, NOW)


def test_an_index_filled_from_the_store_decides_like_the_one_that_grew() -> None:
    grown, marks = StoryIndex(), []
    for row in ROWS[:150]:
        ((_, mark),) = group([of(row)], grown, at(row))
        grown.add(mark)
        marks.append(mark)
    filled = StoryIndex(marks)
    later = [of(row) for row in ROWS[150:200]]
    assert [group([one], grown, one.time or NOW) for one in later] == [
        group([one], filled, one.time or NOW) for one in later
    ]


def test_gists_that_a_worker_sent_decide_as_the_texts_themselves_do() -> None:
    index = StoryIndex()
    for row in ROWS[:200]:
        one, now = of(row), at(row)
        sent = pickle.loads(pickle.dumps({one.id: gist_of(one)}))
        blank = replace(one, title="", text="")
        ((link, mark),) = group([one], index, now)
        assert group([blank], index, now, gists=sent) == ((link, mark),)
        index.add(mark)


def at(row: dict[str, str]) -> datetime:
    return datetime.fromisoformat(row["time"])


def of(row: dict[str, str]) -> Item:
    return Item(
        row["id"], "", row["title"], text=row["text"], outlet=row["outlet"], first_seen=at(row)
    )


def b_cubed(gold: Sequence[str], found: Sequence[str]) -> float:
    """Return F1 of B-cubed precision and recall (Bagga and Baldwin 1998)."""
    ours, theirs = defaultdict(set), defaultdict(set)
    for number, (one, other) in enumerate(zip(gold, found, strict=True)):
        theirs[one].add(number)
        ours[other].add(number)
    both = [len(ours[b] & theirs[a]) for a, b in zip(gold, found, strict=True)]
    precision = sum(n / len(ours[b]) for n, b in zip(both, found, strict=True)) / len(gold)
    recall = sum(n / len(theirs[a]) for n, a in zip(both, gold, strict=True)) / len(gold)
    return 2 * precision * recall / (precision + recall)


def test_the_invented_set_is_grouped_as_its_clusters_say() -> None:
    """Plain online TF-IDF reaches .82 on it with the best threshold (see benchmarks/stories.py)."""
    index, found, seen = StoryIndex(), [], set()
    for row in ROWS:
        ((link, mark),) = group([of(row)], index, at(row))
        index.drop_before(at(row) - WINDOW)
        index.add(mark)
        found.append(link)
        seen.add(link.story)
    gold = [row["cluster"] for row in ROWS]
    assert b_cubed(gold, [link.story for link in found]) >= 0.9
    same = {}
    rewrites = [
        link
        for link, cluster in zip(found, gold, strict=True)
        if same.setdefault(cluster, link) is not link and link.story == same[cluster].story
    ]
    assert len(rewrites) > 180
    developments = [link for link in rewrites if link.development]
    assert len(developments) <= 0.05 * len(rewrites)


def test_a_name_of_several_words_is_told_whole_and_two_persons_apart() -> None:
    surfaces = terms_of(
        "Ada Keane meets Tilo Ferrant and Oda Brenn",
        "The town of Port Merrow heard Ada Keane, Tilo Ferrant and Oda Brenn, whose letter is Brenn's.",
    ).surfaces
    assert {surfaces[f"={name}"] for name in ("ada", "keane", "brenn", "ferrant", "merrow")} == {
        "Ada Keane",
        "Oda Brenn",
        "Tilo Ferrant",
        "Port Merrow",
    }
