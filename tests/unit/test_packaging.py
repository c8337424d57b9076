"""The wheel, the image and the composition: what can be checked without building them."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml

from monitor.config import load
from monitor.demo import stage
from monitor.errors import ConfigError

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WHEEL = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
IMAGE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
READ_AT_RUN_TIME = [
    *(f"monitor/demo/watchlists/{stage.WATCHLIST}", "monitor/demo/coverage.yaml"),
    *("monitor/demo/seeds/2019-12-03-xinjiang-leaks.md", "monitor/demo/templates/rss20.xml"),
    *("monitor/channels/templates/message.html.j2", "monitor/channels/templates/message.css"),
    *("monitor/web/templates/page.html", "monitor/web/static/page.css"),
    *("monitor/store/migrations/env.py", "monitor/store/migrations/script.py.mako"),
    "monitor/store/migrations/versions/v0001_first_tables.py",
]


# ------------------------------------------------------------------ wheel


def promised_files() -> set[str]:
    """Return what the wheel's configuration says it holds, by hatchling's rules."""
    ignored = [
        line.rstrip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    ]
    found = set(WHEEL["force-include"].values())
    for package in WHEEL["packages"]:
        for path in (ROOT / package).rglob("*"):
            parts = path.relative_to(ROOT).parts
            hidden = any(fnmatch.fnmatch(part, rule) for part in parts for rule in ignored)
            if path.is_file() and not hidden:
                found.add("/".join(parts))
    return found


@pytest.mark.parametrize("name", READ_AT_RUN_TIME)
def test_the_wheel_is_told_to_hold_what_is_read_at_run_time(name):
    assert name in promised_files()


def test_a_built_wheel_holds_what_its_configuration_promises(tmp_path):
    builders = pytest.importorskip("hatchling.builders.wheel", reason="hatchling is not installed")
    (built,) = builders.WheelBuilder(str(ROOT)).build(
        directory=str(tmp_path), versions=["standard"]
    )
    with zipfile.ZipFile(built) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert names == promised_files()


def test_what_the_wheel_takes_from_elsewhere_is_what_the_practice_newsroom_reads():
    watchlist = stage.shipped("watchlists", stage.WATCHLIST)
    head = yaml.safe_load(watchlist.read_text(encoding="utf-8"))
    wanted = {watchlist, stage.shipped("seeds", Path(head["seed"]).name)}
    assert {ROOT / source for source in WHEEL["force-include"]} == wanted
    targets = {target.rpartition("/")[0] for target in WHEEL["force-include"].values()}
    assert targets == {"monitor/demo/watchlists", "monitor/demo/seeds"}


@pytest.mark.parametrize("folder", ["watchlists", "seeds"])
def test_no_stray_copy_in_the_checkout_stands_before_the_shipped_file(folder):
    assert not (ROOT / "monitor" / "demo" / folder).exists()


# ------------------------------------------------------------------ image


def instructions() -> list[tuple[str, str]]:
    """Return (word, rest) of each instruction, continued lines joined, comments dropped."""
    text = re.sub(r"(?m)^\s*#.*\n", "", IMAGE).replace("\\\n", " ")
    lines = [line.split(None, 1) for line in text.splitlines() if line.strip()]
    return [(word.upper(), " ".join(rest.split())) for word, rest in lines]


def every(word: str) -> list[str]:
    return [rest for found, rest in instructions() if found == word]


def last_stage() -> list[tuple[str, str]]:
    found = instructions()
    start = max(index for index, (word, _) in enumerate(found) if word == "FROM")
    return found[start:]


def copied() -> list[tuple[list[str], str]]:
    """Return (sources, target) of each COPY from the checkout."""
    plain = [rest.split() for rest in every("COPY") if not rest.startswith("--from=")]
    return [
        ([word for word in words[:-1] if not word.startswith("--")], words[-1]) for words in plain
    ]


def test_every_base_image_names_a_version_of_python_that_the_project_supports():
    bases = [rest.split()[0] for rest in every("FROM")]
    assert len(set(bases)) == 1, "what is built on one version does not run on another"
    version = re.fullmatch(r"python:3\.(\d+)-slim", bases[0])
    assert version, "a slim image with its minor version"
    least = re.fullmatch(r">=3\.(\d+)", PROJECT["project"]["requires-python"])
    assert int(version[1]) >= int(least[1])
    assert f"Programming Language :: Python :: 3.{version[1]}" in PROJECT["project"]["classifiers"]


def test_the_image_ends_as_a_user_of_its_own_who_exists():
    user = dict(last_stage())["USER"]
    assert user not in {"root", "0"}
    assert any("useradd --system" in rest and f" {user} " in f"{rest} " for rest in every("RUN"))
    words = [word for word, _ in last_stage()]
    assert "RUN" not in words[words.index("USER") :]


def test_the_volume_belongs_to_the_user_and_lies_where_the_configuration_keeps_data(tmp_path):
    (volume,) = every("VOLUME")
    words = [word for word, _ in last_stage()]
    assert any(f"chown monitor:monitor {volume}" in rest for rest in every("RUN"))
    assert words.index("RUN") < words.index("VOLUME"), "a volume takes the owner it finds"
    workdir = dict(last_stage())["WORKDIR"]
    settings = load(ROOT / "config", {})
    kept = Path(settings.database_url.removeprefix("sqlite:///")).relative_to(ROOT)
    assert (Path(workdir) / kept).is_relative_to(volume)
    assert (Path(workdir) / "data/mailbox").is_relative_to(volume)


def test_a_data_folder_that_is_a_link_to_elsewhere_would_be_refused(tmp_path):
    """Why the volume is mounted below /app instead of being linked there."""
    project, elsewhere = tmp_path / "app", tmp_path / "data"
    (project / "config" / "watchlists").mkdir(parents=True)
    elsewhere.mkdir()
    (project / "data").symlink_to(elsewhere)
    for name in ("monitor.yaml", "sources.yaml", "subscriptions.yaml"):
        shutil.copy(ROOT / "config" / name, project / "config" / name)
    with pytest.raises(ConfigError, match="leaves the project folder"):
        load(project / "config", {})


def test_every_source_of_a_copy_exists_and_is_not_ignored():
    rules = [
        line
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
        if line and not line.startswith("#")
    ]
    assert rules[0] == "*", "what is not asked for stays out"
    wanted = {source for sources, _ in copied() for source in sources}
    for source in wanted:
        assert (ROOT / source).exists(), source
        assert f"!{source.partition('/')[0]}" in rules, source
    assert {rule[1:] for rule in rules if rule.startswith("!")} == {
        source.partition("/")[0] for source in wanted
    }


def test_the_build_stage_holds_every_file_that_the_wheel_takes():
    sources = {source for sources, target in copied() for source in sources if target[0] != "/"}
    needed = {*WHEEL["packages"], *WHEEL["force-include"], PROJECT["project"]["readme"]}
    for name in needed:
        assert any(Path(name).is_relative_to(source) for source in sources), name


def test_nothing_is_installed_without_a_hash_or_fetched_by_a_shell():
    for rest in every("RUN"):
        for command in rest.split("&&"):
            if "pip install" in command:
                assert "--no-cache-dir" in command
                assert ("--require-hashes" in command) or command.strip().endswith("--no-deps .")
        assert not re.search(r"\b(curl|wget)\b", rest)
        if "apt-get install" in rest:
            assert "--no-install-recommends" in rest
            assert "rm -rf /var/lib/apt/lists" in rest
    assert not every("ADD")
    assert not re.search(r"\bsudo\b|chmod 777", IMAGE)


@pytest.mark.parametrize("word", ["ENTRYPOINT", "CMD"])
def test_the_service_starts_in_exec_form_so_that_signals_reach_it(word):
    (rest,) = every(word)
    assert all(isinstance(part, str) for part in json.loads(rest))


def test_the_image_starts_a_command_that_the_program_knows():
    line = [*json.loads(every("ENTRYPOINT")[0]), *json.loads(every("CMD")[0])]
    assert line[0] in PROJECT["project"]["scripts"]
    answer = subprocess.run(
        [sys.executable, "-m", "monitor", line[1], "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0
    assert all(option in answer.stdout for option in line[2:] if option.startswith("--"))


class _Health(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self):
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_asks_the_port_that_is_set_and_no_proxy(status, code):
    command = json.loads(every("HEALTHCHECK")[0].partition(" CMD ")[2])
    assert command[0] == "python"
    handler = type("Handler", (_Health,), {"status": status})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            environ = os.environ | {
                "MONITOR_PORT": str(server.server_port),
                "http_proxy": "http://127.0.0.1:9",
            }
            answer = subprocess.run(
                [sys.executable, *command[1:]], env=environ, capture_output=True, check=False
            )
        finally:
            server.shutdown()
    assert answer.returncode == code


def test_the_health_check_falls_back_on_the_port_of_the_shipped_configuration():
    default = load(ROOT / "config", {}).monitor.web.port
    assert f"or '{default}'" in every("HEALTHCHECK")[0]
    assert every("EXPOSE") == [str(default)]


# ------------------------------------------------------------------ composition


def service() -> dict:
    return COMPOSE["services"]["monitor"]


def test_the_composition_sets_only_variables_that_the_configuration_reads():
    text = (ROOT / "config" / "monitor.yaml").read_text(encoding="utf-8")
    read = set(re.findall(r"\$\{(\w+)", re.sub(r"(?m)^\s*#.*$", "", text)))
    assert set(service()["environment"]) <= read


def test_the_environment_of_the_composition_makes_a_configuration_that_loads():
    given = {"POSTGRES_PASSWORD": "abc123", "MONITOR_PASSWORD": "correct horse"}
    environ = {
        name: re.sub(r"\$\{(\w+)[^}]*\}", lambda match: given.get(match[1], ""), value)
        for name, value in service()["environment"].items()
    }
    settings = load(ROOT / "config", environ)
    assert settings.monitor.web.host == "0.0.0.0"
    assert settings.monitor.web.protected
    assert settings.database_url == "postgresql://monitor:abc123@database/monitor"
    with pytest.raises(ConfigError, match="password"):
        load(ROOT / "config", {**environ, "MONITOR_PASSWORD": ""})


def test_secrets_of_the_composition_come_from_outside_and_their_lack_is_an_error():
    for each in COMPOSE["services"].values():
        for name, value in each["environment"].items():
            if "PASSWORD" in name or "PASSWORD" in value:
                assert re.search(r"\$\{\w+:\?", value), name


def test_configuration_is_mounted_read_only_and_data_where_the_volume_is():
    mounts = [mount.split(":") for mount in service()["volumes"]]
    for source, _, *mode in mounts:
        if source.startswith("./"):
            assert (ROOT / source).is_dir()
            assert mode == ["ro"]
    named = {source: target for source, target, *_ in mounts if not source.startswith(".")}
    assert list(named.values()) == every("VOLUME")
    assert set(named) <= set(COMPOSE["volumes"])


def test_the_page_is_published_to_this_machine_alone():
    assert service()["ports"] == [f"127.0.0.1:8080:{every('EXPOSE')[0]}"]


def test_the_database_image_names_its_version_and_the_monitor_waits_for_its_health():
    database = COMPOSE["services"]["database"]
    assert re.fullmatch(r"postgres:\d+", database["image"])
    assert database["healthcheck"]["test"][0] == "CMD-SHELL"
    assert service()["depends_on"] == {"database": {"condition": "service_healthy"}}
