"""The practice hub, met by the service that the rehearsal meets it with."""

from __future__ import annotations

import httpx

from monitor.app import build
from monitor.config import load
from monitor.demo import Newsroom, practice_stage
from monitor.model import DAY, Reason
from monitor.schedule import Service
from monitor.web import serve


async def test_an_outlet_names_the_hub_in_its_header_and_the_others_name_none():
    async with Newsroom(paced=False) as room, httpx.AsyncClient(timeout=60) as client:
        named = set()
        for place in room.places:
            link = (await client.get(place.url)).headers.get("link", "")
            if 'rel="hub"' in link:
                assert f'<{place.url}>; rel="self"' in link
                named.add(place.outlet.id)
        assert named == {outlet.id for outlet in room.coverage.outlets if outlet.hub}
        assert named


async def test_a_request_without_a_callback_is_turned_down():
    async with Newsroom(paced=False) as room, httpx.AsyncClient(timeout=60) as client:
        for form in ({"hub.mode": "subscribe"}, {"hub.mode": "x", "hub.callback": "http://x/"}, {}):
            assert (await client.post(f"{room.url}/hub", data=form)).status_code == 400


async def test_what_an_outlet_publishes_reaches_the_service_before_it_polls(tmp_path):
    async with practice_stage(tmp_path, paced=False) as stage:
        settings = load(stage.config_folder, stage.environ)
        async with build(settings) as app, serve(Service(app)):
            await app.poll_due()
            await app.ask_hubs()
            await stage.newsroom.hub.settled()
            stage.newsroom.advance(stage.newsroom.last_edition)

            await stage.newsroom.tell_hub()
            await stage.newsroom.tell_hub()

            records = await app.tools.store.read(
                lambda tx: tx.records(app.started - DAY, app.clock() + DAY)
            )
        pushed = [record for record in records if record.reason is Reason.PUSHED]
        assert [record.source for record in pushed] == ["practice-wire"]
        assert pushed[0].new > 0
        assert stage.newsroom.hub.pushed == 1
