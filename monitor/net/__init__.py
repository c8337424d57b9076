"""The only place that opens HTTP or SMTP.

Everything here is bounded: one deadline over a whole exchange, a cap on unpacked bytes, a limit
on connections and on requests to one host. Every address is checked before it is connected to,
at every redirect, and the checked address is the one that is used.
"""

from monitor.net.client import Net
from monitor.net.guard import Allowed
from monitor.net.mail import MailServer
from monitor.net.options import NetOptions
from monitor.net.resolver import Resolver, SystemResolver
from monitor.net.retry_after import parse_retry_after
from monitor.net.wire import Answer

__all__ = [
    "Allowed",
    "Answer",
    "MailServer",
    "Net",
    "NetOptions",
    "Resolver",
    "SystemResolver",
    "parse_retry_after",
]
