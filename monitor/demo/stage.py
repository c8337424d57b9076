"""Everything that the service meets in a rehearsal: newsroom, mail server, webhook, chat, configuration.

The configuration is written as YAML and read by the service like any other, so that a rehearsal
takes the same path as the real thing.
"""

from __future__ import annotations

import base64
import secrets
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from pydantic import SecretStr

from monitor.demo.chat_room import ChatRoom
from monitor.demo.coverage import load_coverage
from monitor.demo.inbox import FOLDER, deliver_into
from monitor.demo.mail_sink import MailSink, ReceivedMail, forget_earlier
from monitor.demo.newsroom import Newsroom
from monitor.demo.receiver import WebhookReceiver
from monitor.errors import InputError
from monitor.web.serving import listen

WATCHLIST = "xinjiang-leaks.yaml"
SECRET_NAME = "DEMO_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable, not what it holds
CHAT_NAME = "DEMO_CHAT_WEBHOOK"
ALERT_DESK = "alerts@practice.example"
DIGEST_DESK = "digest@practice.example"
POLL_EVERY = "2s"
PAGE_GAP = "0.02s"
"""All outlets are one host here; among hosts of their own a second between pages is no wait."""
DIGEST_WHEN = "every 5 seconds"

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent.parent


@dataclass(frozen=True, slots=True)
class Stage:
    """A rehearsal that is set up and running; what arrived can be asked for at any time."""

    config_folder: Path
    """Holds ``monitor.yaml`` and the rest; its parent is the project's folder."""
    environ: Mapping[str, str]
    """The variables that the configuration refers to."""
    newsroom: Newsroom
    mail_sink: MailSink
    receiver: WebhookReceiver
    chat_room: ChatRoom

    @property
    def alerts(self) -> tuple[ReceivedMail, ...]:
        """Return the alert mails that arrived, each once."""
        return self._mails(ALERT_DESK)

    @property
    def digests(self) -> tuple[ReceivedMail, ...]:
        """Return the digest mails that arrived, each once."""
        return self._mails(DIGEST_DESK)

    def summary(self) -> dict[str, int]:
        """Return what reached the other side, counted there, repeats left out."""
        hooks = [hook for hook in self.receiver.received if not hook.duplicate]
        return {
            "alerts_sent": len(self.alerts),
            "digests_sent": len(self.digests),
            "webhooks_delivered": len(hooks),
            "chats_delivered": sum(not chat.duplicate for chat in self.chat_room.received),
        }

    def _mails(self, recipient: str) -> tuple[ReceivedMail, ...]:
        return tuple(
            mail
            for mail in self.mail_sink.received
            if recipient in mail.recipients and not mail.duplicate
        )


@asynccontextmanager
async def practice_stage(output: Path, *, paced: bool = True) -> AsyncIterator[Stage]:
    """Set the stage, yield it, and take it down; mails are written into ``output``, earlier ones removed.

    With ``paced`` the newsroom publishes by the clock, else only when told to. Raises InputError
    when the shipped watchlist or its seed is missing.
    """
    secret = SecretStr("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode())
    coverage = load_coverage()
    forget_earlier(output)
    with TemporaryDirectory(prefix="coverage-practice-") as folder:
        deliver = deliver_into(Path(folder) / FOLDER, coverage.letters)
        deliver(0)
        async with (
            Newsroom(coverage, paced=paced, on_edition=deliver) as newsroom,
            MailSink(output) as mail_sink,
            WebhookReceiver(secret) as receiver,
            ChatRoom() as chat_room,
        ):
            config = Path(folder) / "config"
            _write_config(config, newsroom, mail_sink, receiver)
            environ = {SECRET_NAME: secret.get_secret_value(), CHAT_NAME: chat_room.url}
            yield Stage(config, environ, newsroom, mail_sink, receiver, chat_room)


def shipped(kind: str, name: str) -> Path:
    """Return a shipped file: beside this module in an installed package, else in the checkout.

    ``kind`` is ``watchlists`` or ``seeds``. Raises InputError when it is in neither place.
    """
    checkout = {"watchlists": _CHECKOUT / "config" / "watchlists", "seeds": _CHECKOUT / "seeds"}
    for folder in (_PACKAGE / kind, checkout[kind]):
        if (folder / name).is_file():
            return folder / name
    message = (
        f"the practice newsroom needs {kind}/{name}, which this installation lacks: reinstall it"
    )
    raise InputError(message)


def _write_config(
    folder: Path, newsroom: Newsroom, mail_sink: MailSink, receiver: WebhookReceiver
) -> None:
    watchlist = shipped("watchlists", WATCHLIST)
    (folder / "watchlists").mkdir(parents=True)
    shutil.copyfile(watchlist, folder / "watchlists" / WATCHLIST)
    head = yaml.safe_load(watchlist.read_text(encoding="utf-8"))
    _copy_seed(head.get("seed", ""), folder.parent)
    written = {
        "monitor.yaml": _monitor(mail_sink, receiver),
        "sources.yaml": {"sources": _sources(newsroom)},
        "subscriptions.yaml": {"subscriptions": _subscriptions(head["watchlist"])},
    }
    for name, content in written.items():
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        (folder / name).write_text(text, encoding="utf-8")


def _copy_seed(place: str, project: Path) -> None:
    """Copy the seed that a watchlist names, such as ``seeds/a.md#part``, below ``project``."""
    if not place:
        return
    name = Path(place.partition("#")[0]).name
    (project / "seeds").mkdir()
    shutil.copyfile(shipped("seeds", name), project / "seeds" / name)


def _free_port(host: str) -> int:
    """Return a port for the page: hubs are told of it before it is served."""
    with listen(host, 0) as listener:
        return int(listener.getsockname()[1])


def _monitor(mail_sink: MailSink, receiver: WebhookReceiver) -> dict[str, Any]:
    host = "127.0.0.1"
    port = _free_port(host)
    return {
        "title": "Practice newsroom",
        "net": {"allow_private": ["127.0.0.1"], "deadline": "10s", "page_gap": PAGE_GAP},
        "web": {"host": host, "port": port, "public_url": f"http://{host}:{port}"},
        "channels": [
            {
                "id": "mail",
                "kind": "email",
                "host": mail_sink.host,
                "port": mail_sink.port,
                "security": "none",
                "sender": "monitor@practice.example",
            },
            {
                "id": "hook",
                "kind": "webhook",
                "url": receiver.url,
                "secret": f"${{{SECRET_NAME}}}",
            },
            {"id": "chat", "kind": "slack", "webhook": f"${{{CHAT_NAME}}}"},
        ],
    }


def _sources(newsroom: Newsroom) -> list[dict[str, Any]]:
    return [
        {
            "id": place.outlet.id,
            "kind": place.kind,
            "url": place.url,
            "publisher": place.outlet.name,
            "language": place.outlet.language,
            "every": POLL_EVERY,
        }
        for place in newsroom.places
    ] + [{"id": FOLDER, "kind": "folder", "folder": FOLDER, "every": POLL_EVERY}]


def _subscriptions(watchlist: str) -> list[dict[str, Any]]:
    return [
        {
            "id": "urgent",
            "title": "Practice alert",
            "watchlists": [watchlist],
            "priorities": ["high", "critical"],
            "when": "instant",
            "to": [
                {"channel": "hook"},
                {"channel": "chat"},
                {"channel": "mail", "recipient": ALERT_DESK},
            ],
        },
        {
            "id": "digest",
            "title": "Practice digest",
            "watchlists": [watchlist],
            "when": DIGEST_WHEN,
            "to": [{"channel": "mail", "recipient": DIGEST_DESK}],
        },
    ]
