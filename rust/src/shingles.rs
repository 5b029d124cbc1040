//! Tokens to shingle hashes: XXH3-64 of `k` consecutive folded tokens joined by single spaces.

use xxhash_rust::xxh3::xxh3_64;

use crate::tokens::TokenBuffer;

/// Append the shingle hashes of `tokens` to `out`, in text order, repeats included. Fewer than `k` tokens make one shingle of
/// all of them; no token, none.
pub fn shingle_hashes(tokens: &TokenBuffer, k: usize, out: &mut Vec<u64>) {
    if tokens.is_empty() {
        return;
    }
    let k = k.clamp(1, tokens.len());
    out.extend((0..=tokens.len() - k).map(|i| xxh3_64(tokens.slice(i, k))));
}
