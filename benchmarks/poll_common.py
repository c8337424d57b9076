"""What both contenders of the poll benchmark share: rounds, clocks, the report line."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable

import psutil


def set_edition(base: str, edition: int) -> None:
    """Tell the server what is current."""
    urllib.request.urlopen(f"{base}/edition/{edition}").close()


def set_made(base: str, hour: int) -> None:
    """Have the server say that its feeds were made at that hour."""
    urllib.request.urlopen(f"{base}/made/{hour}").close()


def cpu_seconds() -> float:
    """Return the CPU time of this process and its living and ended children."""
    process = psutil.Process()
    own = process.cpu_times()
    total = own.user + own.system + own.children_user + own.children_system
    for child in process.children(recursive=True):
        times = child.cpu_times()
        total += times.user + times.system
    return total


def report(label: str, run: Callable[[], int]) -> None:
    """Run one round and print its figures; ``run`` returns the number of new items."""
    cpu, wall = cpu_seconds(), time.monotonic()
    new = run()
    figures = {"wall": time.monotonic() - wall, "cpu": cpu_seconds() - cpu, "new": new}
    print(json.dumps({label: figures}), flush=True)
