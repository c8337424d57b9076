"""The file of hits: whole lines, each once, whatever happens in between."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from monitor.channels.file import FileChannel
from monitor.errors import TemporaryFailure
from monitor.model import Delivery, Notice
from monitor.net import Net, NetOptions
from tests.unit.channels.samples import ALERT, DIGEST, NOW, QUIET, long_digest


def make(path: Path) -> FileChannel:
    return FileChannel(id="record", kind="file", file=str(path))


def delivery(channel: FileChannel, notice: Notice, name: str = "d1") -> Delivery:
    message = channel.render(notice, "", name)
    return Delivery(name, "harbour", notice.kind, "record", "", message, (), NOW, NOW)


def content(channel: FileChannel) -> bytes:
    return Path(channel.file).read_bytes()


def entries(channel: FileChannel) -> list[dict]:
    return [json.loads(line) for line in content(channel).splitlines()]


def leave_behind(channel: FileChannel, half: bytes) -> None:
    with Path(channel.file).open("ab") as file:
        file.write(half)


def move_away(channel: FileChannel) -> None:
    Path(channel.file).rename(f"{channel.file}.1")


async def send(channel: FileChannel, *deliveries: Delivery) -> list[str]:
    async with Net(NetOptions()) as net:
        return [await channel.send(one, net) for one in deliveries]


async def test_each_hit_is_a_line_with_its_story_and_its_reason(tmp_path: Path) -> None:
    channel = make(tmp_path / "new" / "hits.jsonl")
    (said,) = await send(channel, delivery(channel, DIGEST))
    lines = entries(channel)
    assert said == f"7 lines written to {channel.file}"
    assert [line["watch"] for line in lines[:2]] == ["elena-marchetti", "forced-labour"]
    first = lines[0]
    assert first["delivery"] == "d1"
    assert (first["line"], first["lines"]) == (1, 7)
    assert first["why"] == "Full name in the title and the text."
    assert first["url"] == "https://outlet.example/1"
    assert first["copies"][0]["outlet"] == "Coastal Wire"
    assert len({line["hit"] for line in lines}) == 7


async def test_a_message_without_hits_is_one_line_that_says_so(tmp_path: Path) -> None:
    channel = make(tmp_path / "hits.jsonl")
    await send(channel, delivery(channel, QUIET))
    (line,) = entries(channel)
    assert line["hit"] is None
    assert line["summary"] == "Nothing new"


async def test_a_repeat_adds_nothing_and_other_deliveries_stay(tmp_path: Path) -> None:
    channel = make(tmp_path / "hits.jsonl")
    first, second = delivery(channel, ALERT), delivery(channel, DIGEST, "d2")
    await send(channel, first, second)
    before = content(channel)
    assert before == first.message.content + second.message.content
    assert await send(channel, first) == [f"0 lines written to {channel.file}"]
    assert content(channel) == before


@pytest.mark.parametrize("kept", [0, 1, 5, 200, 900, 2000])
async def test_what_a_crash_left_half_written_is_completed(tmp_path: Path, kept: int) -> None:
    channel = make(tmp_path / "hits.jsonl")
    earlier, sent = delivery(channel, ALERT, "d0"), delivery(channel, DIGEST)
    await send(channel, earlier)
    leave_behind(channel, sent.message.content[:kept])
    await send(channel, sent)
    assert content(channel) == earlier.message.content + sent.message.content


async def test_a_file_that_is_one_half_line_begins_anew(tmp_path: Path) -> None:
    channel = make(tmp_path / "hits.jsonl")
    leave_behind(channel, b'{"delivery":"d1","ki' + b"x" * 200_000)
    sent = delivery(channel, ALERT)
    await send(channel, sent)
    assert content(channel) == sent.message.content


async def test_writers_at_once_never_write_into_one_another(tmp_path: Path) -> None:
    channel = make(tmp_path / "hits.jsonl")
    sent = [delivery(channel, long_digest(40), f"d{number}") for number in range(8)]
    async with Net(NetOptions()) as net:
        await asyncio.gather(*(make(Path(channel.file)).send(one, net) for one in sent))
    lines = entries(channel)
    assert len(lines) == 8 * 40
    assert {line["delivery"] for line in lines} == {f"d{number}" for number in range(8)}


async def test_a_file_moved_away_is_begun_anew(tmp_path: Path) -> None:
    channel = make(tmp_path / "hits.jsonl")
    await send(channel, delivery(channel, ALERT))
    move_away(channel)
    sent = delivery(channel, ALERT, "d2")
    await send(channel, sent)
    assert content(channel) == sent.message.content


async def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file")
    channel = make(tmp_path / "folder" / "hits.jsonl")
    with pytest.raises(TemporaryFailure, match=r"file 'record': cannot append to '.*': "):
        await send(channel, delivery(channel, ALERT))
