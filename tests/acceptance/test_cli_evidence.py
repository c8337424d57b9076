"""``hits verify`` and ``hits export`` on a database as a service leaves it."""

from __future__ import annotations

import csv
import json
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from monitor.cli import main
from monitor.evidence import FORMATS
from tests.acceptance.harbour import END, NEW, OLD, batches, lived, write_config
from tests.acceptance.practice import at_terminal

WATCHES = {watch["id"] for watch in OLD}


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a configuration in whose database a service has run."""
    folder = tmp_path_factory.mktemp("past")
    lived(write_config(folder / "config", OLD), batches(random.Random(7)))
    return folder


@pytest.fixture
def stored(past: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a configuration of one's own, with a copy of that database."""
    shutil.copytree(past, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "config"


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    return int(stop.value.code or 0)


def change(stored: Path, statement: str) -> None:
    with closing(sqlite3.connect(stored.parent / "data/monitor.db")) as database, database:
        database.execute(statement)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    shown = capsys.readouterr()
    assert shown.err == ""
    return shown.out


def test_all_is_well_before_and_after_the_rules_are_edited(stored, capsys) -> None:
    assert run("hits", "verify", "-c", stored) == 0
    before = said(capsys)
    assert " 0 different" in before
    write_config(stored, NEW)
    assert run("hits", "verify", "-c", stored) == 0
    assert said(capsys) == before
    assert run("hits", "verify", "-c", stored, "--json") == 0
    found = json.loads(said(capsys))
    assert found["differences"] == []
    assert found["hits"] == found["well"] > 50


def test_what_was_tampered_with_is_told_line_by_line_and_fails(stored, capsys) -> None:
    change(stored, "UPDATE hit SET score = 0.5 WHERE watch = 'gone'")
    change(stored, "UPDATE hit SET version = '' WHERE watch = 'old-port'")
    assert run("hits", "verify", "-c", stored) == 1
    *lines, last = said(capsys).splitlines()
    assert lines
    assert all("gone: stored with score 0.5, made anew it has" in line for line in lines)
    assert f"{len(lines)} different" in last
    assert "not verifiable (found before texts and rules were kept)" in last
    assert run("hits", "verify", "-c", stored, "--json") == 1
    found = json.loads(said(capsys))
    assert found["different"] == len(lines) == len(found["differences"])
    assert found["hits"] == found["well"] + found["different"] + found["not_verifiable"]
    assert run("hits", "verify", "-c", stored, "--watch", "maria-exemplar") == 0


def test_a_table_goes_to_standard_output_and_a_choice_narrows_it(stored, capsys) -> None:
    def rows(*options: object) -> list[dict[str, str]]:
        assert run("hits", "export", "-c", stored, "--format", "csv", *options) == 0
        return list(csv.DictReader(StringIO(said(capsys), newline="")))

    everything = rows()
    assert {row["watch"] for row in everything} == WATCHES
    assert {row["watch"] for row in rows("--watch", "gone")} == {"gone"}
    early, late = rows("--until", "2026-10-05T00:00"), rows("--since", "2026-10-05T00:00")
    assert len(early) + len(late) == len(everything)
    assert min(len(early), len(late)) > 0
    assert rows("--since", END.isoformat()) == []
    story = everything[0]["story"]
    assert {row["story"] for row in rows("--story", story)} == {story}


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_every_form_goes_to_a_file_that_appears_whole(stored, capsys, tmp_path, form) -> None:
    target = tmp_path / f"hits.{form}"
    assert run("hits", "export", "-c", stored, "--format", form, "--output", target) == 0
    assert f"hits.{form}: " in said(capsys)
    assert target.stat().st_size > 1000
    assert list(tmp_path.glob("*.part")) == []


def test_a_packed_web_archive_can_be_read_and_holds_every_hit(stored, capsys, tmp_path) -> None:
    target = tmp_path / "hits.warc.gz"
    assert run("hits", "export", "-c", stored, "--format", "warc", "-o", target) == 0
    hits = []
    with target.open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests="raise"):
            content = record.content_stream().read()
            if record.rec_type == "metadata" and "hit" in json.loads(content):
                hits.append(json.loads(content)["hit"]["id"])
    assert f"{len(hits)} hits" in said(capsys).replace(",", "")
    assert len(hits) == len(set(hits)) > 50


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--output", "nowhere/hits.csv"], "No such file or directory"),
        (["--since", "yesterday"], "--since yesterday: "),
        (["--until", "soon-ish"], "--until soon-ish: "),
        (["--since", "999999999d"], "no calendar reaches there"),
        (["--format", "pdf"], "'pdf' is not one of"),
        (["--watch", "maria-exempler"], "there is no watch 'maria-exempler'; did you mean"),
        (["--watchlist", "pert"], "there is no watchlist 'pert'; did you mean 'port'"),
        (["--story", "3f9c"], "there is no story '3f9c'"),
    ],
)
def test_a_wrong_option_is_one_line_and_leaves_nothing(stored, capsys, options, words) -> None:
    assert run("hits", "export", "-c", stored, *options) == 2
    shown = capsys.readouterr()
    assert words in shown.err
    assert len(shown.err.splitlines()) == 1
    assert shown.out == ""


@pytest.mark.parametrize("command", ["verify", "export"])
def test_without_a_database_both_say_so(stored, capsys, command) -> None:
    (stored.parent / "data/monitor.db").unlink()
    assert run("hits", command, "-c", stored) == 1
    assert "there is no database yet" in capsys.readouterr().err


def test_a_web_archive_is_kept_from_a_terminal(stored) -> None:
    command = [sys.executable, "-m", "monitor", "hits", "export", "-c", str(stored)]
    done, _ = at_terminal(*command, "--format", "warc", stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert b"warc is nothing for a terminal" in done.stderr
