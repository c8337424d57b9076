from __future__ import annotations

import string
from datetime import UTC, datetime

import ada_url
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FetchError
from monitor.model import Reason
from monitor.net import Answer
from monitor.net.address import parse

PATHS = st.text(st.sampled_from(string.printable + "éß中%"), max_size=40)


@given(PATHS)
def test_what_a_browser_asks_for_is_what_is_sent(path: str) -> None:
    target = parse(f"https://news.example/{path}")
    parts = ada_url.URL(target.url)
    assert target.wire.raw_path.decode() == target.url.removeprefix("https://news.example")
    assert (target.wire.host, target.wire.port) == (parts.hostname, None)


@given(st.text(st.sampled_from(string.printable + "é。中"), min_size=1, max_size=20))
def test_the_host_that_is_asked_is_the_one_that_limits_count(host: str) -> None:
    try:
        target = parse(f"http://{host}/")
    except FetchError as error:
        assert error.reason == Reason.REFUSED_ADDRESS  # noqa: PT017 - either outcome is judged
    else:
        asked = target.wire.netloc.decode()
        assert target.key in {asked, f"{asked}:80"}


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "rubbish"}, None),
        ({"retry-after": "60"}, 60.0),
        ({"retry-after": "Sun, 01 Mar 2026 12:10:00 GMT"}, 600.0),
    ],
)
def test_an_answer_knows_how_long_it_asks_to_wait(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert Answer("http://news.example/", 429, headers, b"").retry_after(NOW) == seconds
