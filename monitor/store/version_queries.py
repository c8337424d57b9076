"""What hit items said when, and the rules that were in force: kept once, never changed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, func, literal, select

from monitor.model import Exchange, Item, RuleVersion, Version
from monitor.store.base import Queries, chunks
from monitor.store.rows import Row, labelled
from monitor.store.values import KeptVersion
from monitor.store.version_tables import RULE, VERSION

_BARE = (
    *(column for column in labelled(VERSION) if column.key != "version_body"),
    literal(b"", LargeBinary).label("version_body"),
)
_TIMES = ("published", "updated", "first_seen")


class VersionQueries(Queries):
    """The archive of hits."""

    def add_versions(self, versions: Iterable[Version]) -> None:
        """Keep ``versions`` of stored items; a text that was seen before stays as it is."""
        self._add(VERSION, [_row(version) for version in versions])

    def versions(
        self,
        items: Iterable[str],
        *,
        bodies: bool = True,
        digests: Collection[str] | None = None,
    ) -> dict[str, list[Version]]:
        """Return what these items said, by item, oldest first; without the bytes of pages if so asked.

        With ``digests`` the versions of these alone.
        """
        found: dict[str, list[Version]] = {}
        for chunk in chunks(items):
            statement = (
                select(*(labelled(VERSION) if bodies else _BARE))
                .where(VERSION.c.item.in_(chunk))
                .order_by(VERSION.c.at, VERSION.c.digest)
            )
            if digests is not None:
                statement = statement.where(VERSION.c.digest.in_(digests))
            for row in self._all(statement):
                found.setdefault(row["version_item"], []).append(_version_of(row))
        return found

    def kept_versions(self, item: str) -> list[KeptVersion]:
        """Return which versions of an item there are, oldest first, without reading texts and pages."""
        columns = (VERSION.c.digest, VERSION.c.at, func.length(VERSION.c.body))
        statement = select(*columns).where(VERSION.c.item == item)
        found = self._run(statement.order_by(VERSION.c.at, VERSION.c.digest))
        return [KeptVersion(digest, at, packed) for digest, at, packed in found]

    def add_rules(self, rules: Iterable[RuleVersion]) -> None:
        """Keep ``rules``; one that is known stays as it is."""
        self._add(RULE, [asdict(rule) for rule in rules])

    def rules(self, digests: Iterable[str]) -> dict[str, RuleVersion]:
        """Return the rules of these digests; unknown ones are left out."""
        found: dict[str, RuleVersion] = {}
        for chunk in chunks(digests):
            for row in self._all(select(RULE).where(RULE.c.digest.in_(chunk))):
                found[row["digest"]] = RuleVersion(**row)
        return found


def _row(version: Version) -> dict[str, object]:
    source = version.source
    return {
        "item": version.item.id,
        "digest": version.digest,
        "at": version.at,
        "content": _content(version.item),
        "url": source.url,
        "status": source.status,
        "headers": json.dumps(source.headers),
        "body": zlib.compress(source.body) if source.body else b"",
        "body_digest": version.body_digest,
    }


def _content(item: Item) -> str:
    return json.dumps(asdict(item), ensure_ascii=False, default=datetime.isoformat)


def _version_of(row: Row) -> Version:
    body = bytes(row["version_body"])
    exchange = Exchange(
        url=row["version_url"],
        status=row["version_status"],
        headers=tuple((name, value) for name, value in json.loads(row["version_headers"])),
        body=zlib.decompress(body) if body else b"",
    )
    return Version(
        item=_item_of(json.loads(row["version_content"])),
        at=row["version_at"],
        digest=row["version_digest"],
        source=exchange,
        body_digest=row["version_body_digest"],
    )


def _item_of(content: dict[str, Any]) -> Item:
    for name in _TIMES:
        content[name] = datetime.fromisoformat(content[name]) if content[name] else None
    for name in ("authors", "keys"):
        content[name] = tuple(content[name])
    return Item(**content)
