//! Tokens to shingle hashes: XXH3-64 of `k` consecutive folded tokens joined by single spaces.

use xxhash_rust::xxh3::xxh3_64;

use crate::tokens::TokenBuffer;

/// Append the shingle hashes of `tokens` to `out`, in text order, repeats included. Fewer than `k` tokens make one shingle of
/// all of them; no token, none.
pub fn shingle_hashes(tokens: &TokenBuffer, k: usize, out: &mut Vec<u64>) {
    if tokens.is_empty() {
        return;
    }
    let k = k.clamp(1, tokens.len());
    let mut from = 0;
    out.extend(tokens.bounds[k - 1..].iter().zip(&tokens.bounds).map(|(&to, &first_to)| {
        let shingle = &tokens.folded[from..to];
        from = first_to + 1;
        hash(shingle)
    }));
}

/// XXH3-64 with seed 0. Shingles of words are mostly of 17 to 64 bytes, on both sides of 32, where the reference branches: here
/// both sides are computed, and nothing is guessed. Other lengths go to the library.
#[inline(always)]
pub fn hash(input: &[u8]) -> u64 {
    let length = input.len();
    if !(17..=64).contains(&length) {
        return other_length(input);
    }
    // SAFETY: `at + 8 <= length` in every call below: 24 <= 32 for `long` inputs, and 8 + 8 <= 16 < length else.
    let word = |at: usize| u64::from_le_bytes(unsafe { input.as_ptr().add(at).cast::<[u8; 8]>().read() });
    let mix = |at: usize, secret: usize| {
        let product = u128::from(word(at) ^ SECRET[secret]) * u128::from(word(at + 8) ^ SECRET[secret + 1]);
        product as u64 ^ (product >> 64) as u64
    };
    let outer = mix(0, 0).wrapping_add(mix(length - 16, 2));
    // Where there are no 32 bytes these two are read at the front of the input, and dropped.
    let long = usize::from(length > 32);
    let inner = mix(16 * long, 4).wrapping_add(mix(length.wrapping_sub(32).wrapping_mul(long), 6));
    let mut sum = (length as u64).wrapping_mul(0x9e37_79b1_85eb_ca87).wrapping_add(outer);
    sum = sum.wrapping_add(inner & (long as u64).wrapping_neg());
    sum ^= sum >> 37;
    sum = sum.wrapping_mul(0x1656_6791_9e37_79f9);
    sum ^ (sum >> 32)
}

#[cold]
#[inline(never)]
fn other_length(input: &[u8]) -> u64 {
    xxh3_64(input)
}

/// The first 64 bytes of XXH3's default secret, as little-endian words.
const SECRET: [u64; 8] = [
    0xbe4b_a423_396c_feb8,
    0x1cad_21f7_2c81_017c,
    0xdb97_9083_e96d_d4de,
    0x1f67_b3b7_a4a4_4072,
    0x78e5_c0cc_4ee6_79cb,
    0x2172_ffcc_7dd0_5a82,
    0x8e24_43f7_7446_08b8,
    0x4c26_3a81_e690_35e0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_library_at_every_length() {
        let bytes: Vec<u8> = (0..300u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for length in 0..300 {
            assert_eq!(hash(&bytes[..length]), xxh3_64(&bytes[..length]), "{length}");
        }
    }
}
