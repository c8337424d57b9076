"""Polling sitemaps over real HTTP: one alone, and indexes from poll to poll."""

from __future__ import annotations

import gzip
import itertools
from dataclasses import replace

import pytest

from monitor.errors import FetchError
from monitor.model import Document, Fetched, Reason, SourceState
from monitor.sources import _sitemapwalk
from monitor.sources._memory import LARGEST, recall
from monitor.sources._sitemapseen import Seen, newest_first
from monitor.sources._sitemapxml import Child
from monitor.sources.sitemap import Sitemap
from tests.servers import Reply
from tests.unit.sources.sitemaps import days_ago, index, news, plain, urlset


class Poller:
    """Polls a sitemap as the pipeline does: what one poll leaves, the next one gets."""

    def __init__(self, net, server, **options):
        self.source = Sitemap(id="s", url=server.url("/sitemap.xml"), **options)
        self.state = SourceState("s")
        self._net = net

    async def poll(self) -> tuple[Fetched, Document | None]:
        fetched = await self.source.fetch(self._net, self.state)
        document = None if fetched.unchanged else self.source.parse(fetched)
        memory = document.memory if document and document.memory is not None else None
        self.state = replace(
            self.state,
            validators=fetched.validators,
            first_poll_done=self.state.first_poll_done or document is not None,
            memory=self.state.memory if memory is None else memory,
        )
        return fetched, document


@pytest.fixture
def poller(net, server):
    return Poller(net, server)


def paths(document: Document | None) -> list[str]:
    return [entry.url.rpartition("example")[2] for entry in document.entries] if document else []


async def test_a_sitemap_is_asked_after_robots_and_with_its_validators(server, poller):
    body = urlset(news("/a", "A", days_ago(0)))
    server.on("/sitemap.xml", Reply(body=body, headers={"ETag": '"1"'}), Reply(304))

    first, document = await poller.poll()
    second, _ = await poller.poll()

    assert server.paths == ["/robots.txt", "/sitemap.xml", "/sitemap.xml"]
    assert server.requests[2].headers["if-none-match"] == '"1"'
    assert paths(document) == ["/a"]
    assert (first.unchanged, second.unchanged, first.partial) == (False, True, False)


async def test_robots_that_refuse_are_obeyed(server, poller):
    server.on("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /sitemap"))

    with pytest.raises(FetchError) as caught:
        await poller.poll()

    assert caught.value.reason == Reason.ROBOTS
    assert server.paths == ["/robots.txt"]


async def test_the_sitemaps_of_an_index_are_read_together(server, poller):
    server.on("/sitemap.xml", Reply(body=index((server.url("/1.xml"), ""), ("/2.xml.gz", ""))))
    server.on("/1.xml", Reply(body=urlset(plain("/a"))))
    server.on("/2.xml.gz", Reply(body=gzip.compress(urlset(news("/b", "B", days_ago(1))))))

    fetched, document = await poller.poll()

    assert sorted(paths(document)) == ["/a", "/b"]
    assert fetched.partial


async def test_only_what_changed_since_the_last_poll_is_asked_again(server, poller):
    old, young, none = (server.url(path) for path in ("/old.xml", "/young.xml", "/none.xml"))
    before = index((old, days_ago(1)), (young, days_ago(0.5)), (none, ""))
    after = before.replace(days_ago(0.5).encode(), days_ago(0.1).encode())
    server.on("/sitemap.xml", Reply(body=before), Reply(body=before), Reply(body=after))
    server.on("/old.xml", Reply(body=urlset(plain("/a"))))
    server.on("/none.xml", Reply(body=urlset(plain("/n")), headers={"ETag": '"n"'}), Reply(304))
    server.on("/young.xml", Reply(body=urlset(plain("/b"))), Reply(body=urlset(plain("/c"))))

    await poller.poll()
    server.requests.clear()
    quiet, _ = await poller.poll()
    asked_when_quiet = server.paths.copy()
    server.requests.clear()
    _, document = await poller.poll()

    assert quiet.unchanged
    assert asked_when_quiet == ["/sitemap.xml", "/none.xml"]
    assert server.paths == ["/sitemap.xml", "/young.xml", "/none.xml"]
    assert paths(document) == ["/c"]


async def test_an_index_whose_own_body_is_the_same_still_has_its_sitemaps_asked(server, poller):
    server.on(
        "/sitemap.xml", Reply(body=index((server.url("/1.xml"), "")), headers={"ETag": '"i"'})
    )
    server.on("/1.xml", Reply(body=urlset(plain("/a"))), Reply(body=urlset(plain("/b"))))

    await poller.poll()
    _, document = await poller.poll()

    assert paths(document) == ["/b"]
    assert all("if-none-match" not in request.headers for request in server.requests)


async def test_a_few_are_asked_in_one_poll_and_the_rest_has_its_turn_later(net, server):
    children = [(server.url(f"/{n}.xml"), days_ago(n / 10)) for n in range(5)]
    server.on("/sitemap.xml", Reply(body=index(*children)))
    for n in range(5):
        server.on(f"/{n}.xml", Reply(body=urlset(plain(f"/article-{n}", days_ago(0)))))
    poller = Poller(net, server, sitemaps=2)

    found = [paths((await poller.poll())[1]) for _ in range(4)]

    assert [len(each) for each in found] == [2, 2, 1, 0]
    assert sorted(itertools.chain(*found)) == [f"/article-{n}" for n in range(5)]
    assert found[0] == ["/article-0", "/article-1"]


async def test_an_archive_that_is_read_late_tells_nothing_old_as_new(net, server):
    young, old = server.url("/2.xml"), server.url("/1.xml")
    before = index((young, days_ago(1)), (old, days_ago(400)))
    after = index((young, days_ago(1)), (old, days_ago(0)))
    server.on("/sitemap.xml", Reply(body=before), Reply(body=after))
    server.on("/2.xml", Reply(body=urlset(plain("/a"))))
    server.on("/1.xml", Reply(body=urlset(plain("/ancient"), plain("/edited", days_ago(0)))))
    poller = Poller(net, server, sitemaps=1)

    await poller.poll()
    _, document = await poller.poll()

    told = {entry.url.rpartition("/")[2]: not entry.baseline for entry in document.entries}
    assert told == {"edited": True, "ancient": False}


async def test_a_sitemap_that_is_new_in_the_index_is_news_with_all_it_holds(server, poller):
    first, second = server.url("/1.xml"), server.url("/2.xml")
    server.on(
        "/sitemap.xml", Reply(body=index((first, ""))), Reply(body=index((first, ""), (second, "")))
    )
    server.on("/1.xml", Reply(body=urlset(plain("/a"))))
    server.on("/2.xml", Reply(body=urlset(plain("/b"))))

    await poller.poll()
    _, document = await poller.poll()

    assert paths(document) == ["/b"]


async def test_one_sitemap_that_fails_costs_only_itself_and_is_named(server, poller):
    server.on("/sitemap.xml", Reply(body=index(("/1.xml", ""), ("/2.xml", ""))))
    server.on("/1.xml", Reply(body=urlset(plain("/a"))))
    server.on("/2.xml", Reply(503))

    _, document = await poller.poll()

    assert paths(document) == ["/a"]
    assert document.problems[0].startswith(f"left out: {server.url('/2.xml')} answered 503")


async def test_when_every_sitemap_fails_the_poll_does(server, poller):
    server.on("/sitemap.xml", Reply(body=index(("/1.xml", ""))))
    server.on("/1.xml", Reply(503))

    with pytest.raises(FetchError) as caught:
        await poller.poll()

    assert caught.value.reason == Reason.SERVER_ERROR


async def test_an_index_that_leads_only_to_itself_is_named(server, poller):
    server.on("/sitemap.xml", Reply(body=index(("/sitemap.xml", ""), ("/sitemap.xml#x", ""))))

    with pytest.raises(FetchError, match="leads only to itself") as caught:
        await poller.poll()

    assert caught.value.reason == Reason.MALFORMED
    assert server.paths == ["/robots.txt", "/sitemap.xml"]


async def test_indexes_that_name_each_other_for_ever_are_left_after_a_few(server, poller):
    for n in range(40):
        path = f"/{n}.xml" if n else "/sitemap.xml"
        server.on(path, Reply(body=index((f"/{n + 1}.xml", ""), ("/good.xml", ""))))
    server.on("/good.xml", Reply(body=urlset(plain("/a"))))

    _, document = await poller.poll()

    assert paths(document) == ["/a"]
    assert len(server.paths) < 10
    assert "one sitemap index too many" in document.problems[0]


async def test_a_poll_that_has_taken_its_share_of_bytes_leaves_the_rest_for_later(
    server, poller, monkeypatch
):
    monkeypatch.setattr(_sitemapwalk, "MOST_BYTES", 2_000)
    server.on("/sitemap.xml", Reply(body=index(*((f"/{n}.xml", "") for n in range(9)))))
    for n in range(9):
        server.on(f"/{n}.xml", Reply(body=urlset(plain(f"/{n}")) + b" " * 900))

    _, document = await poller.poll()

    assert 1 <= len(document.entries) < 9


async def test_a_sitemap_larger_than_the_protocol_allows_is_refused(server, poller, monkeypatch):
    monkeypatch.setattr("monitor.sources.sitemap.LARGEST", 5_000)
    server.on("/sitemap.xml", Reply(body=b"<urlset>" + b" " * 9_000))

    with pytest.raises(FetchError) as caught:
        await poller.poll()

    assert caught.value.reason == Reason.TOO_LARGE


async def test_the_memory_of_the_largest_index_stays_small(net, server):
    poller = Poller(net, server, sitemaps=50)
    children = [(f"/{'x' * 100}/{n}.xml", days_ago(n / 1e5)) for n in range(3_000)]
    server.on("/sitemap.xml", Reply(body=index(*children)))
    for url, _ in children[:250]:
        headers = {"ETag": f'"{"e" * 58}"', "Last-Modified": "Mon, 02 Nov 2026 10:00:00 GMT"}
        server.on(url, Reply(body=urlset(plain("/a")), headers=headers))

    for _ in range(5):
        await poller.poll()

    assert len(recall(poller.state.memory, "sitemap")["read"]) == 150
    assert len(poller.state.memory) < LARGEST


async def test_a_memory_that_another_kind_wrote_is_no_obstacle(server, poller):
    for memory in (
        '{"kind":"page","read":[1]}',
        "rubbish",
        '{"kind":"sitemap","index":1,"read":7}',
        "[]",
    ):
        poller.state = SourceState("s", memory=memory)
        server.on("/sitemap.xml", Reply(body=urlset(plain("/a"))))
        assert paths((await poller.poll())[1]) == ["/a"]


def test_news_comes_first_then_the_latest_change_then_the_highest_number():
    children = [
        Child("https://x.example/a-2025-12.xml"),
        Child("https://x.example/b-2026-02.xml"),
        Child("https://x.example/c-2026-10.xml"),
        Child("https://x.example/d.xml", "2026-11-01"),
        Child("https://x.example/e.xml", "2026-11-20T10:00:00Z"),
        Child("https://x.example/news/f.xml", "2020-01-01"),
    ]

    assert "".join(child.url.rpartition("/")[2][0] for child in newest_first(children)) == "fedcba"


def test_what_is_written_down_is_read_back():
    seen = Seen({"k": ["l", "e", "m", "h"]}, ["k"])

    assert Seen.of(seen.as_memory()) == seen
    assert Seen.of({"read": {"k": ["short"], "j": 7}, "known": 3}) == Seen()
