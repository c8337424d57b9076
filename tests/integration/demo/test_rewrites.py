"""One event told thirty times in the practice newsroom: one alert, and a second for a new fact."""

from __future__ import annotations

from monitor.demo import practice_stage
from monitor.demo.coverage import load_coverage
from monitor.demo.rehearsal import rehearse_rounds

COVERAGE = load_coverage()
(EVENT,) = COVERAGE.rewrites


def test_no_two_rewrites_are_put_together_alike() -> None:
    assert EVENT.count == len(EVENT.entries) == 30
    assert len({entry.text for entry in EVENT.entries}) == 30
    assert {entry.outlet for entry in EVENT.entries} == set(EVENT.outlets)
    assert {EVENT.editions.first, EVENT.editions.last} <= {e.edition for e in EVENT.entries}


async def test_thirty_rewrites_bring_one_alert_and_the_new_fact_another(tmp_path) -> None:
    async with practice_stage(tmp_path, paced=False) as stage:
        summary = await rehearse_rounds(stage)
        told = [
            (story["title"], bool(story["developments"]))
            for hook in stage.receiver.received
            for story in hook.payload["data"]["stories"]
        ]
    assert summary.complete
    (fact,) = (entry for entry in COVERAGE.entries if entry.id == "lost-case-found")
    rewritten = [one for one in told if one[0] in EVENT.titles]
    assert [development for _, development in rewritten] == [False]
    assert (fact.title, True) in told
