"""The invented texts and rules that ``match.py`` measures with; its docstring says how they are made."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from monitor.matching import Topic, Watchlist
from monitor.model import Item

SEED = 7
PROPER = 1 / 16
"""Names among the words of the texts."""
CONSONANTS, VOWELS = "bcdfghklmnprstvwz", "aeiou"


def ordinary_words() -> list[str]:
    """Return the words of ``words.txt`` and their forms, commonest kind first, else in mixed order."""
    words: dict[str, None] = {}
    forms: list[str] = []
    for line in Path(__file__).with_name("words.txt").read_text("utf-8").splitlines():
        kind, *stems = line.split(" ")
        if kind == "function":
            words.update(dict.fromkeys(stems))
        for stem in stems if kind != "#" else ():
            forms += forms_of(kind, stem)
    random.Random(SEED).shuffle(forms)
    words.update(dict.fromkeys(forms))
    return list(words)


def forms_of(kind: str, stem: str) -> list[str]:
    """Return a word with its regular endings; a few come out as no English word, which does no harm."""
    bare = stem.removesuffix("e")
    if kind == "noun":
        return [stem, stem + "s"]
    if kind == "verb":
        return [stem, stem + "s", bare + "ed", bare + "ing", bare + "er", "re" + bare + "ing"]
    if kind == "adjective":
        return [stem, stem + "ly", bare + "er", stem + "ness", "un" + stem]
    return [stem]


def invented_words(chance: random.Random, count: int) -> list[str]:
    """Return invented words of two to four syllables, each once."""
    words: dict[str, None] = {}
    while len(words) < count:
        syllables = (
            chance.choice(CONSONANTS)
            + chance.choice(VOWELS)
            + chance.choice(["", "", "n", "r", "s"])
            for _ in range(chance.randint(2, 4))
        )
        words["".join(syllables)] = None
    return list(words)


class Texts:
    """The items, and the words that occur in them."""

    def __init__(self, chance: random.Random, count: int) -> None:
        self.common = ordinary_words()
        self.invented = invented_words(chance, 30_000)
        self._proper, self.foreign = self.invented[:10_000], self.invented[10_000:]
        self._chance = chance
        self._weights = [1 / (rank + 3) for rank in range(len(self.common))]
        self._proper_weights = [1 / (rank + 50) for rank in range(len(self._proper))]
        self.items = [self._item(number) for number in range(count)]
        words = [re.findall(r"[a-z]+", item.text.lower()) for item in self.items]
        self.words = sorted({word for text in words for word in text})
        self.neighbours = sorted({pair for text in words for pair in pairwise(text)})

    def _item(self, number: int) -> Item:
        size = self._chance.randint(3_000, 6_000)
        sentences = [self._sentence()]
        while sum(map(len, sentences)) + len(sentences) < size:
            sentences.append(self._sentence())
        paragraphs = [" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3)]
        title, text = sentences[-1].rstrip('."')[:90], "\n\n".join(paragraphs)
        if number % 2:
            title, text = typographic(title), typographic(text)
        return Item(
            id=str(number),
            source="bench",
            title=title,
            summary=text[:200].rsplit(" ", 1)[0] + "…",
            text=text,
        )

    def _sentence(self) -> str:
        chance = self._chance
        words = chance.choices(self.common, self._weights, k=chance.randint(8, 26))
        for at in range(len(words)):
            if chance.random() < PROPER:
                (name,) = chance.choices(self._proper, self._proper_weights)
                words[at] = name.title() + ("'s" if chance.random() < 0.1 else "")
            elif chance.random() < 0.06:
                words[at] += ","
        words[0] = words[0][0].upper() + words[0][1:]
        said = " ".join(words) + "."
        return f'"{said}"' if chance.random() < 0.1 else said


def typographic(text: str) -> str:
    """Return ``text`` with curly quotes and apostrophes, dashes, and an accent."""
    text = re.sub(r'"([^"]*)"', "\u201c\\1\u201d", text).replace("'", "\u2019")
    return text.replace(", a", " \u2013 a").replace("coffee", "caf\u00e9")


def make_names(chance: random.Random, texts: Texts, neighbours: float) -> Iterator[str]:
    """Yield two-word names: by turns of words that stand in no text, and of words that do."""
    while True:
        yield " ".join(chance.choices(texts.foreign, k=2)).title()
        if chance.random() < neighbours:
            yield " ".join(chance.choice(texts.neighbours)).title()
        else:
            yield " ".join(chance.choices(texts.words, k=2)).title()


def make_rules(chance: random.Random, texts: Texts, count: int, neighbours: float) -> Watchlist:
    """Return a watchlist of ``count`` rules in the stated mixture."""
    watches = []
    source = make_names(chance, texts, neighbours)
    for number in range(count):
        names = tuple(next(source) for _ in range(4))
        kind = chance.random()
        groups = {"names": names, "context": (chance.choice(texts.common[50:400]),)}
        common = {"id": f"w{number}", "kind": "topic", "name": names[0]}
        if kind < 0.50:
            fields: dict[str, object] = {"phrases": names}
        elif kind < 0.90:
            within = "item" if kind < 0.75 else 10
            fields = {
                "groups": groups,
                "together": ({"all": ("names", "context"), "within": within},),
            }
        else:
            fields = {"phrases": names, "unless": groups["context"]}
        watches.append(Topic.model_validate({**common, **fields}))
    return Watchlist(watchlist="bench", watches=tuple(watches))


def as_query(watch: Topic) -> str:
    """Return what a rule of `make_rules` says, in the query language."""
    names = " OR ".join(f'"{name}"' for name in watch.phrases or watch.groups["names"])
    if watch.together:
        sign = "AND" if watch.together[0].within == "item" else f"NEAR/{watch.together[0].within}"
        return f'({names}) {sign} "{watch.groups["context"][0]}"'
    return f'({names}) NOT "{watch.unless[0]}"' if watch.unless else names
