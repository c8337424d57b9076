"""``monitor sources discover`` as a user calls it, against loopback sites of each shape."""

from __future__ import annotations

import asyncio
import json

import pytest

from monitor.cli import main
from monitor.config import load
from tests.servers import HttpServer, Reply
from tests.unit.sources.newsrooms import ARTICLES, SHAPES, feed_in_head, home

CONFIG = """net: {allow_private: [127.0.0.1], page_gap: 0s}
"""


@pytest.fixture
def config(tmp_path):
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "monitor.yaml").write_text(CONFIG)
    (folder / "sources.yaml").write_text(
        "# ours\nsources:\n  - id: one   # first\n    url: https://one.example/feed\n"
    )
    (folder / "subscriptions.yaml").write_text("subscriptions: []\n")
    (folder / "watchlists").mkdir()
    return folder


@pytest.fixture
def discover(config):
    """Return a way to run the command beside a running server: (exit code, its server's address)."""

    async def run(server: HttpServer, *options: str, path: str = "/") -> int:
        command = ["sources", "discover", server.url(path), "--config", str(config), *options]

        def call() -> int:
            with pytest.raises(SystemExit) as ended:
                main(command)
            return int(ended.value.code)

        return await asyncio.to_thread(call)

    return run


@pytest.fixture
async def server():
    async with HttpServer() as running:
        yield running


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
async def test_what_is_found_is_shown_and_written_and_loads(
    server, discover, config, capsys, shape
):
    kind, path = shape(server)

    code = await discover(server, "--json", "--write", "--id", "courier")

    first = json.loads(capsys.readouterr().out)[0]
    written = load(config, {}).sources["courier"]
    assert code == 0
    assert (first["kind"], first["url"]) == (kind, server.url(path))
    assert first["samples"]
    assert (written.kind, written.url) == (kind, server.url(path))


async def test_a_person_sees_each_place_with_its_entries(server, discover, capsys):
    feed_in_head(server)

    assert await discover(server) == 0

    shown = capsys.readouterr().out
    assert f"1. feed {server.url('/feeds/all')}" in shown
    assert "rss20, 1 entries, newest of 20 Nov 2026 10:00 UTC; the page names it" in shown
    assert "· Ferry waits for its engine" in shown
    assert f"3. section {server.url('/')}" in shown


async def test_writing_keeps_comments_and_takes_the_place_that_is_asked_for(
    server, discover, config
):
    feed_in_head(server)

    code = await discover(
        server, "--write", "--id", "courier", "--take", "3", "--publisher", "Courier: all"
    )

    assert code == 0
    assert (config / "sources.yaml").read_text() == (
        "# ours\nsources:\n  - id: one   # first\n    url: https://one.example/feed\n"
        f"  - id: courier\n    kind: section\n    url: {server.url('/')}\n"
        "    publisher: 'Courier: all'\n"
    )


async def test_nothing_is_written_that_would_break_the_configuration(
    server, discover, config, capsys
):
    feed_in_head(server)
    before = (config / "sources.yaml").read_bytes()

    code = await discover(server, "--write", "--id", "one")

    assert code == 2
    assert "id 'one' is taken" in capsys.readouterr().err
    assert (config / "sources.yaml").read_bytes() == before
    assert sorted(path.name for path in config.parent.iterdir()) == ["config"]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--write"], 2, "--id"),
        (["--write", "--id", "courier", "--take", "9"], 2, "there are 3 places"),
    ],
)
async def test_a_wrong_call_says_what_to_do(server, discover, capsys, options, code, said):
    feed_in_head(server)

    assert await discover(server, *options) == code
    assert said in capsys.readouterr().err


async def test_a_site_without_anything_and_one_that_refuses_robots_are_failures(
    server, discover, capsys
):
    server.on("/", home())
    assert await discover(server) == 1
    assert "kind: page" in capsys.readouterr().err

    async with HttpServer() as closed:
        closed.on("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /"))
        closed.on("/", home(body=ARTICLES))
        assert await discover(closed) == 1
        assert closed.paths == ["/robots.txt"]
    assert "asks robots to leave" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["ftp://one.example/", "https://me:secret@one.example/", "a b"])
def test_an_address_that_is_none_is_refused(capsys, config, address):
    with pytest.raises(SystemExit) as ended:
        main(["sources", "discover", address, "--config", str(config)])

    assert ended.value.code == 2
    shown = capsys.readouterr().err
    assert len(shown.splitlines()) == 1
