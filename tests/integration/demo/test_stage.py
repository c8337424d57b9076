"""The stage: its configuration is read by the real loader, its parts by the real network code."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
import yaml

import monitor.demo.stage as stage_module
from monitor.config import ConfigError, load
from monitor.demo import practice_stage
from monitor.demo.mail_sink import file_stem
from monitor.demo.stage import ALERT_DESK, SECRET_NAME, WATCHLIST, shipped
from monitor.errors import InputError
from monitor.net import Net


async def test_the_configuration_loads_and_points_at_the_stage(tmp_path):
    async with practice_stage(tmp_path) as stage:
        settings = load(stage.config_folder, stage.environ)
        places = {place.outlet.id for place in stage.newsroom.places}
        assert set(settings.sources) == {*places, "inbox"}
        assert list(settings.watchlists) == ["xinjiang-leaks"]
        assert {one.id: str(one.when) for one in settings.subscriptions.values()} == {
            "urgent": "instant",
            "digest": "every 5 seconds",
        }
        assert {one.every for one in settings.sources.values()} == {2.0}
        assert set(settings.channels) == {"mail", "hook", "chat"}
        assert settings.project == stage.config_folder.resolve().parent


async def test_every_watch_that_the_coverage_names_is_in_the_shipped_watchlist(tmp_path):
    async with practice_stage(tmp_path) as stage:
        settings = load(stage.config_folder, stage.environ)
        coverage = stage.newsroom.coverage
        said = (*coverage.all_entries, *coverage.letters)
        named = {watch for entry in said for watch in entry.about}
        assert named == set(settings.watches)


async def test_the_secret_is_only_in_the_environment(tmp_path):
    async with practice_stage(tmp_path) as stage:
        secret = stage.environ[SECRET_NAME]
        for file in stage.config_folder.rglob("*.yaml"):
            assert secret not in file.read_text(encoding="utf-8")
        assert secret not in repr(load(stage.config_folder, stage.environ))
        with pytest.raises(ConfigError, match=SECRET_NAME):
            load(stage.config_folder, {})


async def test_each_stage_has_a_secret_of_its_own(tmp_path):
    async with practice_stage(tmp_path) as one, practice_stage(tmp_path) as two:
        assert one.environ != two.environ


async def test_sources_are_fetched_by_the_real_client_under_the_written_rules(tmp_path):
    async with practice_stage(tmp_path, paced=False) as stage:
        settings = load(stage.config_folder, stage.environ)
        async with Net(settings.monitor.net) as net:
            for place in stage.newsroom.places:
                source = settings.sources[place.outlet.id]
                answer = await net.get(source.url)
                assert answer.status == 200
                again = await net.get(source.url, headers={"If-None-Match": answer.headers["etag"]})
                assert again.status == 304


async def test_the_stage_is_gone_afterwards_but_the_output_stays(tmp_path):
    async with practice_stage(tmp_path / "out") as stage:
        folder, url = stage.config_folder, stage.newsroom.url
        (tmp_path / "out").mkdir()
    assert not folder.parent.exists()
    assert (tmp_path / "out").exists()
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(url)


async def test_a_new_stage_removes_the_mails_of_an_earlier_one_and_nothing_else(tmp_path):
    earlier = [
        tmp_path / f"{file_stem(n, 'Two new: A, B')}.{end}" for n, end in ((1, "eml"), (12, "html"))
    ]
    others = [tmp_path / name for name in ("notes.eml", "001-a.txt", "2026-1.html")]
    for path in (*earlier, *others):
        path.write_text("x")
    async with practice_stage(tmp_path):
        assert sorted(tmp_path.iterdir()) == sorted(others)


async def test_a_new_stage_has_received_nothing(tmp_path):
    async with practice_stage(tmp_path) as stage:
        assert stage.summary() == {
            "alerts_sent": 0,
            "digests_sent": 0,
            "webhooks_delivered": 0,
            "chats_delivered": 0,
        }


async def test_alerts_and_digests_are_told_apart_by_their_desk(tmp_path):
    async with practice_stage(tmp_path) as stage:
        settings = load(stage.config_folder, stage.environ)
        desks = {
            one.recipient for s in settings.subscriptions.values() for one in s.to if one.recipient
        }
        assert ALERT_DESK in desks
        assert len(desks) == 2


def test_the_watchlist_is_found_beside_the_package_before_the_checkout(tmp_path, monkeypatch):
    (tmp_path / "watchlists").mkdir()
    (tmp_path / "watchlists" / WATCHLIST).write_text("watchlist: x\n", encoding="utf-8")
    monkeypatch.setattr(stage_module, "_PACKAGE", tmp_path)
    assert shipped("watchlists", WATCHLIST).parent == tmp_path / "watchlists"


def test_a_missing_file_is_one_readable_line():
    with pytest.raises(InputError, match=r"needs seeds/no-such\.md") as caught:
        shipped("seeds", "no-such.md")
    assert "\n" not in str(caught.value)


def test_the_shipped_watchlist_names_its_seed():
    head = yaml.safe_load(shipped("watchlists", WATCHLIST).read_text(encoding="utf-8"))
    assert shipped("seeds", Path(head["seed"]).name).is_file()
