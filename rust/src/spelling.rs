//! Nearly equal words: spelling variants, inflections, transliterations.
//!
//! Candidates share a key: the first letter and the next consonants. Then an edit similarity decides.

use std::collections::HashMap;

use rayon::prelude::*;

/// Letters of a key at most: the first letter of the word and the consonants behind it. Doubled letters count once, z as s.
const KEY_LETTERS: usize = 4;
/// Letters that a word needs to have a key.
const SHORTEST: usize = 4;
/// Letters of a word that are compared, from its start; the size of a buffer.
const LONGEST: usize = 32;

/// Return the key that nearly equal words share; None for short words and words with digits, which only equal themselves.
///
/// `word` is folded.
pub fn key(word: &str) -> Option<u64> {
    if word.chars().take(SHORTEST).count() < SHORTEST || word.chars().any(|c| c.is_numeric()) {
        return None;
    }
    let mut key = 0u64;
    let (mut count, mut last) = (0, '\0');
    for (i, c) in word.chars().enumerate() {
        let c = if c == 'z' { 's' } else { c };
        if i > 0 && (matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y') || c == last) {
            last = c;
            continue;
        }
        key = key << 16 ^ u64::from(c as u32);
        last = c;
        count += 1;
        if count == KEY_LETTERS {
            break;
        }
    }
    Some(key)
}

/// Return a class for each word: words with the same key share one; a word without a key has one for itself.
///
/// Word `v` is the UTF-8 `letters[bounds[v]..bounds[v + 1]]`.
pub fn classes(letters: &[u8], bounds: &[i64]) -> Vec<u32> {
    let keys: Vec<Option<u64>> = bounds
        .par_windows(2)
        .map(|w| std::str::from_utf8(&letters[w[0] as usize..w[1] as usize]).ok().and_then(key))
        .collect();
    let mut numbers = HashMap::new();
    let mut count = 0u32;
    let mut fresh = || {
        count += 1;
        count - 1
    };
    keys.into_iter()
        .map(|key| match key {
            Some(key) => *numbers.entry(key).or_insert_with(&mut fresh),
            None => fresh(),
        })
        .collect()
}

/// Return 1 - Levenshtein distance / length of the longer word, in characters.
pub fn similarity(x: &str, y: &str) -> f32 {
    let x: Vec<char> = x.chars().take(LONGEST).collect();
    let y: Vec<char> = y.chars().take(LONGEST).collect();
    let longest = x.len().max(y.len()).max(1);
    let mut row: [u32; LONGEST + 1] = std::array::from_fn(|j| j as u32);
    for (i, a) in x.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i as u32 + 1;
        for (j, b) in y.iter().enumerate() {
            let replaced = diagonal + u32::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    1.0 - row[y.len()] as f32 / longest as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_share_a_key() {
        for (x, y) in [
            ("hezbollah", "hizballah"),
            ("normalise", "normalize"),
            ("labelled", "labeled"),
            ("favour", "favor"),
            ("negotiate", "negotiations"),
        ] {
            assert_eq!(key(x), key(y), "{x} {y}");
        }
        assert_eq!(key("the"), None);
        assert_eq!(key("2014th"), None);
    }

    #[test]
    fn similarity_is_one_minus_the_edit_share() {
        assert_eq!(similarity("kitten", "sitting"), 1.0 - 3.0 / 7.0);
        assert_eq!(similarity("same", "same"), 1.0);
    }
}
