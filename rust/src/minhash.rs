//! Shingle hashes to MinHash signatures, bit-identical to those of datasketch 2.x over the same hashes.

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

/// The value of every slot before the first hash.
pub fn empty(scheme: Scheme) -> u64 {
    match scheme {
        Scheme::Affine64 => u64::MAX,
        Scheme::Affine32 | Scheme::Legacy => u64::from(u32::MAX),
    }
}

fn fmix32(mut h: u32) -> u32 {
    h ^= h >> 16;
    h = h.wrapping_mul(0x85eb_ca6b);
    h ^= h >> 13;
    h = h.wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}

fn fmix64(mut h: u64) -> u64 {
    h ^= h >> 33;
    h = h.wrapping_mul(0xff51_afd7_ed55_8ccd);
    h ^= h >> 33;
    h = h.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ (h >> 33)
}

/// Lower `slots` to the minima over `hashes`; `a`, `b` and `slots` have one entry a permutation.
pub fn sign32(hashes: &[u64], a: &[u32], b: &[u32], slots: &mut [u32]) {
    // Blocks of slots stay in registers while the hashes run by.
    const BLOCK: usize = 64;
    for first in (0..slots.len()).step_by(BLOCK) {
        let last = (first + BLOCK).min(slots.len());
        let (a, b, slots) = (&a[first..last], &b[first..last], &mut slots[first..last]);
        for &hash in hashes {
            let h = fmix32(hash as u32);
            for ((slot, &a), &b) in slots.iter_mut().zip(a).zip(b) {
                *slot = (*slot).min(a.wrapping_mul(h).wrapping_add(b));
            }
        }
    }
}

/// As `sign32`, for the schemes whose slots have 64 bits.
pub fn sign64(hashes: &[u64], a: &[u64], b: &[u64], slots: &mut [u64], scheme: Scheme) {
    for &hash in hashes {
        for ((slot, &a), &b) in slots.iter_mut().zip(a).zip(b) {
            let value = match scheme {
                Scheme::Affine64 => a.wrapping_mul(fmix64(hash)).wrapping_add(b),
                _ => (a.wrapping_mul(u64::from(hash as u32)).wrapping_add(b) % MERSENNE) & u64::from(u32::MAX),
            };
            *slot = (*slot).min(value);
        }
    }
}
