"""Edits while the service runs."""

from __future__ import annotations

import os

import pytest

from monitor.config import ConfigError, Settings, SettingsWatcher, load


@pytest.fixture
def watched(write, environ):
    folder = write()
    return folder, SettingsWatcher(load(folder, environ), environ)


def test_nothing_is_said_while_nothing_changes(watched):
    _, watcher = watched
    assert [watcher.check() for _ in range(3)] == [None, None, None]


def test_an_edit_is_told_once(watched, write):
    _, watcher = watched
    write({"sources.yaml": "sources: []"})

    found = watcher.check()

    assert isinstance(found, Settings)
    assert found.sources == {}
    assert watcher.settings is found
    assert watcher.check() is None


def test_a_new_watchlist_is_noticed(watched, write):
    _, watcher = watched
    write({"watchlists/other.yaml": "watchlist: other"})
    found = watcher.check()
    assert isinstance(found, Settings)
    assert set(found.watchlists) == {"example", "other"}


def test_a_broken_edit_leaves_the_last_good_configuration_in_force(watched, write):
    folder, watcher = watched
    good = watcher.settings
    write({"sources.yaml": "sources: ["})

    found = watcher.check()

    assert isinstance(found, ConfigError)
    assert watcher.settings is good
    assert watcher.error == str(found)
    assert f"{folder}/sources.yaml:" in watcher.error
    assert watcher.check() is None
    assert watcher.error


def test_a_mended_edit_clears_the_error(watched, write):
    _, watcher = watched
    write({"sources.yaml": "sources: ["})
    watcher.check()
    write({"sources.yaml": "sources: []"})
    assert isinstance(watcher.check(), Settings)
    assert watcher.error == ""


def test_an_edit_that_is_undone_clears_the_error_too(watched, write):
    _, watcher = watched
    version = watcher.settings.version
    write({"sources.yaml": "sources: ["})
    watcher.check()
    write()
    found = watcher.check()
    assert isinstance(found, Settings)
    assert (found.version, watcher.error) == (version, "")


def test_a_file_that_disappears_is_an_error_and_its_return_mends_it(watched, write):
    folder, watcher = watched
    (folder / "sources.yaml").unlink()
    assert isinstance(watcher.check(), ConfigError)
    write()
    assert isinstance(watcher.check(), Settings)


def test_a_folder_that_disappears_is_an_error(watched):
    folder, watcher = watched
    folder.rename(folder.with_name("moved"))
    assert isinstance(watcher.check(), ConfigError)


def test_touching_a_file_without_changing_it_says_nothing(watched):
    folder, watcher = watched
    os.utime(folder / "sources.yaml", (1, 1))
    assert watcher.check() is None


def test_an_edit_of_the_same_size_within_one_tick_of_the_clock_is_noticed(watched):
    folder, watcher = watched
    path = folder / "sources.yaml"
    before = path.stat()
    watcher._clock = lambda: before.st_ctime + 1.0  # however long this machine took until now
    watcher.check()
    with path.open("r+b") as stream:
        stream.write(path.read_bytes().replace(b"example-world", b"example-earth"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    found = watcher.check()
    assert isinstance(found, Settings)
    assert list(found.sources) == ["example-earth"]


def test_settled_files_are_not_read_again(write, environ, monkeypatch):
    folder = write()
    later = max(path.stat().st_ctime for path in folder.rglob("*")) + 60
    watcher = SettingsWatcher(load(folder, environ), environ, clock=lambda: later)
    watcher.check()
    monkeypatch.setattr("monitor.config.watcher.current_version", lambda _: pytest.fail("read"))
    assert watcher.check() is None
