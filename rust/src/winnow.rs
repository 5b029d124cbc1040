//! Tokens to winnowed fingerprints (Schleimer, Wilkerson, Aiken, SIGMOD 2003) to seeds: places where two texts share `k` tokens.
//!
//! A fingerprint is the hash of `k` consecutive tokens. Of every `window` consecutive hashes the least is kept, of equal ones the
//! rightmost. The choice depends only on the window, so two texts that share `k + window - 1` tokens in a row share a fingerprint.

use rayon::prelude::*;

use crate::lsh::join;
use crate::shingles::{run_hash, run_hashes};

/// A fingerprint, its text, and the number of its first token in the text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Posting {
    pub hash: u64,
    pub doc: u32,
    pub at: u32,
}

/// Two places, `a` in text `doc_a` and `b` in text `doc_b` (token numbers within the text), where the same `k` tokens start.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seed {
    pub doc_a: u32,
    pub doc_b: u32,
    pub a: u32,
    pub b: u32,
}

/// The tokens of a corpus: text `d` owns `ids[offsets[d]..offsets[d + 1]]`; `hashes` and `worth` (bits) are by id.
#[derive(Clone, Copy)]
pub struct Texts<'a> {
    pub ids: &'a [u32],
    pub offsets: &'a [i64],
    pub hashes: &'a [u64],
    pub worth: &'a [f32],
}

impl<'a> Texts<'a> {
    pub fn count(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    pub fn of(&self, doc: usize) -> &'a [u32] {
        &self.ids[self.offsets[doc] as usize..self.offsets[doc + 1] as usize]
    }
}

/// Put into `kept` the positions of the least of every `window` consecutive hashes, of equal ones the rightmost. Fewer hashes than
/// `window` are one window.
fn winnow(hashes: &[u64], window: usize, kept: &mut Vec<u32>) {
    kept.clear();
    if hashes.is_empty() {
        return;
    }
    let windows = hashes.windows(window.min(hashes.len()));
    kept.resize(windows.len(), 0);
    let (mut count, mut last) = (0, u32::MAX);
    for (window, first) in windows.zip(0..) {
        let (mut least, mut at) = (u64::MAX, first);
        for (&hash, place) in window.iter().zip(first..) {
            at = if hash <= least { place } else { at };
            least = least.min(hash);
        }
        // The position is written in any case, because a branch would be mispredicted too often.
        kept[count] = at;
        count += usize::from(at != last);
        last = at;
    }
    kept.truncate(count);
}

/// Texts in one unit of parallel work.
const CHUNK: usize = 64;

/// The fingerprints of all texts, sorted by text and position.
pub fn fingerprints(texts: Texts, k: usize, window: usize) -> Vec<Posting> {
    let chunks: Vec<Vec<Posting>> = (0..texts.count().div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let (mut words, mut hashes, mut kept) = (Vec::new(), Vec::new(), Vec::new());
            let mut found = Vec::new();
            for doc in chunk * CHUNK..texts.count().min((chunk + 1) * CHUNK) {
                words.clear();
                words.extend(texts.of(doc).iter().map(|&id| texts.hashes[id as usize]));
                hashes.clear();
                hashes.extend(run_hashes(&words, k));
                winnow(&hashes, window, &mut kept);
                found.extend(kept.iter().map(|&at| Posting { hash: hashes[at as usize], doc: doc as u32, at }));
            }
            found
        })
        .collect();
    chunks.concat()
}

/// The context of each of `postings`: the first `bits` bits of the hashes of the `reach` words before and behind its `k` tokens. Of
/// either side the nearest word is in the lowest bits; the words before are in the lower half. Beyond the ends of a text, 0.
pub fn contexts(texts: Texts, postings: &[Posting], k: usize, reach: usize, bits: u32) -> Vec<u32> {
    let of_text = |postings: &[Posting]| {
        // The bits of each word, between `reach` zeros on either side.
        let mut words = vec![0; reach];
        let ids = postings.first().map_or(&[][..], |posting| texts.of(posting.doc as usize));
        words.extend(ids.iter().map(|&id| (texts.hashes[id as usize] >> (64 - bits)) as u32));
        words.resize(words.len() + reach, 0);
        let code = move |posting: &Posting| {
            let around = &words[posting.at as usize..];
            let before = around[..reach].iter().rev();
            let behind = around[reach + k..].iter().take(reach);
            before.chain(behind).zip(0..).fold(0, |code, (one, place)| code | one << (place * bits))
        };
        postings.iter().map(code).collect::<Vec<u32>>()
    };
    let codes: Vec<Vec<u32>> = postings.par_chunk_by(|x, y| x.doc == y.doc).map(of_text).collect();
    codes.concat()
}

/// Marks of a token that is in a run of words which recurs at unrelated times.
pub const PUBLIC: u8 = 1;
/// The same, of a run that recurs at unrelated times in one outlet and is nearly only there.
pub const STANDING: u8 = 2;
/// The same, of a run that comes again and again in one text.
pub const REPEATED: u8 = 4;

/// When and where texts were published, and from when on a run of words is nobody's.
pub struct Spread<'a> {
    /// The stretch of time in which each text was published; `UNDATED` if that is unknown.
    pub times: &'a [u32],
    /// The outlet of each text.
    pub outlets: &'a [u32],
    /// The words of each text.
    pub words: &'a [u32],
    /// Stretches of time in which a run must occur to be `PUBLIC`.
    pub public: usize,
    /// Stretches of time in which a run must occur in one outlet to be `STANDING`, and the share of its texts that are that outlet's.
    pub standing: usize,
    pub standing_share: f32,
    /// Places of a run in one text from which it is `REPEATED` there.
    pub repeated: usize,
    /// Words that texts need to be joined to hubs only: of a shorter one, such a run may be a large part.
    pub hub_words: usize,
}

pub const UNDATED: u32 = u32::MAX;

impl Spread<'_> {
    /// The marks of the tokens of a run that occurs in `texts`, each text once.
    pub fn marks(&self, texts: impl ExactSizeIterator<Item = u32>) -> u8 {
        if texts.len() < self.public.min(self.standing) {
            return 0;
        }
        let mut places: Vec<(u32, u32)> =
            texts.map(|text| (self.outlets[text as usize], self.times[text as usize])).collect();
        places.sort_unstable();
        let distinct = |times: &mut Vec<u32>| {
            times.sort_unstable();
            times.dedup();
            times.iter().filter(|&&time| time != UNDATED).count()
        };
        let mut marks = 0;
        if distinct(&mut places.iter().map(|place| place.1).collect()) >= self.public {
            marks |= PUBLIC;
        }
        for outlet in places.chunk_by(|x, y| x.0 == y.0) {
            if outlet.len() as f32 >= self.standing_share * places.len() as f32
                && distinct(&mut outlet.iter().map(|place| place.1).collect()) >= self.standing
            {
                marks |= STANDING;
            }
        }
        marks
    }
}

/// How postings are joined to seeds.
pub struct Joining {
    pub k: usize,
    pub window: usize,
    /// Texts with one fingerprint up to which all their pairs are joined. Of more texts, each is joined to two hubs only, among
    /// those that share its `k + window - 1` tokens.
    pub all_pairs: usize,
    /// Places of one fingerprint in one text that are looked at.
    pub places: usize,
    /// Bits that the unbroken run around a seed must carry, unless it has `k + window - 1` tokens.
    pub min_bits: f32,
}

/// The seeds of `postings`, which must be sorted, and the marks of each token. Seeds are sorted by texts, diagonal and position, each
/// once. `ranks` are two orders of the texts; the first text of a long list by either order is its hub. Of a run that is nobody's,
/// long texts are joined to hubs only, however few they are.
pub fn seeds(
    texts: Texts,
    postings: &[Posting],
    ranks: [&[u32]; 2],
    spread: &Spread,
    how: &Joining,
) -> (Vec<Seed>, Vec<u8>) {
    let lists: Vec<&[Posting]> = postings.chunk_by(|x, y| x.hash == y.hash).filter(|l| l.len() > 1).collect();
    let found: Vec<(Vec<Seed>, u8)> = lists
        .par_iter()
        .map(|list| {
            let mut found = Vec::new();
            let members: Vec<&[Posting]> = list.chunk_by(|x, y| x.doc == y.doc).collect();
            let marks = spread.marks(members.iter().map(|of_text| of_text[0].doc));
            let long = |of_text: &&[Posting]| spread.words[of_text[0].doc as usize] as usize >= spread.hub_words;
            let all_pairs = if marks != 0 && members.iter().all(long) { 1 } else { how.all_pairs };
            if members.len() <= all_pairs && members.iter().all(|m| m.len() <= how.places) {
                join(members.len(), all_pairs, |i, j| pair(members[i], members[j], how.places, &mut found));
            } else {
                long_list(texts, list, ranks, &Joining { all_pairs, ..*how }, &mut found);
            }
            found.retain(|seed| enough(texts, seed, how));
            (found, marks)
        })
        .collect();
    let mut marks = vec![0; texts.ids.len()];
    for (list, (_, mark)) in lists.iter().zip(&found) {
        for of_text in list.chunk_by(|x, y| x.doc == y.doc) {
            let mark = mark | if of_text.len() >= spread.repeated { REPEATED } else { 0 };
            let first = texts.offsets[of_text[0].doc as usize] as usize;
            for posting in of_text.iter().filter(|_| mark != 0) {
                // A text of fewer than `k` tokens has one fingerprint of all of them.
                let at = first + posting.at as usize;
                let end = (at + how.k).min(texts.offsets[posting.doc as usize + 1] as usize);
                marks[at..end].iter_mut().for_each(|token| *token |= mark);
            }
        }
    }
    let mut seeds: Vec<Seed> = found.into_iter().flat_map(|(seeds, _)| seeds).collect();
    seeds.par_sort_unstable_by_key(|s| (s.doc_a, s.doc_b, i64::from(s.b) - i64::from(s.a), s.a));
    seeds.dedup();
    (seeds, marks)
}

/// Append the seeds of two texts: all pairs of the first `places` positions of each.
fn pair(x: &[Posting], y: &[Posting], places: usize, found: &mut Vec<Seed>) {
    for p in x.iter().take(places) {
        for q in y.iter().take(places) {
            let (p, q) = if p.doc < q.doc { (p, q) } else { (q, p) };
            found.push(Seed { doc_a: p.doc, doc_b: q.doc, a: p.at, b: q.at });
        }
    }
}

/// Append the seeds of a list that has too many texts for all pairs, or too many places in one text.
///
/// The list is divided by the `k + window - 1` tokens around each place. All texts of a part share these tokens. To join each of
/// them with one hub therefore loses no shared run of that length, and one place in each text is enough.
fn long_list(texts: Texts, list: &[Posting], ranks: [&[u32]; 2], how: &Joining, found: &mut Vec<Seed>) {
    let run = how.k + how.window - 1;
    for shift in 0..how.window {
        let mut parts: Vec<(u64, Posting)> = list
            .iter()
            .filter_map(|p| {
                let start = (p.at as usize).checked_sub(shift)?;
                let around = texts.of(p.doc as usize).get(start..start + run)?;
                let key = run_hash(around.iter().map(|&id| texts.hashes[id as usize]));
                Some((key, *p))
            })
            .collect();
        parts.sort_unstable();
        for part in parts.chunk_by(|x, y| x.0 == y.0) {
            let members: Vec<Vec<Posting>> =
                part.chunk_by(|x, y| x.1.doc == y.1.doc).map(|m| m.iter().map(|x| x.1).collect()).collect();
            if members.len() <= how.all_pairs {
                join(members.len(), how.all_pairs, |i, j| pair(&members[i], &members[j], how.places, found));
                continue;
            }
            for rank in ranks {
                let hub = members.iter().min_by_key(|m| rank[m[0].doc as usize]).unwrap_or(&members[0]);
                for member in members.iter().filter(|m| m[0].doc != hub[0].doc) {
                    pair(hub, member, how.places, found);
                }
            }
        }
    }
}

/// Whether the unbroken run around `seed` has `k + window - 1` tokens or carries `min_bits` bits.
fn enough(texts: Texts, seed: &Seed, how: &Joining) -> bool {
    let run = how.k + how.window - 1;
    let (a, b) = (texts.of(seed.doc_a as usize), texts.of(seed.doc_b as usize));
    let (i, j) = (seed.a as usize, seed.b as usize);
    let left = (1..=run.min(i).min(j)).take_while(|&d| a[i - d] == b[j - d]).count();
    let right = a[i..].iter().zip(&b[j..]).take(run).take_while(|(x, y)| x == y).count();
    left + right >= run
        || a[i - left..i + right].iter().map(|&id| texts.worth[id as usize]).sum::<f32>() >= how.min_bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shingles::word_hash;

    #[test]
    fn every_shared_window_keeps_the_same_place() {
        let hashes: Vec<u64> = (0..200u64).map(|i| word_hash(&[(i % 7) as u8])).collect();
        let mut kept = Vec::new();
        for window in [1, 2, 4, 7, 200] {
            winnow(&hashes, window, &mut kept);
            let mut expected: Vec<u32> = (0..=hashes.len() - window)
                .map(|first| (first..first + window).rev().min_by_key(|&i| hashes[i]).unwrap() as u32)
                .collect();
            expected.dedup();
            assert_eq!(kept, expected);
        }
        winnow(&hashes[..3], 4, &mut kept);
        assert_eq!(kept.len(), 1);
        winnow(&[], 4, &mut kept);
        assert!(kept.is_empty());
    }
}
