"""Looking into a folder: which files are new or changed, and their bytes, within bounds."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from monitor.errors import FetchError
from monitor.model import Reason
from monitor.sources._memory import note, recall

ROOM: Final = 60_000
"""Characters that files may take in the memory: some 600 of them, the newest."""
_EACH = 60
"""Characters that one takes beside its name."""
FILES_AT_ONCE: Final = 50
BYTES_AT_ONCE: Final = 20_000_000
SETTLED: Final = 1.0
"""Seconds for which a file must not have been written to: whoever copies it may not be done."""
_KIND = "folder"
_LONGEST_NAME = 255
_UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".tmp", ".swp", "~")


class Seen(NamedTuple):
    """What is remembered of a file. ``hash`` is empty while it has not been read."""

    stamp: str
    """Time of its last change in nanoseconds, and size."""
    hash: str = ""
    old: bool = False
    """True when it was there at the first look."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """One file's bytes."""

    name: str
    body: bytes
    hash: str
    old: bool


@dataclass(slots=True)
class Look:
    """What one look into a folder brought."""

    files: list[Dropped] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    memory: dict[str, Seen] = field(default_factory=dict)


def remembered(memory: str) -> dict[str, Seen] | None:
    """Return what was seen by name; None when nobody looked here before."""
    said = recall(memory, _KIND)
    if "files" not in said:
        return None
    files = said["files"] if isinstance(said["files"], dict) else {}
    return {
        name: Seen(str(seen[0]), str(seen[1]), bool(seen[2]))
        for name, seen in files.items()
        if isinstance(seen, list) and len(seen) == len(Seen._fields)
    }


def written(seen: Mapping[str, Seen]) -> str:
    """Return ``seen`` as text for `remembered`."""
    files = {name: [one.stamp, one.hash, int(one.old)] for name, one in sorted(seen.items())}
    return note(_KIND, files=files)


def look(folder: Path, memory: str, now: float, largest: int, failures: int) -> Look:
    """Return the files in ``folder`` that are new or changed since ``memory``; opens them, no more.

    ``now`` is Unix time, ``largest`` the bytes of a file that is read. After ``failures`` in a row
    one file is taken at a time, another each time, so that one that cannot be read does not stand
    in the way of the rest. Raises FetchError when there is no such folder.
    """
    before = remembered(memory)
    known = before or {}
    found = Look()
    waiting: list[tuple[str, Path, Seen]] = []
    for name, path, status in _newest(folder, found):
        stamp = f"{status.st_mtime_ns}-{status.st_size}"
        last = known.get(name)
        settled = not 0 <= now - status.st_mtime < SETTLED
        if last and last.hash and last.stamp == stamp:
            found.memory[name] = last
            continue
        old = before is None or bool(last and not last.hash and last.old)
        seen = Seen(stamp if settled else "", last.hash if last else "", old)
        if last or old:
            found.memory[name] = Seen("", seen.hash, old)  # until it is read
        if settled:
            waiting.append((name, path, seen))
    if failures and waiting:
        waiting = [waiting[(failures - 1) % len(waiting)]]
    _read_all(found, waiting, largest)
    return found


def _newest(folder: Path, found: Look) -> Iterator[tuple[str, Path, os.stat_result]]:
    """Yield the files that could be read, oldest first; what is left out becomes a problem."""
    root = folder.resolve()
    if root != folder.absolute():
        message = f"{folder.name}: the folder is a link now; put the folder itself there"
        raise FetchError(Reason.REFUSED_ADDRESS, message)
    try:
        names = sorted(path.name for path in root.iterdir())
    except OSError as error:
        message = f"{folder.name}: the folder cannot be read: {error.strerror}; create it"
        raise FetchError(Reason.REFUSED, message) from None
    listed = []
    for name in names:
        if name.startswith(".") or name.lower().endswith(_UNFINISHED) or not _sound(name):
            continue
        try:
            path = (root / name).resolve()
            status = path.stat()
        except (OSError, RuntimeError):
            continue  # gone meanwhile, or a link to itself
        if not path.is_relative_to(root):
            found.problems.append(f"{name}: the link leaves the folder; it was not followed")
            continue
        if stat.S_ISREG(status.st_mode):
            listed.append((name, path, status))
    listed.sort(key=lambda each: each[2].st_mtime_ns)
    room, most = ROOM, 0
    while most < len(listed) and (room := room - len(listed[-1 - most][0]) - _EACH) >= 0:
        most += 1
    if most < len(listed):
        left = len(listed) - most
        found.problems.append(f"only the newest {most} files are looked at, {left} are left out")
    yield from listed[len(listed) - most :]


def _sound(name: str) -> bool:
    """Tell whether a name can be told and remembered."""
    return len(name) <= _LONGEST_NAME and name.isprintable()


def _read_all(found: Look, waiting: list[tuple[str, Path, Seen]], largest: int) -> None:
    total = 0
    for place, (name, path, seen) in enumerate(waiting):
        if place == FILES_AT_ONCE or total > BYTES_AT_ONCE:
            left = len(waiting) - place
            found.problems.append(f"{left} files wait for the next poll")
            return
        try:
            body = _bytes_of(path, largest)
        except OSError as error:
            found.problems.append(f"{name}: cannot be read: {error.strerror or error}")
            continue
        total += len(body)
        if len(body) > largest:
            found.problems.append(f"{name}: left out, it is larger than {largest:,} bytes")
            found.memory[name] = Seen(seen.stamp, "too large", seen.old)
            continue
        digest = hashlib.sha256(body).hexdigest()[:20]
        if digest != seen.hash:
            found.files.append(Dropped(name, body, digest, seen.old and not seen.hash))
        found.memory[name] = Seen(seen.stamp, digest)


def _bytes_of(path: Path, largest: int) -> bytes:
    """Return at most ``largest`` + 1 bytes; a pipe or device that took a file's place is refused."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            message = "it is no plain file"
            raise OSError(message)
        return stream.read(largest + 1)
