from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from monitor.channels.mailbox import MailboxChannel
from monitor.errors import TemporaryFailure
from monitor.model import Delivery
from monitor.net import Net, NetOptions
from tests.unit.channels.samples import ALERT, DIGEST, NOW


def make(folder: Path) -> MailboxChannel:
    return MailboxChannel(id="box", kind="mailbox", folder=str(folder))


def delivery(channel: MailboxChannel, slot: str = "2026-11-23T07:30:00+01:00") -> Delivery:
    recipient = "desk@example.org"
    message = channel.render(DIGEST if slot else ALERT, recipient, "d1")
    return Delivery(
        "d1", "harbour-morning", "digest", "box", recipient, message, (), NOW, NOW, slot
    )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "box").write_text("a file")
    return tmp_path / "box"


async def send(channel: MailboxChannel, sent: Delivery) -> str:
    async with Net(NetOptions()) as net:
        return await channel.send(sent, net)


async def test_a_message_is_written_as_mail_and_as_a_page(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "box"
    channel = make(folder)
    sent = delivery(channel)
    said = await send(channel, sent)
    stem = "2026-11-23T073000+0100-harbour-morning-d1"
    assert names(folder) == [f"{stem}.eml", f"{stem}.html"]
    assert said == f"written to {folder / stem}.eml"
    assert (folder / f"{stem}.eml").read_bytes() == sent.message.content
    page = (folder / f"{stem}.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.index("charset") < 1024, "a browser looks for it in the first kilobyte"
    body = message_from_bytes(sent.message.content, policy=default).get_body(("html",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == page


async def test_an_alert_is_named_by_its_time(tmp_path: Path) -> None:
    channel = make(tmp_path)
    await send(channel, delivery(channel, slot=""))
    assert (tmp_path / "2026-11-23T063000+0000-harbour-morning-d1.eml").exists()


async def test_a_repetition_writes_the_same_files(tmp_path: Path) -> None:
    channel = make(tmp_path)
    for _ in range(3):
        await send(channel, delivery(channel))
    assert len(names(tmp_path)) == 2


async def test_a_name_never_leaves_the_folder(tmp_path: Path) -> None:
    channel = make(tmp_path / "box")
    evil = replace(delivery(channel), id="../../d", subscription="../up", slot="../../etc/x")
    await send(channel, evil)
    assert names(tmp_path) == ["box"]
    assert [Path(name).suffix for name in names(tmp_path / "box")] == [".eml", ".html"]


async def test_a_folder_that_cannot_be_written_is_said_and_tried_again(file: Path) -> None:
    channel = make(file)
    with pytest.raises(TemporaryFailure, match="cannot write to the mailbox folder"):
        await send(channel, delivery(channel))


async def test_nothing_half_written_is_left_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    channel = make(tmp_path)
    with pytest.raises(TemporaryFailure, match="No space left on device"):
        await send(channel, delivery(channel))
    assert names(tmp_path) == []
