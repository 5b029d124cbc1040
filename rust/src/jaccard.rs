//! Texts to sets of shingle hashes, and pairs of sets to their exact Jaccard similarities.

use rayon::prelude::*;

use crate::shingles::shingle_hashes;
use crate::tokens::{hash_words, TokenBuffer};

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
    pairs
        .par_iter()
        .map(|&(i, j)| {
            let (x, y) = (&sets[i as usize], &sets[j as usize]);
            let shared = common(x, y);
            shared as f64 / (x.len() + y.len() - shared).max(1) as f64
        })
        .collect()
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
