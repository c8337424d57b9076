"""Names take turns: new ones first, few requests a poll, nothing twice and nothing left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.sources._search import plain_name, written_in
from monitor.sources._search_gdelt import Gdelt
from monitor.sources._search_google import GoogleNews
from monitor.sources._search_hackernews import HackerNews
from monitor.sources._search_plan import Ask, Memory, batches, requests_for_all
from monitor.sources.search import PROVIDERS

GOOGLE = GoogleNews()
NAMES = st.lists(
    st.lists(st.text("abcdeéжш", min_size=2, max_size=12), min_size=1, max_size=4).map(" ".join),
    max_size=60,
    unique=True,
)


def asks(*names: str) -> list[Ask]:
    return [Ask(name) for name in names]


def answered(memory: Memory, wanted: list[Ask], most: int) -> tuple[list[str], Memory]:
    """Ask once and return what was asked, with the memory after all of it was answered."""
    plan = batches(wanted, memory, GOOGLE, most)
    for batch in plan:
        memory = memory.after(batch.slip(), wanted)
    return [batch.query for batch in plan], memory


def test_names_share_a_request_in_quotation_marks() -> None:
    (batch,) = batches(asks("Maria Exemplar", "Harbour Authority"), Memory(), GOOGLE, 4)

    assert batch.query == '"Maria Exemplar" OR "Harbour Authority"'


def test_gdelt_gets_parentheses_around_alternatives_only() -> None:
    both, one = asks("Maria Exemplar", "Harbour Authority"), asks("Maria Exemplar")

    assert batches(both, Memory(), Gdelt(), 1)[0].query.startswith('("Maria')
    assert batches(one, Memory(), Gdelt(), 1)[0].query == '"Maria Exemplar"'


def test_hacker_news_knows_no_or_and_gets_one_name_a_request() -> None:
    plan = batches(asks("Maria Exemplar", "Silt"), Memory(), HackerNews(), 4)

    assert [batch.query for batch in plan] == ['"Maria Exemplar"', '"Silt"']


def test_a_query_of_ones_own_shares_its_request_with_nobody() -> None:
    wanted = [Ask("silt -sand", alone=True), *asks("Maria Exemplar", "Harbour Authority")]

    plan = batches(wanted, Memory(), GOOGLE, 4)

    assert [batch.query for batch in plan] == [
        "silt -sand",
        '"Maria Exemplar" OR "Harbour Authority"',
    ]


def test_a_name_that_is_new_is_asked_first_and_apart_from_those_known() -> None:
    known = asks("Maria Exemplar", "Harbour Authority")
    _, memory = answered(Memory(), known, 4)

    plan = batches([*known, Ask("Quay Wall")], memory, GOOGLE, 4)

    assert [(batch.query, batch.new) for batch in plan] == [
        ('"Quay Wall"', True),
        ('"Maria Exemplar" OR "Harbour Authority"', False),
    ]


def test_a_name_that_left_and_came_back_is_new_again() -> None:
    both = asks("Maria Exemplar", "Harbour Authority")
    _, memory = answered(Memory(), both, 4)

    _, without = answered(memory, both[:1], 4)

    assert [batch.new for batch in batches(both, without, GOOGLE, 4)] == [True, False]


def test_what_failed_keeps_its_turn() -> None:
    wanted = asks(*(f"Name Number{number} of the list" for number in range(40)))
    memory = Memory()
    for _ in range(10):
        _, memory = answered(memory, wanted, 4)
    first, second, *_ = batches(wanted, memory, GOOGLE, 4)

    after = memory.after(first.slip(), wanted)

    assert batches(wanted, after, GOOGLE, 1) == (second,)


def test_a_memory_survives_writing_and_what_another_kind_wrote_is_nothing() -> None:
    _, memory = answered(Memory(), asks("Maria Exemplar"), 4)

    assert Memory.read(memory.write()) == memory
    for rubbish in ("", "rubbish", "[1]", '{"kind":"sitemap","asked":"x"}'):
        assert Memory.read(rubbish) == Memory()


@given(NAMES, st.integers(1, 5), st.sampled_from(sorted(PROVIDERS)))
def test_every_name_gets_its_turn_before_any_gets_a_second_one(
    names: list[str], most: int, provider: str
) -> None:
    wanted = [Ask(plain_name(name)) for name in names]
    asked = PROVIDERS[provider]
    wanted = [ask for ask in dict.fromkeys(wanted) if asked.knows(ask.text)]
    memory, seen = Memory(), list[str]()
    while len(seen) < 2 * len(wanted):
        plan = batches(wanted, memory, asked, most)
        assert 0 < len(plan) <= most
        for batch in plan:
            assert len(batch.query) <= asked.characters
            seen += batch.marks
            memory = memory.after(batch.slip(), wanted)

    assert len(set(seen[: len(wanted)])) == len(wanted)
    assert set(seen[len(wanted) :]) == set(seen[: len(wanted)])


@given(NAMES)
def test_the_requests_for_all_are_as_many_as_one_large_poll_needs(names: list[str]) -> None:
    wanted = list(dict.fromkeys(asks(*map(plain_name, names))))

    assert requests_for_all(wanted, GOOGLE) == len(batches(wanted, Memory(), GOOGLE, 1_000))


def test_a_name_is_searched_for_in_the_script_of_the_language() -> None:
    assert written_in("Мария Экземплар", "ru")
    assert not written_in("Maria Exemplar", "ru")
    assert written_in("María Exemplar", "es-MX")
    assert not written_in("玛丽亚", "en")
    assert written_in("玛丽亚", "zh-Hans")
    assert written_in("玛丽亚", "")
    assert written_in("Марија", "sr")


def test_a_name_carries_no_quotation_marks_of_its_own() -> None:
    assert plain_name(' Maria "Silt"\n\u201cExemplar\u201d ') == "Maria Silt Exemplar"
