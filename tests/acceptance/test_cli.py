"""The command line in this process: what it prints where, and the code it ends with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer

from monitor.cli import app, main
from monitor.config import load
from monitor.store import Store
from tests.acceptance.practice import Feed, save, write_config


@dataclass(frozen=True, slots=True)
class Result:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines on standard output."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def complaint(self) -> str:
        """The one readable line on standard error."""
        (line,) = self.err.splitlines()
        assert "Traceback" not in line
        return line


Call = Callable[..., Result]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*arguments: object) -> Result:
        with pytest.raises(SystemExit) as end:
            main([str(each) for each in arguments])
        printed = capsys.readouterr()
        return Result(int(end.value.code or 0), printed.out, printed.err)

    return run


def hours_away() -> str:
    """Return a time of day that comes during no test, be it read in UTC, in New York or in Tokyo."""
    return f"daily at {datetime.now(UTC) + timedelta(hours=2):%H:%M}"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    daily = {"id": "daily", "when": hours_away(), "to": [{"channel": "mailbox"}]}
    return write_config(
        tmp_path / "config",
        sources=[{"id": "gazette", "url": "https://gazette.example/feed"}],
        subscriptions=[daily],
    )


def commands(
    command: Any = None, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the words of every command and group, and whether it is a group."""
    command = command or typer.main.get_command(app)
    inner = getattr(command, "commands", {})
    yield path, bool(inner)
    for name, child in inner.items():
        yield from commands(child, (*path, name))


@pytest.mark.parametrize(("path", "group"), list(commands()), ids=str)
def test_every_command_has_help_and_every_one_that_acts_an_example(
    call: Call,
    path: tuple[str, ...],
    group: bool,  # noqa: FBT001 - parametrised
) -> None:
    result = call(*path, "--help")
    assert (result.code, result.err) == (0, "")
    assert "Usage:" in result.out
    assert group or f"Example: monitor {' '.join(path)}" in " ".join(result.out.split())


BAD = [
    (["nonsense"], "No such command 'nonsense'"),
    (["watch", "nonsense"], "No such command 'nonsense'"),
    ([], "a command is missing"),
    (["digest"], "a command is missing"),
    (["check", "--nonsense"], "No such option: --nonsense"),
    (["hits", "list", "-n", "many"], "valid integer"),
    (["hits", "list", "-n", "0"], "greater than or equal to 1"),
    (["deliveries", "list", "--status", "lost"], "lost"),
    (["check", "-c", "{tmp}/nowhere"], "nowhere: no such folder"),
    (["run", "-c", "{tmp}/nowhere"], "nowhere: no such folder"),
    (["poll", "-c", "{tmp}/nowhere"], "nowhere: no such folder"),
    (["hits", "list", "-c", "{config}", "--watch", "maria-exemplr"], "maria-exemplar"),
    (["explain", "maria-exemplr", "-c", "{config}", "--title", "x"], "maria-exemplar"),
    (["explain", "maria-exemplar", "-c", "{config}"], "nothing to explain"),
    (["digest", "preview", "dayly", "-c", "{config}"], "there is: daily"),
    (["digest", "send", "dayly", "-c", "{config}"], "there is: daily"),
    (["schema", "nonsense"], "there is no schema 'nonsense'"),
    (["match", "-c", "{config}", "-i", "{tmp}/none.jsonl"], "none.jsonl: No such file"),
    (["match", "-c", "{config}", "-i", "{tmp}"], "Is a directory"),
    (["group", "-i", "{tmp}/none.jsonl"], "none.jsonl: No such file"),
    (["group", "-i", "{empty}", "-o", "{tmp}/none/out.jsonl"], "No such file"),
    (["parse"], "Missing argument"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD, ids=" ".join)
def test_what_does_not_exist_gets_one_readable_line_and_exit_code_2(
    call: Call, config: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    places = {"tmp": tmp_path, "config": config, "empty": empty}
    result = call(*(word.format(**places) for word in arguments))
    assert result.code == 2
    assert words in result.complaint
    assert not (tmp_path / "data").exists()


def test_a_file_to_parse_that_is_not_there_is_told_in_its_line_and_by_the_exit_code(
    call: Call, tmp_path: Path
) -> None:
    good = tmp_path / "good.xml"
    feed = Feed("gazette")
    feed.publish("Title", "Text", "https://gazette.example/a")
    good.write_bytes(feed.render())
    result = call("parse", tmp_path / "none.xml", good, tmp_path)
    assert result.code == 2
    assert "none.xml" in result.complaint
    assert [sorted(line) for line in result.lines] == [
        ["error", "file"],
        ["file", "items", "kind", "problems", "title"],
        ["error", "file"],
    ]


def test_check_names_every_fault_by_file_line_and_column(call: Call, config: Path) -> None:
    assert call("check", "-c", config).code == 0
    (config / "sources.yaml").write_text("sources:\n  - {id: a, urll: x}\n", encoding="utf-8")
    (config / "watchlists" / "practice.yaml").write_text("watchlist: [\n", encoding="utf-8")
    result = call("check", "-c", config)
    assert result.code == 2
    assert result.out == ""
    assert "sources.yaml:2:13: unknown key 'urll'" in result.err
    assert "practice.yaml:" in result.err
    assert "Traceback" not in result.err


def test_a_broken_configuration_stops_every_command_that_needs_one(
    call: Call, config: Path
) -> None:
    (config / "monitor.yaml").write_text("titel: x\n", encoding="utf-8")
    for words in (["run"], ["poll"], ["deliver"], ["digest", "preview", "daily"], ["match"]):
        result = call(*words, "-c", config)
        assert result.code == 2
        assert "monitor.yaml:1:1: unknown key 'titel'" in result.err


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["watch", "list"],
        ["sources", "list"],
        ["hits", "list"],
        ["stories"],
        ["deliveries", "list"],
        ["doctor"],
        ["deliver"],
        ["explain", "maria-exemplar", "--title", "x"],
    ],
    ids=" ".join,
)
def test_json_output_is_one_document_and_nothing_else(
    call: Call, config: Path, words: list[str]
) -> None:
    result = call(*words, "-c", config, "--json")
    assert (result.code, result.err) == (0, "")
    json.loads(result.out)
    plain = call(*words, "-c", config)
    assert plain.code == 0
    assert plain.out


def test_schemas_are_json(call: Call, tmp_path: Path) -> None:
    names = set(json.loads(call("schema").out))
    assert names >= {"monitor", "sources", "subscriptions", "watchlist"}
    assert json.loads(call("schema", "sources").out)["type"] == "object"
    assert call("schema", "--write", tmp_path / "schemas").code == 0
    assert {path.stem for path in (tmp_path / "schemas").iterdir()} == names


def test_a_preview_of_nothing_says_so_and_sends_nothing(call: Call, config: Path) -> None:
    result = call("digest", "preview", "daily", "-c", config)
    assert (result.code, result.out) == (
        0,
        "nothing waits for it: a digest now would say nothing\n",
    )
    assert json.loads(call("deliveries", "list", "-c", config, "--json").out) == []


def test_a_source_that_cannot_be_reached_is_a_failed_poll_and_no_failed_command(
    call: Call, config: Path
) -> None:
    refused = {"id": "refused", "url": "http://127.0.0.1:9/feed"}
    save(config / "sources.yaml", {"sources": [refused]})
    result = call("poll", "--once", "-c", config, "--json")
    assert result.code == 0
    (record,) = json.loads(result.out)
    assert (record["source"], record["outcome"]) == ("refused", "failed")
    assert "127.0.0.1" in record["message"]


def test_a_watch_is_muted_listed_and_heard_again(call: Call, config: Path) -> None:
    said = call("mute", "maria-exemplar", "--for", "3d", "-c", config)
    assert said.code == 0
    assert "watch:maria-exemplar is muted until" in said.out
    assert list(call("mute", "--json", "-c", config).lines[0]) == ["watch:maria-exemplar"]
    assert "heard again" in call("mute", "maria-exemplar", "--off", "-c", config).out
    assert call("mute", "--json", "-c", config).lines == [{}]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["maria-examplar"], "did you mean 'maria-exemplar'"),
        (["maria-exemplar", "--for", "soon"], "a duration is a number and a unit"),
        (["maria-exemplar", "--until", "tomorrow"], "such as 2026-12-24T08:00"),
        (["maria-exemplar", "--until", "2020-01-01"], "is over already"),
    ],
)
def test_a_mute_that_cannot_be_is_one_readable_line(
    call: Call, config: Path, arguments: list[str], words: str
) -> None:
    said = call("mute", *arguments, "-c", config)
    assert said.code == 2
    assert words in said.complaint


def test_a_digest_of_what_was_told_before_is_shown_or_sent_when_asked_for(
    call: Call, config: Path
) -> None:
    assert "nothing to tell" in call("digest", "send", "daily", "--since", "7d", "-c", config).out
    assert "no slot has come" in call("digest", "send", "daily", "-c", config).out
    assert call("digest", "preview", "daily", "--since", "7d", "-c", config).code == 0
    assert (
        "2026-12-24T08:00"
        in call("digest", "preview", "daily", "--since", "last week!", "-c", config).err
    )


def test_a_digest_whose_recipients_are_all_elsewhere_is_called_by_its_own_name(
    call: Call, config: Path
) -> None:
    zones = ("Asia/Tokyo", "America/New_York")
    to = [{"channel": "mailbox", "time_zone": zone} for zone in zones]
    far = {"id": "far", "when": hours_away(), "when_nothing": "tell", "to": to}
    save(config / "subscriptions.yaml", {"subscriptions": [far]})
    assert "(Asia/Tokyo)" in call("digest", "preview", "far", "-c", config).out
    assert call("digest", "send", "far", "--now", "-c", config).out.count("sent: ") == 2
    assert "there is: far\n" in call("digest", "preview", "fra", "-c", config).err


def test_a_digest_is_shown_as_mail_where_anybody_gets_it_so(call: Call, config: Path) -> None:
    both = [{"channel": "lines"}, {"channel": "mailbox"}]
    daily = {"id": "daily", "when": hours_away(), "when_nothing": "tell", "to": both}
    channels = [
        {"id": "lines", "kind": "file", "file": "data/hits.jsonl"},
        {"id": "mailbox", "kind": "mailbox"},
    ]
    write_config(config, sources=[], subscriptions=[daily], channels=channels)
    shown = call("digest", "preview", "daily", "--format", "html", "-c", config).out
    assert shown.startswith("<!DOCTYPE html>")
    write_config(config, sources=[], subscriptions=[{**daily, "to": both[:1]}], channels=channels)
    shown = call("digest", "preview", "daily", "--format", "html", "-c", config).out
    assert json.loads(shown)["subscription"] == "daily"


def test_a_destination_that_unsubscribed_is_listed_and_can_be_sent_to_again(
    call: Call, config: Path
) -> None:
    store = Store.open(load(config).database_url)
    store.migrate()
    store.write_now(lambda tx: tx.opt_out("daily", "mailbox", "", datetime.now(UTC)))
    store.close()
    gone = {"subscription": "daily", "channel": "mailbox", "recipient": ""}
    assert call("unsubscribed", "--json", "-c", config).lines == [[gone]]
    assert "needs the id" in call("unsubscribed", "--resume", "-c", config).complaint
    assert call("unsubscribed", "daily", "--resume", "-c", config).code == 0
    assert call("unsubscribed", "--json", "-c", config).lines == [[]]
