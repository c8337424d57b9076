"""The shipped configuration, its schemas, and one example for each kind."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from monitor import channels, sources
from monitor.channels.base import Channel
from monitor.config import load, schemas, write_schemas
from monitor.matching import Organisation, Person, Topic, Watch
from monitor.planning import Instant
from monitor.registry import discover
from monitor.sources.base import Source

ROOT = Path(__file__).parents[3]
CONFIG = ROOT / "config"
EXAMPLES = sorted((CONFIG / "examples").glob("*/*.yaml"))
TARGETS = {
    "source": "sources.yaml",
    "channel": "monitor.yaml",
    "subscription": "subscriptions.yaml",
    "watch": "watchlists/other.yaml",
}
KINDS = {
    "source": set(discover(sources, Source)),
    "channel": set(discover(channels, Channel)),
    "subscription": {"instant", "digest"},
    "watch": {"person", "organisation", "topic"},
}
SHIPPED = [
    *sorted(CONFIG.glob("*.yaml")),
    *sorted((CONFIG / "watchlists").glob("*.yaml")),
    *EXAMPLES,
]
HOOK = "https://hooks.example.org/services/a-secret"
VARIABLES = {
    "DISCORD_WEBHOOK": HOOK,
    "FEED_TOKEN": "a-token-of-twenty-four-letters",
    "MATTERMOST_WEBHOOK": HOOK,
    "PUSHOVER_SECRET_URL": "json://localhost",
    "SLACK_WEBHOOK": HOOK,
    "TEAMS_WEBHOOK": HOOK,
    "TELEGRAM_TOKEN": "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOpp",
}
"""Variables of the examples that no other value than one of their form will do for."""
KEY = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5"


def test_the_shipped_configuration_loads_with_an_empty_environment():
    settings = load(CONFIG, {})
    assert settings.monitor.web.loopback
    assert list(settings.channels) == ["mailbox"]
    assert settings.sources
    urgent, digest = settings.subscriptions.values()
    assert isinstance(urgent.when, Instant)
    assert urgent.priorities == ("high", "critical")
    assert (str(digest.when), digest.time_zone) == ("daily at 07:30", "Europe/Berlin")


@pytest.mark.parametrize("family", KINDS)
def test_every_kind_has_its_example_and_every_example_its_kind(family):
    assert {path.stem for path in EXAMPLES if path.parent.name == family} == KINDS[family]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_example_loads_as_the_kind_it_is_named_for(path, write):
    family = path.parent.name
    text = path.read_text(encoding="utf-8")
    changes = {"subscriptions.yaml": "subscriptions: []"} if family == "channel" else {}
    if family == "subscription":
        text = text.replace("example-watchlist", "example").replace(
            "example-person", "sample-board"
        )
    folder = write({**changes, TARGETS[family]: text})

    settings = load(
        folder,
        dict.fromkeys(re.findall(r"\$\{(\w+)", text), KEY) | VARIABLES | {"OPS_SECRET": KEY},
    )

    kinds = {
        "source": [source.kind for source in settings.sources.values()],
        "channel": [channel.kind for channel in settings.channels.values()],
        "subscription": [
            "instant" if isinstance(each.when, Instant) else "digest"
            for each in settings.subscriptions.values()
        ],
        "watch": [
            watch.kind
            for name, watchlist in settings.watchlists.items()
            for watch in watchlist.watches
            if name != "example"
        ],
    }
    assert kinds[family] == [path.stem]


MODELS = {
    **{("source", name): model for name, model in discover(sources, Source).items()},
    **{("channel", name): model for name, model in discover(channels, Channel).items()},
    ("watch", "person"): Person,
    ("watch", "organisation"): Organisation,
    ("watch", "topic"): Topic,
}
LEFT_OUT = set(Watch.model_fields) - {"id", "kind", "name"}
"""A watch may have them whatever its kind; what is a kind's own, its example shows."""


@pytest.mark.parametrize(("family", "name"), MODELS)
def test_an_example_of_a_source_or_channel_shows_every_option(family, name):
    text = (CONFIG / "examples" / family / f"{name}.yaml").read_text(encoding="utf-8")
    allowed = LEFT_OUT if family == "watch" else set()
    shown = set(re.findall(r"^[\s#-]*(\w+):", text, re.MULTILINE))
    assert set(MODELS[family, name].model_fields) - shown <= allowed


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(CONFIG)))
def test_shipped_files_name_their_schema_and_satisfy_it(path):
    text = path.read_text(encoding="utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named, "the first line names the schema"
    schema_file = (path.parent / named[1]).resolve()
    assert schema_file.parent == CONFIG / "schemas"
    validator = jsonschema.Draft202012Validator(schemas()[schema_file.stem])
    assert [error.message for error in validator.iter_errors(yaml.safe_load(text))] == []


def test_the_committed_schemas_are_current(tmp_path):
    written = write_schemas(tmp_path)
    assert {path.name for path in written} == {p.name for p in (CONFIG / "schemas").iterdir()}
    for path in written:
        assert path.read_bytes() == (CONFIG / "schemas" / path.name).read_bytes()


@pytest.mark.parametrize("name", schemas())
def test_schemas_are_valid_and_describe_every_option(name):
    schema = schemas()[name]
    jsonschema.Draft202012Validator.check_schema(schema)
    for part in [schema, *schema.get("$defs", {}).values()]:
        for option, described in part.get("properties", {}).items():
            top = option in {"sources", "subscriptions"} and part is schema
            target = described.get("$ref", "").rpartition("/")[2]
            behind = schema.get("$defs", {}).get(target, {})
            said = described.get("description") or behind.get("description")
            assert top or said, f"{part['title']}.{option}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sources", "sources: [{id: one, url: 'https://x.example.org/', colour: red}]"),
        ("sources", "sources: [{id: one, url: 'https://x.example.org/', every: 15}]"),
        ("subscriptions", "subscriptions: [{id: one, when: dayly, to: [{channel: a}]}]"),
        ("monitor", "channels: [{id: one, kind: pigeon}]"),
        ("watchlist", "{watchlist: one, watches: [{id: a, kind: preson, name: A}]}"),
    ],
)
def test_schemas_refuse_what_loading_refuses(name, text):
    assert not jsonschema.Draft202012Validator(schemas()[name]).is_valid(yaml.safe_load(text))
