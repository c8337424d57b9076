"""Mail: final bytes from a notice, and addresses that are exactly one address.

The bytes depend on nothing but the arguments: the date is the notice's, the boundary and the
Message-ID come from the delivery's id. So a message that is sent again is the same message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from functools import cache
from typing import Any, Final

from monitor.channels.pages import Press
from monitor.channels.text import one_line
from monitor.channels.wording import headline
from monitor.model import Message, Notice, digest

_LOCAL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL: Final = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_LONGEST_LOCAL: Final = 64
_LONGEST: Final = 254
_FOLDED: Final = frozenset({"subject", "from", "to", "reply-to"})
_FOLDING: Final = SMTP.clone(max_line_length=76)


class MailPolicy(EmailPolicy):
    """SMTP rules, with encoded words of at most 75 characters (RFC 2047 section 2).

    `email.policy.SMTP` folds long structured headers such as List-Unsubscribe into encoded words
    and so breaks them; with long lines allowed it makes encoded words that are too long. So only
    the headers that people read are folded.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Fold headers for readers at 76 characters, leave those for machines on one line.

        Subjects go through the older `Header`: the newer code leaves spaces between encoded words,
        where RFC 2047 section 6.2 has readers drop them, and folds before the first word.
        """
        if name.lower() == "subject":
            charset = "us-ascii" if str(value).isascii() else "utf-8"
            folded = Header(str(value), charset, maxlinelen=76, header_name=name)
            return f"{name}: {folded.encode(linesep=self.linesep)}{self.linesep}".encode("ascii")
        if name.lower() in _FOLDED:
            return _FOLDING.fold_binary(name, value)
        return super().fold_binary(name, value)


POLICY: Final = MailPolicy(linesep="\r\n", max_line_length=998)


def check_address(text: str) -> str:
    """Return one plain mail address with its domain in ASCII (RFC 5321 section 4.1.2).

    Raises ValueError for lists, display names, comments, quoted local parts, control characters
    and anything else that a mail server could read as more or other than one address.
    """
    local, at, domain = text.strip(" ").partition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local) > _LONGEST_LOCAL:
        raise ValueError(_refusal(text))
    try:
        plain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise ValueError(_refusal(text)) from None
    if not all(_LABEL.fullmatch(label) for label in plain.split(".")):
        raise ValueError(_refusal(text))
    address = f"{local}@{plain}"
    if len(address) > _LONGEST:
        raise ValueError(_refusal(text))
    return address


def _refusal(text: str) -> str:
    return f"{one_line(text, 80)!r} is not one plain mail address, such as desk@example.org"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a mail comes from: an address and the name shown with it, which may be empty."""

    address: str
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> Sender:
        """Return the sender that ``Coverage desk <monitor@example.org>`` names."""
        match = re.fullmatch(r'\s*"?([^<>"@\x00-\x1f\x7f]*?)"?\s*<([^<>]*)>\s*', text)
        if match is None:
            return cls(check_address(text))
        return cls(check_address(match[2]), one_line(match[1], 80))

    @property
    def domain(self) -> str:
        """Return the domain that Message-IDs are made under."""
        return self.address.partition("@")[2]


@cache
def _press() -> Press:
    return Press()


def compose(
    notice: Notice, sender: Sender, recipient: str, delivery_id: str, reply_to: str = ""
) -> Message:
    """Return the final bytes of the mail that tells ``notice`` to ``recipient``."""
    pages = _press().set(notice)
    subject = headline(notice)
    mail = EmailMessage(policy=POLICY)
    message_id = f"<{delivery_id}@{sender.domain}>"
    name = digest(notice.subscription) if notice.discreet else notice.subscription
    mail["Date"] = notice.created
    mail["From"] = _address(sender.name or pages.title, sender.address)
    mail["To"] = _address("", recipient)
    if reply_to:
        mail["Reply-To"] = _address("", reply_to)
    mail["Subject"] = subject
    mail["Message-ID"] = message_id
    mail["References"] = f"<thread.{name}@{sender.domain}>"
    mail["List-Id"] = f"<{name}.{sender.domain}>"
    if pages.unsubscribe:
        mail["List-Unsubscribe"] = f"<{pages.unsubscribe}>"
    if pages.unsubscribe.startswith("https:"):  # RFC 8058 section 3.1 asks for it
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"
    mail["MIME-Version"] = "1.0"
    mail.set_content(pages.text, cte="quoted-printable")
    mail.add_alternative(pages.html, subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{delivery_id}")
    return Message(mail.as_bytes(), "message/rfc822", message_id, subject)


def _address(name: str, address: str) -> Address:
    return Address(display_name=name, addr_spec=address)
