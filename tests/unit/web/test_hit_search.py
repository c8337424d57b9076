"""The search of the page: the same language as in watchlists, its errors and its marks."""

from __future__ import annotations

import html
import re

import pytest

from monitor.web.hit_pages import PAGE
from tests.unit.web.samples import a_hit, an_item, keep


async def search(client, query: str, **more: str) -> str:
    return (await client.get("/", params={"q": query, **more})).text


@pytest.fixture(name="found")
async def what_a_search_finds(client, store):
    one = an_item(
        1, title="Ada Holt and forced labour", summary="Cotton, tomatoes and solar cells."
    )
    two = an_item(
        2,
        title="Ferry Club meets",
        summary="Cotton candy at the ferry.",
        language="de",
        outlet="Die Fähre",
    )
    three = an_item(3, title="Hafen", summary="Nichts davon.", language="de", source="lantern")
    await keep(
        store,
        (one, (a_hit(one, spans=a_hit(one).spans), a_hit(one, "ferry-club", possible=True, spans=()))),
        (two, (a_hit(two, "ferry-club", spans=()),)),
        (three, (a_hit(three, spans=()),)),
    )  # fmt: skip

    async def numbers(query: str) -> list[int]:
        page = await search(client, query)
        return sorted({int(number) for number in re.findall(r"courier\.example/(\d)\.html", page)})

    return numbers


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("cotton", [1, 2]),
        ("cotton candy", [2]),
        ('"forced labour" OR hafen', [1, 3]),
        ("cotton NOT candy", [1]),
        ("NOT cotton", [3]),
        ("tomatoes NEAR/2 solar", [1]),
        ("tomatoes NEAR/0 solar", []),
        ("tomat* AND title:ada", [1]),
        ("lang:de", [2, 3]),
        ("source:lantern", [3]),
        ("outlet:fähre", [2]),
        ("FAHRE", []),
        (r"/\bcotton (candy|cells)/", [2]),
        ("tomatos~", [1]),
        ("@ferry-club", [2]),
        ("@ada-holt AND cotton", [1]),
        ("@ada-holt NEAR/2 labour", [1]),
        ("NOT @ada-holt", [2]),
    ],
)
async def test_the_search_speaks_the_language_of_watchlists(query, numbers, found):
    assert await found(query) == numbers


async def test_the_words_of_a_search_are_marked_beside_the_evidence(client, store):
    item = an_item(title="Ada Holt opens", summary="Models of ferries. Of cotton, too.")
    await keep(store, (item, (a_hit(item),)))
    page = await search(client, "cotton OR opens")
    assert "<mark>Ada Holt</mark> <mark>opens</mark>" in page
    assert "Of <mark>cotton</mark>, too" in page
    assert "found by the search" not in page


@pytest.mark.parametrize(
    ("query", "before", "here", "said", "hint"),
    [
        ("cotton AND AND tea", "cotton AND ", "A", "AND stands between two terms", 'For the word write "AND"'),
        ("(cotton", "", "(", "A parenthesis is not closed", "Add the missing )"),
        ("cotton NEAR", "cotton NEAR", " ", "NEAR needs a distance in words", "NEAR/10"),
        ("x /(?<=a)b/", "x /", "(", "look-behind", "Use NEAR"),
        ("a @ferry-clib b", "a ", "@", "There is no watch @ferry-clib", "Did you mean 'ferry-club'?"),
        ('<b> "', "&lt;b&gt; ", "&#34;", "A quotation mark is not closed", ""),
        ("習近平 OR OR b", "習近平 OR ", "O", "OR stands between two terms", ""),
    ],
)  # fmt: skip
async def test_a_search_that_cannot_be_read_shows_the_place_and_keeps_what_was_typed(
    query, before, here, said, hint, client, store
):
    item = an_item()
    await keep(store, (item, (a_hit(item),)))
    answer = await client.get("/", params={"q": query})
    assert answer.status_code == 400
    assert f'<bdi>{before}<span class="here">{here}</span>' in answer.text
    text = html.unescape(answer.text)
    assert said in text
    assert hint in text
    assert f'value="{html.escape(query).replace("&quot;", "&#34;")}"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "<article>" not in answer.text


async def test_a_search_goes_on_over_pages_without_losing_its_words(client, store):
    items = [
        an_item(number, title=f"Ada Holt and cotton {number}") for number in range(1, PAGE + 4)
    ]
    await keep(store, *((item, (a_hit(item),)) for item in items))
    page = await search(client, 'cotton "Ada Holt" NOT lang:de')
    link = html.unescape(re.search(r'class="next" href="([^"]+)"', page)[1])
    older = (await client.get(link)).text
    assert page.count("<article>") == PAGE
    assert older.count("<article>") == 3


async def test_a_hostile_search_is_answered(client, store):
    item = an_item(summary="a" * 20_000 + "!")
    await keep(store, (item, (a_hit(item),)))
    for query in ("/(a+)+b$/", "(" * 400 + "a" + ")" * 400, "NOT " * 240 + "a", "a* " * 300):
        assert (await client.get("/", params={"q": query})).status_code in {200, 400}
