"""Real processes killed with SIGKILL while they write: nothing half written, nothing lost."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from monitor.store import Store, Tx

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)

WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from monitor.model import Delivery, Hit, Item, Message, Mode, Route, SourceState
from monitor.store import Store

now = datetime(2026, 3, 4, 12, tzinfo=UTC)
store, name = Store.open(sys.argv[1], lock_timeout=120), sys.argv[2]

def poll(number):
    ids = [f"{name}-{number}-{part}" for part in range(5)]
    items = [Item(i, name, "Title", text="x" * 400, first_seen=now, keys=(f"{i}-1", f"{i}-2")) for i in ids]
    hits = [Hit(i + "-hit", i, "ada", "list", 1.0, (), "rule") for i in ids]
    message = Message(b"final bytes", "message/rfc822", f"<{name}-{number}>")
    def save(tx):
        tx.add_items(items)
        tx.add_hits(hits)
        tx.add_routes([Route("desk", hit.id, Mode.INSTANT, "critical") for hit in hits])
        tx.add_delivery(Delivery(f"{name}-{number}", "desk", "alert", "mailbox", "", message,
                                 tuple(hit.id for hit in hits), now, now))
        tx.save_state(SourceState(name, failures=number))
        return number
    return save

async def main():
    number = 0
    while True:
        numbers = range(number, number + 4)
        done = await asyncio.gather(*(store.write(poll(each)) for each in numbers))
        for each in done:
            print(each, flush=True)
        number += 4

asyncio.run(main())
"""


def start(url: str, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, url, name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def written(tx: Tx, name: str) -> set[int]:
    """Return the polls of ``name`` that are stored; fails when one of them is so in part."""
    deliveries = {each.id: each for each in tx.deliveries(100_000)}
    numbers = {int(key.rsplit("-", 1)[1]) for key in deliveries if key.startswith(f"{name}-")}
    for number in numbers:
        ids = [f"{name}-{number}-{part}" for part in range(5)]
        hits = [f"{each}-hit" for each in ids]
        assert tx.items(ids).keys() == set(ids)
        assert tx.hits_by_id(hits).keys() == set(hits)
        assert len(tx.routes(hits)) == 5
        assert deliveries[f"{name}-{number}"].hits == tuple(hits)
        assert len(tx.known(f"{each}-{key}" for each in ids for key in (1, 2))) == 10
    return numbers


@pytest.mark.parametrize("seed", range(5))
def test_killed_writers_lose_nothing_they_were_told_was_stored(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    url = f"sqlite:///{tmp_path / 'monitor.db'}"
    store = Store.open(url)
    store.migrate()
    names = [f"w{number}" for number in range(3)]
    workers = {name: start(url, name) for name in names}
    acknowledged: dict[str, set[int]] = {}
    for name, worker in workers.items():
        assert worker.stdout is not None
        lines = [worker.stdout.readline() for _ in range(chance.randrange(1, 60))]
        worker.send_signal(signal.SIGKILL)
        lines += worker.stdout.readlines()
        worker.stdout.close()
        worker.wait()
        acknowledged[name] = {int(line) for line in lines if line.endswith("\n")}
    assert store.read_now(lambda tx: tx.integrity_check()) == []
    for name in names:
        stored = store.read_now(partial(written, name=name))
        assert stored >= acknowledged[name]
        assert stored == set(range(len(stored)))
        state = store.read_now(partial(Tx.source_state, source=name))
        assert state is not None
        assert state.failures == max(stored)
    store.write_now(lambda tx: tx.release_source("w0"))
    store.close()
