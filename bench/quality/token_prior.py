"""Make `dedup/data/token_prior.npy`: how common each folded token is in running text, whatever the corpus at hand.

    pip install wordfreq && python bench/quality/token_prior.py

Source: wordfreq 3.1.1 (Robyn Speer), whose data may be redistributed under CC BY-SA 4.0; so may the file made here, see
`dedup/data/NOTICE`. A token counts with its frequency in the language in which it is most common: a corpus may be of any
language, and too few bits are the safer error. Tokens rarer than 2^-17 are left out; no token is credited with more bits
than `MatchParams.bits_most`, whatever its rarity.
"""

import collections
import math
from pathlib import Path

import numpy as np
import wordfreq

from dedup.text.tokens import tokenise

OUT = Path(__file__).resolve().parents[2] / "dedup" / "data" / "token_prior.npy"
RAREST = 2.0**-17
# Years and small numbers are common in any news text; wordfreq estimates them from their shape.
NUMBERS = range(2101)


def tokens(words: list[str]) -> list[list[int]]:
    """Low 32 bits of the hashes of each word's tokens, as the scanner cuts them."""
    cut = tokenise(words)
    hashes = (cut.hashes & 0xFFFFFFFF)[cut.ids].tolist()
    return [hashes[cut.offsets[d] : cut.offsets[d + 1]] for d in range(len(words))]


def main() -> None:
    """Write the table, sorted by hash."""
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
    np.save(OUT, out)
    print(f"{len(out):,} tokens, {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
