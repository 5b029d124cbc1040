//! Texts to sets of shingle hashes, and pairs of sets to their exact Jaccard similarity.

use rayon::prelude::*;

use crate::shingles::shingle_hashes;
use crate::tokens::{hash_words, TokenBuffer};

/// The distinct shingle hashes of each text, rising.
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

/// Items that two rising sequences share.
fn common(x: &[u64], y: &[u64]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while i < x.len() && j < y.len() {
        // Which of the two runs ahead cannot be guessed, so nothing branches on it.
        let (a, b) = (x[i], y[j]);
        count += usize::from(a == b);
        i += usize::from(a <= b);
        j += usize::from(b <= a);
    }
    count
}

/// Jaccard similarity of each pair of sets, as `shingle_sets` returns them; 0 where both are empty.
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
