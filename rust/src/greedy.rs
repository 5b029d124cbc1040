//! Documents in order of preference to those that are kept: each is dropped for the kept document that is most similar to it, if
//! one is similar enough, and kept otherwise. So nothing is dropped for a document that was dropped, or for one that is unlike it.
//!
//! Documents come in blocks. Buckets (bands of a signature that several documents share) say which kept documents are compared.
//! A kept document is added to its buckets; a dropped one is not, so that 100,000 copies of a text cost 100,000 comparisons.

use rayon::prelude::*;

use crate::jaccard;

/// No document, and the end of a chain.
pub const NOBODY: u32 = u32::MAX;

/// What is compared: the slots of a signature, the least number of them that agree, the least similarity.
#[derive(Clone, Copy)]
pub struct Goal {
    pub slots: usize,
    pub least: u32,
    pub threshold: f64,
}

/// A block of documents: their buckets (those of document `i` are `buckets[offsets[i]..offsets[i + 1]]`) and signatures.
pub struct Block<'a> {
    pub offsets: &'a [u64],
    pub buckets: &'a [u32],
    pub signatures: &'a [u16],
}

impl<'a> Block<'a> {
    pub fn count(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    fn of(&self, i: usize) -> &'a [u32] {
        &self.buckets[self.offsets[i] as usize..self.offsets[i + 1] as usize]
    }

    fn signature(&self, i: usize, slots: usize) -> &'a [u16] {
        &self.signatures[i * slots..(i + 1) * slots]
    }

    /// Whether the arrays fit each other.
    pub fn fits(&self, slots: usize) -> bool {
        self.signatures.len() == self.count() * slots
            && self.offsets.windows(2).all(|pair| pair[0] <= pair[1])
            && self.offsets.first() == Some(&0)
            && self.offsets.last() == Some(&(self.buckets.len() as u64))
            && self.buckets.iter().all(|&bucket| bucket < NOBODY)
    }
}

/// The kept documents, by bucket.
pub struct Kept {
    goal: Goal,
    /// The name of each kept document, as the caller gave it.
    pub names: Vec<u32>,
    signatures: Vec<u16>,
    /// By bucket, its last entry.
    heads: Vec<u32>,
    /// A kept document, and the entry before it in its bucket.
    entries: Vec<(u32, u32)>,
}

impl Kept {
    pub fn new(goal: Goal) -> Self {
        Kept { goal, names: Vec::new(), signatures: Vec::new(), heads: Vec::new(), entries: Vec::new() }
    }

    /// Keep document `i` of `block` under the name `name`.
    fn insert(&mut self, block: &Block, i: usize, name: u32) {
        let own = self.names.len() as u32;
        self.names.push(name);
        self.signatures.extend_from_slice(block.signature(i, self.goal.slots));
        for &bucket in block.of(i) {
            if self.heads.len() <= bucket as usize {
                self.heads.resize(bucket as usize + 1, NOBODY);
            }
            let before = std::mem::replace(&mut self.heads[bucket as usize], self.entries.len() as u32);
            self.entries.push((own, before));
        }
    }

    /// Add the documents `which` of a block that are known to be kept.
    pub fn restore(&mut self, block: &Block, which: &[u32], names: &[u32]) {
        for (&i, &name) in which.iter().zip(names) {
            self.insert(block, i as usize, name);
        }
    }

    /// The kept documents from entry `since` on that share a bucket with document `i` and agree with it in enough slots; sorted.
    fn alike(&self, block: &Block, i: usize, since: usize, out: &mut Vec<u32>) {
        let (slots, signature) = (self.goal.slots, block.signature(i, self.goal.slots));
        out.clear();
        for &bucket in block.of(i) {
            let mut at = self.heads.get(bucket as usize).copied().unwrap_or(NOBODY);
            while at != NOBODY && at as usize >= since {
                let (kept, before) = self.entries[at as usize];
                out.push(kept);
                at = before;
            }
        }
        out.sort_unstable();
        out.dedup();
        out.retain(|&kept| {
            let own = &self.signatures[kept as usize * slots..(kept as usize + 1) * slots];
            agreement(own, signature) >= self.goal.least
        });
    }

    /// For each document of a block, the kept documents to compare it with, as numbers in `names`.
    pub fn candidates(&self, block: &Block) -> Vec<Vec<u32>> {
        (0..block.count())
            .into_par_iter()
            .map_init(Vec::new, |room, i| {
                self.alike(block, i, 0, room);
                room.clone()
            })
            .collect()
    }

    /// Decide on the documents of a block in their order: for each, the name of the kept document that it is dropped for and their
    /// similarity, or `NOBODY`. The best is the most similar one, of equals the one kept first.
    ///
    /// `candidates` are as above. `sets` holds the shingles of each document of the block, `others` those of kept documents, by
    /// number in `names`; one that is missing is like nothing.
    pub fn choose(
        &mut self,
        block: &Block,
        names: &[u32],
        candidates: &[Vec<u32>],
        sets: &[Vec<u64>],
        others: &std::collections::HashMap<u32, Vec<u64>>,
    ) -> Vec<(u32, f64)> {
        let (first_entry, first_kept) = (self.entries.len(), self.names.len());
        // Comparisons with what is kept already need no order.
        let before: Vec<(u32, f64)> = (0..block.count())
            .into_par_iter()
            .map(|i| {
                self.best(&sets[i], candidates[i].iter().filter_map(|kept| Some((*kept, others.get(kept)?.as_slice()))))
            })
            .collect();
        let mut own: Vec<usize> = Vec::new(); // of those kept in this block, the number in it
        let mut room = Vec::new();
        (0..block.count())
            .map(|i| {
                let (mut keeper, mut similarity) = before[i];
                self.alike(block, i, first_entry, &mut room);
                let within = room.iter().map(|&kept| (kept, sets[own[kept as usize - first_kept]].as_slice()));
                let (closer, more) = self.best(&sets[i], within);
                if closer != NOBODY && more > similarity {
                    (keeper, similarity) = (closer, more);
                }
                if keeper == NOBODY {
                    self.insert(block, i, names[i]);
                    own.push(i);
                    return (NOBODY, 0.0);
                }
                (self.names[keeper as usize], similarity)
            })
            .collect()
    }

    /// The most similar of `others`, if it is similar enough.
    fn best<'a>(&self, set: &[u64], others: impl Iterator<Item = (u32, &'a [u64])>) -> (u32, f64) {
        let mut best = (NOBODY, 0.0);
        for (kept, other) in others {
            let (small, large) = (set.len().min(other.len()), set.len().max(other.len()));
            if (small as f64) < self.goal.threshold * large as f64 {
                continue;
            }
            let similarity = jaccard::similarity(set, other);
            if similarity >= self.goal.threshold && similarity > best.1 {
                best = (kept, similarity);
            }
        }
        best
    }
}

/// Who is first in one bucket of documents, and who agrees with whom, as pairs (member, other) of their places in `signatures`,
/// which are in order of preference.
///
/// A leader agrees with no active member before it in `least` slots or more. Each other member is paired with all leaders before it
/// that it agrees with; an active one that agrees with none of these, with a member that it agrees with. `passive` members lead
/// nobody and keep nobody from leading. So of a group of copies only one leads, and the pairs are linear in its size.
pub fn leaders(signatures: &[u16], slots: usize, passive: &[bool], least: u32) -> Vec<(u32, u32)> {
    let members: Vec<&[u16]> = signatures.chunks_exact(slots).collect();
    let (mut first, mut others, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
    for ((member, own), &passive) in (0u32..).zip(&members).zip(passive) {
        let before = pairs.len();
        let alike = |other: &&u32| agreement(own, members[**other as usize]) >= least;
        pairs.extend(first.iter().filter(alike).map(|&leader| (member, leader)));
        if passive {
            continue;
        }
        if pairs.len() == before {
            match others.iter().find(alike) {
                None => first.push(member),
                Some(&other) => pairs.push((member, other)),
            }
        }
        if pairs.len() > before {
            others.push(member);
        }
    }
    pairs
}

/// The number of slots in which two signatures agree.
fn agreement(x: &[u16], y: &[u16]) -> u32 {
    x.iter().zip(y).map(|(x, y)| u32::from(x == y)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_paired_with_leaders_only() {
        let signatures = [[1, 1], [1, 2], [3, 3], [1, 3], [1, 1]].concat();
        let active = [false; 5];
        assert_eq!(leaders(&signatures, 2, &active, 1), [(1, 0), (3, 0), (3, 2), (4, 0)]);
        assert_eq!(leaders(&signatures, 2, &active, 2), [(4, 0)]);
        assert_eq!(leaders(&signatures, 2, &[true, false, false, false, true], 1), [(3, 1), (3, 2), (4, 1)]);
        // The last one agrees with no leader, but with one that may come to be one.
        assert_eq!(leaders(&[1, 1, 1, 2, 3, 2], 2, &active[..3], 1), [(1, 0), (2, 1)]);
    }

    #[test]
    fn what_is_like_only_a_dropped_document_is_kept() {
        let goal = Goal { slots: 1, least: 0, threshold: 0.5 };
        let sets = [vec![1, 2, 3, 4], vec![3, 4, 5, 6, 1, 2], vec![5, 6, 7, 8, 3, 4]];
        let sets: Vec<Vec<u64>> = sets
            .into_iter()
            .map(|mut set| {
                set.sort_unstable();
                set
            })
            .collect();
        let block = Block { offsets: &[0, 1, 2, 3], buckets: &[0, 0, 0], signatures: &[0, 0, 0] };
        assert!(block.fits(1));
        let mut kept = Kept::new(goal);
        let candidates = kept.candidates(&block);
        let found = kept.choose(&block, &[10, 11, 12], &candidates, &sets, &Default::default());
        assert_eq!(found.iter().map(|one| one.0).collect::<Vec<_>>(), [NOBODY, 10, NOBODY]);
        assert_eq!(kept.names, [10, 12]);
        // In a later block the same documents are dropped for those.
        let candidates = kept.candidates(&block);
        assert_eq!(candidates[0], [0, 1]);
        let others = [(0, sets[0].clone()), (1, sets[2].clone())].into_iter().collect();
        let found = kept.choose(&block, &[20, 21, 22], &candidates, &sets, &others);
        assert_eq!(found.iter().map(|one| one.0).collect::<Vec<_>>(), [10, 10, 12]);
    }
}
