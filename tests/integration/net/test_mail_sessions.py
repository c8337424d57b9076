from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from monitor.errors import TemporaryFailure
from monitor.net import MailServer, Net, NetOptions, mail_sessions
from tests.acceptance.practice import until
from tests.servers import FakeResolver
from tests.smtp_servers import ScriptedSmtp, SmtpServer

SENDER = "monitor@example.org"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have sessions wait as long as a test takes, on a busy machine too."""
    monkeypatch.setattr(mail_sessions, "KEPT_SECONDS", 3600.0)


@pytest.fixture
async def net() -> AsyncIterator[Net]:
    async with Net(NetOptions(), resolver=FakeResolver().on("mail.test", ["127.0.0.1"])) as net:
        yield net


def message(number: int) -> bytes:
    return f"Message-ID: <{number}@example.org>\r\nSubject: Coverage\r\n\r\nA line\r\n".encode()


def recipient(number: int) -> str:
    return f"desk{number}@example.org"


async def send(net: Net, server: Any, number: int = 0, **changes: Any) -> str:
    place = MailServer("mail.test", server.port, "none", **changes)
    return await net.send_mail(place, message(number), SENDER, [recipient(number)])


async def test_messages_one_after_the_other_go_through_one_connection(net: Net) -> None:
    async with SmtpServer() as server:
        for number in range(5):
            await send(net, server, number)
        assert server.connections == 1
        assert server.messages == [(SENDER, [recipient(n)], message(n)) for n in range(5)]


async def test_messages_side_by_side_do_not_share_a_connection(net: Net) -> None:
    async with SmtpServer() as server:
        for _ in range(3):
            await asyncio.gather(*(send(net, server, number) for number in range(4)))
        assert server.connections == 4
        assert len(server.messages) == 12


async def test_a_server_that_ended_the_session_meanwhile_gets_the_message_once(net: Net) -> None:
    async with SmtpServer() as server:
        await send(net, server, 1)
        server._sessions[0].transport.abort()
        await send(net, server, 2)
        assert server.connections == 2
        assert [content for _, _, content in server.messages] == [message(1), message(2)]


@pytest.mark.parametrize("reply", ["421 4.3.2 too long idle", "500 what", None])
async def test_a_server_that_wants_no_further_message_gets_a_new_connection(
    net: Net, reply: str | None
) -> None:
    async with ScriptedSmtp(RSET=reply) as server:
        for number in range(3):
            assert await send(net, server, number) == "250 kept"
        assert server.connections == 3
        assert [line for line in server.seen if line.startswith("RCPT")] == [
            f"RCPT TO:<{recipient(number)}>" for number in range(3)
        ]


@pytest.mark.parametrize("where", ["MAIL", "RCPT", "DATA", "END"])
@pytest.mark.parametrize("reply", ["450 later", None])
async def test_a_session_that_failed_is_not_kept(net: Net, where: str, reply: str | None) -> None:
    async with ScriptedSmtp(**{where: reply}) as server:
        for _ in range(2):
            with pytest.raises(TemporaryFailure):
                await send(net, server)
        assert server.connections == 2
        assert "RSET" not in server.seen


async def test_a_connection_lost_in_a_later_message_warns_of_a_second_copy(net: Net) -> None:
    async with ScriptedSmtp() as server:
        await send(net, server)
        server.replies["END"] = None
        with pytest.raises(TemporaryFailure, match="second copy with the same Message-ID"):
            await send(net, server)
        assert server.connections == 1


async def test_other_credentials_never_use_the_session_of_the_first(net: Net) -> None:
    async with ScriptedSmtp(EHLO="250-mail.test\r\n250 AUTH PLAIN", AUTH="235 welcome") as server:
        for word in ("one", "two", "one"):
            await send(net, server, username="me", password=SecretStr(word))
        assert server.connections == 2


async def test_after_its_share_of_messages_a_session_ends(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_sessions, "MOST_MESSAGES", 2)
    async with ScriptedSmtp() as server:
        for _ in range(4):
            await send(net, server)
        assert server.connections == 2
        await until(lambda: server.seen.count("QUIT") == 2, "two goodbyes")


async def test_a_session_without_work_says_goodbye(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_sessions, "KEPT_SECONDS", 0.0)
    async with ScriptedSmtp() as server:
        await send(net, server)
        await until(lambda: "QUIT" in server.seen, "a goodbye")
        await send(net, server)
        assert server.connections == 2


async def test_with_the_network_all_sessions_end(net: Net) -> None:
    async with ScriptedSmtp() as server:
        await asyncio.gather(*(send(net, server, number) for number in range(3)))
        assert "QUIT" not in server.seen
        await net.close()
        assert server.seen.count("QUIT") == 3
