"""Lines inside an article that ask the reader to do something: follow, subscribe, read on.

By how they begin, in the languages that the feeds of this service are mostly in; only short lines
are taken, because a sentence of the article may begin alike.
"""

# ruff: noqa: RUF001 - phrases of many languages

from __future__ import annotations

import re

LONGEST = 220
"""Characters of a line that may be a promotion."""

_ANYWHERE = (
    r"sign up (?:here|(?:for|to) (?:our|the|receive))|subscribe (?:to our|now|here)|join our (?:telegram|whatsapp)|"
    r"follow us on|share this (?:article|story|post)|download our app|"
    r"newsletter (?:anmelden|abonnieren)|jetzt abonnieren|suscr[ií]bete|inscrivez-vous|abonnez-vous|"
    r"iscriviti (?:a|al)|assine (?:a|nossa)|подпи(?:шитесь|сывайтесь) на"
)
_BEGINNINGS = (
    # English
    r"(?:read|see|watch|listen)\s+(?:more|also|next|now)\s*(?:[:\u2013\u2014-]|$)|also read\b|related\s*:|read\s*:|"
    r"more on this story|sign up\b|subscribe\b|follow us\b|support our journalism|advertisement$|"
    # German
    r"lesen sie (?:auch|mehr|hier)|lies auch|mehr (?:dazu|zum thema)|auch interessant|das könnte sie (?:auch )?interessieren|anzeige$|"
    # Spanish, Portuguese
    r"lea? (?:tambi[eé]n|además)|lee (?:tambi[eé]n|más)|le puede interesar|te puede interesar|tambi[eé]n (?:lea|puede leer|te puede)|"
    r"s[ií]guenos|suscr[ií]be|leia (?:tamb[eé]m|mais)|veja tamb[eé]m|siga[- ]nos|"
    # French, Italian
    r"(?:à )?lire (?:aussi|également)|voir aussi|leggi anche|"
    # Dutch, Polish, Czech, Turkish
    r"lees ook|czytaj (?:też|także|więcej)|zobacz (?:też|także)|čtěte také|ayrıca oku|"
    # Russian, Ukrainian
    r"читайте (?:также|ещё|еще|по теме|також)|смотрите также|подписывайтесь|"
    # Arabic, Persian
    r"اقرأ أيض|إقرأ أيض|بیشتر بخوانید|"
    # Chinese, Japanese, Korean
    r"相关(?:阅读|新闻|报道)|延伸閱讀|延伸阅读|更多新聞|相關(?:新聞|報導)|関連(?:記事|リンク)|あわせて読みたい|관련\s?기사"
)
_PROMOTION = re.compile(rf"^\W*(?:{_BEGINNINGS})|\b(?:{_ANYWHERE})", re.IGNORECASE)


def is_promotion(line: str) -> bool:
    """Tell whether a line of an article's text promotes something instead of reporting."""
    return len(line) <= LONGEST and bool(_PROMOTION.search(line))
