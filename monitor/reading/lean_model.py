"""py3langid's model in a tenth of its memory: its answers, from tables that stay in a file.

The library holds an automaton of 42 MB and a table of 28 MB in every process. The automaton is one
of Aho and Corasick (1975): after each byte it stands at the longest of its n-grams that ends there,
and that is found as well by searching the n-grams themselves, sorted, 1.3 MB. Of the table a text
needs some hundred rows, which are read from the unpacked file.
"""

from __future__ import annotations

import lzma
import shutil
import tempfile
import zipfile
from functools import lru_cache
from threading import Lock
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

_COPIED = 1 << 20
_STATES_AT_ONCE = 1024
_ROWS_KEPT = 8192
"""Rows of the table that are kept, 4 MB: the commonest are in every text."""
_BYTES = 256
_LOCAL_HEADER = 30
"""Bytes of a ZIP local header before the name, of which the last four hold two lengths."""


class _Place(NamedTuple):
    """Where an array lies in the file."""

    start: int
    shape: tuple[int, ...]
    kind: np.dtype[Any]


class _Grams(NamedTuple):
    """The n-grams of one length, sorted, and the feature of each; -1 for none."""

    codes: NDArray[np.uint64]
    features: NDArray[np.int32]


class LeanIdentifier(LanguageIdentifier):  # type: ignore[misc]  # the library is untyped
    """Ranks languages as `LanguageIdentifier` does, to the same digits but for rounding."""

    def __init__(self) -> None:
        self._file = _unpacked()
        places = _places(self._file)
        loaded = {
            name: _read(self._file, places[name])
            for name in ("pc", "classes", "nextmove_row", "out_feat")
        }
        super().__init__(
            None, loaded["pc"], loaded["classes"].tolist(), None, None, norm_probs=True, tk_row=()
        )
        self._table = places["ptc"]
        self._lock = Lock()
        self._row = lru_cache(_ROWS_KEPT)(self._read_row)
        self._grams = _grams(
            self._file, places["nextmove"], loaded["nextmove_row"], loaded["out_feat"]
        )

    def _raw_score(self, text: bytes) -> NDArray[np.float32]:
        """Return the score of each class: naive Bayes over the n-grams in ``text``."""
        features, counts = np.unique(self._features(text), return_counts=True)
        known = features >= 0
        if not known.any():
            return np.zeros(len(self.nb_classes), np.float32)
        weights = np.log1p(counts[known].astype(np.float32))
        scores: NDArray[np.float32] = weights @ self._rows(features[known]) + self.nb_pc
        return scores

    def _features(self, text: bytes) -> NDArray[np.int32]:
        """Return the feature of the longest n-gram that ends at each byte, -1 for none."""
        letters = np.frombuffer(text, np.uint8).astype(np.uint64)
        found = np.full(len(letters), -1, np.int32)
        starts, codes = np.arange(len(letters)), np.zeros(len(letters), np.uint64)
        for more, grams in enumerate(self._grams):  # what an n-gram begins with is one as well
            inside = np.searchsorted(starts, len(letters) - more)
            starts = starts[:inside]
            codes = codes[:inside] << np.uint64(8) | letters[starts + more]
            places = np.searchsorted(grams.codes, codes).clip(max=len(grams.codes) - 1)
            here = grams.codes[places] == codes
            starts, codes = starts[here], codes[here]
            found[starts + more] = grams.features[places[here]]
        return found

    def _rows(self, features: NDArray[np.int32]) -> NDArray[np.float32]:
        rows = b"".join(map(self._row, features.tolist()))
        return np.frombuffer(rows, self._table.kind).reshape(len(features), -1).astype(np.float32)

    def _read_row(self, feature: int) -> bytes:
        start, (_, columns), kind = self._table
        size = columns * kind.itemsize
        with self._lock:
            return _bytes_at(self._file, start + feature * size, size)


def _unpacked() -> IO[bytes]:
    """Return the model's arrays in a file without a name, which goes with the process."""
    file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it is read from as long as we live
    with lzma.open(MODEL_DIR / MODEL_FILE) as packed:
        shutil.copyfileobj(packed, file, _COPIED)
    return file


def _places(file: IO[bytes]) -> dict[str, _Place]:
    """Return where each array of an uncompressed NPZ lies, by name."""
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
    return {member.filename.removesuffix(".npy"): _place(file, member) for member in members}


def _place(file: IO[bytes], member: zipfile.ZipInfo) -> _Place:
    lengths = _bytes_at(file, member.header_offset + _LOCAL_HEADER - 4, 4)
    behind = int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
    file.seek(member.header_offset + _LOCAL_HEADER + behind)
    if member.compress_type != zipfile.ZIP_STORED or npy.read_magic(file) != (1, 0):
        message = f"{MODEL_FILE} of py3langid has another form than this was written for"
        raise ValueError(message)
    shape, _, kind = npy.read_array_header_1_0(file)
    return _Place(file.tell(), shape, kind)


def _read(file: IO[bytes], place: _Place) -> NDArray[Any]:
    size = int(np.prod(place.shape)) * place.kind.itemsize
    return np.frombuffer(_bytes_at(file, place.start, size), place.kind)


def _bytes_at(file: IO[bytes], start: int, size: int) -> bytes:
    file.seek(start)
    return file.read(size)


def _grams(
    file: IO[bytes], moves: _Place, rows: NDArray[np.uint16], features: NDArray[np.int32]
) -> list[_Grams]:
    """Return the n-grams that the states of the automaton stand for, by their length.

    The way from the root that first reaches a state spells its n-gram.
    """
    reached = np.zeros(len(rows), bool)
    reached[0] = True
    states, codes = np.zeros(1, np.intp), np.zeros(1, np.uint64)
    found: list[_Grams] = []
    while True:
        steps: list[tuple[NDArray[np.intp], NDArray[np.uint64]]] = []
        for at in range(0, len(states), _STATES_AT_ONCE):
            some = slice(at, at + _STATES_AT_ONCE)
            targets = _targets(file, moves, rows[states[some]])
            places = np.flatnonzero(~reached[targets])
            reached[targets[places]] = True
            parents, letters = np.divmod(places, _BYTES)
            grams = codes[some][parents] << np.uint64(8) | letters.astype(np.uint64)
            steps.append((targets[places].astype(np.intp), grams))
        states, codes = (np.concatenate(part) for part in zip(*steps, strict=True))
        if not len(states):
            return found
        order = np.argsort(codes)
        states, codes = states[order], codes[order]
        found.append(_Grams(codes, features[states]))


def _targets(file: IO[bytes], moves: _Place, rows: NDArray[np.uint16]) -> NDArray[Any]:
    """Return where each byte leads from states that have these rows, 256 a state."""
    size = _BYTES * moves.kind.itemsize
    parts = [_bytes_at(file, moves.start + int(row) * size, size) for row in rows]
    return np.frombuffer(b"".join(parts), moves.kind)
