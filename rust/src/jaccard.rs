//! Texts to sets of shingle hashes, and pairs of sets to their exact Jaccard similarities.

use rayon::prelude::*;

use crate::shingles::shingle_hashes;
use crate::tokens::{hash_words, tokenise, TokenBuffer};

/// The distinct shingle hashes of each text, sorted.
pub fn shingle_sets(texts: &[&str], k: usize) -> Vec<Vec<u64>> {
    texts
        .par_iter()
        .with_min_len(16)
        .map_init(TokenBuffer::default, |buffer, text| {
            hash_words(text, buffer);
            let mut hashes: Vec<u64> = shingle_hashes(&buffer.hashes, k).collect();
            hashes.sort_unstable();
            hashes.dedup();
            hashes
        })
        .collect()
}

/// The number of items that two sorted sequences share.
fn common(x: &[u64], y: &[u64]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while i < x.len() && j < y.len() {
        // Without a branch, because the processor could not predict which sequence to advance.
        let (a, b) = (x[i], y[j]);
        count += usize::from(a == b);
        i += usize::from(a <= b);
        j += usize::from(b <= a);
    }
    count
}

/// The Jaccard similarity of each pair of sets, which are as `shingle_sets` returns them; 0 if both are empty.
pub fn jaccards(sets: &[Vec<u64>], pairs: &[(u32, u32)]) -> Vec<f64> {
    pairs.par_iter().map(|&(i, j)| similarity(&sets[i as usize], &sets[j as usize])).collect()
}

/// The Jaccard similarity of two sets, each sorted; 0 if both are empty.
pub fn similarity(x: &[u64], y: &[u64]) -> f64 {
    let shared = common(x, y);
    shared as f64 / (x.len() + y.len() - shared).max(1) as f64
}

/// The share of the set `x` that `y` has too, each sorted; 0 if `x` is empty.
pub fn containment(x: &[u64], y: &[u64]) -> f64 {
    common(x, y) as f64 / x.len().max(1) as f64
}

/// The longest run of words of `text` that are in no shingle of `other`, as start and end in code points; of equally long ones
/// the first; (0, 0) if `other` has all shingles of `text`.
pub fn longest_unshared(text: &str, other: &str, k: usize) -> (u32, u32) {
    let mut buffer = TokenBuffer::default();
    hash_words(other, &mut buffer);
    let mut known: Vec<u64> = shingle_hashes(&buffer.hashes, k).collect();
    known.sort_unstable();
    tokenise(text, &mut buffer);
    let words = buffer.hashes.len();
    let mut shared = vec![false; words];
    for (at, hash) in shingle_hashes(&buffer.hashes, k).enumerate() {
        if known.binary_search(&hash).is_ok() {
            shared[at..(at + k).min(words)].fill(true);
        }
    }
    let (mut best, mut start) = ((0, 0), 0);
    for (at, &shared) in shared.iter().enumerate() {
        if shared {
            start = at + 1;
        } else if at + 1 - start > best.1 - best.0 {
            best = (start, at + 1);
        }
    }
    if best.0 == best.1 {
        return (0, 0);
    }
    (buffer.starts[best.0], buffer.ends[best.1 - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similarity_is_that_of_the_sets() {
        let sets = shingle_sets(&["a b c d", "b c d e", "", "a b a b"], 2);
        assert_eq!(sets.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 0, 2]);
        assert_eq!(jaccards(&sets, &[(0, 1), (0, 0), (2, 2), (0, 3)]), [0.5, 1.0, 0.0, 0.25]);
    }
}
