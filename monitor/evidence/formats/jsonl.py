"""JSON Lines: one hit a line, as ``monitor hits list --json`` shows it, with all that proves it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, BinaryIO, Literal

from monitor.evidence.exhibits import Exhibit
from monitor.evidence.formats.base import Format
from monitor.model import RuleVersion, Version
from monitor.store import StoredHit


class JsonLines(Format):
    """One JSON object for each hit, complete but for the bodies of pages, which are named by digest."""

    kind: Literal["jsonl"] = "jsonl"

    def write(
        self, exhibits: Iterable[Exhibit], out: BinaryIO, made: datetime, name: str = ""
    ) -> None:
        """Write a line for each hit."""
        del made, name
        for exhibit in exhibits:
            versions = [version_as_json(version) for version in exhibit.versions]
            out.writelines(
                as_line(hit_as_json(stored, exhibit) | {"versions": versions})
                for stored in exhibit.hits
            )


def as_line(value: Any) -> bytes:
    """Return one line of JSON in UTF-8, other scripts readable; half a surrogate pair escaped."""
    text = json.dumps(value, ensure_ascii=False, default=datetime.isoformat)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def hit_as_json(stored: StoredHit, exhibit: Exhibit) -> dict[str, Any]:
    """Return a hit with its item, its mark and its rule, null where there is none, and all edits."""
    mark, rule = exhibit.marks.get(stored.hit.id), exhibit.rules.get(stored.hit.rule)
    return asdict(stored) | {
        "mark": mark and asdict(mark),
        "rule": rule and rule_as_json(rule),
        "edits": [asdict(edit) for edit in exhibit.edits],
    }


def rule_as_json(rule: RuleVersion) -> dict[str, Any]:
    """Return a rule; its definition stays the text that its digest is over."""
    return asdict(rule)


def version_as_json(version: Version) -> dict[str, Any]:
    """Return what an item said at one time, and where that came from, without the body."""
    source = version.source
    return {
        "digest": version.digest,
        "at": version.at,
        "url": source.url,
        "status": source.status,
        "headers": source.headers,
        "body_digest": version.body_digest,
        "body_kept": bool(source.body),
        "item": asdict(version.item),
    }
