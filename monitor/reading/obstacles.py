"""Pages that stand in the way of an article: challenges, consent, empty shells, frames, no page at all."""

from __future__ import annotations

import re

from monitor.reading.page import Page

_LITTLE = 600
"""Characters of text that such a page may show; an article may speak of all of these things."""
_CHALLENGES = re.compile(
    r"just a moment\.\.\.|attention required!|cf-browser-verification|/cdn-cgi/challenge-platform|_cf_chl_opt|checking (?:if the site connection|your browser)|"
    r"verify(?:ing)? (?:that )?you are (?:a )?human|px-captcha|captcha-delivery\.com|_incapsula_resource|pardon our interruption|ddos[- ]?guard|"
    r"are you a robot\?|unusual traffic from your|g-recaptcha|h-captcha|awswafintegration|access denied",
    re.IGNORECASE,
)
_NEEDS_SCRIPT = re.compile(
    r"(?:enable|activate|turn on|requires?|need to (?:enable|run)|without)\s+(?:your\s+)?java\s?script|javascript (?:is )?(?:required|disabled|not (?:enabled|available))|"
    r"javascript\W{0,3}(?:aktivieren|aktivé|activer|habilit\w+|включ\w+|attivare)|(?:aktivieren|activez|habilite|включите) (?:sie |le |el )?javascript",
    re.IGNORECASE,
)
_COOKIES = re.compile(r"\bcookies?\b|çerez", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:we and our|our (?:\w+ )?partners|wir und unsere|unsere (?:\w+ )?partner|nous et nos|nos (?:\d+ )?partenaires|nosotros y nuestros"
    r"|nuestros socios|noi e i nostri|nostri partner|wij en onze|onze partners|my i nasi|nasi partnerzy|nós e (?:os )?nossos|nossos parceiros"
    r"|vi (?:och våra|og våre|og vores)|våra partners|мы и наши|biz ve (?:iş )?ortaklar"
    r"|(?:accept|reject) (?:all|cookies)|alle (?:akzeptieren|ablehnen)|(?:tout|tous) (?:accepter|refuser)|(?:accepter|refuser) tout|(?:aceptar|rechazar) todo"
    r"|accetta tutt[oi]|rifiuta tutt[oi]|alles accepteren|(?:aceitar|rejeitar) tudo|принять все|tümünü kabul)",
    re.IGNORECASE,
)
_WALL = 1_500
"""Characters of text that a page may show that asks for consent before it shows the article."""
_SHELL = re.compile(
    r"<div[^<>]*\bid=[\"']?(?:root|app|__next|__nuxt|gatsby-focus-wrapper)\b", re.IGNORECASE
)
_HEAD = 200_000
"""Characters of a page in which its code is looked at."""
_CONTROLS = bytes({*range(9), *range(14, 27), *range(28, 32), 127})
_MOST_TEXT = 0.95
_NAMED = {
    b"%PDF-": "a PDF document, no page",
    b"\x89PNG": "an image, no page",
    b"\xff\xd8\xff": "an image, no page",
    b"GIF8": "an image, no page",
    b"RIFF": "a media file, no page",
    b"PK\x03\x04": "a ZIP archive, no page",
}


def no_page(body: bytes) -> str:
    """Say why ``body`` cannot be a page; empty when it may be one."""
    start = body[:1_000]
    if not body.strip():
        return "the page is empty"
    for mark, what in _NAMED.items():
        if start.startswith(mark):
            return what
    utf16 = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not utf16 and len(start.translate(None, _CONTROLS)) < len(start) * _MOST_TEXT:
        return "binary data, no page"
    if start.lstrip()[:1] in {b"{", b"["}:
        return "JSON data, no page"
    return ""


def stand_in(page: Page, text: str) -> str:
    """Say what was served in the place of the page; empty when it may be the page itself."""
    if len(text) > _LITTLE:
        return ""
    if page.root.find(".//frameset") is not None:
        return "a frameset: the article is in another document"
    if _CHALLENGES.search(page.markup[:_HEAD]) and not page.statement.headline:
        return "the site asks for a proof of being human (challenge page)"
    return ""


def asks_for_consent(text: str) -> bool:
    """Tell whether a text is no article but asks readers to accept cookies first.

    The banner above a short article is not enough: a third of the text must speak of such things.
    """
    if len(text) > _WALL or not (_COOKIES.search(text) and _ASKS.search(text)):
        return False
    said = [line for line in text.split("\n") if _COOKIES.search(line) or _ASKS.search(line)]
    return 3 * sum(map(len, said)) >= len(text)


def missing_text(page: Page, text: str) -> str:
    """Say why the page shows no article; empty when ``text`` may be it."""
    if asks_for_consent(text) and len(page.statement.body) <= len(text):
        return "the page asks for consent to cookies before it shows the article"
    if len(text) > _LITTLE:
        return ""
    shown = text or page.root.text_content()
    if _NEEDS_SCRIPT.search(shown) or (_SHELL.search(page.markup[:_HEAD]) and not text):
        return "the page shows its text only with JavaScript"
    return "" if text else "no article was found on the page"
