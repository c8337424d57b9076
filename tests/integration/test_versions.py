"""What hit items said when: each hit names the very text that made it, with the answer it came in."""

# ruff: noqa: F401, F811 - fixtures of the other file are used by their names
from __future__ import annotations

import hashlib
from typing import Any

from monitor.app import App
from monitor.model import LARGEST_BODY, Hit, Version
from tests.integration.test_visits import Press, press
from tests.servers import Reply


async def versions_of(app: App) -> list[Version]:
    """Return every version of every hit item, oldest first."""

    def read(tx: Any) -> list[Version]:
        items = {each.item.id for each in tx.hits(100)}
        return [version for found in tx.versions(items).values() for version in found]

    return sorted(await app.tools.store.read(read), key=lambda version: version.at)


async def stored_hits(app: App) -> list[Hit]:
    return [each.hit for each in await app.tools.store.read(lambda tx: tx.hits(100))]


async def made_by_its_version(app: App) -> bool:
    """Tell whether each stored hit is what its version, matched again, gives."""
    kept = {(version.item.id, version.digest): version for version in await versions_of(app)}
    for hit in await stored_hits(app):
        again = app.tools.crew.matcher.match(kept[hit.item, hit.version].item)
        (same,) = [one for one in again if one.id == hit.id]
        if (same.score, same.why, same.possible) != (hit.score, hit.why, hit.possible):
            return False
        if not set(hit.spans) <= set(same.spans):
            return False
    return True


async def test_a_hit_of_a_feed_names_the_text_and_the_headers_of_the_feed(press: Press) -> None:
    async with press.service(full_text="never") as app:
        press.publish("/1", "Maria Exemplar speaks", "She spoke.")
        await press.round(app)
        (version,) = await versions_of(app)
        (hit,) = await stored_hits(app)
        assert hit.version == version.digest
        assert version.item == await app.tools.store.read(lambda tx: tx.item(hit.item))
        assert version.source.url == press.server.url("/gazette.xml")
        assert version.source.status == 200
        assert dict(version.source.headers)["etag"]
        assert (version.source.body, version.body_digest) == (b"", "")
        assert await made_by_its_version(app)


async def test_a_hit_that_a_page_makes_surer_names_the_page_and_its_bytes(press: Press) -> None:
    page = press.page("Maria Exemplar speaks", "Maria Exemplar spoke for an hour.")
    press.server.on("/1", page)
    async with press.service() as app:
        press.publish("/1", "Maria Exemplar speaks", "She spoke.")
        await press.round(app)
        fed, read = await versions_of(app)
        (hit,) = await stored_hits(app)
        assert hit.version == read.digest != fed.digest
        assert read.source.body == page.body
        assert read.body_digest == hashlib.sha256(page.body).hexdigest()
        assert dict(read.source.headers)["content-type"].startswith("text/html")
        assert await made_by_its_version(app)


async def test_a_hit_that_only_the_page_makes_has_the_text_of_its_feed_beside_it(
    press: Press,
) -> None:
    press.server.on("/1", press.page("Quay works begin", "In the hall sat Maria Exemplar."))
    async with press.service() as app:
        press.publish("/1", "Quay works begin", "The works began.")
        await press.round(app)
        fed, read = await versions_of(app)
        assert (fed.item.summary, fed.item.text) == ("The works began.", "")
        assert "Maria Exemplar" in read.item.text
        assert await made_by_its_version(app)


async def test_a_page_too_large_to_keep_leaves_its_digest(press: Press) -> None:
    page = press.page("Maria Exemplar speaks", "Maria Exemplar spoke for an hour.")
    body = page.body + b"<!-- " + b"x" * LARGEST_BODY + b" -->"
    press.server.on("/1", Reply(200, body, page.headers))
    async with press.service() as app:
        press.publish("/1", "Maria Exemplar speaks", "She spoke.")
        await press.round(app)
        read = (await versions_of(app))[-1]
        assert read.source.body == b""
        assert read.body_digest == hashlib.sha256(body).hexdigest()


async def test_what_no_watch_asks_for_has_no_versions(press: Press) -> None:
    press.server.on("/1", press.page("Quay works begin", "The hall was empty."))
    async with press.service() as app:
        press.publish("/1", "Quay works begin", "The works began.")
        await press.round(app)
        assert await versions_of(app) == []
