"""Pages of hits handed to a web archive over real HTTP: what is asked, and what each answer means."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
from pydantic import ValidationError

from monitor.channels.archive import ArchiveChannel
from monitor.errors import DeliveryError, DestinationGone, PermanentFailure, TemporaryFailure
from monitor.model import Notice
from monitor.net import Answer, Net
from tests.contract.channels.kinds import ID, PASSWORD, delivery, make
from tests.contract.channels.test_status_table import LOOPBACK, TABLE
from tests.servers import Handler, HttpServer, Reply, redirect
from tests.unit.channels.samples import ALERT, DIGEST, QUIET, TEST, long_digest

SAVE = "/save"
STORIES = [story for group in DIGEST.groups for story in group.stories]
TAKEN = Reply(200, json.dumps({"url": "https://outlet.example/1", "job_id": "j-1"}).encode())


def refused(word: str, message: str, status: int = 200) -> Reply:
    said = {"status": "error", "status_ext": word, "message": message}
    return Reply(status, json.dumps(said).encode())


async def send(
    folder: Path, notice: Notice, *answers: Handler, **options: Any
) -> tuple[str, HttpServer]:
    async with HttpServer() as server, Net(LOOPBACK) as net:
        server.on(SAVE, *answers)
        channel = make("archive", server.url("").rstrip("/"), folder, **options)
        message = channel.render(notice, "", ID)
        return await channel.send(delivery(channel, message), net), server


async def test_the_page_of_each_story_is_posted_once_with_the_keys(tmp_path: Path) -> None:
    said, server = await send(tmp_path, DIGEST, TAKEN)
    assert said == f"{len(STORIES)} pages handed to the archive"
    asked = [parse_qs(request.body.decode()) for request in server.requests]
    assert [one["url"] for one in asked] == [[story.item.url] for story in STORIES]
    assert {one["if_not_archived_within"][0] for one in asked} == {"2592000s"}
    for request in server.requests:
        assert request.method == "POST"
        assert request.headers["authorization"] == f"LOW key-of-archive:{PASSWORD}"
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"


async def test_a_place_in_the_endpoint_takes_the_address_and_a_redirect_leads_to_the_copy(
    tmp_path: Path,
) -> None:
    item = replace(STORIES[0].item, url="https://outlet.example/a b?x=1&y=ü#z".replace(" ", "%20"))
    told = replace(STORIES[0], item=item)
    notice = replace(ALERT, groups=(replace(ALERT.groups[0], stories=(told,)),))
    async with HttpServer() as server, Net(LOOPBACK) as net:
        path = "/save/https%3A%2F%2Foutlet.example%2Fa%2520b%3Fx%3D1%26y%3D%C3%BC%23z"
        server.on(path, redirect("/web/20261125/copy"))
        channel = make("archive", "", tmp_path, endpoint=server.url("/save/{url}"))
        sent = delivery(channel, channel.render(notice, "", ID))
        assert await channel.send(sent, net) == "1 page handed to the archive"
        (request,) = server.requests
    assert request.method == "GET"
    assert unquote(request.path.removeprefix("/save/")) == item.url


@pytest.mark.parametrize("notice", [QUIET, TEST], ids=["quiet", "test"])
async def test_a_message_without_stories_asks_for_nothing(tmp_path: Path, notice: Notice) -> None:
    said, server = await send(tmp_path, notice, TAKEN)
    assert "nothing was asked" in said
    assert server.requests == []


@pytest.mark.parametrize("row", TABLE)
async def test_every_answer_has_the_meaning_it_has_for_other_channels(
    row: str, tmp_path: Path
) -> None:
    answer, failure, wish = TABLE[row]
    with pytest.raises(DeliveryError) as caught:
        await send(tmp_path, ALERT, answer, timeout=20.0)
    assert isinstance(caught.value, failure)
    assert getattr(caught.value, "retry_after", None) == wish
    assert str(caught.value).startswith("archive 'ops': ")
    assert len(str(caught.value).splitlines()) == 1


async def test_an_address_that_is_refused_for_good_holds_up_no_other(tmp_path: Path) -> None:
    blocked = refused("error:blocked-url", "This URL is in the blocked list.")
    said, server = await send(tmp_path, DIGEST, TAKEN, blocked, Reply(400), TAKEN)
    assert len(server.requests) == len(STORIES)
    assert said.startswith(f"{len(STORIES) - 2} pages handed to the archive; refused: ")
    assert "error:blocked-url" in said


@pytest.mark.parametrize(
    ("answer", "failure", "asked"),
    [
        (refused("error:user-session-limit", "Limit of sessions reached."), TemporaryFailure, 1),
        (refused("error:service-unavailable", "Try again later.", 503), TemporaryFailure, 1),
        (Reply(401), PermanentFailure, 1),
        (Reply(403), PermanentFailure, 1),
        (Reply(410), DestinationGone, 1),
        (refused("error:no-access", "Access denied."), PermanentFailure, len(STORIES)),
    ],
)
async def test_when_all_would_fail_the_message_fails_and_waits_or_is_given_up(
    tmp_path: Path, answer: Reply, failure: type[DeliveryError], asked: int
) -> None:
    async with HttpServer() as server, Net(LOOPBACK) as net:
        server.on(SAVE, answer)
        channel = make("archive", server.url("").rstrip("/"), tmp_path)
        with pytest.raises(failure):
            await channel.send(delivery(channel, channel.render(DIGEST, "", ID)), net)
        assert len(server.requests) == asked


@pytest.mark.parametrize("where", ["message", "status_ext"])
async def test_an_archive_that_repeats_our_keys_is_told_without_them(
    tmp_path: Path, where: str
) -> None:
    said = {"status": "error", where: f"bad LOW key-of-archive:{PASSWORD} and {PASSWORD}"}
    with pytest.raises(PermanentFailure) as caught:
        await send(tmp_path, ALERT, Reply(200, json.dumps(said).encode()))
    assert "***" in str(caught.value)
    assert PASSWORD not in str(caught.value)
    assert "key-of-archive" not in str(caught.value)


class Watched(Net):
    """A network that notes how far apart requests are to be kept."""

    gaps: list[float | None]

    async def post(self, url: str, **options: Any) -> Answer:
        """Note the distance, and do as ever without it."""
        self.gaps.append(options.pop("gap"))
        return await super().post(url, **options)


async def test_requests_keep_the_distance_that_is_asked_for(tmp_path: Path) -> None:
    async with HttpServer() as server, Watched(LOOPBACK) as net:
        net.gaps = []
        server.on(SAVE, TAKEN)
        channel = make("archive", server.url("").rstrip("/"), tmp_path, every="7s")
        await channel.send(delivery(channel, channel.render(DIGEST, "", ID)), net)
        assert net.gaps == [7.0] * len(STORIES)


def test_a_message_of_many_stories_comes_in_parts_that_ask_for_each_once(tmp_path: Path) -> None:
    channel = make("archive", "http://127.0.0.1:1", tmp_path)
    parts = channel.parts(long_digest(33))
    asked = [json.loads(channel.render(part, "", ID).content)["keep"] for part in parts]
    assert [len(each) for each in asked] == [10, 10, 10, 3]
    assert len({one["url"] for each in asked for one in each}) == 33
    assert [(part.part, part.parts) for part in parts] == [(n, 4) for n in range(1, 5)]
    assert channel.parts(DIGEST) == (DIGEST,)


def test_the_internet_archive_is_not_asked_without_keys() -> None:
    with pytest.raises(ValidationError, match="wants keys"):
        ArchiveChannel.model_validate({"id": "wayback", "kind": "archive"})
