"""Stage 2, pure: documents become items with plain text, sound links, dates and identity."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from monitor.reading.addresses import canonical_address, link_address
from monitor.reading.identity import Traits, identity_keys
from monitor.reading.items import read
from monitor.reading.language import language_tag
from monitor.reading.text import clean_text, one_line

if TYPE_CHECKING:
    from monitor.reading.article import read_article

__all__ = [
    "Traits",
    "canonical_address",
    "clean_text",
    "identity_keys",
    "language_tag",
    "link_address",
    "one_line",
    "read",
    "read_article",
]


def __getattr__(name: str) -> Any:
    """Load what reads pages with the first page: it brings parsers of HTML along, 4 MB a process."""
    if name == "read_article":
        return getattr(import_module("monitor.reading.article"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
