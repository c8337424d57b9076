"""What the tests of fetching share."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.errors import FetchError
from monitor.net import Net, NetOptions

FEED = b"<rss version='2.0'><channel/></rss>"


def options(**changes: Any) -> NetOptions:
    return NetOptions(**({"allow_private": ("127.0.0.1",)} | changes))


async def fault(net: Net, url: str, **how: Any) -> FetchError:
    """Return the fault that asking for ``url`` ends in: one line, whatever it is."""
    with pytest.raises(FetchError) as caught:
        await net.get(url, **how)
    assert "\n" not in str(caught.value)
    return caught.value
