"""Hits as the service made them hold against their archive, whatever was edited since; tampering shows."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Table, func, update

from monitor.app import App
from monitor.evidence import verify
from monitor.store import Choice, Store, Tx
from monitor.store.tables import HIT
from monitor.store.version_tables import RULE, VERSION
from tests.acceptance.practice import WATCHES
from tests.integration.evidence.desk import LED, Desk, checked, differences

SPEECH = "On the quay spoke Maria Exemplar. 习近平 ئۇيغۇر."


async def filled(desk: Desk, app: App) -> None:
    """Let the service find a hit of a feed's words, one of a page, and a page that takes one back."""
    pages = {
        "/1": desk.page("Quay works begin", SPEECH),
        "/2": desk.page("Exemplar speaks", "Nobody else spoke at the harbour that day."),
        "/3": desk.page("Sample Harbour Board", "The Sample Harbour Board paid. " * 3),
    }
    for path, page in pages.items():
        desk.server.on(path, page)
    desk.publish("/1", "Quay works begin", "The works began.")
    desk.publish("/2", "A speech", "Maria Exemplar is silent at the harbour.")
    desk.publish("/3", "Sample Harbour Board pays", "")
    desk.publish("/4", "", "x Maria Exemplar " + "long " * 400)
    for _ in range(3):
        await desk.round(app, hours=1)


def tamper(store: Store, table: Table, **values: Any) -> None:
    def write(tx: Tx) -> None:
        tx._run(update(table).values(values))

    store.write_now(write)


def differences_after(store: Store, table: Table, change: dict[str, Any]) -> list[str]:
    """Return what differs once every row was tampered with; the rows are then as they were."""
    found: list[str] = []

    def write(tx: Tx) -> None:
        tx._run(update(table).values(change))
        found.extend(what for one in verify(tx, Choice()) for what in one.differences)
        raise UndoneError

    with pytest.raises(UndoneError):
        store.write_now(write)
    return found


class UndoneError(Exception):
    """Nothing of this transaction is to stay."""


async def test_every_hit_of_feeds_and_pages_comes_out_of_its_archive_as_it_was_found(
    desk: Desk,
) -> None:
    async with desk.service() as app:
        await filled(desk, app)
        checks = checked(app.tools.store)
        assert {one.stored.hit.watch for one in checks} == {
            "maria-exemplar",
            "sample-board",
            "speech",
        }
        assert len(checks) >= 6
        assert [one for one in checks if one.differences or one.unverifiable] == []


async def test_old_hits_keep_the_rule_that_made_them_when_every_watch_is_edited(desk: Desk) -> None:
    async with desk.service() as app:
        await filled(desk, app)
        before = {one.stored.hit.id: one.stored.hit.rule for one in checked(app.tools.store)}
    desk.watch(
        {**WATCHES[0], "aliases": ["M. Muster"], "exclude": ["spoke Maria Exemplar"]},
        {**LED, "match": "@maria-exemplar AND nowhere"},
    )
    async with desk.service() as app:
        desk.publish("/9", "M. Muster arrives", "")
        await desk.round(app)
        checks = checked(app.tools.store)
        assert differences(app.tools.store) == []
        assert {one.stored.hit.id for one in checks} > before.keys()
        assert all(
            one.stored.hit.rule == before.get(one.stored.hit.id, one.stored.hit.rule)
            for one in checks
        )
        made = {one.stored.hit.rule for one in checks if one.stored.hit.watch == "maria-exemplar"}
        assert len(made) == 2


TAMPERED: list[tuple[Table, dict[str, Any], str]] = [
    (HIT, {"score": 0.123}, "stored with score 0.123, made anew it has"),
    (HIT, {"possible": True}, "stored as possible, made anew it is sure"),
    (HIT, {"spans": '[["title", 0, 3, "new", "new"]]'}, "it marks what its rule does not find"),
    (HIT, {"spans": "[]"}, "it does not mark what its rule finds: "),
    (HIT, {"version": "0" * 64}, "the text that made it is not in the archive"),
    (HIT, {"rule": "0" * 20}, f"the rule {'0' * 20} that made it is not in the archive"),
    (VERSION, {"body_digest": "0" * 64}, "the archived page has changed"),
    (RULE, {"definition": "{"}, "cannot be read"),
    (RULE, {"definition": '{"watch":"x","watchlists":[]}'}, "the archived rule has changed"),
]


async def test_whatever_was_tampered_with_is_named(desk: Desk) -> None:
    async with desk.service() as app:
        await filled(desk, app)
        for table, change, said in TAMPERED:
            found = differences_after(app.tools.store, table, change)
            assert any(said in what for what in found), (change, found)
            assert all(len(what.splitlines()) == 1 for what in found)
        assert differences(app.tools.store) == []


async def test_a_text_that_was_rewritten_in_the_archive_is_named_and_so_is_its_hit(
    desk: Desk,
) -> None:
    async with desk.service() as app:
        await filled(desk, app)
        changed = func.replace(VERSION.c.content, "Maria Exemplar", "Mario Exemplar")
        tamper(app.tools.store, VERSION, content=changed)
        found = differences(app.tools.store)
        assert any("the archived text has changed" in what for what in found)
        assert "its rule finds nothing in the archived text" in found


async def test_hits_from_before_texts_were_kept_are_neither_well_nor_different(desk: Desk) -> None:
    async with desk.service() as app:
        await filled(desk, app)
        tamper(app.tools.store, HIT, version="")
        checks = checked(app.tools.store)
        assert checks
        assert all(one.unverifiable and not one.differences for one in checks)
