"""The store: one database, one thread that writes, many that read.

store = Store.open("sqlite:///data/monitor.db")
store.migrate()
states = await store.write(lambda tx: tx.claim_sources(now, limit=50, lease_seconds=120))
page = await store.read(lambda tx: tx.hits(50))
store.close()
"""

from monitor.model import Sketch
from monitor.store.archive_queries import Archived, Choice
from monitor.store.store import Store
from monitor.store.tx import Tx
from monitor.store.values import KeptVersion, Mark, StoredHit, StorySummary, Told

__all__ = [
    "Archived",
    "Choice",
    "KeptVersion",
    "Mark",
    "Sketch",
    "Store",
    "StoredHit",
    "StorySummary",
    "Told",
    "Tx",
]
