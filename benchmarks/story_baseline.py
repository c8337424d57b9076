"""What ``stories.py`` is measured beside: single-pass clustering by plain online TF-IDF.

Words in small letters, 1 + log of their count times the logarithm of how rare they were so far,
cosine to the centroid of each cluster; the nearest one above a threshold is joined (Allan, Papka
and Lavrenko 1998 call it the single-pass method).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import log, sqrt

THRESHOLDS = (0.10, 0.14, 0.18, 0.20, 0.22, 0.25, 0.28, 0.32, 0.38)
_WORD = re.compile(r"\w+")


def online_tfidf(texts: Sequence[tuple[str, str]], threshold: float) -> list[int]:
    """Return the cluster of each (title, text), decided in this order."""
    seen: Counter[str] = Counter()
    centroids: list[dict[str, float]] = []
    norms: list[float] = []
    found = []
    for number, (title, text) in enumerate(texts, 1):
        counts = Counter(_WORD.findall(f"{title} {text}".lower()))
        seen.update(counts.keys())
        vector = {
            word: (1 + log(count)) * log((number + 1) / (seen[word] + 0.5))
            for word, count in counts.items()
        }
        length = sqrt(sum(weight * weight for weight in vector.values())) or 1.0
        scores = [
            sum(weight * centroid.get(word, 0.0) for word, weight in vector.items())
            / (length * norm or 1.0)
            for centroid, norm in zip(centroids, norms, strict=True)
        ]
        best = max(range(len(scores)), key=scores.__getitem__, default=-1)
        if best < 0 or scores[best] < threshold:
            best = len(centroids)
            centroids.append({})
            norms.append(0.0)
        for word, weight in vector.items():
            centroids[best][word] = centroids[best].get(word, 0.0) + weight / length
        norms[best] = sqrt(sum(weight * weight for weight in centroids[best].values()))
        found.append(best)
    return found
