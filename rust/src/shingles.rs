//! Folded words to word hashes, and word hashes to shingle hashes. `tests/data/hash_vectors.json` holds known answers; a change of
//! any hash needs a new `dedup.params.HASH_VERSION`.
//!
//! A word is the UTF-8 of its folded form. It is read in pieces of 16 bytes, the last one padded with zeros, each as two
//! little-endian integers of 64 bits, `low` and `high`. The hash starts as `h = 0`; each piece makes it
//! `h = fold((h ^ low ^ 0xbe4ba423396cfeb8) * (high ^ 0x1cad21f72c81017c))`, where `fold` is the exclusive or of the two halves
//! of the product of 128 bits (a round of wyhash).
//!
//! The hash of a shingle of words with hashes `w_1 .. w_k` is the polynomial `w_1 F^(k-1) + ... + w_k` modulo 2^64, with
//! `F = 0x9fb21c651e98df25` (Karp and Rabin 1987). So each shingle costs the same for every `k`, and no letter is read twice.

const LOW: u64 = 0xbe4b_a423_396c_feb8;
const HIGH: u64 = 0x1cad_21f7_2c81_017c;
const FACTOR: u64 = 0x9fb2_1c65_1e98_df25;

/// `KEEP[n]` masks the first `n` of 16 bytes. It has 32 entries, so that an index of 5 bits needs no bounds check.
const KEEP: [[u64; 2]; 32] = {
    let mut keep = [[u64::MAX; 2]; 32];
    let mut n = 0;
    while n < 16 {
        let bits = (1u128 << (8 * n)) - 1;
        keep[n] = [bits as u64, (bits >> 64) as u64];
        n += 1;
    }
    keep
};

#[inline(always)]
fn round(h: u64, low: u64, high: u64) -> u64 {
    let product = u128::from(h ^ low ^ LOW) * u128::from(high ^ HIGH);
    product as u64 ^ (product >> 64) as u64
}

/// 16 bytes as two little-endian integers.
#[inline(always)]
fn halves(piece: &[u8; 16]) -> [u64; 2] {
    let (halves, _) = piece.as_chunks::<8>();
    [u64::from_le_bytes(halves[0]), u64::from_le_bytes(halves[1])]
}

/// The hash of a folded word.
pub fn word_hash(word: &[u8]) -> u64 {
    word.chunks(16).fold(0, |h, piece| {
        let mut padded = [0; 16];
        padded[..piece.len()].copy_from_slice(piece);
        let [low, high] = halves(&padded);
        round(h, low, high)
    })
}

/// The hash of a folded word of at most 16 bytes: the first `length` bytes of `piece`.
#[inline(always)]
pub fn short_word_hash(piece: &[u8; 16], length: usize) -> u64 {
    let [low, high] = halves(piece);
    let keep = KEEP[length & 31];
    round(0, low & keep[0], high & keep[1])
}

/// The hash of the folded word `text[..length]`. At least 16 bytes of `text` must be readable for a word of up to 16 bytes.
#[inline(always)]
pub fn padded_word_hash(text: &[u8], length: usize) -> u64 {
    match text.first_chunk() {
        Some(piece) if length <= 16 => short_word_hash(piece, length),
        _ => word_hash(&text[..length]),
    }
}

/// The hash of a folded word of at most 4 bytes, padded with zeros.
#[inline(always)]
pub fn letter_hash(letters: [u8; 4]) -> u64 {
    round(0, u64::from(u32::from_le_bytes(letters)), 0)
}

/// The hash of a run of words with the hashes `words`.
#[inline]
pub fn run_hash(words: impl Iterator<Item = u64>) -> u64 {
    words.fold(0, |sum, word| sum.wrapping_mul(FACTOR).wrapping_add(word))
}

/// The hashes of all runs of `k` consecutive words, in text order, repeats included.
#[inline(always)]
pub fn run_hashes(words: &[u64], k: usize) -> impl ExactSizeIterator<Item = u64> + '_ {
    let (first, rest) = words.split_at(k.saturating_sub(1).min(words.len()));
    let leaving = first.iter().fold(1u64, |power, _| power.wrapping_mul(FACTOR));
    let mut sum = run_hash(first.iter().copied());
    rest.iter().zip(words).map(move |(&new, &old)| {
        let hash = sum.wrapping_mul(FACTOR).wrapping_add(new);
        sum = hash.wrapping_sub(leaving.wrapping_mul(old));
        hash
    })
}

/// The shingle hashes of a text: as `run_hashes`, but a text of fewer than `k` words has one shingle of all of them.
#[inline(always)]
pub fn shingle_hashes(words: &[u64], k: usize) -> impl ExactSizeIterator<Item = u64> + '_ {
    run_hashes(words, k.min(words.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_the_same_hash_wherever_it_occurs() {
        let bytes: Vec<u8> = (0..100u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for start in 0..84 {
            let piece = bytes[start..].first_chunk().unwrap();
            for length in 1..=16 {
                assert_eq!(
                    short_word_hash(piece, length),
                    word_hash(&bytes[start..start + length]),
                    "{start} {length}"
                );
            }
        }
    }

    #[test]
    fn runs_are_polynomials() {
        let words: Vec<u64> = (0..40u64).map(|i| word_hash(&i.to_le_bytes())).collect();
        for k in 1..=41 {
            let found: Vec<u64> = run_hashes(&words, k).collect();
            let expected: Vec<u64> = words
                .windows(k)
                .map(|run| run.iter().fold(0u64, |sum, &w| sum.wrapping_mul(FACTOR).wrapping_add(w)))
                .collect();
            assert_eq!(found, expected, "{k}");
        }
    }
}
