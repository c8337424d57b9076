"""How well copies and stories are found, and what it costs as the window fills.

    python benchmarks/stories.py [--set FILE.jsonl]

Copies: 10,000 generated items of which some are copies as outlets make them, with up to two changes
(another headline, one to three words edited, up to 40 % cut, an agency's dateline, a sentence more),
the rest of the same vocabulary; precision and recall over pairs, and milliseconds an item for copies
alone.

Stories: the invented set of ``tests/golden/stories``, on which the weights were fitted, the held-out
set beside it (pairs of like events, no times and no outlets), and the file that ``--set`` or ``STORY_SET``
names (JSON Lines with id, title, text, time, outlet and cluster): B-cubed precision, recall and F1,
beside plain online TF-IDF (cosine to the centroid), whose threshold is the best for that very set.

Time: items of a generated week, 1,500 characters each, measured while 1,000, 10,000 and 100,000
others are in the window.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import psutil
from story_baseline import THRESHOLDS, online_tfidf

from monitor.model import Item
from monitor.stories import WINDOW, StoryIndex, group
from monitor.stories.copies import CopyIndex
from monitor.stories.sketching import sketch

SEED = 20260302
START = datetime(2026, 3, 2, tzinfo=UTC)
SETS = Path(__file__).parents[1] / "tests/golden/stories"
WORDS = 9_000
COPIES_OF = 10_000
MEASURED = 500
SIZES = (1_000, 10_000, 100_000)
AGENCIES = ("Reuters", "AP", "AFP", "dpa", "Carrow News Agency")
Row = dict[str, Any]


class Press:
    """Writes invented prose: words by Zipf's law, names of its own in every text."""

    def __init__(self) -> None:
        self.dice = random.Random(SEED)
        syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er")]
        words: dict[str, None] = {}
        while len(words) < WORDS:
            words["".join(self.dice.choices(syllables, k=self.dice.randint(1, 4)))] = None
        self.words = list(words)
        self.weights = [1 / (rank + 3) for rank in range(len(self.words))]
        self._pool: list[str] = []

    def some(self, count: int) -> list[str]:
        """Return ``count`` words."""
        if len(self._pool) < count:
            self._pool = self.dice.choices(self.words, self.weights, k=100_000)
        return [self._pool.pop() for _ in range(count)]

    def sentence(self, names: Sequence[str]) -> str:
        """Return a sentence that may name somebody and may hold a number."""
        words = self.some(self.dice.randint(8, 18))
        if self.dice.random() < 0.5:
            words.insert(self.dice.randrange(1, len(words)), self.dice.choice(names))
        if self.dice.random() < 0.2:
            words.insert(self.dice.randrange(1, len(words)), str(self.dice.randint(2, 5_000)))
        return " ".join(words).capitalize() + "."

    def article(self, characters: int) -> tuple[str, list[str]]:
        """Return a headline and the sentences of an article of its own."""
        names = [word.title() for word in self.dice.choices(self.words[500:], k=4)]
        sentences = []
        while sum(map(len, sentences)) < characters:
            sentences.append(self.sentence(names))
        return f"{names[0]} {' '.join(self.some(6))} {names[1]}", sentences

    def copied(self, title: str, sentences: Sequence[str]) -> tuple[str, list[str]]:
        """Return the article as another outlet prints it."""
        dice, kept = self.dice, list(sentences)
        changes = dice.sample(("cut", "edit", "credit", "add", "title"), k=dice.randint(0, 2))
        if "cut" in changes:
            kept = kept[: max(3, len(kept) * dice.randint(6, 9) // 10)]
        if "edit" in changes:
            for _ in range(dice.randint(1, 3)):
                words = kept[place := dice.randrange(len(kept))].split(" ")
                words[dice.randrange(len(words))] = dice.choice(self.words)
                kept[place] = " ".join(words)
        if "credit" in changes:
            kept[0] = f"ODESSIN ({dice.choice(AGENCIES)}) - {kept[0]}"
        if "add" in changes:
            kept.append(self.sentence([dice.choice(self.words).title()]))
        return (" ".join(self.some(7)).capitalize() if "title" in changes else title), kept


def items_with_copies(press: Press, count: int, characters: int) -> Iterator[tuple[Item, int]]:
    """Yield items in the order of time with the number of the text that they carry."""
    made: list[tuple[str, list[str], int, float]] = []
    number = 0
    while len(made) < count:
        title, sentences = press.article(characters)
        hour = press.dice.uniform(0, 100)
        made.append((title, sentences, number, hour))
        if press.dice.random() < 0.1:
            for _ in range(press.dice.choice((1, 1, 1, 2, 3, 8))):
                again, kept = press.copied(title, sentences)
                made.append((again, kept, number, hour + press.dice.uniform(0.1, 30)))
        number += 1
    made.sort(key=lambda one: one[3])
    for place, (title, sentences, text, hour) in enumerate(made[:count]):
        yield item(str(place), title, " ".join(sentences), f"Outlet {place % 211}", hour), text


def item(name: str, title: str, text: str, outlet: str, hour: float) -> Item:
    return Item(name, "", title, text=text, outlet=outlet, first_seen=START + timedelta(hours=hour))


def find_copies() -> list[str]:
    """Measure copies alone, each decided against those before it."""
    given = list(items_with_copies(Press(), COPIES_OF, 900))
    gold = {
        pair
        for members in by_value({one.id: text for one, text in given}).values()
        for pair in combinations(sorted(members), 2)
    }
    index, of = CopyIndex(WINDOW), {}
    begin = time.process_time()
    for one, _ in given:
        mark = sketch(one, terms=())
        found = index.find(mark)
        first = min(found, key=lambda match: match.sketch.time, default=None)
        of[one.id] = of[first.sketch.item] if first else one.id
        index.add(mark)
    seconds = time.process_time() - begin
    ours = {pair for members in by_value(of).values() for pair in combinations(sorted(members), 2)}
    right = len(gold & ours)
    found = f"precision {right / len(ours):.4f}, recall {right / len(gold):.4f}"
    return [
        f"copies: {len(given):,} items, {len(gold):,} pairs of copies",
        f"  {found}   {1000 * seconds / len(given):.3f} ms an item",
    ]


def by_value(of: dict[str, Any]) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = defaultdict(list)
    for key, value in of.items():
        found[value].append(key)
    return found


def b_cubed(gold: Sequence[Any], found: Sequence[Any]) -> tuple[float, float, float]:
    """Return precision, recall and F1 (Bagga and Baldwin 1998)."""
    both = Counter(zip(gold, found, strict=True))
    ours, theirs = Counter(found), Counter(gold)
    total = len(gold)
    precision = sum(n * n / ours[b] for (_, b), n in both.items()) / total
    recall = sum(n * n / theirs[a] for (a, _), n in both.items()) / total
    return precision, recall, 2 * precision * recall / (precision + recall)


def read_set(path: Path) -> list[Row]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return sorted(rows, key=lambda row: (row.get("time") or "", str(row["id"])))


def stories_of(rows: Sequence[Row]) -> list[str]:
    """Decide each item as it comes, as the service and ``monitor group`` do."""
    index, found = StoryIndex(), []
    for row in rows:
        at = datetime.fromisoformat(row["time"]) if row.get("time") else START
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        one = Item(
            str(row["id"]),
            "",
            row.get("title") or "",
            text=row.get("text") or "",
            outlet=row.get("outlet") or "",
            first_seen=at,
        )
        index.drop_before(at - WINDOW)
        ((link, mark),) = group([one], index, at)
        index.add(mark)
        found.append(link.story)
    return found


def find_stories(path: Path, name: str) -> list[str]:
    rows = read_set(path)
    sets = {name: rows, f"{name}, English": [row for row in rows if row.get("lang") == "en"]}
    said = []
    for title, chosen in sets.items():
        if not chosen or (title != name and len(chosen) == len(rows)):
            continue
        gold = [row["cluster"] for row in chosen]
        begin = time.process_time()
        ours = b_cubed(gold, stories_of(chosen))
        each = 1000 * (time.process_time() - begin) / len(chosen)
        texts = [(row.get("title") or "", row.get("text") or "") for row in chosen]
        plain, threshold = best_plain(gold, texts)
        said += [
            f"{title}: {len(chosen):,} items, {len(set(gold)):,} stories",
            f"  this engine           {figures(ours)}   {each:.2f} ms an item",
            f"  plain online TF-IDF   {figures(plain)}   threshold {threshold:.2f}, the best for this set",
        ]
    return said


def best_plain(
    gold: Sequence[str], texts: Sequence[tuple[str, str]]
) -> tuple[tuple[float, float, float], float]:
    tried = [(b_cubed(gold, online_tfidf(texts, one)), one) for one in THRESHOLDS]
    return max(tried, key=lambda one: one[0][2])


def figures(found: tuple[float, float, float]) -> str:
    return "B3 precision {:.3f}, recall {:.3f}, F1 {:.3f}".format(*found)


def fill_window() -> list[str]:
    """Measure the time of an item while the window holds more and more."""
    press, index, said = Press(), StoryIndex(), []
    step = 160 / (max(SIZES) + MEASURED * len(SIZES))
    place = 0

    def take(count: int) -> float:
        nonlocal place
        made = []
        for _ in range(count):
            title, sentences = press.article(1_500)
            place += 1
            made.append(
                item(str(place), title, " ".join(sentences), f"O{place % 211}", place * step)
            )
        begin = time.process_time()
        for one in made:
            ((_, mark),) = group([one], index, one.first_seen or START)
            index.add(mark)
        return 1000 * (time.process_time() - begin) / count

    for size in SIZES:
        while len(index) < size:
            take(min(1_000, size - len(index)))
        memory = psutil.Process().memory_info().rss / 2**20
        said.append(
            f"{size:>9,} items in the window: {take(MEASURED):.2f} ms an item, {memory:,.0f} MB"
        )
    return said


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", type=Path, default=os.environ.get("STORY_SET"))
    parser.add_argument("--results", type=Path, default=Path(__file__).with_name("results"))
    options = parser.parse_args()
    said = [
        f"$ python {' '.join(sys.argv)}",
        f"Python {platform.python_version()}, {platform.machine()}, one core, processor time",
        "",
    ]
    print("\n".join(said))
    parts = [
        find_copies,
        lambda: find_stories(SETS / "invented.jsonl", "invented set"),
        lambda: find_stories(SETS / "held_out.jsonl", "held out"),
    ]
    if options.set:
        parts.append(lambda: find_stories(Path(options.set), Path(options.set).stem))
    for part in [*parts, fill_window]:
        lines = [*part(), ""]
        print("\n".join(lines), flush=True)
        said += lines
    options.results.mkdir(exist_ok=True)
    (options.results / "stories.txt").write_text("\n".join(said), "utf-8")


if __name__ == "__main__":
    main()
