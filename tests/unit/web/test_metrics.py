from __future__ import annotations

from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from monitor.model import Destination, Outcome, PollRecord, Reason
from monitor.web import create_app
from tests.unit.web.samples import NOW, a_hit, an_item, browser, keep


async def numbers(client) -> dict[tuple[str, ...], float]:
    """Return every sample by its name and label values."""
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def a_poll(source: str, at, outcome=Outcome.NEW, reason=Reason.OK) -> PollRecord:
    return PollRecord(source=source, at=at, outcome=outcome, reason=reason)


async def test_stored_things_are_counted(client, store):
    item = an_item()
    await keep(store, (item, (a_hit(item), a_hit(item, "ferry-club"))))
    found = await numbers(client)
    assert found["monitor_items",] == 1
    assert found["monitor_hits",] == 2
    assert found["monitor_deliveries", "sent"] == 0
    assert found["monitor_tick_age_seconds", "poll"] == 0
    assert found["monitor_config_broken",] == 0


async def test_each_poll_is_counted_once_though_it_is_saved_after_a_scrape(view, client, store):
    await numbers(client)
    view.time = NOW + timedelta(seconds=30)
    await store.write(lambda tx: tx.add_record(a_poll("courier", NOW + timedelta(seconds=20))))
    assert (await numbers(client))["monitor_polls_total", "new", "ok"] == 1
    slow = a_poll("lantern", NOW + timedelta(seconds=5), Outcome.FAILED, Reason.TIMEOUT)
    await store.write(lambda tx: tx.add_record(slow))
    view.time = NOW + timedelta(seconds=60)
    found = await numbers(client)
    assert found["monitor_polls_total", "new", "ok"] == 1
    assert found["monitor_polls_total", "failed", "timeout"] == 1
    view.time = NOW + timedelta(hours=2)
    assert (await numbers(client))["monitor_polls_total", "failed", "timeout"] == 1


async def test_polls_from_before_the_start_are_not_counted(client, store):
    await store.write(lambda tx: tx.add_record(a_poll("courier", NOW - timedelta(seconds=1))))
    assert ("monitor_polls_total", "new", "ok") not in await numbers(client)


async def test_sources_are_counted_by_state(client, store):
    await store.write(lambda tx: tx.sync_sources([("courier", "https://courier.example/", NOW)]))
    found = await numbers(client)
    assert found["monitor_sources", "new"] == 1
    assert found["monitor_sources", "failing"] == 0


async def test_two_pages_in_one_process_keep_apart(view):
    assert create_app(view).state.page.metrics.registry is not (
        create_app(view).state.page.metrics.registry
    )
    async with browser(view) as one, browser(view) as two:
        assert await numbers(one) == await numbers(two)


async def test_destinations_that_do_badly_are_counted(client, store):
    assert (await numbers(client))["monitor_destinations", "off"] == 0
    failing = Destination("chat", "-100", NOW, 3, NOW)
    off = Destination("hook", "", NOW, 9, NOW, off_since=NOW)
    await store.write(lambda tx: (tx.keep_destination(failing), tx.keep_destination(off)))
    found = await numbers(client)
    assert found["monitor_destinations", "failing"] == 1
    assert found["monitor_destinations", "off"] == 1
