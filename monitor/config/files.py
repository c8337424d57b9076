"""The configuration's files: found, read whole, checked to be plain text, never outside."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from monitor.config.environment import is_secretish
from monitor.config.tree import Place
from monitor.errors import Problem

MAX_BYTES = 5_000_000
"""A configuration file larger than this is taken for a mistake."""

TOP_FILES = ("monitor.yaml", "sources.yaml", "subscriptions.yaml")
WATCHLISTS = "watchlists"

_WIDTH = 100
UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""Characters that no configuration file holds: controls, line separators, surrogates."""
_KEY = re.compile(r"""(?:^|[\s{\[,"'-])([\w-]+)["']?\s*:(?=\s|$)""")
_REFERENCE_ALONE = re.compile(r"""\s*["']?\$\{\w+\}["']?\s*(?:[,}\]]|#.*$|$)""")
_MASK = "***"
_USER_INFO = re.compile(r"://(?:[^\s/@]*:\S*|[^\s/@\\]+)@")


@dataclass(frozen=True)
class ConfigFile:
    """One file's text; ``name`` is what errors call it."""

    name: str
    path: Path
    data: bytes = field(repr=False)
    text: str = field(default="", repr=False)

    def problem(self, place: Place, message: str, hint: str = "", *, key: bool = False) -> Problem:
        """Return the problem with an excerpt; with ``key`` nothing behind the key is shown."""
        line = UNPRINTABLE.sub("\ufffd", _USER_INFO.sub("://***@", " ".join(message.split())))
        excerpt = self._excerpt(place, key=key)
        return Problem(self.name, place.line, place.column, line, hint, excerpt)

    @cached_property
    def _lines(self) -> list[str]:
        """The lines as errors may show them: secrets and odd characters replaced."""
        return list(_mask(re.split(r"\r\n|\r|\n", self.text)))

    def _excerpt(self, place: Place, *, key: bool) -> str:
        if not 0 < place.line <= len(self._lines):
            return ""
        line = self._lines[place.line - 1]
        column = min(place.column - 1, len(line.removesuffix(_MASK)))
        if key:
            end = re.compile(r"\s*:(?=\s|$)").search(line, column)
            line = line[: end.end()] + " …" if end and end.end() < len(line) else line
        start = max(0, column - _WIDTH * 2 // 3)
        shown = line[start : start + _WIDTH].rstrip()
        gutter = f"{place.line:>5} | "
        indent = " " * (len(gutter) - 2) + "| "
        return f"{f'{gutter}{shown}'.rstrip()}\n{indent}{' ' * _columns(line[start:column])}^"


def _columns(text: str) -> int:
    """Return how many columns a terminal gives to ``text``."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    none = sum(unicodedata.category(letter) in {"Mn", "Me", "Cf"} for letter in text)
    return len(text) + wide - none


def _mask(lines: list[str]) -> Iterator[str]:
    """Hide whatever stands behind a key that may hold a secret, down to the next outer key.

    The entries of its list may stand as far left as the key itself (YAML 1.2.2, section 8.2.1).
    """
    hidden_below: int | None = None
    listed = False
    for raw in lines:
        line = _USER_INFO.sub("://***@", UNPRINTABLE.sub("\ufffd", raw).replace("\t", " "))
        indent = len(line) - len(line.lstrip(" "))
        entry = listed and indent == hidden_below and line.lstrip().startswith("- ")
        if hidden_below is not None and (indent > hidden_below or entry or not line.strip()):
            yield f"{line[:indent]}{_MASK}" if line.strip() else line
            continue
        hidden_below = None
        for match in _KEY.finditer(line):
            if is_secretish(match[1]) and not _REFERENCE_ALONE.match(line, match.end()):
                rest = line[match.end() :].strip()
                hidden_below, listed = (indent, False) if rest else (match.start(1), True)
                line = f"{line[: match.end()]} {_MASK}" if rest else line
                break
        yield line


def find(folder: Path) -> tuple[list[Path], list[Problem]]:
    """Return the files of a configuration folder, and what is wrong with their being there."""
    if not folder.is_dir():
        return [], [_whole(str(folder), "there is no such folder", "name the configuration folder")]
    problems = [
        _whole(str(folder / name), "the file is missing", "create it, see config/examples")
        for name in TOP_FILES
        if not (folder / name).is_file()
    ]
    problems += _strays(folder)
    lists = folder / WATCHLISTS
    if not lists.is_dir():
        problems.append(_whole(str(lists), "the folder is missing", "create it, even if empty"))
    else:
        problems += _buried(lists)
    found = [folder / name for name in TOP_FILES if (folder / name).is_file()]
    found += sorted(_yaml_files(lists)) if lists.is_dir() else []
    inside = folder.resolve()
    for path in list(found):
        if not path.resolve().is_relative_to(inside):
            problems.append(
                _whole(str(path), "the link leaves the configuration folder", "copy the file")
            )
            found.remove(path)
    return found, problems


def _yaml_files(folder: Path) -> list[Path]:
    """Return visible YAML files; editors keep their own beside them, hidden or with a ``~``."""
    return [
        path
        for path in folder.iterdir()
        if path.suffix.lower() in {".yaml", ".yml"} and path.name[0] != "." and path.is_file()
    ]


def _strays(folder: Path) -> list[Problem]:
    problems = []
    for path in sorted(_yaml_files(folder)):
        if path.name not in TOP_FILES:
            near = get_close_matches(path.name, TOP_FILES, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known files: {', '.join(TOP_FILES)}"
            problems.append(_whole(str(path), "no file of this name is read", hint))
    return problems


def _buried(lists: Path) -> list[Problem]:
    return [
        _whole(str(inner), "folders inside watchlists/ are not read", "move its files up")
        for inner in sorted(lists.iterdir())
        if inner.is_dir() and inner.name[0] != "." and _yaml_files(inner)
    ]


def read(path: Path) -> tuple[ConfigFile, list[Problem]]:
    """Read one file, refusing what is not plain UTF-8 text of a sensible size."""
    name = str(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return ConfigFile(name, path, b""), [_whole(name, f"cannot be read: {error.strerror}")]
    if len(data) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 1_000_000} MB"
        return ConfigFile(name, path, b""), [
            _whole(name, message, "split it or remove what is not needed")
        ]
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        file = ConfigFile(name, path, data, data.decode("utf-8", "replace"))
        before = data[: error.start].decode("utf-8")
        return file, [
            file.problem(_place_after(before), "this is not UTF-8 text", "save the file as UTF-8")
        ]
    file = ConfigFile(name, path, data, text)
    return file, _unprintable(file)


def _unprintable(file: ConfigFile) -> list[Problem]:
    match = UNPRINTABLE.search(file.text)
    if match is None:
        return []
    message = f"the character U+{ord(match[0]):04X} is refused"
    hint = 'remove it, or write it as an escape inside double quotes, such as "\\u2028"'
    return [file.problem(_place_after(file.text[: match.start()]), message, hint)]


def _place_after(before: str) -> Place:
    lines = re.split(r"\r\n|\r|\n", before)
    return Place(len(lines), len(lines[-1]) + 1)


def _whole(name: str, message: str, hint: str = "") -> Problem:
    return Problem(name, 1, 1, message, hint)


def version_of(files: dict[str, bytes]) -> str:
    """Return a digest over names and bytes, so that any edit is a new version."""
    total = hashlib.sha256()
    for name, data in sorted(files.items()):
        total.update(f"{len(name)}:{name}:{len(data)}:".encode("utf-8", "surrogateescape"))
        total.update(data)
    return total.hexdigest()[:20]


def current_version(folder: Path) -> str:
    """Return the digest of the folder as it is now; what cannot be read counts as such."""
    found, problems = find(folder)
    files = {path.relative_to(folder).as_posix(): _bytes_of(path) for path in found}
    if problems:  # never equal to the version of settings, which have none
        files[""] = "\n".join(map(str, problems)).encode(errors="replace")
    return version_of(files)


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        return f"cannot be read: {error.strerror}".encode()


def stamp(folder: Path) -> tuple[object, float]:
    """Return names, times, sizes and inodes of the files, and the newest time (Unix seconds)."""
    found, problems = find(folder)
    entries = []
    newest = 0.0
    for path in found:
        try:
            status = path.stat()
        except OSError:
            continue
        entries.append((str(path), status.st_mtime_ns, status.st_size, status.st_ino))
        newest = max(newest, status.st_mtime, status.st_ctime)
    return (tuple(entries), tuple(str(problem) for problem in problems)), newest
