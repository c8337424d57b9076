"""A real SMTP server (aiosmtpd) in a process of its own that counts what it is given.

    python benchmarks/mail_server.py        prints its port; at the end of its input what it got

It says so in JSON: messages, different Message-IDs, Message-IDs with other bytes, connections.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sys
from collections import defaultdict

from aiosmtpd.smtp import SMTP


class Counter:
    """Keeps a digest of every message."""

    def __init__(self) -> None:
        self.messages = 0
        self.connections = 0
        self.bodies: dict[bytes, set[bytes]] = defaultdict(set)

    async def handle_DATA(self, _server: SMTP, _session: object, envelope: object) -> str:  # noqa: N802 - aiosmtpd's name
        """Accept a message."""
        content = envelope.original_content
        name = re.search(rb"^Message-ID: (\S+)\r\n", content, re.MULTILINE)[1]
        self.messages += 1
        self.bodies[name].add(hashlib.sha256(content).digest())
        return "250 kept"

    def session(self) -> SMTP:
        """Return what speaks with one client."""
        self.connections += 1
        return SMTP(self, hostname="localhost", loop=asyncio.get_running_loop())


async def main() -> None:
    """Serve until standard input closes."""
    counter = Counter()
    server = await asyncio.get_running_loop().create_server(
        counter.session, "127.0.0.1", 0, backlog=1024
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    figures = {
        "messages": counter.messages,
        "different": len(counter.bodies),
        "other bytes": sum(len(bodies) > 1 for bodies in counter.bodies.values()),
        "connections": counter.connections,
    }
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
