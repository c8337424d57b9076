"""In which language a text is written, by the small model of py3langid, and only when it is sure."""

from __future__ import annotations

from functools import cache
from typing import Any

SURE = 0.7
"""Least probability; on 158 headlines with their leads 149 reached it, and all but one were right."""
SHORTEST = 24
"""Characters below which a name or a slogan is taken for a language."""
_SAMPLE = 1_500
_WITHIN = {"yue": "zh", "wuu": "zh", "nn": "no", "nb": "no", "arz": "ar", "ary": "ar", "uzs": "uz"}
"""Kinds of a language that publishers name by the language itself."""
_ALIKE = (
    frozenset({"hr", "sr", "bs", "sh"}),
    frozenset({"id", "ms"}),
    frozenset({"da", "no"}),
    frozenset({"es", "gl", "an", "ext"}),
    frozenset({"pt", "gl"}),
    frozenset({"fa", "prs"}),
    frozenset({"ku", "ckb", "kmr", "sdh"}),
)
"""Languages that the model takes for one another."""


def detected_language(text: str, *, sure: float = SURE) -> str:
    """Return the language code (ISO 639) of ``text``, empty when the model is not ``sure`` of it."""
    sample = text[:_SAMPLE]
    if len(sample.encode("utf-8", "ignore")) < SHORTEST:
        return ""
    ranked = [(_WITHIN.get(code, code), share) for code, share in _model().rank(sample)]
    best = ranked[0][0]
    probability = sum(share for code, share in ranked if code == best)
    return str(best) if probability >= sure and best != "zxx" else ""


def looks_like(text: str, tag: str) -> bool:
    """Tell whether a rougher way, which needs no model, agrees that ``text`` is in a language.

    It spares most workers the memory of the model: most pages declare their language rightly.
    """
    from resiliparse.parse.lang import detect_fast  # noqa: PLC0415 - what polls feeds needs it not

    return same_language(detect_fast(text[:_SAMPLE])[0], tag)


def same_language(one: str, other: str) -> bool:
    """Tell whether two tags name one language, or two that the model cannot tell apart."""
    first, second = (
        _WITHIN.get(tag, tag) for tag in (one.partition("-")[0], other.partition("-")[0])
    )
    return first == second or any({first, second} <= group for group in _ALIKE)


@cache
def _model() -> Any:
    """Load the model: 20 MB and half a second, so only when a text first needs it."""
    from monitor.reading.lean_model import LeanIdentifier  # noqa: PLC0415

    return LeanIdentifier()
