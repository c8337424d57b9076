"""A watch in plain words: what it looks for, in which forms, and how its forms were made."""

from __future__ import annotations

# ruff: noqa: RUF001 - other scripts are the subject
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.matching.automaton import Lexicon
from monitor.matching.boundary import Script, case_forms, script_of
from monitor.matching.document import Document
from monitor.matching.fold import fold
from monitor.matching.names import camel_parts
from monitor.matching.rules import Role, Rule
from monitor.matching.terms import compile_term, expand
from monitor.matching.watchlist import Named, Watch
from monitor.model import Item

MADE_BY = {
    "joined": "written as one word, as in hashtags and handles",
    "order": "surname and given name the other way round, with and without comma",
    "pinyin": "a Chinese given name written syllable by syllable",
    "initial": "with a middle initial (* stands for it)",
    "written out": "umlauts and the like written as two letters",
    "romanised": "from Cyrillic into Latin letters, in the ways of several languages",
    "misspelt": "one slip of the pen; counts no more than a short form",
    "hashtag": "taken apart at its capitals and numbers",
}
"""What the named rules do that make further spellings of a name."""
_LISTS = {
    "aliases": "also counts as the full name",
    "phrases": "enough on its own",
    "short": "short form, counts beside the full name or with context",
    "soft": "weak alone, counts with context",
    "roles": "role, supports",
    "context": "context, supports",
    "surnames": "also family names: taken for that behind a given name, without context",
    "exclude": "excluded: nothing counts inside",
    "namesakes": "namesake: its mentions are not this one's",
    "unless": "speaks against",
}
_SAMPLE_ENDINGS = ("а", "у", "ом", "ем", "е", "ы", "и", "я", "ю", "ой", "ого", "ому", "ым", "ую")
_SAMPLES = 4


@dataclass(frozen=True, slots=True)
class Form:
    """A further form that counts, and the named rule that makes it."""

    rule: str
    form: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Portrait:
    """What there is to say of a watch."""

    id: str
    kind: str
    name: str
    watchlist: str
    priority: str
    threshold: float
    terms: tuple[tuple[str, tuple[str, ...]], ...]
    """Lists of terms with what they mean, in the order of their weight."""
    together: tuple[str, ...]
    query: str
    variants: tuple[Form, ...]
    needed: tuple[str, ...]
    """Literals one of which stands in every item that the watch is tried on, in folded form."""
    slow: bool
    """Whether it is tried on every item, since its query needs no certain word."""
    seed: str = ""
    note: str = ""
    common: bool = False
    """Whether others bear the very same name, so that it counts only with context."""


def portrait(rule: Rule) -> Portrait:
    """Return what there is to say of a watch made ready."""
    watch = rule.watch
    own = ((_LISTS[name], getattr(watch, name, ())) for name in _LISTS)
    followed = (
        (f"{text}, not when one of these follows", expand(others, rule.groups))
        for text, others in watch.not_followed_by.items()
    )
    by_all = (
        "excluded in the whole watchlist: nothing counts inside",
        expand(rule.excluded_by_all, rule.groups),
    )
    literals = dict.fromkeys(term.literal.strip() for term, _, _ in rule.anchors())
    return Portrait(
        watch.id,
        watch.kind,
        watch.name,
        rule.watchlist,
        watch.priority,
        watch.threshold,
        tuple((said, tuple(terms)) for said, terms in (*own, by_all, *followed) if terms),
        tuple(_together(watch)),
        watch.match,
        tuple(_forms(rule)),
        tuple(literals),
        rule.slow,
        watch.seed,
        watch.note,
        bool(getattr(watch, "common", False)),
    )


def _together(watch: Watch) -> Iterator[str]:
    for each in watch.together:
        near = (
            f"within {each.within} words"
            if isinstance(each.within, int)
            else f"in one {each.within}"
        )
        against = f", unless {' or '.join(each.unless)} stands there" if each.unless else ""
        yield f"{' and '.join(each.all)} {near}{against} (weight {each.weight:g})"


def _forms(rule: Rule) -> Iterator[Form]:
    """Yield what the rules made, then the endings and particles that the matcher allows each term."""
    for made, forms in rule.variants.items():
        for form in forms:
            yield Form(made, form, MADE_BY.get(made, f"made by the rule {made!r}"))
    watch = rule.watch
    names = (watch.name, *watch.aliases, *watch.short) if isinstance(watch, Named) else ()
    seen: set[tuple[str, str]] = set()
    for text in (*names, *watch.phrases, *watch.soft):
        if text.startswith("@"):
            continue
        for other in _of_term(text, rule):
            if (other.rule, other.form) not in seen:
                seen.add((other.rule, other.form))
                yield other


def _of_term(text: str, rule: Rule) -> Iterator[Form]:
    """Yield the forms that count for one term besides itself."""
    for part in camel_parts(text):
        yield Form("hashtag", part, MADE_BY["hashtag"])
    folded = fold(text.lstrip("=")).text.strip().strip("*")
    if not folded or "*" in text or text.startswith("="):
        return
    script, inflect = script_of(folded[-1]), rule.watch.inflect
    if script is Script.CYRILLIC and "slavic" in inflect:
        yield from _cases(text, folded)
    elif script is Script.ARABIC:
        yield Form("particles", f"و{text}, ب{text}, ل{text}", "with particles glued to it")
    elif script is Script.HEBREW:
        yield Form("particles", f"ו{text}, ב{text}, ה{text}", "with particles glued to it")
    elif script is Script.HANGUL:
        yield Form("particles", f"{text}은, {text}이, {text}의", "with particles behind it")
    elif script is Script.UNSPACED:
        yield Form(
            "spacing", " ".join(text), "with spaces, dots, and in the other way of writing Chinese"
        )
    elif "possessive" in inflect:
        yield Form("possessive", f"{text}’s", "possessive, also without its apostrophe")
    full = rule.person and script is Script.SPACED and " " in folded
    if full and isinstance(rule.watch, Named) and text in {rule.watch.name, *rule.watch.aliases}:
        yield Form(
            "case ending", f"{text}om, {text}nak", "up to three more letters, as many languages add"
        )


def _cases(text: str, folded: str) -> Iterator[Form]:
    stem, endings = case_forms(folded.rsplit(" ", maxsplit=1)[-1])
    if not endings:
        return
    begin = (
        text[: len(text) - (len(folded.rsplit(" ", maxsplit=1)[-1]) - len(stem))]
        if len(text) == len(folded)
        else text
    )
    samples = [begin + end for end in _SAMPLE_ENDINGS if re.fullmatch(endings, fold(end).text)]
    samples = [each for each in samples if each != text][:_SAMPLES]
    if samples:
        yield Form("case forms", ", ".join(samples), "Slavic case endings, of each word")


def place_in_seed(rule: Rule, text: str) -> tuple[int, str] | None:
    """Return the line, from 1, of a seed document that first names the watch, and what it says there."""
    lines = text.splitlines()
    terms = (compile_term(form, rule.watch.inflect, name=rule.person) for form in _named(rule))
    lexicon = Lexicon(term for term in terms if term is not None)
    for number, line in enumerate(lines, 1):
        if line.strip() and lexicon.find(Document(Item(id="", source="", title=line))):
            return number, line.strip()
    return None


def _named(rule: Rule) -> Iterable[str]:
    short = rule.watch.short if isinstance(rule.watch, Named) else ()
    anchors = (term.text for term, role, _ in rule.anchors() if role is not Role.QUERY)
    return dict.fromkeys((rule.watch.name, *rule.full_forms, *short, *anchors))
