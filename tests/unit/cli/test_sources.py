"""``monitor sources add|test|import|export`` as they are called, against a real server."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from monitor.cli import main
from monitor.config import load
from tests.servers import HttpServer, Reply

SOURCES = """\
# Where we look.
sources:
  # the oldest
  - id: lantern
    url: https://lantern.example/rss   # moved in 2025
    tags: [ports]

# the end
"""
FILES = {
    "monitor.yaml": "net: {allow_private: [127.0.0.1], deadline: 5s}\nworkers: 1\n",
    "sources.yaml": SOURCES,
    "subscriptions.yaml": "subscriptions: []\n",
    "watchlists/harbour.yaml": (
        "watchlist: harbour\nwatches:\n"
        "  - {id: maria-exemplar, kind: person, name: Maria Exemplar}\n"
    ),
}
FEED = b"""<rss version="2.0"><channel><title>Tidewater Courier &amp;amp; Sons</title>
<language>en-gb</language><ttl>120</ttl>
<item><guid>1</guid><title>Silt rises</title><link>https://courier.example/1</link></item>
<item><guid>2</guid><title>Maria Exemplar speaks</title><link>https://courier.example/2</link></item>
</channel></rss>"""
OPML = """<opml version="2.0"><body>
<outline text="Ports"><outline text="Lantern" xmlUrl="https://lantern.example/rss/"/>
<outline text="Courier: news # daily" xmlUrl="https://courier.example/rss"/></outline>
<outline text="${HOME} yes" xmlUrl="https://fanal.example/?key=${HOME}"/>
<outline text="Local" xmlUrl="file:///etc/passwd"/>
</body></opml>"""


@pytest.fixture(name="config")
def a_configuration(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(name="server")
def a_server() -> Iterator[HttpServer]:
    """Run a server in a thread of its own: the commands have event loops of theirs."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    running: list[HttpServer] = []
    end = asyncio.Event()

    async def serve() -> None:
        async with HttpServer() as server:
            server.on("/rss", Reply(body=FEED, headers={"ETag": '"v1"'}))
            server.on("/page", Reply(body=b"<html><title>A page</title></html>"))
            running.append(server)
            ready.set()
            await end.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(120)
    yield running[0]
    loop.call_soon_threadsafe(end.set)
    thread.join()
    loop.close()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["sources", *arguments])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


# ------------------------------------------------------------------ test


def test_one_fetch_shows_items_hits_validators_health_and_the_next_poll(
    config, server, capsys
) -> None:
    code, said, _ = run(capsys, "test", server.url("/rss"), "-c", str(config), "--json")

    assert code == 0
    found = json.loads(said)
    assert [item["title"] for item in found["items"]] == ["Silt rises", "Maria Exemplar speaks"]
    assert [hit["watch"] for hit in found["hits"]] == ["maria-exemplar"]
    assert found["validators"]["etag"] == '"v1"'
    assert (found["outcome"], found["reason"], found["health"]) == ("new", "ok", "ok")
    assert found["title"] == "Tidewater Courier & Sons"
    assert found["next_poll"] > "2026"
    assert found["why"].startswith("every: auto follows its rhythm")
    assert server.paths == ["/rss"]


def test_a_configured_source_is_tested_by_its_id_and_words_tell_what_it_has(
    config, server, capsys
) -> None:
    text = SOURCES.replace("https://lantern.example/rss ", server.url("/rss") + " ")
    text = text.replace("    tags: [ports]", "    every: 15m")
    (config / "sources.yaml").write_text(text)

    code, said, _ = run(capsys, "test", "lantern", "-c", str(config))

    assert code == 0
    assert "Tidewater Courier & Sons: 2 items" in said
    lines = said.splitlines()
    rows = [line for line in lines if "https://courier.example/" in line]
    assert "maria-exemplar" in rows[0]
    assert 'validators: ETag "v1"' in lines
    assert any(line.startswith("hits: 1, of 1 watches") for line in lines)
    assert any("every 15 minutes, as configured; its ttl of 2 hours" in line for line in lines)


def test_what_cannot_be_read_exits_with_1_and_says_why_and_what_to_do(
    config, server, capsys
) -> None:
    code, said, _ = run(capsys, "test", server.url("/page"), "-c", str(config))

    assert code == 1
    assert "failed: not-a-feed: the answer is a web page, not a feed" in said
    assert "monitor sources discover" in said
    assert "health: not a feed: " in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lanterm"], "there is no source 'lanterm'; did you mean 'lantern'?"),
        (["file:///etc/passwd"], "url: only http and https addresses are fetched, not 'file'"),
        (["https://a.example/", "--kind", "fed"], "there is no kind of source 'fed'"),
        (["https://a.example/", "--kind", "folder"], "a source of kind folder has no address"),
    ],
)
def test_what_cannot_be_asked_exits_with_2(config, capsys, arguments, message) -> None:
    code, _, told = run(capsys, "test", *arguments, "-c", str(config))

    assert code == 2
    assert message in told
    assert len(told.splitlines()) == 1


# ------------------------------------------------------------------ add


def test_a_source_is_added_behind_the_last_one_and_everything_else_stays(
    config, server, capsys
) -> None:
    code, said, _ = run(capsys, "add", server.url("/rss"), "-c", str(config), "--tag", "news")

    assert code == 0
    assert said.startswith("tidewater-courier-and-sons added to ")
    assert "2 items, 1 hits now" in said
    text = (config / "sources.yaml").read_text()
    head, end = SOURCES.split("\n\n# the end")
    assert text == (
        f"{head}\n  - id: tidewater-courier-and-sons\n    url: {server.url('/rss')}\n"
        "    publisher: Tidewater Courier & Sons\n    language: en-GB\n    tags: [news]\n\n# the end"
        f"{end}"
    )
    assert load(config, {}).sources["tidewater-courier-and-sons"].language == "en-GB"


def test_a_source_that_does_not_answer_as_one_is_not_added_unless_told_to(
    config, server, capsys
) -> None:
    url = server.url("/page")

    code, _, told = run(capsys, "add", url, "-c", str(config))
    assert code == 1
    assert told.startswith("not added: the answer is a web page")
    assert (config / "sources.yaml").read_text() == SOURCES

    code, _, _ = run(capsys, "add", url, "--no-fetch", "--id", "later", "-c", str(config))
    assert code == 0
    assert load(config, {}).sources["later"].address == url
    assert server.paths == ["/page"]


def test_a_source_that_is_there_already_is_not_added_again(config, capsys) -> None:
    url = "https://lantern.example/rss/"

    code, _, told = run(capsys, "add", url, "--no-fetch", "-c", str(config))

    assert code == 2
    assert told == "lantern has this address already\n"


def test_an_id_that_is_taken_or_bad_is_refused_before_anything_is_written(config, capsys) -> None:
    for name, message in (("lantern", "is taken"), ("Not An Id", "id: ")):
        options = ["https://x.example/", "--no-fetch", "--id", name, "-c", str(config)]
        code, _, told = run(capsys, "add", *options)
        assert code == 2
        assert message in told
    assert (config / "sources.yaml").read_text() == SOURCES


# ------------------------------------------------------------------ import, export


def test_an_import_adds_what_is_new_and_names_what_is_not(config, tmp_path, capsys) -> None:
    file = tmp_path / "list.opml"
    file.write_text(OPML)

    code, said, told = run(capsys, "import", str(file), "-c", str(config))

    assert code == 0
    assert said.startswith("2 sources added to ")
    assert told.splitlines() == [
        "left out: https://lantern.example/rss/: lantern has this address already",
        "left out: file:///etc/passwd: only http and https addresses are fetched, not 'file'",
    ]
    text = (config / "sources.yaml").read_text()
    assert "# the oldest\n" in text
    assert "# moved in 2025\n" in text
    assert text.endswith("\n# the end\n")
    found = load(config, {"HOME": "/secret"}).sources
    assert found["courier-news-daily"].publisher == "Courier: news # daily"
    assert found["courier-news-daily"].tags == ("Ports",)
    assert found["home-yes"].address == "https://fanal.example/?key=${HOME}"
    assert found["home-yes"].publisher == "${HOME} yes"


def test_a_dry_run_says_what_would_be_added_and_writes_nothing(config, tmp_path, capsys) -> None:
    file = tmp_path / "list.opml"
    file.write_text(OPML)

    code, said, _ = run(capsys, "import", str(file), "--dry-run", "-c", str(config))

    assert code == 0
    assert said.splitlines() == [
        "courier-news-daily: https://courier.example/rss",
        "home-yes: https://fanal.example/?key=${HOME}",
        "2 sources would be added",
    ]
    assert (config / "sources.yaml").read_text() == SOURCES


def test_an_import_in_json_says_the_same(config, tmp_path, capsys) -> None:
    file = tmp_path / "list.opml"
    file.write_text(OPML)

    _, said, _ = run(capsys, "import", str(file), "--dry-run", "--json", "-c", str(config))

    found = json.loads(said)
    assert [entry["id"] for entry in found["added"]] == ["courier-news-daily", "home-yes"]
    assert len(found["skipped"]) == 2
    assert found["written"] is False


@pytest.mark.parametrize("body", [b"", b"<rss/>", b"\x00" * 6_000_000])
def test_a_file_that_is_no_list_exits_with_2_and_one_line(config, tmp_path, capsys, body) -> None:
    file = tmp_path / "list.opml"
    file.write_bytes(body)

    code, said, told = run(capsys, "import", str(file), "-c", str(config))

    assert (code, said) == (2, "")
    assert told.startswith(f"{file}: ")
    assert len(told.splitlines()) == 1


def test_a_file_that_is_not_there_exits_with_2(config, tmp_path, capsys) -> None:
    code, _, told = run(capsys, "import", str(tmp_path / "none.opml"), "-c", str(config))

    assert code == 2
    assert told.endswith("No such file or directory\n")


def test_a_list_goes_out_and_comes_back_into_an_empty_configuration(
    config, tmp_path, capsys
) -> None:
    file = tmp_path / "list.opml"
    file.write_text(OPML)
    run(capsys, "import", str(file), "-c", str(config))
    before = load(config, {}).sources
    out = tmp_path / "out.opml"
    code, _, _ = run(capsys, "export", "-o", str(out), "-c", str(config))
    assert code == 0
    (config / "sources.yaml").write_text("sources: []   # none yet\n")

    run(capsys, "import", str(out), "-c", str(config))

    after = load(config, {}).sources
    assert {(s.address, s.outlet, s.tags) for s in after.values()} == {
        (s.address, s.outlet, s.tags) for s in before.values()
    }
    assert (config / "sources.yaml").read_text().startswith("sources:   # none yet\n")


def test_an_export_names_what_is_no_feed(config, capsysbinary) -> None:
    extra = "  - {id: inbox, kind: folder, folder: data/inbox}\n"
    (config / "sources.yaml").write_text(SOURCES.replace("\n# the end", extra + "\n# the end"))

    with pytest.raises(SystemExit) as ended:
        main(["sources", "export", "-c", str(config)])

    said = capsysbinary.readouterr()
    assert not ended.value.code
    assert said.err == b"left out, they are no feeds: inbox\n"
    assert b'xmlUrl="https://lantern.example/rss"' in said.out


def test_many_sources_are_added_in_one_go(config, tmp_path, capsys) -> None:
    rows = "".join(f'<outline text="F" xmlUrl="https://a.example/{n}"/>' for n in range(1_500))
    file = tmp_path / "list.opml"
    file.write_text(f"<opml><body>{rows}</body></opml>")

    code, said, _ = run(capsys, "import", str(file), "-c", str(config))

    assert code == 0
    assert said.startswith("1500 sources added")
    listed = yaml.safe_load((config / "sources.yaml").read_text())["sources"]
    assert len({entry["id"] for entry in listed}) == 1_501
