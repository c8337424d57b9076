"""``backtest``, ``check --impact``, ``hits mark`` and ``watch suggest`` on a database as a service leaves it."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from monitor.backtest import with_watchlist
from monitor.cli import main
from monitor.config import load
from tests.acceptance.harbour import END, NEW, OLD, SUBSCRIPTIONS, batches, lived, write_config
from tests.acceptance.practice import at_terminal


@pytest.fixture(scope="module")
def recent(tmp_path_factory) -> Path:
    """Return a folder with a configuration in whose database a service has run of late."""
    folder = tmp_path_factory.mktemp("recent")
    lived(write_config(folder / "config", OLD), batches(random.Random(5)))
    shift = f"+{int((datetime.now(UTC) - END).total_seconds())} seconds"
    with closing(sqlite3.connect(folder / "data/monitor.db")) as database, database:
        for table, column in (("item", "first_seen"), ("hit", "time"), ("hit", "found")):
            database.execute(
                f"UPDATE {table} SET {column} = datetime({column}, ?) || '.000000'", (shift,)
            )
    return folder


@pytest.fixture
def stored(recent, tmp_path, monkeypatch) -> Path:
    """Return the folder of a configuration of one's own, with a copy of that database."""
    shutil.copytree(recent, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "config"


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    return int(stop.value.code)


def test_backtest_prints_what_an_edited_file_would_change(stored, capsys, tmp_path) -> None:
    edited = tmp_path / "edited.yaml"
    edited.write_text(yaml.safe_dump({"watchlist": "port", "watches": NEW}), encoding="utf-8")
    assert run("backtest", "-c", stored, "--watchlist", edited, "--samples", "1", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["gained"] > 0
    assert found["lost"] > 0
    assert {one["watch"] for one in found["watches"]} >= {"ferry", "gone"}
    assert {one["subscription"] for one in found["subscriptions"]} == {
        one["id"] for one in SUBSCRIPTIONS
    }
    assert run("backtest", "-c", stored, "--watchlist", edited, "--samples", "1") == 0
    said = capsys.readouterr()
    assert f"{found['gained']} hits gained, {found['lost']} lost" in said.out
    assert "There is no watch gone any more." in said.out
    assert "weekly on Monday at 08:00" in said.out
    assert said.err == ""


def test_backtest_against_an_older_folder(stored, capsys, tmp_path) -> None:
    newer = write_config(tmp_path / "newer", NEW)
    (tmp_path / "newer/monitor.yaml").write_bytes((stored / "monitor.yaml").read_bytes())
    assert run("backtest", "-c", newer, "--json") == 0
    with_stored = json.loads(capsys.readouterr().out)
    assert run("backtest", "-c", newer, "--against", stored, "--json") == 0
    assert json.loads(capsys.readouterr().out)["watches"] == with_stored["watches"]


def test_check_says_the_impact_in_short(stored, capsys) -> None:
    write_config(stored, NEW)
    assert run("check", "-c", stored, "--impact") == 0
    said = capsys.readouterr().out
    assert "hits gained" in said
    assert "ferry: 0 →" in said
    assert run("check", "-c", stored, "--impact", "--json") == 0
    assert json.loads(capsys.readouterr().out)["impact"]["gained"] > 0


def test_without_a_database_check_says_so_and_makes_none(tmp_path, capsys) -> None:
    config = write_config(tmp_path / "config", OLD)
    assert run("check", "-c", config, "--impact") == 0
    assert "there is no database yet" in " ".join(capsys.readouterr().out.split())
    assert run("check", "-c", config, "--impact", "--json") == 0
    assert json.loads(capsys.readouterr().out)["impact"] is None
    assert not (tmp_path / "data").exists()
    assert run("backtest", "-c", config) == 1
    assert "there is no database yet" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("since", ["90", "-3d", "0d", "soon", "99999999999d"])
def test_a_window_that_is_none_is_refused(tmp_path, capsys, since) -> None:
    config = write_config(tmp_path / "config", OLD)
    assert run("backtest", "-c", config, f"--since={since}") == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_broken_watchlist_file_is_refused_with_its_place(tmp_path, capsys) -> None:
    config = write_config(tmp_path / "config", OLD)
    broken = tmp_path / "broken.yaml"
    broken.write_text("watchlist: port\nwatches:\n  - {id: a, kind: person, nmae: A}\n")
    assert run("backtest", "-c", config, "--watchlist", broken) == 2
    assert "broken.yaml:3:" in capsys.readouterr().err
    other = tmp_path / "other.yaml"
    other.write_text(yaml.safe_dump({"watchlist": "other", "watches": OLD[:1]}))
    assert run("backtest", "-c", config, "--watchlist", other) == 2
    assert "already in watchlist 'port'" in capsys.readouterr().err


def test_a_new_watchlist_file_is_added_to_the_others(tmp_path) -> None:
    settings = load(write_config(tmp_path / "config", OLD), {})
    extra = tmp_path / "extra.yaml"
    extra.write_text(yaml.safe_dump({"watchlist": "extra", "watches": NEW[2:]}))
    assert list(with_watchlist(settings, extra, {}).watches) == [
        "maria-exemplar",
        "old-port",
        "gone",
        "ferry",
    ]
    assert list(settings.watchlists) == ["port"]


def test_a_hit_is_marked_by_the_beginning_of_its_id_and_shown(stored, capsys) -> None:
    assert run("hits", "list", "-c", stored, "--json") == 0
    first, second = (one["hit"]["id"] for one in json.loads(capsys.readouterr().out)[:2])
    assert run("hits", "mark", first[:9], "irrelevant", "-c", stored, "--note", "a prize") == 0
    assert first in capsys.readouterr().out
    assert run("hits", "mark", second, "relevant", "-c", stored) == 0
    capsys.readouterr()
    assert run("hits", "list", "-c", stored) == 0
    said = capsys.readouterr().out
    assert "irrelevant: a prize" in said
    assert first[:10] in said
    assert run("hits", "list", "-c", stored, "--json") == 0
    marks = [one["mark"] for one in json.loads(capsys.readouterr().out)[:3]]
    assert [mark and mark["relevant"] for mark in marks] == [False, True, None]


@pytest.mark.parametrize("prefix", ["zzz", " ", "%"])
def test_marking_no_certain_hit_is_refused_in_one_line(stored, capsys, prefix) -> None:
    assert run("hits", "mark", prefix, "relevant", "-c", stored) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_prefix_of_several_hits_is_refused(stored, capsys) -> None:
    with closing(sqlite3.connect(stored.parent / "data/monitor.db")) as database:
        ids = [row[0] for row in database.execute("SELECT id FROM hit")]
    shared, count = Counter(name[0] for name in ids).most_common(1)[0]
    assert count > 1
    assert run("hits", "mark", shared, "relevant", "-c", stored) == 2
    assert "several hits begin with" in capsys.readouterr().err


def test_marks_lead_to_an_exclusion_whose_line_can_be_pasted(stored, capsys) -> None:
    assert run("hits", "list", "-c", stored, "--json", "-n", "500") == 0
    for one in json.loads(capsys.readouterr().out):
        if one["hit"]["watch"] == "maria-exemplar":
            word = "irrelevant" if "Prize" in one["item"]["text"] else "relevant"
            assert run("hits", "mark", one["hit"]["id"], word, "-c", stored) == 0
    capsys.readouterr()
    assert run("watch", "suggest", "-c", stored, "--json") == 0
    (advice,) = json.loads(capsys.readouterr().out)
    best = advice["suggestions"][0]
    assert (best["kind"], best["text"]) == ("exclude", "Maria Exemplar Prize")
    assert len(best["removed"]) == advice["wrong"] > 0
    assert best["lost"] == []
    assert run("watch", "suggest", "maria-exemplar", "-c", stored) == 0
    assert best["line"] in capsys.readouterr().out
    write_config(stored, [OLD[0] | yaml.safe_load(best["line"]), *OLD[1:]])
    assert run("backtest", "-c", stored, "--json") == 0
    assert json.loads(capsys.readouterr().out)["lost"] >= advice["wrong"]


def test_suggest_without_marks_says_how_to_mark(stored, capsys) -> None:
    assert run("watch", "suggest", "-c", stored) == 0
    assert "hits mark ID irrelevant" in capsys.readouterr().out
    assert run("watch", "suggest", "nobody", "-c", stored) == 2


def test_a_backtest_that_is_interrupted_leaves_no_process_and_no_traceback(stored) -> None:
    code = (
        "import os, signal, threading; from monitor.backtest import replay, workers\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it\n"
        "replay.FEW = 0; start = replay.matched\n"
        "def matched(*args, **kwargs):\n"
        "    for one in start(*args, **kwargs):\n"
        "        os.kill(os.getpid(), signal.SIGINT); yield one\n"
        "replay.matched = matched\n"
        "from monitor.cli import main\n"
        f"main(['backtest', '-c', {str(stored)!r}, '--workers', '2'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, timeout=300, check=False, text=True
    )
    assert done.returncode == 130
    assert "Traceback" not in done.stderr


def test_a_person_at_a_terminal_sees_how_far_it_is(stored) -> None:
    command = [sys.executable, "-m", "monitor", "backtest", "-c", str(stored), "--json"]
    done, shown = at_terminal(*command, stdout=subprocess.PIPE)
    assert done.returncode == 0
    assert json.loads(done.stdout)["items"] > 0
    assert "replaying stored items" in shown
