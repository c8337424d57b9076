"""Parameters that say where a reader came from, never which page it is.

Gathered from the public lists of ClearURLs, AdGuard and Mozilla's query stripping, and from the
feeds of news sites. courlan's own pattern is wider: it also takes ``uid``, ``cid``, ``source``
or ``session``, which some sites use for the article itself, and two articles would become one.
"""

from __future__ import annotations

PREFIXES = (
    *("utm_", "at_", "hsa_", "mtm_", "matomo_", "pk_", "piwik_", "itm_", "stm_", "vero_", "oly_"),
    *("ns_mchannel", "ns_source", "ns_campaign", "ns_linkname", "ns_fee", "guce_", "__hs", "_hs"),
    *(
        "fb_action",
        "fb_ref",
        "fb_source",
        "ga_source",
        "ga_medium",
        "ga_campaign",
        "wt_mc",
        "wt_zmc",
    ),
    *(
        "sc_campaign",
        "sc_channel",
        "sc_medium",
        "sc_country",
        "amp_js",
        "amp_gsa",
        "referringsource",
    ),
)
"""Beginnings of names, in lower case."""

NAMES = frozenset(
    (
        # click identifiers of advertisers and networks
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid"),
        *("twclid", "ttclid", "li_fat_id", "igshid", "igsh", "rb_clickid", "wickedid", "irclickid"),
        *("_openstat", "_ga", "_gl", "srsltid", "epik", "mibextid", "__twitter_impression"),
        # newsletters and campaigns
        *("mc_cid", "mc_eid", "mkt_tok", "hsctatracking", "s_cid", "xtor", "trk", "trkcampaign"),
        *("cmpid", "cmp", "ocid", "icid", "ncid", "ftag", "ito", "maca", "nlid", "emc", "smid"),
        *("smtyp", "sr_share", "sref", "srnd", "guccounter", "campaign_id", "traffic_source"),
        *("traffic_medium", "rss_id", "wprss", "feedname", "feedtype", "spm", "usqp", "share_id"),
        # sessions: another one at every visit
        *("jsessionid", "phpsessid", "aspsessionid", "cfid", "cftoken"),
        # mobile and AMP renderings of the same page
        *("outputtype", "_amp", "amp"),
    )
)
"""Whole names, in lower case."""

ORIGINS = frozenset(
    (
        *("rss", "feed", "rssfeed", "rss_feed", "rss-feed", "rss20", "atom", "newsletter", "email"),
        *(
            "mail",
            "social",
            "share",
            "twitter",
            "x",
            "tw",
            "facebook",
            "fb",
            "telegram",
            "whatsapp",
        ),
        *("linkedin", "reddit", "flipboard", "googlenews", "google-news", "google_news", "amp"),
    )
)
"""Values that make one of `ORIGIN_NAMES` a tracker."""

ORIGIN_NAMES = frozenset(
    (
        *("ref", "referer", "referrer", "source", "src", "via", "from", "partner", "feature"),
        *("mod", "origin", "medium", "channel", "campaign", "output", "rss"),
    )
)
"""Names that are trackers only when their value names an origin."""


def is_tracker(name: str, value: str) -> bool:
    """Tell whether the parameter ``name=value`` only says where a reader came from."""
    name = name.lower()
    if name in NAMES or name.startswith(PREFIXES):
        return True
    if name not in ORIGIN_NAMES:
        return False
    value = value.lower()
    return value in ORIGINS or value.startswith(("rss_", "rss-", "feed_"))
