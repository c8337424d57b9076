from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.web.health import judge
from tests.unit.web.samples import NOW, browser, protected


async def test_a_service_at_work_is_ok(client):
    answer = await client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "failures": [],
        "warnings": [],
        "tick_age_seconds": 0.0,
    }


async def test_a_stalled_round_is_failing_and_named(view, client):
    view.late = ["poll"]
    view.ended = {"poll": NOW - timedelta(minutes=7), "deliver": None}
    answer = await client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["failures"] == ["the poll round has not ended well for minutes"]
    assert answer.json()["tick_age_seconds"] == 420.0
    assert "The service is not well" in (await client.get("/")).text


async def test_a_database_that_cannot_be_read_is_failing(view, client):
    view.store.close()
    answer = await client.get("/healthz")
    assert answer.status_code == 503
    assert "closed" in answer.json()["failures"][0]


@pytest.mark.parametrize("path", ["/", "/sources", "/deliveries", "/metrics"])
async def test_without_a_database_every_page_says_so_in_one_line(view, client, path):
    view.store.close()
    answer = await client.get(path)
    assert answer.status_code == 503
    assert "is closed" in answer.text
    assert "Traceback" not in answer.text


async def test_a_broken_edit_is_a_warning_and_stands_on_every_page(view, client):
    view.error = "sources.yaml:3:5: unknown key 'ulr' (did you mean url?)\n    3 | ulr: x"
    answer = await client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "warning"
    assert "unknown key 'ulr'" in answer.json()["warnings"][0]
    for path in ("/", "/sources", "/deliveries"):
        page = (await client.get(path)).text
        assert "The edited configuration is broken" in page
        assert "sources.yaml:3:5: unknown key &#39;ulr&#39;" in page


async def test_health_answers_without_the_password_but_tells_no_details(view, tmp_path):
    seen = protected(view, tmp_path)
    seen.late = ["poll"]
    async with browser(seen) as client:
        answer = await client.get("/healthz")
        known = await client.get("/healthz", auth=("", "open sesame"))
    assert answer.status_code == 503
    assert answer.json() == {"status": "failing"}
    assert known.json()["failures"]


def test_before_the_first_round_there_is_no_age():
    health = judge(now=NOW, last=None, stalled=(), database_error="", config_error="")
    assert (health.word, health.status, health.tick_age) == ("ok", 200, None)
