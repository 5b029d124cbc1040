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
    let mut bytes = [0u8; 512];
    for (to, slot) in bytes.chunks_exact_mut(4).zip(slots) {
        to.copy_from_slice(&slot.to_le_bytes());
    }
    xxh3_64(&bytes[..(slots.len() * 4).min(512)])
}

/// Pairs `(i, j)`, `i < j`, of rows of `keys` (row-major, `bands` wide) that share a key in some band, each once, sorted.
/// A bucket of more than `full` rows joins each of them to its first row only, so that its pairs stay linear in its size.
pub fn candidates(keys: &[u64], bands: usize, full: usize) -> Vec<(u32, u32)> {
    let mut pairs: Vec<(u32, u32)> = (0..bands)
        .into_par_iter()
        .flat_map_iter(|band| {
            let mut column: Vec<(u64, u32)> = keys.iter().skip(band).step_by(bands).copied().zip(0u32..).collect();
            column.sort_unstable();
            let mut pairs = Vec::new();
            for bucket in column.chunk_by(|x, y| x.0 == y.0) {
                join(bucket.len(), full, |i, j| pairs.push((bucket[i].1, bucket[j].1)));
            }
            pairs
        })
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
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
