"""Make `dedup/data/token_prior.npy`: the frequency of each folded token in running text, for corpora of any kind.

    pip install wordfreq && python bench/quality/token_prior.py

Source: wordfreq 3.1.1 (Robyn Speer), whose data may be redistributed under CC BY-SA 4.0; so may the file made here, see
`dedup/data/NOTICE`. A token gets its frequency in the language in which it is most frequent, because a corpus may be of any
language, and too few bits are the safer error. Tokens rarer than 2^-`MatchParams.unseen_word_bits` are left out.

The file holds two arrays, one after the other, as `numpy.save` writes them: the version of the word hashes (`HASH_VERSION`),
and the rows (low 32 bits of the word hash, -10 log2 of the frequency), sorted. `dedup/align/word_weights.py` reads it.
"""

import collections
import math

import numpy as np
import wordfreq

from dedup.align.word_weights import PRIOR
from dedup.params import HASH_VERSION, MatchParams
from dedup.text.tokens import tokenise

RAREST = 2.0 ** -MatchParams().unseen_word_bits
# Years and small numbers are frequent in any news text; wordfreq estimates their frequencies from their shapes.
NUMBERS = range(2101)


def tokens(words: list[str]) -> list[list[int]]:
    """Return the low 32 bits of the hashes of each word's tokens."""
    cut = tokenise(words)
    hashes = (cut.hashes & 0xFFFFFFFF)[cut.ids].tolist()
    return [hashes[cut.offsets[d] : cut.offsets[d + 1]] for d in range(len(words))]


def main() -> None:
    """Write the table."""
    best: dict[int, float] = {}
    for language in sorted(wordfreq.available_languages("best")):
        found: dict[int, float] = collections.defaultdict(float)
        table = {w: f for w, f in wordfreq.get_frequency_dict(language, "best").items() if not any(c.isdigit() for c in w)}
        for folded, frequency in zip(tokens(list(table)), table.values(), strict=True):
            for token in folded:
                found[token] += frequency
        for token, frequency in found.items():
            best[token] = max(best.get(token, 0.0), frequency)
    for number in NUMBERS:
        best[tokens([str(number)])[0][0]] = wordfreq.word_frequency(str(number), "en")
    kept = {key: f for key, f in best.items() if f >= RAREST}
    out = np.zeros(len(kept), dtype=[("hash", "<u4"), ("decibits", "u1")])
    for row, (key, frequency) in enumerate(sorted(kept.items())):
        out[row] = key, round(-10 * math.log2(frequency))
    with PRIOR.open("wb") as file:
        np.save(file, np.uint32(HASH_VERSION))
        np.save(file, out)
    print(f"{len(out):,} tokens, {PRIOR.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
