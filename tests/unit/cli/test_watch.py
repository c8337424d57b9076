"""``monitor watch show|add|fmt|convert`` as they are called."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.cli import main
from monitor.config import load
from monitor.config.rewrite import add_watch, format_queries
from monitor.matching import Matcher
from monitor.matching.query import parse
from monitor.model import Item

FILES = {
    "monitor.yaml": "{}\n",
    "sources.yaml": "sources: []\n",
    "subscriptions.yaml": "subscriptions: []\n",
    "watchlists/trade.yaml": """\
# The watchlist of trade.
watchlist: trade
seed: seeds/trade.md

watches:
  # people first
  - id: maria-exemplar
    kind: person
    name: Maria Exemplar   # née Sample
    aliases: [Мария Пример]
    short: [Exemplar]
    priority: high
    context: [cotton]

  - {id: cotton, kind: topic, name: "Cotton", match: cotton   "labour"  OR (solar panels)}
  - id: camps
    kind: topic
    name: Camps
    match: |-   # in a block
        "forced labour"
          (cotton OR tomatoes)

    # behind the block
    priority: low
  - id: slow
    kind: topic
    name: Slow
    match: 'lang:en  NOT "it''s"'

# the end
""",
    "../seeds/trade.md": "# Trade\n\nA report of the year.\n\nMs Maria Exemplar spoke first.\n",
}


@pytest.fixture(name="config")
def a_configuration(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    for name, text in FILES.items():
        path = (folder / name).resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


@pytest.fixture(name="run")
def commands(config, capsys):
    def run(*words: str, where: bool = True) -> tuple[int, str, str]:
        options = ["--config", str(config)] if where else []
        with pytest.raises(SystemExit) as ended:
            main(["watch", *words, *options])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def text_of(config: Path) -> str:
    return (config / "watchlists" / "trade.yaml").read_bytes().decode()


# ------------------------------------------------------------------ fmt


def test_queries_are_rewritten_and_every_other_character_stays(run, config):
    assert run("fmt")[0] == 0
    before, after = FILES["watchlists/trade.yaml"], text_of(config)
    expected = before.replace(
        'match: cotton   "labour"  OR (solar panels)}',
        "match: (cotton AND labour) OR (solar AND panels)}",
    )
    expected = expected.replace(
        '        "forced labour"\n          (cotton OR tomatoes)\n',
        '        "forced labour" AND (cotton OR tomatoes)\n',
    )
    expected = expected.replace("'lang:en  NOT \"it''s\"'", "'lang:en AND NOT it''s'")
    assert after == expected
    assert load(config, {})


def test_formatting_twice_changes_nothing_more(run, config):
    run("fmt")
    once = text_of(config)
    assert run("fmt", "--check") == (0, "", "")
    assert run("fmt")[1] == ""
    assert text_of(config) == once


def test_check_changes_nothing_and_exits_with_1(run, config):
    code, out, _ = run("fmt", "--check")
    assert code == 1
    assert "trade.yaml: would be rewritten" in out
    assert text_of(config) == FILES["watchlists/trade.yaml"]


def test_named_files_alone_are_formatted(run, config, tmp_path):
    other = tmp_path / "other.yaml"
    shutil.copyfile(config / "watchlists" / "trade.yaml", other)
    assert run("fmt", str(other))[0] == 0
    assert text_of(config) == FILES["watchlists/trade.yaml"]
    assert "(cotton AND labour)" in other.read_text(encoding="utf-8")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(
    ("written", "standard"),
    [
        ("a   b", "a AND b"),
        ("a b  # why: 'x'", "a AND b  # why: 'x'"),
        ("'a  b'", "'a AND b'"),
        ('"\\"x  y\\" \\u00e9"', '"\\"x y\\" AND é"'),
        ('title:"x y"  b', 'title:"x y" AND b'),
        ("a OR\n      b", "a OR\n      b"),
        ("a b OR\n      c", "(a AND b) OR c"),
        ('"a b OR\n      c"', '"(a AND b) OR c"'),
        ("|\n      a\n      b", "|\n      a AND b"),
        ("|2+\n      a\n      b\n\n", "|2+\n      a AND b\n\n"),
        (">-  # c\n        a\n\n        b", ">-  # c\n        a AND b"),
        ("/a: b/ c", None),
        ("'/a: b/ c'", "'/a: b/ AND c'"),
        ("a b ${MORE}", "a b ${MORE}"),
        ('""', '""'),
    ],
)
def test_each_way_of_writing_a_value_stays_what_it_was(written, standard, mark, newline):
    head, tail = "watchlist: x\nwatches:\n  - id: a\n    match: ", "\n    name: A\n"
    text = (mark + head + written + tail).replace("\n", newline)
    if standard is None:
        with pytest.raises(Exception, match="not valid YAML"):
            format_queries(text)
        return
    after = format_queries(text)
    assert after == (mark + head + standard + tail).replace("\n", newline)
    assert format_queries(after) == after


def test_a_long_query_in_a_block_is_broken_into_lines_that_mean_the_same():
    query = " ".join(f'("word {n}" OR other{n})' for n in range(20))
    text = f"watchlist: x\nwatches:\n  - match: |\n      {query}\n    name: A\n"
    after = format_queries(text)
    assert all(len(line) <= 100 for line in after.splitlines())
    assert parse(yaml.safe_load(after)["watches"][0]["match"]) == parse(query)
    assert format_queries(after) == after


def test_a_broken_query_is_pointed_at_in_its_file_and_nothing_is_written(run, config):
    path = config / "watchlists" / "trade.yaml"
    broken = FILES["watchlists/trade.yaml"].replace(
        "(cotton OR tomatoes)", "(cotton OR OR tomatoes)"
    )
    path.write_text(broken, encoding="utf-8")
    code, _, err = run("fmt")
    assert code == 2
    assert "trade.yaml:21:22: match: OR stands between two terms" in err
    assert err.rstrip().endswith("^")
    assert text_of(config) == broken


# ------------------------------------------------------------------ show


def test_a_watch_is_told_in_plain_words(run):
    code, out, _ = run("show", "maria-exemplar")
    assert code == 0
    assert "maria-exemplar: person “Maria Exemplar” of the watchlist trade" in out
    assert "priority high; a score of 0.5 or more counts" in out
    assert "also counts as the full name: Мария Пример" in out
    assert "short form, counts beside the full name or with context: Exemplar" in out
    assert "in the seed: seeds/trade.md:5: Ms Maria Exemplar spoke first." in out
    assert "literals stands: " in out


def test_a_query_without_a_certain_word_is_said_to_be_in_the_slow_lane(run):
    assert "slow lane" in run("show", "slow")[1]
    assert "slow lane" not in run("show", "camps")[1]


def test_every_further_form_that_is_shown_is_really_found(run, config):
    code, out, _ = run("show", "maria-exemplar", "--json")
    assert code == 0
    shown = json.loads(out)
    assert shown["found_in_seed"]["line"] == 5
    matcher = Matcher(load(config, {}).watchlists.values())
    made = {form["rule"] for form in shown["variants"]}
    assert {"joined", "order", "initial", "case forms", "possessive", "case ending"} <= made
    for form in shown["variants"]:
        for written in form["form"].replace("*", "R").split(", "):
            text = (
                f"Word of {form['form']} today"
                if form["rule"] == "order"
                else f"Word of {written} today"
            )
            item = Item(
                id="i", source="s", title=text.replace("*", "R"), text="Cotton, cotton prices."
            )
            assert "maria-exemplar" in {hit.watch for hit in matcher.match(item)}, form


def test_variants_are_listed_with_the_rule_that_made_them(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    out = run("show", "maria-exemplar", "--variants")[1]
    assert "mariaexemplar" in out
    assert "written as one word" in out


def test_an_unknown_watch_is_named_with_its_nearest(run):
    code, _, err = run("show", "maria-exempla")
    assert code == 2
    assert "maria-exemplar" in err


# ------------------------------------------------------------------ add


def test_a_watch_is_appended_behind_the_last_and_comments_stay(run, config):
    code, out, _ = run("add", "li-wei", "--name", "Li Wei: scholar", "--alias", "李伟", "--alias", "Li, W", "--priority", "low")  # fmt: skip
    assert (code, out.split()[0]) == (0, "li-wei")
    entry = "  - id: li-wei\n    kind: person\n    name: 'Li Wei: scholar'\n    priority: low\n    aliases: [李伟, 'Li, W']\n"
    before = FILES["watchlists/trade.yaml"]
    assert text_of(config) == before.replace("\n# the end\n", f"{entry}\n# the end\n")
    watch = load(config, {}).watches["li-wei"]
    assert (watch.name, watch.aliases) == ("Li Wei: scholar", ("李伟", "Li, W"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("cotton", "--name", "X"), "already in watchlist 'trade'"),
        (("Not-An-Id", "--name", "X"), "lower-case letters"),
        (("a", "--name", "X", "--kind", "place"), "unknown kind 'place'"),
        (("a", "--name", "X", "--kind", "topic"), "a topic needs"),
        (("a", "--name", "X", "--kind", "topic", "--match", "b AND"), "a term is missing at the end"),
        (("a", "--name", "X", "--alias", "@nobody"), "there is no group @nobody"),
        (("a", "--name", "X", "--watchlist", "other"), "there is no watchlist 'other'"),
    ],
)  # fmt: skip
def test_what_would_break_the_configuration_is_refused_in_one_line(words, said, run, config):
    code, _, err = run("add", *words)
    assert code == 2
    assert said in err
    assert len(err.strip().splitlines()) == 1
    assert text_of(config) == FILES["watchlists/trade.yaml"]
    assert sorted(path.name for path in config.parent.iterdir()) == ["config", "seeds"]
    assert [path.name for path in (config / "watchlists").iterdir()] == ["trade.yaml"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("watchlist: x", "watchlist: x\nwatches:\n  - id: new\n    name: N\n"),
        ("watchlist: x\nwatches: []  # none yet\n# end", "watchlist: x\nwatches:  # none yet\n  - id: new\n    name: N\n# end"),
        ("watches:\n- id: a\n\n# end\n", "watches:\n- id: a\n- id: new\n  name: N\n\n# end\n"),
        ("watches:\n  - {id: a}", "watches:\n  - {id: a}\n  - id: new\n    name: N\n"),
        ("watches:\r\n  - id: a\r\ngroups: {}\r\n", "watches:\r\n  - id: a\r\n  - id: new\r\n    name: N\r\ngroups: {}\r\n"),
        ("watches:\n  - id: a\n    match: |\n      a\n\n      b\n\n\ntitle: t\n",
         "watches:\n  - id: a\n    match: |\n      a\n\n      b\n  - id: new\n    name: N\n\n\ntitle: t\n"),
    ],
)  # fmt: skip
def test_an_entry_goes_to_the_end_of_the_list_with_its_indentation(before, after):
    assert add_watch(before, {"id": "new", "name": "N"}) == after


def test_a_list_in_brackets_is_left_alone():
    with pytest.raises(Exception, match="stand in brackets"):
        add_watch("watches: [{id: a}]\n", {"id": "new"})


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable() and "${" not in text)
)
def test_whatever_a_name_is_it_reads_back_as_itself(name):
    after = add_watch("watches: []\n", {"name": name, "aliases": [name, "x"]})
    (entry,) = yaml.safe_load(after)["watches"]
    assert entry == {"name": name, "aliases": [name, "x"]}


# ------------------------------------------------------------------ convert


def test_a_query_of_another_service_is_printed_in_ours_with_its_notes(run):
    code, out, err = run("convert", "--from", "google-alerts", '"a * b" -c', where=False)
    assert (code, out) == (0, "(a BEFORE/5 b) AND NOT c\n")
    assert err.startswith("note: ")
    code, out, _ = run("convert", "--from", "lucene", "a^2", "--json", where=False)
    assert json.loads(out)["query"] == "a"
    assert len(json.loads(out)["notes"]) == 1


def test_what_has_no_equal_is_an_error_with_a_caret(run):
    code, out, err = run("convert", "--from", "lucene", "title:[a TO b]", where=False)
    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == " " * 8 + "^"
    assert "google-alerts" in run("convert", "--from", "bing", "a", where=False)[2]
