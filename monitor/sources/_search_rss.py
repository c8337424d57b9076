"""Who published what a search in RSS found: feeds name it in an element of their own."""

from __future__ import annotations

from html import escape, unescape

from lxml import etree

from monitor.sources._limits import ENTRIES, NAME

_SOURCES = {"source", "Source"}
"""RSS 2.0 ``<source url="…">Outlet</source>``, and Bing's ``<News:Source>``."""
_DASHES = (" - ", " \u2013 ", " \u2014 ", " | ")


def outlets_of(body: bytes) -> dict[str, str]:
    """Return the outlet of each item of a feed by its guid and by its link, as markup.

    Meant for a body that was parsed as a feed before, which refuses attacks.
    """
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return {}
    found: dict[str, str] = {}
    for item in list(root.iter("item"))[:ENTRIES] if root is not None else ():
        texts = {
            etree.QName(child).localname: (child.text or "").strip()
            for child in item
            if isinstance(child.tag, str)
        }
        outlet = next((texts[name] for name in _SOURCES if texts.get(name)), "")
        for key in (texts.get("guid"), texts.get("link")):
            if key and outlet:
                found[key] = escape(outlet[:NAME], quote=False)
    return found


def without_suffix(title: str, outlet: str) -> str:
    """Return a headline without the `` - Outlet`` that an aggregator put behind it."""
    name = unescape(outlet).strip()
    plain = unescape(title).rstrip()
    for dash in _DASHES:
        if name and plain.casefold().endswith(f"{dash}{name}".casefold()):
            return escape(plain[: len(plain) - len(dash) - len(name)].rstrip(), quote=False)
    return title
