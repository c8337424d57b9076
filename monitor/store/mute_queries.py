"""What readers want to hear no more of, and the key that signs the links by which they say so."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from monitor.store.base import Queries, insert_new, upsert
from monitor.store.reader_tables import MUTE, OPT_OUT, SECRET

_IN_FORCE = (
    select(MUTE.c.target, MUTE.c.until)
    .where(MUTE.c.until > bindparam("now", type_=MUTE.c.until.type))
    .order_by(MUTE.c.target)
)


class MuteQueries(Queries):
    """Mutes by ``watch:ID`` or ``story:ID``, opt-outs by destination, keys by name."""

    def mute(self, target: str, until: datetime) -> None:
        """Keep ``target`` quiet until then; the newest word stands."""
        self._run(
            upsert(self._dialect, MUTE, "target", "until"), {"target": target, "until": until}
        )

    def unmute(self, target: str) -> bool:
        """Let ``target`` be heard again; False when it was not muted."""
        return self._run(delete(MUTE).where(MUTE.c.target == target)).rowcount == 1

    def mutes(self, now: datetime) -> dict[str, datetime]:
        """Return what is muted at ``now``, and until when."""
        return {row.target: row.until for row in self._run(_IN_FORCE, {"now": now})}

    def opt_out(self, subscription: str, channel: str, recipient: str, at: datetime) -> None:
        """Send this destination no more of ``subscription``."""
        row = {"subscription": subscription, "channel": channel, "recipient": recipient, "at": at}
        self._run(insert_new(self._dialect, OPT_OUT), row)

    def opt_in(self, subscription: str, channel: str, recipient: str) -> bool:
        """Send it again; False when it had not opted out."""
        mine = (OPT_OUT.c.subscription == subscription) & (OPT_OUT.c.channel == channel)
        statement = delete(OPT_OUT).where(mine, OPT_OUT.c.recipient == recipient)
        return self._run(statement).rowcount == 1

    def opted_out(self) -> set[tuple[str, str, str]]:
        """Return every (subscription, channel, recipient) that opted out."""
        columns = (OPT_OUT.c.subscription, OPT_OUT.c.channel, OPT_OUT.c.recipient)
        return {(row[0], row[1], row[2]) for row in self._run(select(*columns))}

    def secret(self, name: str) -> bytes:
        """Return this installation's key of that name; made at random when it is first asked for."""
        fresh = {"name": name, "value": secrets.token_bytes(32)}
        self._run(insert_new(self._dialect, SECRET), fresh)
        return bytes(self._run(select(SECRET.c.value).where(SECRET.c.name == name)).scalar_one())
