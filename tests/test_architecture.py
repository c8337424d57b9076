"""The house rules that a reader relies on: imports point down, stages stand apart, files stay short."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "monitor"

LAYERS = [
    {"errors", "model"},
    {"fields", "registry"},
    {"net", "store"},
    {"sources", "reading", "matching", "stories", "planning", "channels"},
    {"config", "work"},
    {"links"},
    {"tools"},
    {
        "alerts",
        "archives",
        "versions",
        "edits",
        "rechecks",
        "history",
        "destinations",
        "leases",
        "websub",
        "pipeline",
        "probe",
        "digests",
        "visits",
        "queues",
        "deeds",
        "trial",
        "backtest",
        "evidence",
        "housekeeping",
    },
    {"app"},
    {"schedule", "web"},
    {"demo"},
    {"cli"},
    {"__main__"},
]
STAGES = LAYERS[3]
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_parts(path: Path) -> set[str]:
    parts = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
            if node.module == "monitor":
                names = [f"monitor.{alias.name}" for alias in node.names]
        parts |= {n.split(".")[1] for n in names if n.startswith("monitor.")}
    return parts - {"__version__"}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    here = part_of(path)
    if here == "__init__":
        return
    for other in imported_parts(path) - {here}:
        assert HEIGHT[other] <= HEIGHT[here], f"{here} imports {other}, which stands above it"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_stages_do_not_import_each_other(path: Path) -> None:
    here = part_of(path)
    if here in STAGES:
        assert imported_parts(path) & STAGES <= {here}


def test_every_part_has_its_place_in_the_layers() -> None:
    parts = {part_of(path) for path in modules()} - {"__init__"}
    assert parts == set(HEIGHT) & parts
    assert parts <= set(HEIGHT)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_file_stays_short_enough_to_read_in_one_go(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 320
