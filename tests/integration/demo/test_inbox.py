"""The practice inbox: letters fall with the editions, and the folder source finds them."""

from __future__ import annotations

from monitor.config import load
from monitor.demo import practice_stage
from monitor.demo.inbox import FOLDER
from monitor.model import SourceState
from monitor.net import Net


async def test_letters_fall_with_their_edition_and_are_read_at_once(tmp_path):
    async with practice_stage(tmp_path, paced=False) as stage:
        settings = load(stage.config_folder, stage.environ)
        source = settings.sources[FOLDER]
        async with Net(settings.monitor.net) as net:
            first = source.parse(await source.fetch(net, SourceState(FOLDER)))
            stage.newsroom.advance(stage.newsroom.last_edition)
            state = SourceState(FOLDER, memory=first.memory or "", first_poll_done=True)
            second = source.parse(await source.fetch(net, state))

    assert [entry.title for entry in first.entries] == [
        "The Slow Letter no. 11: what lay on the desk"
    ]
    (entry,) = second.entries
    assert entry.title == "The Slow Letter no. 12: a reading evening with Rushan Abbas"
    assert (entry.outlet, entry.language, entry.baseline) == ("The Slow Letter", "en", False)
    assert entry.published is not None
