//! Shingle hashes to MinHash signatures. They equal those of datasketch 2.x over the same hashes, bit for bit.

use crate::cpu::{level, Level};

/// How a permutation is computed (datasketch's names).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `a * fmix32(h) + b` in 32 bits, over the low 32 bits of a hash.
    Affine32,
    /// `a * fmix64(h) + b` in 64 bits.
    Affine64,
    /// `(a * h + b) mod (2^61 - 1)`, low 32 bits, over the low 32 bits of a hash; the product wraps at 64 bits.
    Legacy,
}

const MERSENNE: u64 = (1 << 61) - 1;

/// The value of every slot of a text without shingles.
pub fn empty(scheme: Scheme) -> u64 {
    match scheme {
        Scheme::Affine64 => u64::MAX,
        Scheme::Affine32 | Scheme::Legacy => u64::from(u32::MAX),
    }
}

/// The finaliser of 32-bit MurmurHash3.
fn fmix32(mut h: u32) -> u32 {
    h ^= h >> 16;
    h = h.wrapping_mul(0x85eb_ca6b);
    h ^= h >> 13;
    h = h.wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}

/// The finaliser of 64-bit MurmurHash3.
fn fmix64(mut h: u64) -> u64 {
    h ^= h >> 33;
    h = h.wrapping_mul(0xff51_afd7_ed55_8ccd);
    h ^= h >> 33;
    h = h.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ (h >> 33)
}

/// Lower each of `slots` to the least value that its permutation gives any of `hashes`. `a`, `b` and `slots` have one entry for each
/// permutation. `kept` is working memory for the hashes, because the iterator gives them only once.
pub fn sign32(
    hashes: impl ExactSizeIterator<Item = u64>,
    kept: &mut Vec<u64>,
    a: &[u32],
    b: &[u32],
    slots: &mut [u32],
) {
    #[cfg(target_arch = "x86_64")]
    match level() {
        // SAFETY: the processor has what the level says.
        Level::Avx512 => return unsafe { sign32_avx512(hashes, kept, a, b, slots) },
        // SAFETY: as above.
        Level::Avx2 => return unsafe { sign32_avx2(hashes, kept, a, b, slots) },
        Level::Portable => {}
    }
    sign32_in_blocks::<16>(hashes, kept, a, b, slots);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn sign32_avx512(
    hashes: impl ExactSizeIterator<Item = u64>,
    kept: &mut Vec<u64>,
    a: &[u32],
    b: &[u32],
    slots: &mut [u32],
) {
    // 128 slots, multipliers and addends fill 24 of the 32 registers.
    sign32_in_blocks::<128>(hashes, kept, a, b, slots);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn sign32_avx2(
    hashes: impl ExactSizeIterator<Item = u64>,
    kept: &mut Vec<u64>,
    a: &[u32],
    b: &[u32],
    slots: &mut [u32],
) {
    // Minima stay in registers; multipliers and addends come from the first cache.
    sign32_in_blocks::<64>(hashes, kept, a, b, slots);
}

/// Lower the slots in blocks that stay in registers while all hashes are read; the rest in blocks of 16, then one by one.
#[inline(always)]
fn sign32_in_blocks<const BLOCK: usize>(
    hashes: impl ExactSizeIterator<Item = u64>,
    kept: &mut Vec<u64>,
    a: &[u32],
    b: &[u32],
    slots: &mut [u32],
) {
    kept.clear();
    let one_block = slots.len() == BLOCK;
    let (a_blocks, a_rest) = a.as_chunks::<BLOCK>();
    let (b_blocks, b_rest) = b.as_chunks::<BLOCK>();
    let (blocks, rest) = slots.as_chunks_mut::<BLOCK>();
    let mut blocks = blocks.iter_mut().zip(a_blocks).zip(b_blocks);
    match blocks.next() {
        Some(((block, a), b)) if one_block => lower(block, a, b, hashes),
        Some(((block, a), b)) => {
            kept.resize(hashes.len(), 0);
            let drawn = hashes.zip(&mut *kept).map(|(hash, place)| {
                *place = hash;
                hash
            });
            lower(block, a, b, drawn);
        }
        None => kept.extend(hashes),
    }
    for ((block, a), b) in blocks {
        lower(block, a, b, kept.iter().copied());
    }
    let (a_blocks, a_rest) = a_rest.as_chunks::<16>();
    let (b_blocks, b_rest) = b_rest.as_chunks::<16>();
    let (blocks, rest) = rest.as_chunks_mut::<16>();
    for ((block, a), b) in blocks.iter_mut().zip(a_blocks).zip(b_blocks) {
        lower(block, a, b, kept.iter().copied());
    }
    for ((slot, &a), &b) in rest.iter_mut().zip(a_rest).zip(b_rest) {
        for &hash in &*kept {
            *slot = (*slot).min(a.wrapping_mul(fmix32(hash as u32)).wrapping_add(b));
        }
    }
}

#[inline(always)]
fn lower<const BLOCK: usize>(
    block: &mut [u32; BLOCK],
    a: &[u32; BLOCK],
    b: &[u32; BLOCK],
    hashes: impl Iterator<Item = u64>,
) {
    let mut least = *block;
    for hash in hashes {
        let h = fmix32(hash as u32);
        for i in 0..BLOCK {
            least[i] = least[i].min(a[i].wrapping_mul(h).wrapping_add(b[i]));
        }
    }
    *block = least;
}

/// As `sign32`, for the schemes with slots of 64 bits.
pub fn sign64(hashes: impl Iterator<Item = u64>, a: &[u64], b: &[u64], slots: &mut [u64], scheme: Scheme) {
    for hash in hashes {
        for ((slot, &a), &b) in slots.iter_mut().zip(a).zip(b) {
            let value = match scheme {
                Scheme::Affine64 => a.wrapping_mul(fmix64(hash)).wrapping_add(b),
                _ => (a.wrapping_mul(u64::from(hash as u32)).wrapping_add(b) % MERSENNE) & u64::from(u32::MAX),
            };
            *slot = (*slot).min(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_processor_gives_the_same_minima() {
        let numbers = |n: usize, salt: u64| (0..n as u64).map(move |i| fmix64(i * 77 + salt));
        let hashes: Vec<u64> = numbers(300, 1).collect();
        for count in [1, 15, 16, 64, 100, 128, 257] {
            let a: Vec<u32> = numbers(count, 2).map(|x| x as u32 | 1).collect();
            let b: Vec<u32> = numbers(count, 3).map(|x| x as u32).collect();
            let expected: Vec<u32> = a
                .iter()
                .zip(&b)
                .map(|(a, b)| {
                    hashes.iter().map(|&h| a.wrapping_mul(fmix32(h as u32)).wrapping_add(*b)).min().unwrap_or(u32::MAX)
                })
                .collect();
            let signed = |sign: &dyn Fn(&mut Vec<u64>, &mut [u32])| {
                let mut slots = vec![u32::MAX; count];
                sign(&mut Vec::new(), &mut slots);
                slots
            };
            let drawn = || hashes.iter().copied();
            assert_eq!(signed(&|kept, s| sign32_in_blocks::<16>(drawn(), kept, &a, &b, s)), expected);
            #[cfg(target_arch = "x86_64")]
            {
                if is_x86_feature_detected!("avx2") {
                    // SAFETY: the processor has the feature.
                    assert_eq!(signed(&|kept, s| unsafe { sign32_avx2(drawn(), kept, &a, &b, s) }), expected);
                }
                if is_x86_feature_detected!("avx512f") {
                    // SAFETY: the processor has the feature.
                    assert_eq!(signed(&|kept, s| unsafe { sign32_avx512(drawn(), kept, &a, &b, s) }), expected);
                }
            }
        }
    }
}
