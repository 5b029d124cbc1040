//! Texts to sets of shingle hashes, and pairs of sets to their exact Jaccard similarity.

use rayon::prelude::*;

use crate::shingles::shingle_hashes;
use crate::tokens::{hash_words, TokenBuffer};

/// The distinct shingle hashes of each text, rising; text `d` owns `hashes[offsets[d]..offsets[d + 1]]`.
pub fn shingle_sets(texts: &[&str], k: usize) -> (Vec<i64>, Vec<u64>) {
    let sets: Vec<Vec<u64>> = texts
        .par_iter()
        .with_min_len(16)
        .map_init(TokenBuffer::default, |buffer, text| {
            hash_words(text, buffer);
            let mut hashes: Vec<u64> = shingle_hashes(&buffer.hashes, k).collect();
            hashes.sort_unstable();
            hashes.dedup();
            hashes
        })
        .collect();
    let mut offsets = Vec::with_capacity(texts.len() + 1);
    offsets.push(0);
    let mut sum = 0;
    for set in &sets {
        sum += set.len() as i64;
        offsets.push(sum);
    }
    (offsets, sets.concat())
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
pub fn jaccards(offsets: &[i64], hashes: &[u64], pairs: &[(u32, u32)]) -> Vec<f64> {
    let set = |d: u32| &hashes[offsets[d as usize] as usize..offsets[d as usize + 1] as usize];
    pairs
        .par_iter()
        .map(|&(i, j)| {
            let (x, y) = (set(i), set(j));
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
        let (offsets, hashes) = shingle_sets(&["a b c d", "b c d e", "", "a b a b"], 2);
        assert_eq!(offsets, [0, 3, 6, 6, 8]);
        assert_eq!(jaccards(&offsets, &hashes, &[(0, 1), (0, 0), (2, 2), (0, 3)]), [0.5, 1.0, 0.0, 0.25]);
    }
}
