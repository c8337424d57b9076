"""Apprise, for services that have no channel of their own here (https://github.com/caronc/apprise).

An optional extra for the administrator's own services: Apprise opens its connections itself, past
the address guard, the proxy and the limits of `monitor.net`, and says neither why something failed
nor when to try again. What it could do beyond sending text is off: attachments, which read local files, and
redirects, which it would follow to any address.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import warnings
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, Field, SecretStr

from monitor.channels.base import Channel
from monitor.channels.chat import fit
from monitor.channels.markup import plain
from monitor.channels.wording import headline
from monitor.errors import TemporaryFailure
from monitor.fields import Duration
from monitor.model import Delivery, Message, Notice
from monitor.net import Net

LARGEST: Final = 20_000
"""Bytes; Apprise cuts at what each service takes."""
_REFUSED: Final = frozenset({"attach", "attach-as", "redirect", "template"})
"""Settings of an address that would switch on again what is off, or read a local file."""
_MISSING: Final = (
    "Apprise is not installed: install the extra with pip install 'coverage-monitor[apprise]'"
)


def _library() -> Any:
    """Return the library; raises ValueError that says how to install it."""
    try:
        library = importlib.import_module("apprise")
    except ImportError:
        raise ValueError(_MISSING) from None
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # its lines repeat addresses
    return library


def _services(secret_urls: Sequence[SecretStr], timeout: float) -> list[Any]:
    """Return the services ready to use; raises ValueError that repeats no address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of old modules that it looks for
        library = _library()
        asset = library.AppriseAsset(http_redirects=False, storage_mode="memory")
        made = [library.Apprise.instantiate(s.get_secret_value(), asset=asset) for s in secret_urls]
    for number, service in enumerate(made, 1):
        if service is None:
            message = f"Apprise knows no service for address {number}, or misses a part of it"
            raise ValueError(message)
        service.redirects = False
        service.socket_connect_timeout = service.socket_read_timeout = timeout
    return made


def _check(secret_urls: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for number, secret in enumerate(secret_urls, 1):
        names = {name.lower() for name, _ in parse_qsl(urlsplit(secret.get_secret_value()).query)}
        if refused := sorted(names & _REFUSED):
            message = f"address {number} sets {', '.join(refused)}, which is not allowed here"
            raise ValueError(message)
    _services(secret_urls, 1.0)
    return secret_urls


class AppriseChannel(Channel):
    """Plain text to services that Apprise knows; needs the extra ``apprise``."""

    kind: Literal["apprise"]
    """``apprise``"""
    secret_urls: Annotated[tuple[SecretStr, ...], AfterValidator(_check)] = Field(min_length=1)
    """Addresses of services as Apprise writes them, best as variables: they hold passwords.
    Attachments and redirects are off; its connections pass the address guard by, and heed
    ``HTTP_PROXY`` instead of ``net: proxy``."""
    timeout: Duration = 20.0
    """Time to connect, and as long again for the answer, of each service."""

    def render(self, notice: Notice, recipient: str, delivery_id: str) -> Message:
        """Return the text."""
        self.check_recipient(recipient)
        text = fit(notice, plain, lambda made: len(made.encode()), LARGEST)
        return Message(text.encode(), "text/plain; charset=utf-8", delivery_id, headline(notice))

    async def send(self, delivery: Delivery, net: Net) -> str:
        """Hand the text to every service.

        When one fails all get it again with the next attempt: Apprise does not say which did.
        """
        del net  # see above
        failed = await asyncio.to_thread(self._notify, delivery.message)
        if failed:
            which = f"{failed} of {len(self.secret_urls)} services"
            message = f"apprise {self.id!r}: {which} did not take it; it will be tried again"
            raise TemporaryFailure(message)
        return f"taken by {len(self.secret_urls)}"

    def _notify(self, message: Message) -> int:
        """Return how many services did not take ``message``."""
        text = message.content.decode("utf-8")
        try:
            services = _services(self.secret_urls, self.timeout)
        except ValueError as error:
            words = f"apprise {self.id!r}: {error}"
            raise TemporaryFailure(words) from None
        taken = [
            service.notify(body=text, title=message.subject, body_format="text")
            for service in services
        ]
        return taken.count(False)
