"""Stage 2, pure: documents become items with plain text, sound links, dates and identity."""

from monitor.reading.addresses import canonical_address, link_address
from monitor.reading.identity import Traits, identity_keys
from monitor.reading.items import read
from monitor.reading.language import language_tag
from monitor.reading.text import clean_text, one_line

__all__ = [
    "Traits",
    "canonical_address",
    "clean_text",
    "identity_keys",
    "language_tag",
    "link_address",
    "one_line",
    "read",
]
