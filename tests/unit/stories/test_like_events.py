"""Two events of one kind are two stories, however long their texts and without times (all invented)."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

from monitor.model import Item, StoryLink
from monitor.stories import StoryIndex, group
from monitor.stories.likeness import MOST_PROOF, proof

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
SET = Path("tests/golden/stories/held_out.jsonl")
ROWS = [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]


def item(name: str, title: str, text: str) -> Item:
    return Item(name, "", title, text=text, first_seen=NOW)


def told(*items: Item) -> list[StoryLink]:
    """Return the link of each item, decided one by one, all of the same time and of no outlet."""
    index, links = StoryIndex(), []
    for one in items:
        ((link, mark),) = group([one], index, NOW)
        index.add(mark)
        links.append(link)
    return links


def b_cubed(gold: list[str], found: list[str]) -> float:
    """Return the F1 of B-cubed precision and recall (Bagga and Baldwin 1998)."""
    both = Counter(zip(gold, found, strict=True))
    ours, theirs = Counter(found), Counter(gold)
    precision = sum(n * n / ours[b] for (_, b), n in both.items()) / len(gold)
    recall = sum(n * n / theirs[a] for (a, _), n in both.items()) / len(gold)
    return 2 * precision * recall / (precision + recall)


def test_the_held_out_set_is_grouped_without_times_and_outlets() -> None:
    """Measured are .74 here and .68 for plain TF-IDF with its best threshold; see likeness.py."""
    links = told(*(item(row["id"], row["title"], row["text"]) for row in ROWS))
    gold = [row["cluster"] for row in ROWS]
    assert b_cubed(gold, [link.story for link in links]) >= 0.72
    assert all(link.why.startswith("joined: ") for link in links if link.why)
    kinds: dict[str, set[str]] = defaultdict(set)
    for cluster, link in zip(gold, links, strict=True):
        kinds[link.story].add(cluster.split("-")[0])
    assert all(len(of) == 1 for of in kinds.values()), "quakes are no coaches"


TELLIS = item(
    "tellis",
    "Corvane to buy Tellis Graphics",
    "Chip maker Corvane agreed to acquire Tellis Graphics for $5.4 billion, its chief Emil Rooz said. "
    "Dag Orlund will go on running Tellis.",
)


def test_two_names_that_few_say_outweigh_other_words_of_a_longer_text() -> None:
    later = item(
        "later",
        "What gamers may expect",
        "Will a computer need a card of its own at all? Fans on message boards fear that boards for "
        "machines with rival chips inside vanish. Nothing changes for now, a spokesman says: names "
        "stay, drivers too, and autumn brings another line as planned. Analysts wondered whether "
        "Emil Rooz, who rules Corvane, overpaid, and why Dag Orlund of Tellis looked so pleased.",
    )
    first, second = told(TELLIS, later)
    assert second.story == first.story
    assert "Rooz" in second.why or "Corvane" in second.why


def test_another_event_of_the_same_company_is_another_story() -> None:
    other = item(
        "quillbox",
        "Corvane buys server start-up Quillbox",
        "Corvane pays $334 million for Quillbox of Brightfield, whose 80 people pack small servers "
        "into a box. Judd Readman wants a way into the cloud; founder Amos Felder stays.",
    )
    first, second = told(TELLIS, other)
    assert second.story != first.story


def test_one_name_proves_nothing_and_two_rare_ones_do() -> None:
    weights = {"=tresk": 1.0, "=pim": 1.0, "=odessin": 1.0}
    rare = {"=tresk": 1.0, "=pim": 0.9, "=odessin": 0.4}.__getitem__
    assert proof(["=odessin"], weights, rare) == 0
    assert proof(["=tresk"], weights, rare) < proof(["=tresk", "=pim"], weights, rare)
    assert proof(["=tresk"] * 9, weights, rare) == MOST_PROOF


def test_what_made_the_hit_is_hardly_proof() -> None:
    watched = {"=moira": 0.25, "=keane": 0.25}
    assert proof(watched, watched, lambda _: 1.0) == 0


def test_scripts_without_capitals_join_by_their_words_alone() -> None:
    first = item(
        "a", "塔尔索瓦发生强烈地震", "塔尔索瓦山区周一凌晨发生强烈地震，贝尔格林医院被疏散。"
    )
    second = item("b", "塔尔索瓦强烈地震", "周一凌晨塔尔索瓦山区强烈地震，贝尔格林医院疏散病人。")
    other = item("c", "港口工人罢工", "梅罗港的码头工人因无人起重机计划开始罢工，船只在外等候。")
    links = told(first, second, other)
    assert links[0].story == links[1].story != links[2].story
