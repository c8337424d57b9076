"""The folder as a whole: files, references, secrets, paths."""

from __future__ import annotations

import pickle
import string
import sys
import tempfile
import traceback
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor.config import ConfigError, load, settings_summary

SECRET = "hunter2-hunter2"


def problems_of(folder, environ):
    with pytest.raises(ConfigError) as error:
        load(folder, environ)
    return error.value.problems


def test_a_configuration_in_order_becomes_settings(write, environ):
    settings = load(write(), environ)

    assert list(settings.sources) == ["example-world"]
    assert list(settings.watchlists) == ["example"]
    assert list(settings.watches) == ["maria-exemplar", "sample-board"]
    assert list(settings.channels) == ["mailbox", "ops"]
    assert [channel.id for channel in settings.monitor.channels] == ["mailbox", "ops"]
    assert settings.sources["example-world"].kind == "feed"


def test_a_subscription_without_a_time_zone_takes_the_services(write, environ):
    subscriptions = load(write(), environ).subscriptions
    assert subscriptions["urgent"].time_zone == "Europe/Berlin"
    assert subscriptions["morning"].time_zone == "America/New_York"


def test_without_channels_there_is_a_mailbox_in_the_project_folder(write, environ):
    folder = write({"monitor.yaml": "", "subscriptions.yaml": "subscriptions: []"})
    settings = load(folder, environ)
    assert list(settings.channels) == ["mailbox"]
    assert settings.channels["mailbox"].folder == str(folder.parent / "data" / "mailbox")


def test_an_empty_list_of_channels_means_none(write, environ):
    changes = {"monitor.yaml": "channels: []", "subscriptions.yaml": "subscriptions: []"}
    assert load(write(changes), environ).channels == {}


def test_a_name_that_looks_like_a_number_or_a_switch_stays_a_name(write, environ):
    watch = (
        "watchlist: other\nwatches:\n  - {id: one, kind: person, name: no, aliases: [22:22, 010]}"
    )
    watches = load(write({"watchlists/other.yaml": watch}), environ).watches
    assert watches["one"].name == "no"
    assert watches["one"].aliases == ("22:22", "010")


def test_problems_of_all_files_are_told_at_once_in_order(write, environ):
    folder = write(
        {
            "monitor.yaml": "titel: x\nworkers: many\n",
            "sources.yaml": "sources:\n  - {id: A, url: x}\n",
            "subscriptions.yaml": "subscriptions:\n  - {id: a}\n",
            "watchlists/example.yaml": "watchlist: example\nwatches: 5\n",
        }
    )
    places = [(p.file.removeprefix(f"{folder}/"), p.line) for p in problems_of(folder, environ)]
    assert places == sorted(places)
    assert {file for file, _ in places} == {
        "monitor.yaml",
        "sources.yaml",
        "subscriptions.yaml",
        "watchlists/example.yaml",
    }


def test_a_broken_watchlist_is_not_reported_again_by_who_subscribes_to_it(write, environ):
    folder = write({"watchlists/example.yaml": "watchlist: example\nwatches: [\n"})
    (problem,) = problems_of(folder, environ)
    assert problem.file.endswith("watchlists/example.yaml")


def test_a_broken_channel_is_not_reported_again_by_who_uses_it(write, environ):
    monitor = (
        "channels: [{id: mailbox, kind: mailbox}, {id: ops, kind: webhook, url: x, secret: y}]"
    )
    problems = problems_of(write({"monitor.yaml": monitor}), environ)
    assert {problem.file.rpartition("/")[2] for problem in problems} == {"monitor.yaml"}


def test_a_file_broken_in_a_thousand_places_tells_fifty(write, environ):
    entries = "\n".join(f"  - {{id: s{n}, url: nowhere}}" for n in range(1000))
    problems = problems_of(write({"sources.yaml": f"sources:\n{entries}\n"}), environ)
    assert len(problems) == 51
    assert "950 problems more" in str(problems[-1])


@pytest.mark.parametrize("name", ["monitor.yaml", "sources.yaml", "subscriptions.yaml"])
def test_a_missing_file_is_named(name, write, environ):
    (problem,) = problems_of(write({name: None}), environ)
    assert "missing" in problem.message
    assert problem.file.endswith(name)


def test_a_missing_watchlists_folder_is_named(write, environ):
    folder = write({"watchlists/example.yaml": None})
    (folder / "watchlists").rmdir()
    assert any("folder is missing" in p.message for p in problems_of(folder, environ))


def test_a_missing_configuration_folder_is_named(tmp_path, environ):
    (problem,) = problems_of(tmp_path / "nowhere", environ)
    assert "no such folder" in problem.message


def test_a_misspelt_file_name_is_not_passed_over(write, environ):
    (problem,) = problems_of(write({"source.yaml": "sources: []"}), environ)
    assert "sources.yaml" in problem.hint


def test_what_editors_leave_behind_is_passed_over(write, environ):
    load(write({".#sources.yaml": "x", "sources.yaml~": "x", "watchlists/.a.yaml": "["}), environ)


def test_a_watchlist_in_a_folder_of_its_own_is_not_passed_over(write, environ):
    (problem,) = problems_of(write({"watchlists/more/other.yaml": "watchlist: other"}), environ)
    assert "not read" in problem.message


def test_a_watchlist_ending_in_yml_is_read_too(write, environ):
    assert "other" in load(write({"watchlists/other.yml": "watchlist: other"}), environ).watchlists


def test_a_file_over_five_megabytes_is_refused(write, environ):
    (problem,) = problems_of(write({"sources.yaml": b"#" * 5_000_001}), environ)
    assert "larger than 5 MB" in problem.message


def test_a_link_out_of_the_configuration_folder_is_refused(write, environ, tmp_path):
    folder = write()
    (tmp_path / "elsewhere.yaml").write_text("watchlist: elsewhere")
    (folder / "watchlists" / "link.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    (problem,) = problems_of(folder, environ)
    assert "leaves the configuration folder" in problem.message


def test_a_link_inside_the_configuration_folder_is_followed(write, environ):
    folder = write()
    (folder / "store").mkdir()
    (folder / "sources.yaml").rename(folder / "store" / "sources.yaml")
    (folder / "sources.yaml").symlink_to("store/sources.yaml")
    assert list(load(folder, environ).sources) == ["example-world"]


def test_a_database_or_mailbox_behind_a_link_out_of_the_project_is_refused(
    write, environ, tmp_path
):
    folder = write()
    (tmp_path / "data").symlink_to("/var")
    assert [problem.message for problem in problems_of(folder, environ)] == [
        "database: the path leaves the project folder",
        "folder: the path leaves the project folder",
    ]


def test_a_byte_order_mark_is_no_fault(write, environ):
    text = "\ufeffsources:\n  - {id: one, url: 'https://one.example.org/'}\n"
    assert list(load(write({"sources.yaml": text.encode()}), environ).sources) == ["one"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///data/monitor.db", "sqlite:///{project}/data/monitor.db"),
        ("sqlite:////var/lib/monitor.db", "sqlite:////var/lib/monitor.db"),
        ("postgresql://db.example.org/monitor", "postgresql://db.example.org/monitor"),
    ],
)
def test_the_database_lies_in_the_project_folder_or_where_the_operator_says(
    url, expected, write, environ
):
    folder = write({"monitor.yaml": f"database: {url}", "subscriptions.yaml": "subscriptions: []"})
    assert load(folder, environ).database_url == expected.format(project=folder.parent)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", '"::1"'])
def test_the_page_needs_no_password_on_this_machine(host, write, environ):
    text = f"web: {{host: {host}}}"
    load(write({"monitor.yaml": text, "subscriptions.yaml": "subscriptions: []"}), environ)


def test_the_page_opens_to_others_with_a_password(write, environ):
    text = 'web: {host: 0.0.0.0, password: "${SMTP_PASSWORD}"}'
    settings = load(
        write({"monitor.yaml": text, "subscriptions.yaml": "subscriptions: []"}), environ
    )
    assert settings.monitor.web.protected


def test_the_version_moves_with_every_edit_and_only_then(write, environ):
    folder = write()
    first = load(folder, environ).version
    assert load(folder, environ).version == first
    write({"watchlists/example.yaml": "watchlist: example\n# note\n"})
    second = load(folder, environ).version
    (folder / "watchlists" / "example.yaml").rename(folder / "watchlists" / "renamed.yaml")
    assert len({first, second, load(folder, environ).version}) == 3


def test_no_secret_is_in_settings_as_text_or_in_their_summary(write, environ):
    monitor = f"""\
database: postgresql://me:{SECRET}@db.example.org/monitor
net: {{proxy: "http://proxy.example.org:3128"}}
web: {{password: "${{SMTP_PASSWORD}}"}}
channels:
  - {{id: mailbox, kind: mailbox}}
  - id: ops
    kind: webhook
    url: https://ops.example.org/${{OPS_HOOK}}
    secret: ${{OPS_SECRET}}
"""
    settings = load(write({"monitor.yaml": monitor}), environ | {"OPS_HOOK": "T0K3N-in-path"})
    shown = repr(settings) + str(settings) + str(settings_summary(settings))
    for secret in (SECRET, environ["OPS_SECRET"], "T0K3N-in-path"):
        assert secret not in shown
    assert settings.mask(f"said {SECRET} aloud") == "said *** aloud"


def test_no_secret_is_in_a_traceback_of_a_refused_configuration(write, environ):
    monitor = (
        "web: {port: '${SMTP_PASSWORD}', password: 'hunter2-hunter2'}\ntime_zone: ${SMTP_PASSWORD}"
    )
    try:
        load(write({"monitor.yaml": monitor}), environ)
    except ConfigError:
        text = "".join(traceback.format_exception(*sys.exc_info()))
    assert SECRET not in text


def test_watchlists_and_sources_can_be_sent_to_a_worker_process(write, environ):
    settings = load(write(), environ)
    parts = (tuple(settings.watchlists.values()), tuple(settings.sources.values()))
    assert pickle.loads(pickle.dumps(parts)) == parts


def test_an_unknown_watch_is_told_with_the_nearest(write, environ):
    said = load(write(), environ).unknown_watch("maria-examplar")
    assert "did you mean 'maria-exemplar'?" in said


PLACES = [
    "time_zone: ${S}",
    "database: ${S}",
    "database: sqlite:///../${S}",
    "workers: ${S}",
    "web: {host: '${S}', port: '${S}'}",
    "net: {contact: '${S} ${S}', proxy: '${S}', allow_private: ['${S}'], deadline: '${S}'}",
    "channels: '${S}'",
    "channels: ['${S}']",
    "channels: [{id: '${S}', kind: '${S}'}]",
    "channels: [{id: m, kind: mailbox, folder: '../${S}', sender: '${S}'}]",
    "channels: [{id: m, kind: email, host: h, port: '${S}', security: '${S}', sender: '${S}'}]",
    "channels: [{id: m, kind: webhook, url: '${S}', secret: '${S}', timeout: '${S}'}]",
    "channels: [{id: m, kind: webhook, url: 'ftp://${S}/', secret: '${S}'}]",
    "unknown: {key: '${S}'}",
    "title: {list: ['${S}']}",
]


@settings(deadline=None, max_examples=60)
@given(
    st.text(string.ascii_letters + string.digits + "!#$&'()*,-./:;<=>?@[]^_`{|}~ \"\\", min_size=6)
)
def test_no_secret_from_the_environment_is_ever_in_an_error(secret):
    assume(len(secret.strip()) >= 6)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "config"
        (folder / "watchlists").mkdir(parents=True)
        (folder / "sources.yaml").write_text("sources: []")
        (folder / "subscriptions.yaml").write_text("subscriptions: []")
        for place in PLACES:
            (folder / "monitor.yaml").write_text(place)
            try:
                load(folder, {"S": secret})
            except ConfigError as error:
                said = str(error).replace(str(folder), "")
                usual = str_of_error(folder, place)
                assert secret not in said or secret in usual


def str_of_error(folder, place):
    """Return what is said with a value that nobody would choose, to tell our own words apart."""
    try:
        load(folder, {"S": "\u2603" * 9})
    except ConfigError as error:
        return str(error).replace(str(folder), "")
    return place


@pytest.mark.parametrize(
    "line",
    [
        "pasword: {secret}",
        "password: {secret}: x",
        "password: [{secret}",
        'password: "{secret}',
        "password: |\n    {secret}\n  x",
        "nested:\n    - password: >\n        {secret}\n       : x",
        "api_key: @{secret}",
        "{{password: {secret}, host: [}}",
        "url: https://me:{secret}@ops.example.org/: x",
    ],
)
def test_no_written_secret_is_in_the_excerpt_of_an_error(line, write, environ):
    folder = write({"monitor.yaml": f"web:\n  {line.format(secret=SECRET)}\n"})
    told = "\n".join(str(problem) for problem in problems_of(folder, environ))
    assert SECRET not in told
    assert "monitor.yaml:" in told
