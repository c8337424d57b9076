"""What is let go of after a time leaves hits that still hold, or nothing of them at all."""

from __future__ import annotations

from datetime import timedelta

from monitor.app import App
from monitor.model import Version
from monitor.store import Choice
from tests.integration.evidence.desk import Desk, checked, differences


async def versions_of(app: App) -> list[Version]:
    found = await app.tools.store.read(lambda tx: list(tx.archived(Choice())))
    return [version for one in found for version in one.versions]


async def spoken(desk: Desk, app: App) -> None:
    """Let the service find a hit on a page."""
    desk.server.on("/1", desk.page("Quay works begin", "In the hall sat Maria Exemplar."))
    desk.publish("/1", "Quay works begin", "The works began.")
    await desk.round(app)


async def test_pages_go_after_their_time_and_texts_digests_and_answers_stay(desk: Desk) -> None:
    desk.options["keep_pages"] = "30d"
    async with desk.service() as app:
        await spoken(desk, app)
        before = await versions_of(app)
        assert any(one.source.body for one in before)
        desk.moved += timedelta(days=29)
        await app.keep_house()
        assert await versions_of(app) == before
        desk.moved += timedelta(days=2)
        await app.keep_house()
        after = await versions_of(app)
        assert not any(one.source.body for one in after)
        assert [(one.digest, one.body_digest, one.source.headers) for one in after] == [
            (one.digest, one.body_digest, one.source.headers) for one in before
        ]
        assert checked(app.tools.store)
        assert differences(app.tools.store) == []


async def test_hits_stay_for_ever_unless_a_time_is_named_and_then_go_with_all_they_had(
    desk: Desk,
) -> None:
    async with desk.service() as app:
        await spoken(desk, app)
        desk.moved += timedelta(days=4000)
        await app.keep_house()
        assert checked(app.tools.store)
    desk.options["keep_hits"] = "9d"
    async with desk.service() as app:
        await app.keep_house()
        assert checked(app.tools.store) == []
        assert await app.tools.store.read(lambda tx: tx.count_items()) == 0
        assert await app.tools.store.read(lambda tx: tx.integrity_check()) == []
