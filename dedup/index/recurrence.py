"""What an index knows of the runs of words in a text: which of them recur at unrelated times, so that they are nobody's."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dedup.arrays import distinct
from dedup.content.kinds import PUBLIC, STANDING
from dedup.index.encode import Encoded
from dedup.params import IndexParams, MatchParams
from dedup.storage.rows import stored_time
from dedup.storage.sqlite import Store

_SAMPLED = 64
"""Documents of one run that are looked at: what recurs recurs in a sample."""


def recurring_marks(
    store: Store,
    encoded: Encoded,
    pairs: tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]],
    match: MatchParams,
    params: IndexParams,
) -> npt.NDArray[np.uint8]:
    """Return the mark of each token of the text in `encoded`, uint8 (tokens,), as `winnow.seeds` gives them in a scan.

    `pairs` are documents, and for each of them which fingerprint of the text it has, both (pairs,).
    """
    marks = np.zeros(len(encoded.tokens.ids), np.uint8)
    least = min(match.public_times, match.standing_times)
    chosen = {place: docs for place, docs in _by_place(*pairs) if len(docs) >= least}
    if not chosen:
        return marks
    known = store.publications(distinct(np.concatenate(list(chosen.values()))).tolist())
    stretch = {number: int(time.timestamp() // (86400 * match.public_days)) for number, _, time in _dated(known)}
    outlets = {number: outlet for number, outlet, _ in known}
    for place, docs in chosen.items():
        of_outlet: dict[str | None, set[int]] = {}
        sizes: dict[str | None, int] = {}
        for doc in docs.tolist():
            outlet = outlets.get(doc)
            sizes[outlet] = sizes.get(outlet, 0) + 1
            if doc in stretch:
                of_outlet.setdefault(outlet, set()).add(stretch[doc])
        mark = PUBLIC if len(set().union(*of_outlet.values())) >= match.public_times else 0
        for outlet, times in of_outlet.items():
            mostly = sizes[outlet] >= match.standing_share * len(docs)
            if outlet is not None and mostly and len(times) >= match.standing_times:
                mark |= STANDING
        first = int(encoded.places[place])
        marks[first : first + params.fingerprint] |= mark
    return marks


def _by_place(docs: npt.NDArray[np.uint32], places: npt.NDArray[np.int64]) -> Iterator[tuple[int, npt.NDArray[np.uint32]]]:
    """Yield each fingerprint of the text, and a sample of the documents that have it."""
    order = np.lexsort((docs, places))
    docs, places = docs[order], places[order]
    bounds = [0, *(np.flatnonzero(np.diff(places)) + 1).tolist(), len(places)]
    for low, high in pairwise(bounds if len(places) else []):
        own = distinct(docs[low:high])
        yield int(places[low]), own[np.linspace(0, len(own) - 1, min(len(own), _SAMPLED)).astype(np.int64)]


def _dated(known: list[tuple[int, str | None, str | None]]) -> Iterator[tuple[int, str | None, datetime]]:
    for number, outlet, published in known:
        if (time := stored_time(published)) is not None:
            yield number, outlet, time
