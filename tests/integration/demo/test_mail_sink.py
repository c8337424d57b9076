"""The mail sink, given mail by a real SMTP client."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from email.policy import SMTP

import aiosmtplib
import pytest

from monitor.demo.mail_sink import MailSink, file_stem


def a_mail(message_id: str = "<1@practice.example>", subject: str = "Ünlü: 3/4 hits") -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "monitor@practice.example"
    message["To"] = "desk@practice.example"
    message["Subject"] = subject
    if message_id:
        message["Message-ID"] = message_id
    message.set_content("plain text\n.a line that begins with a dot\n")
    message.add_alternative("<p>Grüße 维吾尔</p>", subtype="html")
    return message.as_bytes()


async def send(sink: MailSink, content: bytes) -> str:
    client = aiosmtplib.SMTP(hostname=sink.host, port=sink.port, start_tls=False, use_tls=False)
    async with client:
        _, reply = await client.sendmail(
            "monitor@practice.example", ["desk@practice.example"], content
        )
    return reply


async def test_a_mail_is_kept_byte_for_byte_and_its_html_written_beside_it(tmp_path):
    async with MailSink(tmp_path / "out") as sink:
        content = a_mail()
        reply = await send(sink, content)
    (mail,) = sink.received
    assert "Kept" in reply
    assert mail.content == content
    assert (mail.message_id, mail.subject) == ("<1@practice.example>", "Ünlü: 3/4 hits")
    assert mail.recipients == ("desk@practice.example",)
    assert not mail.duplicate
    assert mail.eml == tmp_path / "out" / "001-ünlü-3-4-hits.eml"
    assert mail.eml.read_bytes() == content
    assert mail.html is not None
    assert mail.html.read_text(encoding="utf-8") == "<p>Grüße 维吾尔</p>\n"


async def test_a_second_copy_is_accepted_noted_and_not_written(tmp_path):
    async with MailSink(tmp_path) as sink:
        await send(sink, a_mail())
        await send(sink, a_mail())
        await send(sink, a_mail("<2@practice.example>"))
    assert [mail.duplicate for mail in sink.received] == [False, True, False]
    assert sink.received[1].eml is None
    assert len(list(tmp_path.glob("*.eml"))) == 2


async def test_mails_without_an_id_are_never_taken_for_one_another(tmp_path):
    async with MailSink(tmp_path) as sink:
        await send(sink, a_mail(""))
        await send(sink, a_mail(""))
    assert [mail.duplicate for mail in sink.received] == [False, False]


async def test_many_clients_at_once_lose_nothing(tmp_path):
    async with MailSink(tmp_path) as sink:
        await asyncio.gather(*(send(sink, a_mail(f"<{n}@practice.example>")) for n in range(40)))
    assert len({mail.message_id for mail in sink.received}) == 40
    assert len(list(tmp_path.glob("*.eml"))) == 40


async def test_without_a_folder_mail_stays_in_memory():
    async with MailSink() as sink:
        await send(sink, a_mail())
    assert sink.received[0].eml is None


async def test_rubbish_instead_of_a_message_is_kept_too(tmp_path):
    async with MailSink(tmp_path) as sink:
        await send(sink, b"\xff\xfe no header at all\r\n")
    assert sink.received[0].eml is not None
    assert sink.received[0].message_id == ""


async def test_closing_hangs_up_on_a_client_that_stays(tmp_path):
    async with MailSink(tmp_path) as sink:
        reader, writer = await asyncio.open_connection(sink.host, sink.port)
        assert (await reader.readline()).startswith(b"220 localhost")
    rest = await asyncio.gather(reader.read(), return_exceptions=True)
    assert rest[0] == b"" or isinstance(rest[0], ConnectionResetError)
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(sink.host, sink.port)


def test_a_file_name_never_leaves_its_folder():
    assert file_stem(7, "../../etc/passwd\x00 \\ CON:") == "007-etc-passwd-con"
    assert len(file_stem(1, "x" * 500)) <= 60
    assert file_stem(2, "…") == "002"
