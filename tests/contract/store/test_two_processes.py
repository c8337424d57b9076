"""Two real processes on one database: each row is claimed once."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace

from monitor.store import Store

CLAIM = """
import json, sys
from datetime import datetime
from monitor.store import Store
url, now = sys.argv[1], datetime.fromisoformat(sys.argv[2])
store, mine = Store.open(url), {"sources": [], "deliveries": [], "slot": False}
print("ready", flush=True)
sys.stdin.readline()
while True:
    sources = store.write_now(lambda tx: tx.claim_sources(now, limit=3, lease_seconds=60))
    deliveries = store.write_now(lambda tx: tx.claim_deliveries(now, 3, 60))
    mine["sources"] += [state.source for state in sources]
    mine["deliveries"] += [delivery.id for delivery in deliveries]
    if not sources and not deliveries:
        break
mine["slot"] = store.write_now(lambda tx: tx.set_last_slot("desk", now))
store.close()
print(json.dumps(mine))
"""


def start(url: str, make: SimpleNamespace) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CLAIM, url, make.now.isoformat()]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)


def test_each_source_delivery_and_slot_goes_to_one_process(
    url: str, store: Store, make: SimpleNamespace
) -> None:
    sources = [f"s{number:03}" for number in range(120)]
    deliveries = [f"d{number:03}" for number in range(120)]
    store.write_now(lambda tx: tx.sync_sources([(s, "https://x/", make.now) for s in sources]))
    store.write_now(lambda tx: [tx.add_delivery(make.delivery(each)) for each in deliveries])
    workers = [start(url, make), start(url, make)]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    claims = [json.loads(worker.communicate(timeout=300)[0]) for worker in workers]
    assert sorted(claims[0]["sources"] + claims[1]["sources"]) == sources
    assert sorted(claims[0]["deliveries"] + claims[1]["deliveries"]) == deliveries
    assert sorted(claim["slot"] for claim in claims) == [False, True]
