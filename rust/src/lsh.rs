//! Signatures to candidate pairs: pairs of signatures that agree in all slots of at least one band, found by sorting band keys.

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

/// Slots that a band may have at most: the bytes that `band_key` hashes at once.
pub const MOST_ROWS: usize = 128;

/// The key of each band of each row of `signatures` (row-major, `slots` wide): XXH3-64 of the band's `rows` slots, little-endian.
pub fn band_keys(signatures: &[u32], slots: usize, bands: usize, rows: usize) -> Vec<u64> {
    signatures
        .par_chunks_exact(slots)
        .flat_map_iter(|signature| (0..bands).map(move |band| band_key(&signature[band * rows..(band + 1) * rows])))
        .collect()
}

fn band_key(slots: &[u32]) -> u64 {
    // Most bands have few slots, and to clear a large array takes longer than to hash a small one.
    if slots.len() <= 16 {
        slots_hash::<64>(slots)
    } else {
        slots_hash::<{ 4 * MOST_ROWS }>(slots)
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

/// The pairs `(i, j)`, `i < j`, of rows of `signatures` (row-major, `slots` wide) that agree in all `rows` slots of some band,
/// each once, sorted. In a bucket of more than `all_pairs` rows, only pairs with its first row are taken, so that their number is
/// linear in the size of the bucket.
pub fn candidates(signatures: &[u32], slots: usize, bands: usize, rows: usize, all_pairs: usize) -> Vec<(u32, u32)> {
    let mut pairs: Vec<(u32, u32)> = (0..bands)
        .into_par_iter()
        .flat_map_iter(|band| {
            let keys = signatures.chunks_exact(slots).map(|own| band_key(&own[band * rows..(band + 1) * rows]));
            let mut column = gathered(keys.zip(0u32..).collect());
            let mut pairs = Vec::new();
            // Equal keys are in the same part.
            for part in column.chunk_by_mut(|x, y| x.0 >> PART == y.0 >> PART) {
                part.sort_unstable();
                for bucket in part.chunk_by(|x, y| x.0 == y.0) {
                    join(bucket.len(), all_pairs, |i, j| pairs.push((bucket[i].1, bucket[j].1)));
                }
            }
            pairs
        })
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

/// A key's part is its first 12 bits: keys are hashes, so all parts have about the same size. The other bits are shifted out.
const PART: u32 = 64 - 12;

/// `column` in the order of its parts (a counting sort). Each part is then small enough to be sorted in the cache.
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

/// Call `emit(i, j)` for all `i < j` below `count`; if `count` is above `all_pairs`, only for `i = 0`.
pub fn join(count: usize, all_pairs: usize, mut emit: impl FnMut(usize, usize)) {
    let hubs = if count <= all_pairs { count } else { 1 };
    for i in 0..hubs {
        for j in i + 1..count {
            emit(i, j);
        }
    }
}

/// An empty place of a table.
pub const NOBODY: u32 = u32::MAX;

/// The hash tables of an LSH index, one for each band, over rows of `signatures`.
///
/// The methods take the tables themselves. `heads` has the same number of places for each band, a power of two; a place holds
/// the last row that was inserted there. `next` (a row for each signature, a column for each band) holds the row that was inserted
/// before it with the same slots in the band. The tables hold no keys: a row's signature is its key. The tables of a file are used
/// as they are mapped, so each number is checked where it is used.
pub struct Tables<'a> {
    pub signatures: &'a [u32],
    pub slots: usize,
    pub bands: usize,
    pub rows: usize,
}

impl<'a> Tables<'a> {
    /// The slots of a band of a row; None if there is no such row.
    fn band(&self, row: u32, band: usize) -> Option<&'a [u32]> {
        self.signatures.get(row as usize * self.slots + band * self.rows..)?.get(..self.rows)
    }

    /// The place in `heads` at which the chain of rows with `slots` starts, or an empty place for it; None if the table is full or
    /// damaged.
    fn find(&self, heads: &[u32], slots: &[u32], band: usize) -> Option<usize> {
        let mask = heads.len().checked_sub(1)?;
        let first = band_key(slots) as usize;
        (0..heads.len())
            .map(|step| (first + step) & mask)
            .find(|&at| heads[at] == NOBODY || self.band(heads[at], band) == Some(slots))
    }

    /// Insert the rows from `start` on into `heads` and `next`, which must have room for them.
    pub fn insert(&self, start: usize, heads: &mut [u32], next: &mut [u32]) {
        let size = heads.len() / self.bands;
        for row in start..self.signatures.len() / self.slots {
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

    /// The rows that share a band with `signature`, are `alive` and agree with it in at least `least` slots, each with the number
    /// of these slots; sorted by that number, largest first, then by row.
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
                // A chain leads to ever earlier rows. One that does not is damaged, and following it might never end.
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

/// The number of slots in which two signatures agree.
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
        // A cycle, a row that does not exist, a full table.
        assert_eq!(tables.query(&[1, 2], &[1; 4], &[1, 1], &alive, 0).len(), 1);
        assert_eq!(tables.query(&[1, 2], &[9; 4], &[NOBODY; 2], &alive, 0).len(), 0);
        assert_eq!(tables.query(&[3, 4], &[0; 4], &[NOBODY; 2], &alive, 0).len(), 0);
    }
}
