"""What might tell wrong hits from right ones: terms beside the match, in the item, in the rule. Pure.

Candidates are only guesses, cheap and many; `monitor.backtest.suggest` replays each of them.
"""

from __future__ import annotations

# ruff: noqa: RUF001, SIM905 - other scripts are the subject; lists of words read best as words
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from monitor.matching import Watch
from monitor.model import Hit, Item

Kind = Literal["exclude", "namesakes", "unless", "context", "threshold", "match", "source"]
ORDER: tuple[Kind, ...] = (
    "exclude", "namesakes", "unless", "context", "threshold", "match", "source",
)  # fmt: skip
"""From the narrowest change to the widest."""

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_BREAK = re.compile(r"[.!?…;:,()\[\]{}\"“”„«»\n|/\\<>–—。！？；，、：（）「」『』]")
_ENDING = re.compile(r"['’]s?$")
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_REACH = 60
_SHORTEST = 4
_MOST_TERMS = 60
_MOST_THRESHOLDS = 5
_STOP = frozenset(
    "a about after again against all also an and any are as asks asked at back be because been before being between both but by "
    "call called calls came can come comes could day days did do does down during each even ever every first for from get gets "
    "give given go goes going gone got had has have he her here him his how i if in into is it its just know last later less "
    "like long made make makes many may me meet meets met might more most much must my near never new news next no nor not now "
    "of off often old on once one only or other our out over own part put said same saw say says see seen she should since so "
    "some still such take takes taken tell tells than that the their them then there these they this those though through time "
    "to today told too two under until up upon us used very visit visits visited want was way we week well went were what when "
    "where which while who whom whose why will with would year years yes yesterday yet you your mr mrs ms dr "
    "der die das den dem des ein eine einer und oder aber als auch auf aus bei bis durch für gegen hat haben ich im ist mit "
    "nach nicht noch nur ob sagte sagt sein sich sie sind über um unter vom von vor war wie wird wurde zu zum zur "
    "le la les un une des du de et ou mais au aux avec ce cette dans en est il elle ils par pas plus pour que qui sur dit "
    "el los las una unos y o pero del al con como en es no para por que se su sus lo más ha dijo "
    "и в во не на я что он она они с со как а то все по но за к у из о об от до при для это был была было были".split()
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One change of a watch; ``text`` is the term, the source's id or the threshold."""

    kind: Kind
    text: str

    def apply(self, watch: Watch) -> Watch:
        """Return ``watch`` with the change; a source is left out elsewhere, so nothing changes."""
        if self.kind == "source":
            return watch
        return watch.model_copy(update={self.kind: self._value(watch)})

    def _value(self, watch: Watch) -> object:
        match self.kind:
            case "context":
                return tuple(term for term in watch.context if term != self.text)
            case "threshold":
                return float(self.text)
            case "match":
                return f"({watch.match}) AND NOT source:{self.text}"
            case _:
                return (*getattr(watch, self.kind), self.text)


def candidates(
    watch: Watch, wrong: Sequence[tuple[Item, Hit]], right: Sequence[tuple[Item, Hit]]
) -> list[Candidate]:
    """Return what might take ``wrong`` hits of ``watch`` away and leave the ``right`` ones."""
    if not wrong:
        return []
    beside = [Candidate("exclude", term) for term in _beside(wrong, right)]
    found = beside + [
        Candidate("namesakes", one.text) for one in beside if _reads_as_name(one.text)
    ]
    found += [Candidate("unless", term) for term in _in_items(watch, wrong, right)]
    found += [Candidate("context", term) for term in watch.context[:_MOST_TERMS]]
    found += [Candidate("threshold", f"{value:g}") for value in _thresholds(wrong, right)]
    sources = dict.fromkeys(item.source for item, _ in wrong if item.source)
    kind: Kind = "match" if _query_alone(watch) else "source"
    found += [Candidate(kind, source) for source in sources]
    has = {
        (name, term) for name in ("exclude", "namesakes", "unless") for term in getattr(watch, name)
    }
    return [one for one in dict.fromkeys(found) if (one.kind, one.text) not in has]


def _query_alone(watch: Watch) -> bool:
    """Tell whether nothing but the query makes hits, so that an AND NOT in it rules them all."""
    others = (watch.phrases, watch.soft, watch.together)
    return bool(watch.match) and watch.kind == "topic" and not any(others)


def _beside(wrong: Iterable[tuple[Item, Hit]], right: Iterable[tuple[Item, Hit]]) -> list[str]:
    """Return phrases around what matched in wrong hits, the most telling first."""
    forms: dict[str, Counter[str]] = {}
    for item, hit in wrong:
        for phrase in {phrase for span_phrases in _around(item, hit) for phrase in span_phrases}:
            forms.setdefault(phrase.casefold(), Counter())[phrase] += 1
    speaks_for = Counter(
        phrase.casefold()
        for item, hit in right
        for phrase in {phrase for phrases in _around(item, hit) for phrase in phrases}
    )

    def telling(key: str) -> tuple[int, bool, int, str]:
        score = forms[key].total() - 3 * speaks_for[key]
        return (-score, not _reads_as_name(_commonest(forms[key])), len(key), key)

    return [_commonest(forms[key]) for key in sorted(forms, key=telling)[:_MOST_TERMS]]


def _commonest(forms: Counter[str]) -> str:
    return min(forms, key=lambda form: (-forms[form], form))


def _around(item: Item, hit: Hit) -> Iterator[list[str]]:
    """Yield for each span the phrases of one to two words, or characters, more than it."""
    for span in hit.spans:
        whole = str(getattr(item, span.field))
        term = " ".join(_ENDING.sub("", span.text).split())
        before = whole[max(0, span.start - _REACH) : span.start]
        after = whole[span.start + len(_ENDING.sub("", span.text)) :][:_REACH]
        if _UNSPACED.fullmatch(before[-1:]) or _UNSPACED.fullmatch(after[:1]):
            yield _wider(term, _last_letters(before), _first_letters(after), "")
        else:
            left = _BREAK.split(before)[-1] if before[-1:].isspace() else ""
            right = _BREAK.split(after)[0] if after[:1].isspace() else ""
            yield _wider(term, _WORD.findall(left), _WORD.findall(right), " ")


def _wider(term: str, left: Sequence[str], right: Sequence[str], glue: str) -> list[str]:
    phrases = [glue.join([*left[-size:], term]) for size in (1, 2) if _useful(left[-size:], size)]
    phrases += [
        glue.join([term, *right[:size]]) for size in (1, 2) if _useful(right[:size][::-1], size)
    ]
    if _useful(left[-1:], 1) and _useful(right[:1], 1):
        phrases.append(glue.join([left[-1], term, right[0]]))
    return phrases


def _useful(words: Sequence[str], size: int) -> bool:
    """Tell whether there are so many words, and the outermost says something."""
    return len(words) == size and all(word.casefold() not in _STOP for word in words)


def _last_letters(text: str) -> list[str]:
    return re.findall(r"\w", _BREAK.split(text)[-1])[-2:] if _UNSPACED.fullmatch(text[-1:]) else []


def _first_letters(text: str) -> list[str]:
    return re.findall(r"\w", _BREAK.split(text)[0])[:2] if _UNSPACED.fullmatch(text[:1]) else []


def _reads_as_name(phrase: str) -> bool:
    """Tell whether every word of a phrase is written with a capital, or its script has none."""
    words = phrase.split()
    capital = all(word[0].isupper() or word.lower() == word.upper() for word in words)
    return capital and (len(words) > 1 or bool(_UNSPACED.match(phrase)))


def _in_items(
    watch: Watch, wrong: Sequence[tuple[Item, Hit]], right: Sequence[tuple[Item, Hit]]
) -> list[str]:
    """Return words and names that stand in wrong items and not in right ones."""
    own = {word.casefold() for term in _own_terms(watch) for word in _WORD.findall(term)}
    own |= {
        word.casefold()
        for _, hit in wrong
        for span in hit.spans
        for word in _WORD.findall(span.text)
    }
    forms: dict[str, Counter[str]] = {}
    for item, _ in wrong:
        for key, form in _terms_of(item, own).items():
            forms.setdefault(key, Counter())[form] += 1
    speaks_for = Counter(key for item, _ in right for key in _terms_of(item, own))
    least = min(2, len(wrong))

    def telling(key: str) -> tuple[int, bool, int, str]:
        score = forms[key].total() - 3 * speaks_for[key]
        return (-score, _commonest(forms[key]).islower(), -len(key), key)

    worth = [key for key in forms if forms[key].total() >= least > 0]
    return [_commonest(forms[key]) for key in sorted(worth, key=telling)[:_MOST_TERMS]]


def _own_terms(watch: Watch) -> Iterator[str]:
    yield watch.name
    for name in ("aliases", "short", "phrases", "soft", "context", "roles"):
        yield from getattr(watch, name, ())


def _terms_of(item: Item, own: set[str]) -> dict[str, str]:
    """Return the telling words, and pairs of capitalised words, of an item by their case-folded form."""
    found: dict[str, str] = {}
    for line in _BREAK.split(f"{item.title}\n{item.summary}\n{item.text}"):
        words = _WORD.findall(line)
        for word in words:
            if _tells(word, own):
                found.setdefault(word.casefold(), word)
        for first, second in pairwise(words):
            if (
                first[0].isupper()
                and second[0].isupper()
                and _tells(first, own)
                and _tells(second, own)
            ):
                found.setdefault(f"{first} {second}".casefold(), f"{first} {second}")
    return found


def _tells(word: str, own: set[str]) -> bool:
    key = word.casefold()
    return len(word) >= _SHORTEST and key not in _STOP and key not in own and not key.isdigit()


def _thresholds(
    wrong: Iterable[tuple[Item, Hit]], right: Iterable[tuple[Item, Hit]]
) -> list[float]:
    """Return thresholds just above the score of a wrong hit: that of the next right one if there is any."""
    good = sorted({hit.score for _, hit in right})
    found: dict[float, None] = {}
    for score in sorted({hit.score for _, hit in wrong}):
        above = next((value for value in good if value > score), None)
        found[min(1.0, round(score + 0.01, 2)) if above is None else above] = None
    usable = [value for value in found if any(hit.score < value for _, hit in wrong)]
    return usable[-_MOST_THRESHOLDS:]
