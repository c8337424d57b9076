from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.matching.automaton import Lexicon
from monitor.matching.beginnings import Beginnings
from monitor.matching.document import Document
from monitor.matching.engines import Automaton, is_beginning
from monitor.matching.terms import compile_term
from monitor.model import Item

LETTERS = st.text(alphabet="ab éx习平", min_size=1, max_size=4)


@given(
    st.lists(LETTERS, min_size=1, max_size=12, unique=True),
    st.text(alphabet="ab éx习平", max_size=60),
)
def test_the_automaton_finds_what_a_naive_search_finds(literals: list[str], text: str) -> None:
    naive = {
        (index, start, start + len(literal))
        for index, literal in enumerate(literals)
        for start in range(len(text))
        if text.startswith(literal, start)
    }
    assert set(Automaton(literals).find(text)) == naive


WORDS = st.sampled_from(["xi", "xia", "camp", "camps", "new", "york", "times", "abbas"])


@given(st.lists(WORDS, min_size=1, max_size=3).map(" ".join), st.lists(WORDS, max_size=30))
def test_a_plain_term_is_found_exactly_where_its_words_stand(term: str, words: list[str]) -> None:
    text = ", ".join([" ".join(words[:10]), " ".join(words[10:])])
    compiled = compile_term(term, ())
    assert compiled is not None
    document = Document(Item(id="i", source="s", title="", text=text))
    found = [
        document.original(place.start, place.end) for place in Lexicon([compiled]).find(document)
    ]
    parts = term.split()
    expected = sum(
        half[start : start + len(parts)] == parts
        for half in (words[:10], words[10:])
        for start in range(len(half))
    )
    assert found == [term] * expected


def test_an_empty_lexicon_finds_nothing() -> None:
    assert Lexicon([]).find(Document(Item(id="i", source="s", title="Xi"))) == []


PHRASES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


@given(
    st.lists(PHRASES, min_size=1, max_size=40, unique=True),
    st.lists(WORDS | st.sampled_from([".", "é", "习"]), max_size=40),
    st.sampled_from([1, 10_000]),
)
def test_many_terms_are_found_together_where_each_is_found_alone(
    phrases: list[str], words: list[str], many: int
) -> None:
    document = Document(Item(id="i", source="s", title="", text=" ".join(words)))
    terms = [term for phrase in phrases if (term := compile_term(phrase, ("plural",)))]
    found = Lexicon(terms, many=many).find(document)
    alone = {
        (place.start, place.end, index)
        for index, term in enumerate(terms)
        for place in Lexicon([term]).find(document)
    }
    assert set(found) == alone
    assert len(found) == len(alone)
    ends = [place.start + len(terms[place.term].literal) for place in found]
    assert ends == sorted(ends)


def test_phrases_that_begin_alike_are_told_apart_however_many_they_are() -> None:
    names = [f"mihrigul tursun{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    terms = [term for name in names if (term := compile_term(name, ()))]
    document = Document(
        Item(id="i", source="s", title="", text="Mihrigul Tursunq, Mihrigul Tursunay")
    )
    assert [terms[place.term].text for place in Lexicon(terms).find(document)] == [
        "mihrigul tursunq"
    ]


def test_a_large_lexicon_in_many_scripts_finds_what_a_small_one_finds() -> None:
    texts = ["Xi Jinping", "习近平", "Си Цзиньпин", "시진핑", "شي جين بينغ", "χι", "ไทย"]
    filler = [f"filler{number} word{number}" for number in range(20_000)]
    document = Document(Item(id="i", source="s", title="", text=" / ".join(texts)))
    small, large = (
        [term for text in chosen if (term := compile_term(text, ()))]
        for chosen in (texts, texts + filler)
    )
    assert Lexicon(large).find(document) == Lexicon(small).find(document)
    assert len(Lexicon(small).find(document)) == len(texts)


TOKENS = st.text(alphabet="abй习", min_size=1, max_size=12)


@given(
    st.lists(st.tuples(TOKENS, TOKENS), min_size=1, max_size=12, unique=True),
    st.lists(TOKENS | st.just(""), max_size=30),
)
def test_beginnings_of_phrases_are_found_where_a_naive_search_finds_them(
    pairs: list[tuple[str, str]], words: list[str]
) -> None:
    literals = [f" {first} {second}" for first, second in pairs]
    text = f"  {' '.join(words)}  "
    naive = [
        (index, start)
        for index, literal in enumerate(literals)
        for start in range(len(text))
        if text.startswith(literal, start)
    ]
    assert sorted(Beginnings(literals).find(text)) == naive


def test_beginnings_are_a_word_and_some_of_the_next() -> None:
    literals = [" xi jinping", " xi j", " xi ", "xi jinping", " xi", "习近平", "  x"]
    assert list(filter(is_beginning, literals)) == [" xi jinping", " xi j"]
