"""What every kind of source has to keep, on real HTTP and real files."""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import gzip
import pickle
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import FetchError, ParseError
from monitor.model import Document, Fetched, Reason, SourceState
from monitor.net import Net, NetOptions
from monitor.reading import clean_text
from monitor.sources._limits import ENTRIES
from monitor.sources.base import Source
from tests.contract.sources.kinds import KINDS, PATH, SAMPLES, TITLES, Sample, drop
from tests.servers import HttpServer, Reply, pass_time

BOUND = 200_000
SMALLEST_MEMORY = 64 * 1024
WEB = sorted(kind for kind, sample in SAMPLES.items() if sample.web)
LAUGHS = b"""<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>"""
OUTSIDE = b'<!DOCTYPE x [<!ENTITY d SYSTEM "file:///etc/passwd">]>'
HOSTILE = {
    "nothing": b"",
    "zeros": b"\0" * 5_000,
    "an error page": b"<!doctype html><title>Oops</title><h1>404</h1>",
    "laughs in a feed": LAUGHS + b"<rss><channel><item><title>&d;</title></item></channel></rss>",
    "laughs in a sitemap": LAUGHS + b"<urlset><url><loc>&d;</loc></url></urlset>",
    "a file in a feed": OUTSIDE + b"<rss><channel><item><title>&d;</title></item></channel></rss>",
    "a file in a sitemap": OUTSIDE
    + b"<urlset><url><loc>https://a.example/&d;</loc></url></urlset>",
    "deep": b"<rss><channel>" + b"<a>" * 5_000,
    "deep page": b"<html><body>" + b"<div>" * 100_000,
    "a bomb": gzip.compress(b"<urlset>" + b" " * 60_000_000),
    "half a gzip": gzip.compress(b"<urlset>" * 1_000)[:20],
    "json": b'{"version": 7, "items": [[[[{}]]]]}',
    "json without end": b"[" * 50_000,
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10,
    "utf-32": "<rss><channel><item/></channel></rss>".encode("utf-32"),
    "a false encoding": b'<?xml version="1.0" encoding="zlib"?><rss></rss>',
    "many": b"<rss><channel>" + b"<item><title>x</title></item>" * 20_000,
    "many links": b"<html>" + b"".join(b"<a href=/2026/11/20/%d>x</a>" % n for n in range(20_000)),
    "surrogates": b"<urlset><url><loc>https://a.example/\xed\xa0\x80</loc></url></urlset>",
    "scripts": b"<html><p><svg onload=alert(1)><a href='javascript:alert(1)'>x y z a b</a><p>text",
}


@pytest.fixture(params=sorted(SAMPLES))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def sample(kind: str) -> Sample:
    return SAMPLES[kind]


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as running:
        yield running


@pytest.fixture
async def net() -> AsyncIterator[Net]:
    options = NetOptions(
        allow_private=("127.0.0.1",), deadline=60.0, max_bytes=BOUND, page_gap=0.0, per_host=20
    )
    async with Net(options) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inbox = tmp_path.resolve() / "inbox"
    inbox.mkdir()
    return inbox


@pytest.fixture
def source(kind: str, server: HttpServer, folder: Path) -> Source:
    return make(kind, server, folder)


def make(kind: str, server: HttpServer, folder: Path) -> Source:
    made = KINDS[kind].model_validate(
        {"id": "one", "kind": kind, **SAMPLES[kind].options(server, folder)}
    )
    assert isinstance(made, Source)
    return made


def publish(server: HttpServer, folder: Path, body: bytes, *, hour: int = 0) -> None:
    server.on(PATH, Reply(body=body))
    drop(folder, body, hour)


def after(state: SourceState, fetched: Fetched, document: Document) -> SourceState:
    memory = state.memory if document.memory is None else document.memory
    return replace(state, validators=fetched.validators, first_poll_done=True, memory=memory)


def state_of(source: Source, **given: object) -> SourceState:
    return SourceState(source.id, url=source.address, **given)


async def read(source: Source, net: Net, state: SourceState | None = None) -> Document:
    return source.parse(await source.fetch(net, state or state_of(source)))


def test_every_kind_has_its_sample_here() -> None:
    assert sorted(KINDS) == sorted(SAMPLES)


def test_every_option_says_what_it_is_for(kind: str) -> None:
    for name, option in KINDS[kind].model_json_schema()["properties"].items():
        assert option.get("description"), f"{kind}: {name}"


# ------------------------------------------------------------------ what is read


async def test_no_entry_is_lost_and_none_is_made_up(
    source: Source, sample: Sample, server: HttpServer, net: Net, folder: Path
) -> None:
    publish(server, folder, sample.document)

    document = await read(source, net)

    said = [
        clean_text(entry.content if sample.whole else entry.title) for entry in document.entries
    ]
    assert "\n".join(said).split("\n") == list(TITLES)
    assert document.kind
    assert document.problems == ()


async def test_what_did_not_change_is_recognised_and_what_did_is_read(
    source: Source, sample: Sample, server: HttpServer, net: Net, folder: Path
) -> None:
    publish(server, folder, sample.document)
    first = await source.fetch(net, state_of(source))
    state = after(state_of(source), first, source.parse(first))

    same = await source.fetch(net, state)
    publish(server, folder, sample.document.replace(b"Ferry", b"Barge"), hour=1)
    changed = await source.fetch(net, state)

    assert not first.unchanged
    assert same.unchanged or sample.always_reads
    assert not (same.unchanged and same.body)
    assert not changed.unchanged
    entries = source.parse(changed).entries
    assert any("Barge" in entry.title + entry.content for entry in entries)


async def test_parsing_is_pure_and_its_values_travel_between_processes(
    source: Source,
    sample: Sample,
    server: HttpServer,
    net: Net,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish(server, folder, sample.document)
    fetched = await source.fetch(net, state_of(source))
    there, sent = pickle.loads(pickle.dumps((source, fetched)))
    source.parse(fetched)  # whatever is imported late is imported now

    def refuse(*_: object, **__: object) -> None:
        message = "parsing opens nothing"
        raise AssertionError(message)

    with monkeypatch.context() as closed:
        closed.setattr(builtins, "open", refuse)
        closed.setattr(socket, "socket", refuse)
        here, again = source.parse(fetched), there.parse(sent)

    assert here == again == pickle.loads(pickle.dumps(here))
    assert there == source


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_document_is_refused_by_name_or_read_within_bounds(
    source: Source, server: HttpServer, folder: Path, name: str
) -> None:
    publish(server, folder, HOSTILE[name])
    options = NetOptions(allow_private=("127.0.0.1",), page_gap=0.0, per_host=20)

    async with Net(options) as net:
        outcome = await asyncio.gather(read(source, net), return_exceptions=True)

    if isinstance(outcome[0], FetchError | ParseError):
        assert outcome[0].reason in set(Reason)
        assert len(str(outcome[0]).splitlines()) == 1
        return
    (document,) = outcome
    assert isinstance(document, Document)
    assert len(document.entries) <= ENTRIES
    assert "root:" not in repr(document)
    assert len(repr(document)) < 20_000_000
    assert len(document.memory or "") < SMALLEST_MEMORY


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=40,
)
@given(body=st.binary(max_size=400), memory=st.text(max_size=40))
def test_any_bytes_and_any_memory_are_read_or_refused(
    source: Source, sample: Sample, body: bytes, memory: str
) -> None:
    for given_body in (body, sample.document[:150] + body, body + sample.document):
        part = Fetched("https://a.example/x.xml", 200, given_body, memory=f"m{memory}")
        with contextlib.suppress(ParseError):
            source.parse(replace(part, parts=(part,), memory=memory))


async def test_what_another_kind_remembers_is_no_obstacle(
    source: Source, sample: Sample, server: HttpServer, net: Net, folder: Path
) -> None:
    publish(server, folder, sample.document)
    for memory in (
        "rubbish",
        "[1]",
        '{"kind":"other","now":7}',
    ):
        document = await read(source, net, state_of(source, memory=memory))
        assert len(document.entries) == (1 if sample.whole else len(TITLES))


# ------------------------------------------------------------------ what goes wrong


@pytest.fixture(params=WEB)
def polled(request: pytest.FixtureRequest, server: HttpServer, folder: Path) -> Source:
    """Return a source of each kind that is polled over HTTP."""
    return make(str(request.param), server, folder)


async def failure(source: Source, net: Net) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await source.fetch(net, state_of(source))
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, Reason.CLIENT_ERROR),
        (403, Reason.CLIENT_ERROR),
        (404, Reason.CLIENT_ERROR),
        (410, Reason.GONE),
        (418, Reason.CLIENT_ERROR),
        (429, Reason.RATE_LIMITED),
        (451, Reason.CLIENT_ERROR),
        (500, Reason.SERVER_ERROR),
        (503, Reason.SERVER_ERROR),
        (599, Reason.SERVER_ERROR),
        (300, Reason.REDIRECTS),
    ],
)
async def test_every_status_has_its_reason(
    polled: Source, net: Net, server: HttpServer, status: int, reason: Reason
) -> None:
    server.on(PATH, Reply(status, body=b"<html>no</html>"))

    error = await failure(polled, net)

    assert (error.reason, error.status) == (reason, status)


async def test_a_check_for_humans_is_called_blocked(
    polled: Source, net: Net, server: HttpServer
) -> None:
    server.on(PATH, Reply(403, headers={"cf-mitigated": "challenge"}))

    assert (await failure(polled, net)).reason == Reason.BLOCKED


async def test_the_wish_for_a_pause_is_passed_on(
    polled: Source, net: Net, server: HttpServer
) -> None:
    server.on(PATH, Reply(503, headers={"Retry-After": "120"}))

    assert (await failure(polled, net)).retry_after == 120


async def test_an_answer_without_end_ends_at_the_deadline(
    polled: Source, net: Net, server: HttpServer
) -> None:
    async def endless(_request: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await writer.drain()
        pass_time(60)
        await asyncio.Event().wait()

    server.on(PATH, endless)

    assert (await failure(polled, net)).reason == Reason.TIMEOUT


async def test_an_answer_beyond_the_bound_is_refused(
    polled: Source, net: Net, server: HttpServer
) -> None:
    longest = 60_000_000 if polled.kind == "sitemap" else BOUND * 2  # its protocol allows 50 MB
    server.on(PATH, Reply(body=b"<rss>" + b" " * longest))

    assert (await failure(polled, net)).reason == Reason.TOO_LARGE


async def test_robots_are_asked_by_those_that_nobody_listed(
    polled: Source, net: Net, server: HttpServer
) -> None:
    sample = SAMPLES[polled.kind]
    server.on("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /"))
    server.on(PATH, Reply(body=sample.document))

    if sample.robots:
        assert (await failure(polled, net)).reason == Reason.ROBOTS
        assert server.paths == ["/robots.txt"]
    else:
        await polled.fetch(net, state_of(polled))
        assert "/robots.txt" not in server.paths


async def test_a_private_address_is_refused_before_it_is_asked(
    polled: Source, server: HttpServer
) -> None:
    async with Net(NetOptions()) as strict:
        error = await failure(polled, strict)

    assert error.reason in {Reason.REFUSED_ADDRESS, Reason.ROBOTS}
    assert server.connections == 0
