"""What of a feed counts when it is asked whether it changed: not the time at which it was made.

Two of three servers write that time above the entries, and caches write a comment below them; many do
so anew for every answer. Such a document says nothing new, so it is spared the parser like one that is
the same to the byte.
"""

from __future__ import annotations

import hashlib
import re

_FIRST = re.compile(rb"<(item|entry)\b")
_COMMENT = rb"<!--[^<>]{0,2000}-->"
_STAMP = re.compile(
    rb"<(lastBuildDate|pubDate|updated|modified|dc:date)>[^<>]{0,100}</\1>|" + _COMMENT
)
"""RSS 2.0 channel elements, RFC 4287 section 4.2.15, Atom 0.3, Dublin Core; and comments."""
_COMMENTS = re.compile(_COMMENT)


def hash_of_feed(body: bytes) -> str:
    """Return the SHA-256, in hex, of a feed without the time stamps and comments around its entries.

    Two bodies of one hash hold the same entries below the same head. What has no entries counts whole.
    """
    first = _FIRST.search(body)
    last = body.rfind(b"</%b>" % first[1]) if first else -1
    if first is None or last < first.start():
        return hashlib.sha256(body).hexdigest()
    counted = hashlib.sha256(_STAMP.sub(b"", body[: first.start()]))
    counted.update(memoryview(body)[first.start() : last])
    counted.update(_COMMENTS.sub(b"", body[last:]))
    return counted.hexdigest()
