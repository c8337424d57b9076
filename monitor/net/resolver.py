"""Host names to addresses, on threads of their own.

`getaddrinfo` blocks. On the event loop's default executor a few slow names hold up everything
else that waits for a thread, so names have 64 threads for themselves.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol


class Resolver(Protocol):
    """Finds the addresses of a host."""

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """Return every address of ``host`` as text, in the order to try; raises OSError."""

    def close(self) -> None:
        """Let go of threads and sockets."""


class SystemResolver:
    """The system's resolver (``/etc/hosts``, DNS) on its own threads."""

    def __init__(self, threads: int = 64) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="dns")

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """Return every address of ``host``, once each; raises `socket.gaierror`."""
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM
        )
        return tuple(dict.fromkeys(str(address[4][0]) for address in found))

    def close(self) -> None:
        """Stop the threads; look-ups still under way are left behind."""
        self._threads.shutdown(wait=False, cancel_futures=True)
