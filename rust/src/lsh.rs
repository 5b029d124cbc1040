//! Signatures to candidate pairs: rows that agree in all slots of at least one band, found by sorting band keys.

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

/// One key a band and row of `signatures` (row-major, `slots` wide): XXH3-64 of the band's `rows` slots, little-endian.
pub fn band_keys(signatures: &[u32], slots: usize, bands: usize, rows: usize) -> Vec<u64> {
    signatures
        .par_chunks_exact(slots)
        .flat_map_iter(|signature| (0..bands).map(move |band| band_key(&signature[band * rows..(band + 1) * rows])))
        .collect()
}

fn band_key(slots: &[u32]) -> u64 {
    // Most bands are of few slots, and a large array takes longer to clear than a small one to hash.
    if slots.len() <= 16 {
        slots_hash::<64>(slots)
    } else {
        slots_hash::<512>(slots)
    }
}

#[inline(always)]
fn slots_hash<const BYTES: usize>(slots: &[u32]) -> u64 {
    let mut bytes = [0u8; BYTES];
    for (to, slot) in bytes.chunks_exact_mut(4).zip(slots) {
        to.copy_from_slice(&slot.to_le_bytes());
    }
    xxh3_64(&bytes[..(slots.len() * 4).min(BYTES)])
}

/// Pairs `(i, j)`, `i < j`, of rows of `signatures` (row-major, `slots` wide) that agree in all `rows` slots of some band, each
/// once, sorted. A bucket of more than `full` rows joins each of them to its first row only, so that its pairs stay linear in
/// its size.
pub fn candidates(signatures: &[u32], slots: usize, bands: usize, rows: usize, full: usize) -> Vec<(u32, u32)> {
    let mut pairs: Vec<(u32, u32)> = (0..bands)
        .into_par_iter()
        .flat_map_iter(|band| {
            let keys = signatures.chunks_exact(slots).map(|own| band_key(&own[band * rows..(band + 1) * rows]));
            let mut column = gathered(keys.zip(0u32..).collect());
            let mut pairs = Vec::new();
            // Equal keys are in one part.
            for part in column.chunk_by_mut(|x, y| x.0 >> PART == y.0 >> PART) {
                part.sort_unstable();
                for bucket in part.chunk_by(|x, y| x.0 == y.0) {
                    join(bucket.len(), full, |i, j| pairs.push((bucket[i].1, bucket[j].1)));
                }
            }
            pairs
        })
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

/// Keys differ in their first bits as they differ at all; so many of the 64 are left to a part.
const PART: u32 = 64 - 12;

/// `column` with the keys of each part together: parts are sorted in the cache, and the whole costs linear time.
fn gathered(column: Vec<(u64, u32)>) -> Vec<(u64, u32)> {
    let part = |key: u64| (key >> PART) as usize;
    let mut next = vec![0u32; (1 << (64 - PART)) + 1];
    for &(key, _) in &column {
        next[part(key) + 1] += 1;
    }
    for at in 1..next.len() {
        next[at] += next[at - 1];
    }
    let mut out = vec![(0, 0); column.len()];
    for one in column {
        let place = &mut next[part(one.0)];
        out[*place as usize] = one;
        *place += 1;
    }
    out
}

/// Call `emit(i, j)` for all `i < j` below `count`, or, above `full` members, for `i = 0` only.
pub fn join(count: usize, full: usize, mut emit: impl FnMut(usize, usize)) {
    let hubs = if count <= full { count } else { 1 };
    for i in 0..hubs {
        for j in i + 1..count {
            emit(i, j);
        }
    }
}

/// Where nothing stands in a table.
pub const NOBODY: u32 = u32::MAX;

/// Hash tables of bands over rows of signatures: `heads` has as many places for each band, a power of two, and gives the last
/// row put there; `next` (a row a row, a column a band) the one before it with the same band. They hold no keys: a row's
/// signature is its key. Files are mapped as they are, so no number in a table is trusted: each is checked where it is used.
pub struct Tables<'a> {
    pub signatures: &'a [u32],
    pub slots: usize,
    pub bands: usize,
    pub rows: usize,
}

impl<'a> Tables<'a> {
    fn band(&self, row: u32, band: usize) -> Option<&'a [u32]> {
        self.signatures.get(row as usize * self.slots + band * self.rows..)?.get(..self.rows)
    }

    /// The place in `heads` at which the chain of `slots` starts, or an empty one; none in a table that is full or damaged.
    fn find(&self, heads: &[u32], slots: &[u32], band: usize) -> Option<usize> {
        let mask = heads.len().checked_sub(1)?;
        let first = band_key(slots) as usize;
        (0..heads.len())
            .map(|step| (first + step) & mask)
            .find(|&at| heads[at] == NOBODY || self.band(heads[at], band) == Some(slots))
    }

    /// Put the rows from `from` on into `heads` and `next`, which has room for them.
    pub fn insert(&self, from: usize, heads: &mut [u32], next: &mut [u32]) {
        let size = heads.len() / self.bands;
        for row in from..self.signatures.len() / self.slots {
            for band in 0..self.bands {
                let Some(slots) = self.band(row as u32, band) else { continue };
                let heads = &mut heads[band * size..(band + 1) * size];
                if let Some(at) = self.find(heads, slots, band) {
                    next[row * self.bands + band] = heads[at];
                    heads[at] = row as u32;
                }
            }
        }
    }

    /// The rows that share a band with `signature`, with how many slots they have in common, if `least` or more and the row is
    /// `alive`; most in common first, then by row.
    pub fn query(&self, signature: &[u32], heads: &[u32], next: &[u32], alive: &[bool], least: u32) -> Vec<(u32, u32)> {
        let size = heads.len() / self.bands;
        let mut found = Vec::new();
        for band in 0..self.bands {
            let heads = &heads[band * size..(band + 1) * size];
            let place = self.find(heads, &signature[band * self.rows..(band + 1) * self.rows], band);
            let mut row = place.map_or(NOBODY, |at| heads[at]);
            while let Some(&alive) = alive.get(row as usize) {
                if alive {
                    found.push(row);
                }
                // Chains go back in time; one that does not is damaged, and would never end.
                let before = next.get(row as usize * self.bands + band).copied().unwrap_or(NOBODY);
                row = if before < row { before } else { NOBODY };
            }
        }
        found.sort_unstable();
        found.dedup();
        let mut close: Vec<(u32, u32)> = found
            .into_iter()
            .filter_map(|row| {
                let own = self.signatures.get(row as usize * self.slots..)?.get(..self.slots)?;
                Some((row, agreement(own, signature))).filter(|&(_, equal)| equal >= least)
            })
            .collect();
        close.sort_unstable_by_key(|&(row, equal)| (std::cmp::Reverse(equal), row));
        close
    }
}

/// In how many slots two signatures agree.
pub fn agreement(x: &[u32], y: &[u32]) -> u32 {
    x.iter().zip(y).map(|(x, y)| u32::from(x == y)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_tables_end() {
        let signatures = [1, 2, 1, 2];
        let tables = Tables { signatures: &signatures, slots: 2, bands: 1, rows: 2 };
        let alive = [true; 2];
        // A circle, a row that is not there, a full table.
        assert_eq!(tables.query(&[1, 2], &[1; 4], &[1, 1], &alive, 0).len(), 1);
        assert_eq!(tables.query(&[1, 2], &[9; 4], &[NOBODY; 2], &alive, 0).len(), 0);
        assert_eq!(tables.query(&[3, 4], &[0; 4], &[NOBODY; 2], &alive, 0).len(), 0);
    }
}
