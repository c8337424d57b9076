"""The documents tell the truth: samples load, commands exist, links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import typer
import yaml

from monitor import matching
from monitor.cli import app, main
from monitor.config import load
from monitor.model import Item
from tests.unit.channels.dkim_keys import pem

ROOT = Path(__file__).parents[2]
WRITTEN = [
    ROOT / "README.md",
    *(ROOT / "docs" / f"{name}.md" for name in ("guide", "channels", "webhooks")),
]
PAGES = [
    *WRITTEN,
    *(ROOT / "docs" / f"{name}.md" for name in ("architecture", "queries", "reference")),
]
BY_NAME = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
VARIABLES = {
    "DKIM_KEY": pem("rsa"),
    "FEED_TOKEN": "a-token-of-twenty-four-letters",
    "SLACK_WEBHOOK": "https://hooks.example.org/services/a-secret",
    "TELEGRAM_TOKEN": "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOpp",
}
"""Variables of the samples that no other value than one of their form will do for."""
SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5"
EMPTY = {
    "monitor.yaml": "{}",
    "sources.yaml": "sources: []",
    "subscriptions.yaml": "subscriptions: []",
}
FILES = {"sources": "sources.yaml", "subscriptions": "subscriptions.yaml"}


def blocks(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def file_of(sample: str) -> str:
    """Return the file of ``config/`` that a sample stands for."""
    (first, *_) = yaml.safe_load(sample)
    return "watchlists/sample.yaml" if first == "watchlist" else FILES.get(first, "monitor.yaml")


@pytest.mark.parametrize(
    ("page", "number"),
    [(page, number) for page in WRITTEN for number, _ in enumerate(blocks(page, "yaml"))],
    ids=lambda value: value.name if isinstance(value, Path) else str(value),
)
def test_every_yaml_sample_loads_beside_those_above_it(page, number, tmp_path):
    config = tmp_path / "config"
    (config / "watchlists").mkdir(parents=True)
    files = dict(EMPTY)
    samples = blocks(page, "yaml")[: number + 1]
    for sample in samples:
        files[file_of(sample)] = sample
    if file_of(samples[-1]) == "monitor.yaml":  # another one than the subscriptions were for
        files["subscriptions.yaml"] = EMPTY["subscriptions.yaml"]
    for name, text in files.items():
        (config / name).write_text(text, encoding="utf-8")
    variables = re.findall(r"\$\{(\w+)", "".join(files.values()))
    settings = load(config, dict.fromkeys(variables, SECRET) | VARIABLES)
    for kind in ("sources", "subscriptions", "channels"):
        named = {entry["id"] for entry in yaml.safe_load(samples[-1]).get(kind, ())}
        assert named <= getattr(settings, kind).keys()


def test_a_sample_names_the_schema_of_the_file_it_stands_for():
    for sample in blocks(ROOT / "README.md", "yaml"):
        schema = re.match(
            r"# yaml-language-server: \$schema=(?:\.\./)?schemas/(\w+)\.json\n", sample
        )
        assert schema, sample
        assert file_of(sample).startswith(schema[1])
        assert (ROOT / "config" / "schemas" / f"{schema[1]}.json").is_file()


def test_the_watchlist_of_the_readme_matches_what_the_readme_says():
    sample = next(each for each in blocks(ROOT / "README.md", "yaml") if "watchlist:" in each)
    matcher = matching.Matcher((matching.Watchlist.model_validate(yaml.safe_load(sample)),))

    def found(title: str) -> set[str]:
        item = Item(id="a", source="", title=title)
        return {hit.watch for hit in matcher.match(item) if not hit.possible}

    assert found("maria exemplar resigns") == {"maria-example"}
    assert found("Exemplar speaks to the Harbour Authority") == {"maria-example"}
    assert found("Exemplar opens an exhibition") == set()
    assert found("Mario Exemplar speaks to the Harbour Authority") == set()
    assert found("Audit of the dredging delayed") == {"dredging-contracts"}


# ------------------------------------------------------------------ commands


def commands_in(page: Path) -> list[list[str]]:
    """Return the words of each ``monitor …`` in shell samples and inline code."""
    text = page.read_text(encoding="utf-8")
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    lines += re.findall(r"(?<!`)`(?:\.venv/bin/)?(monitor [^`\n]+)`(?!`)", text)
    lines += re.findall(r"^    (monitor .+)$", text, re.MULTILINE)
    found = [shlex.split(line, comments=True) for line in lines]
    return [words for words in found if words and words[0].endswith("monitor")]


def split(words: list[str]) -> tuple[list[str], list[str]]:
    """Return the command's own words and what follows them."""
    command, rest = typer.main.get_command(app), words[1:]
    path: list[str] = []
    while hasattr(command, "commands") and rest:
        assert rest[0] in command.commands, f"there is no command {' '.join(words)!r}"
        path.append(rest[0])
        command, rest = command.commands[rest[0]], rest[1:]
    return path, rest


@BY_NAME
def test_every_command_in_the_documents_exists_with_its_options(page, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    for words in commands_in(page):
        path, rest = split(words)
        with pytest.raises(SystemExit) as ended:
            main([*path, "--help"])
        assert ended.value.code == 0
        shown = capsys.readouterr().out
        for option in (word.partition("=")[0] for word in rest if word.startswith("-")):
            assert re.search(rf"(?<!\S){option}(?!\S)", shown), " ".join(words)


def test_every_command_there_is_stands_in_the_readme():
    told = {" ".join(split(words)[0]) for words in commands_in(ROOT / "README.md")}

    def leaves(command, path):
        if not hasattr(command, "commands"):
            yield " ".join(path)
            return
        for name, each in command.commands.items():
            yield from leaves(each, [*path, name])

    assert set(leaves(typer.main.get_command(app), [])) <= told


@BY_NAME
def test_every_make_target_in_the_documents_exists(page):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    lines += re.findall(r"`(make [a-z -]+)`", page.read_text(encoding="utf-8"))
    for line in lines:
        words = line.partition("#")[0].split()
        if words[:1] == ["make"]:
            assert set(words[1:]) <= targets, line


# ------------------------------------------------------------------ links, places, reference


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@BY_NAME
def test_every_link_inside_the_project_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    for link in links:
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = (page.parent / parts.path).resolve() if parts.path else page
        assert target.exists(), link
        if parts.fragment:
            assert parts.fragment in anchors(target), link


def test_every_place_that_the_architecture_names_exists():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for place in re.findall(r"`((?:[a-z_]+/)+|(?:[a-z_]+/)*[a-z_]+\.py)`", text):
        inside = any((root / place).exists() for root in (ROOT, ROOT / "monitor", ROOT / "tests"))
        assert inside, place


def test_the_numbers_that_the_documents_give_are_those_of_the_shipped_configuration():
    settings = load(ROOT / "config", {})
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"the {len(settings.sources)} public feeds" in readme
    assert f"the {len(settings.watches)} watches" in readme
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    languages = {source.language.partition("-")[0] for source in settings.sources.values()}
    assert f"{len(settings.sources)} public feeds in ten languages" in changes
    assert len(languages) == 10


def test_the_images_of_the_readme_are_small():
    for image in (ROOT / "docs" / "images").iterdir():
        assert image.stat().st_size < 250_000, image.name


def test_the_reference_is_what_the_code_says():
    place = ROOT / "docs" / "make_reference.py"
    spec = importlib.util.spec_from_file_location("make_reference", place)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    written = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert written == script.reference(), "run: .venv/bin/python docs/make_reference.py"
