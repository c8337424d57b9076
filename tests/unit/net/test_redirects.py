from __future__ import annotations

import pytest

from monitor.errors import FetchError
from monitor.model import Reason
from monitor.net.address import parse
from monitor.net.redirects import Trail

START = "https://news.example/feed"


def walk(*hops: tuple[int, str], **headers: str) -> Trail:
    trail = Trail(parse(START), headers)
    for status, location in hops:
        onward = trail.follow(status, location)
        assert onward is not None
        trail = onward
    return trail


@pytest.mark.parametrize(
    ("hops", "moved_to"),
    [
        ([(302, "/a")], ""),
        ([(301, "/a")], "https://news.example/a"),
        ([(301, "/a"), (308, "/b")], "https://news.example/b"),
        ([(301, "/a"), (302, "/b"), (301, "/c")], "https://news.example/a"),
        ([(307, "/a"), (301, "/b")], ""),
    ],
)
def test_only_the_leading_permanent_hops_move_an_address(
    hops: list[tuple[int, str]], moved_to: str
) -> None:
    assert walk(*hops).moved_to == moved_to


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("b", "https://news.example/b"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("?q=é", "https://news.example/feed?q=%C3%A9"),
        ("https://bücher.example/#part", "https://xn--bcher-kva.example/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("//ok.example\\@127.0.0.1/", "https://ok.example/@127.0.0.1/"),
    ],
)
def test_a_location_is_read_as_browsers_read_it(location: str, url: str) -> None:
    assert walk((302, location)).here.url == url


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "gopher://news.example/",
        "ftp://news.example/",
        "javascript:alert(1)",
        "data:text/plain,x",
        "https://user:hunter2@news.example/",
        "https://user@news.example/",
        "http://",
        "https://[::1",
        "https://a b.example/",
    ],
)
def test_a_location_that_may_not_be_fetched_is_refused(location: str) -> None:
    with pytest.raises(FetchError) as caught:
        walk((302, location))
    assert caught.value.reason == Reason.REFUSED_ADDRESS
    assert "news.example:443 redirects to an address that is refused" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_loop_is_named_by_its_hosts() -> None:
    with pytest.raises(FetchError, match=r"loop: news.example:443 → b.example:80 → news") as caught:
        walk((302, "http://b.example/"), (302, START))
    assert caught.value.reason == Reason.REDIRECTS


def test_ten_hops_are_followed_and_no_more() -> None:
    ten = [(302, f"/{number}") for number in range(10)]
    assert walk(*ten).here.url == "https://news.example/9"
    with pytest.raises(FetchError, match="more than 10 times"):
        walk(*ten, (302, "/10"))


@pytest.mark.parametrize(("status", "location"), [(200, "/a"), (304, "/a"), (300, "/a"), (302, "")])
def test_other_answers_are_final(status: int, location: str) -> None:
    assert Trail(parse(START), {}).follow(status, location) is None


def test_credentials_stay_behind_when_the_origin_changes() -> None:
    headers = {"Authorization": "x", "X-Api-Key": "y", "Cookie": "z", "If-None-Match": '"1"'}
    assert walk((302, "/elsewhere"), **headers).headers == headers
    for other in ("https://b.example/", "http://news.example/", "https://news.example:8443/"):
        assert walk((302, other), **headers).headers == {"If-None-Match": '"1"'}


def test_an_address_names_its_host_and_port_for_limits() -> None:
    assert parse("HTTP://News.Example/x").key == "news.example:80"
    assert parse("https://[2606:4700::1]:8443/").key == "[2606:4700::1]:8443"
    assert parse("https://[2606:4700::1]:8443/").wire.raw_host == b"2606:4700::1"
