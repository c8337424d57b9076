"""Where the paths of a configuration may lead.

One rule: a path is relative to the *project folder*, the parent of the configuration folder, and
may not leave it, neither by ``..`` nor through a link. So whoever may edit YAML can neither read
nor write elsewhere on the machine. The database alone may also be an absolute path, as it may be
a server: where it lies is the operator's choice and nothing of it is shown.
"""

from __future__ import annotations

import re
from pathlib import Path

_SQLITE = "sqlite:///"
_ODD = re.compile(r"[\x00-\x1f\x7f\\]")


def inside(project: Path, text: str) -> Path:
    """Return the absolute path; raises ValueError when it lies outside ``project``."""
    if _ODD.search(text):
        message = "a path holds no backslashes or control characters; folders are parted by /"
        raise ValueError(message)
    if text.startswith(("/", "~")) or re.match(r"[A-Za-z]:", text):
        message = "the path is relative to the project folder, without a leading / or ~"
        raise ValueError(message)
    root = project.resolve()
    path = (root / text).resolve()
    if not path.is_relative_to(root):
        message = "the path leaves the project folder"
        raise ValueError(message)
    return path


def database_url(project: Path, url: str) -> str:
    """Return the database's address with an absolute path; raises ValueError as `inside` does."""
    if not url.startswith(_SQLITE) or url.startswith(f"{_SQLITE}/"):
        return url
    path, mark, query = url.removeprefix(_SQLITE).partition("?")
    return f"{_SQLITE}{inside(project, path)}{mark}{query}"


def seed_file(reference: str) -> str:
    """Return the path in ``seeds/a.md#rushan-abbas``."""
    return reference.partition("#")[0]
