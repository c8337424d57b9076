"""Broken configurations beside the exact text that their owner gets to read."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import ConfigError, load

CORPUS = Path(__file__).parents[2] / "golden" / "config"
CASES = sorted(path.stem for path in CORPUS.glob("*.yaml"))
FILES = {
    "monitor": "monitor.yaml",
    "sources": "sources.yaml",
    "subscriptions": "subscriptions.yaml",
    "watchlist": "watchlists/other.yaml",
}


@pytest.mark.parametrize("case", CASES)
def test_a_broken_configuration_says_what_is_wrong_where(case, write, environ):
    part = case.partition("-")[0]
    changes: dict[str, str | bytes | None] = {FILES[part]: (CORPUS / f"{case}.yaml").read_bytes()}
    if part == "monitor":  # whose channels would be missed
        changes["subscriptions.yaml"] = "subscriptions: []"
    folder = write(changes)

    with pytest.raises(ConfigError) as error:
        load(folder, environ)

    told = str(error.value).replace(f"{folder}/", "") + "\n"
    assert told == (CORPUS / f"{case}.txt").read_text(encoding="utf-8")


def test_every_expected_text_has_its_case():
    assert sorted(path.stem for path in CORPUS.glob("*.txt")) == CASES


@pytest.mark.parametrize("case", CASES)
def test_no_expected_text_holds_a_secret(case):
    assert "hunter2" not in (CORPUS / f"{case}.txt").read_text(encoding="utf-8")
