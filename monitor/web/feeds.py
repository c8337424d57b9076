"""The feeds of hits: one for each subscription that has a channel of kind ``feed``.

These routes know no password: feed readers have none. What opens a feed is its channel's token.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response

from monitor.channels.feed import FeedChannel
from monitor.channels.feed_entries import Known, hit_feed
from monitor.channels.payload import Payload
from monitor.channels.snippet import snippet
from monitor.channels.syndication import FORMS
from monitor.config import Settings
from monitor.planning import Subscription
from monitor.store import StoredHit, Tx
from monitor.web.pages import READ, page_of

router = APIRouter(include_in_schema=False)
PREFIX = "/feeds/"
MOST_ITEMS = 1000
"""Leading items whose texts are read for one answer; older ones have no snippet."""
_NOTHING = "There is no such feed, or the token is another one.\n"


@router.api_route(PREFIX + "{name}.{form}", methods=READ)
async def feed(
    request: Request, name: str, form: str, token: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """Answer with the last stories of a subscription; 404 whether it or the token is wrong."""
    view = page_of(request).view
    settings = view.settings()
    found = opened(settings, name, token)
    if found is None or form not in FORMS:
        return PlainTextResponse(_NOTHING, 404)
    subscription, channel = found
    payloads, known = await view.store.read(lambda tx: told_of(tx, subscription, channel))
    title = subscription.title or subscription.id
    home = settings.monitor.web.public_url or str(request.base_url)
    made = hit_feed(
        subscription.id, title, payloads, channel.entries, view.now(), home=home, known=known
    )
    media_type, write = FORMS[form]
    body = write(made)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def opened(settings: Settings, name: str, token: str) -> tuple[Subscription, FeedChannel] | None:
    """Return the subscription and the channel that ``token`` opens; None when it opens none."""
    subscription = settings.subscriptions.get(name)
    for to in subscription.to if subscription else ():
        channel = settings.channels.get(to.channel)
        if subscription and isinstance(channel, FeedChannel) and channel.opens(token):
            return subscription, channel
    return None


def told_of(
    tx: Tx, subscription: Subscription, channel: FeedChannel
) -> tuple[list[Payload], Known]:
    """Return the messages that the feed is made of, the newest first, and what is known of their stories."""
    told = tx.sent_to(subscription.id, channel.id, channel.entries)
    payloads = [Payload.model_validate_json(one.message.content) for one in told]
    leading = dict.fromkeys(story.id for one in payloads for story in one.data.stories)
    items: defaultdict[str, list[StoredHit]] = defaultdict(list)
    for found in tx.hits_of_items(islice(leading, MOST_ITEMS)).values():
        items[found.item.id].append(found)
    return payloads, known_of(items)


def known_of(items: Mapping[str, Sequence[StoredHit]]) -> Known:
    """Return story and snippet of each item from its hits."""
    stories = {item: hits[0].link.story for item, hits in items.items() if hits[0].link}
    snippets = {
        item: snippet(hits[0].item, sorted((one.hit for one in hits), key=lambda hit: -hit.score))
        for item, hits in items.items()
    }
    return Known(stories, snippets)
