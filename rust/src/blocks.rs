//! Text to bit masks, 64 bytes at a time: where words, joiners, other scripts and sentence ends are; and masks to runs.
//!
//! The same masks come from AVX-512, AVX2 and portable code; the fastest that the processor has is chosen at run time.

/// One bit a byte, bit `i % 64` of word `i / 64`. Bits behind the text are 0.
#[derive(Default)]
pub struct Masks {
    /// ASCII letters and digits.
    pub word: Vec<u64>,
    /// Bytes that are not ASCII.
    pub wide: Vec<u64>,
    /// UTF-8 continuation bytes.
    pub inner: Vec<u64>,
    /// Hyphen, apostrophe, comma, full stop; after `runs`, those alone that stand between word or wide bytes.
    pub joiner: Vec<u64>,
    /// Full stop, exclamation and question mark, line feed.
    pub ends: Vec<u64>,
    /// The text with ASCII letters in small, and 64 bytes behind it to read over.
    pub lower: Vec<u8>,
    /// Starts and ends, in turn, of the longest runs of word bytes, wide bytes and joiners between such; no token reaches
    /// out of its run.
    pub runs: Vec<u32>,
    /// Runs, by number, that have anything but ASCII letters and digits.
    pub special: Vec<u32>,
}

/// Masks of 64 bytes: word, wide, inner, joiner, ends.
type Bits = [u64; 5];

impl Masks {
    /// Fill the masks and runs from `text`, which the border has checked to be below 4 GiB: runs have 32 bits, and what is
    /// copied by them rests on that.
    pub fn fill(&mut self, text: &[u8]) {
        assert!(text.len() <= u32::MAX as usize, "a text above 4 GiB passed the border");
        self.classify(text);
        self.find_runs();
    }

    fn find_runs(&mut self) {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx512vbmi2") && is_x86_feature_detected!("avx512f") {
            // SAFETY: the processor has both, as just asked.
            return unsafe { self.find_runs_avx512() };
        }
        self.find_runs_with(places);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512vbmi2")]
    fn find_runs_avx512(&mut self) {
        self.find_runs_with(|flips, base, out| x86::places(flips, base, out));
    }

    /// Runs from masks: the bits at which `word | wide | joiner` flips. `write` puts the places of the bits of a block, and
    /// whatever behind them, into 64 slots.
    #[inline(always)]
    fn find_runs_with(&mut self, write: impl Fn(u64, u32, &mut [u32; 64])) {
        let blocks = self.word.len();
        let (mut solid_before, mut run_before) = (0, 0);
        let mut count = 0;
        self.special.clear();
        for at in 0..blocks {
            let solid = self.word[at] | self.wide[at];
            let next = self.word.get(at + 1).map_or(0, |word| word | self.wide[at + 1]);
            let joined = self.joiner[at] & (solid << 1 | solid_before) & (solid >> 1 | next << 63);
            self.joiner[at] = joined;
            let run = solid | joined;
            let flips = run ^ (run << 1 | run_before);
            (solid_before, run_before) = (solid >> 63, run >> 63);
            let mut odd = joined | self.wide[at];
            while odd != 0 {
                // The run that holds this bit is the last that started at or before it.
                let upto = u64::MAX >> (63 - odd.trailing_zeros());
                let number = ((count as u32 + (flips & upto).count_ones()) - 1) / 2;
                if self.special.last() != Some(&number) {
                    self.special.push(number);
                }
                odd &= odd - 1;
            }
            if self.runs.len() < count + 64 {
                self.runs.resize((count + 64) * 2, 0);
            }
            if let Some(slots) = self.runs[count..].first_chunk_mut::<64>() {
                write(flips, (at * 64) as u32, slots);
            }
            count += flips.count_ones() as usize;
        }
        self.runs.truncate(count);
    }

    fn classify(&mut self, text: &[u8]) {
        let blocks = text.len().div_ceil(64);
        self.lower.clear();
        self.lower.resize(blocks * 64 + 64, 0);
        for mask in [&mut self.word, &mut self.wide, &mut self.inner, &mut self.joiner, &mut self.ends] {
            mask.clear();
            mask.resize(blocks + 1, 0);
        }
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512bw") {
                // SAFETY: the processor has AVX-512BW, as just asked.
                return unsafe { self.fill_avx512(text) };
            }
            if is_x86_feature_detected!("avx2") {
                // SAFETY: the processor has AVX2, as just asked.
                return unsafe { self.fill_avx2(text) };
            }
        }
        self.fill_with(text, portable);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512bw")]
    fn fill_avx512(&mut self, text: &[u8]) {
        self.fill_with(text, |block, lower| x86::avx512(block, lower));
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn fill_avx2(&mut self, text: &[u8]) {
        self.fill_with(text, |block, lower| x86::avx2(block, lower));
    }

    #[inline(always)]
    fn fill_with(&mut self, text: &[u8], classify: impl Fn(&[u8; 64], &mut [u8; 64]) -> Bits) {
        let (whole, tail) = text.as_chunks::<64>();
        let (lower, _) = self.lower.as_chunks_mut::<64>();
        for (at, block) in whole.iter().enumerate() {
            let bits = classify(block, &mut lower[at]);
            self.word[at] = bits[0];
            self.wide[at] = bits[1];
            self.inner[at] = bits[2];
            self.joiner[at] = bits[3];
            self.ends[at] = bits[4];
        }
        if !tail.is_empty() {
            let mut block = [0; 64];
            block[..tail.len()].copy_from_slice(tail);
            let at = whole.len();
            let bits = classify(&block, &mut lower[at]);
            self.word[at] = bits[0];
            self.wide[at] = bits[1];
            self.inner[at] = bits[2];
            self.joiner[at] = bits[3];
            self.ends[at] = bits[4];
        }
    }
}

/// Write `base` plus the place of each bit of `flips` into `out`: eight at a time, wanted or not, for a branch at each would be
/// guessed wrong too often (Langdale and Lemire 2019).
fn places(mut flips: u64, base: u32, out: &mut [u32; 64]) {
    for eight in out.as_chunks_mut::<8>().0 {
        if flips == 0 {
            return;
        }
        for slot in eight {
            *slot = base + flips.trailing_zeros();
            flips &= flips.wrapping_sub(1);
        }
    }
}

fn portable(block: &[u8; 64], lower: &mut [u8; 64]) -> Bits {
    let mut bits = [0; 5];
    for (i, (&byte, out)) in block.iter().zip(lower).enumerate() {
        *out = byte.to_ascii_lowercase();
        bits[0] |= u64::from(byte.is_ascii_alphanumeric()) << i;
        bits[1] |= u64::from(byte >= 0x80) << i;
        bits[2] |= u64::from(byte & 0xc0 == 0x80) << i;
        bits[3] |= u64::from(matches!(byte, b'-' | b'\'' | b',' | b'.')) << i;
        bits[4] |= u64::from(matches!(byte, b'.' | b'!' | b'?' | b'\n')) << i;
    }
    bits
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::Bits;

    #[target_feature(enable = "avx512bw")]
    #[inline]
    pub fn avx512(block: &[u8; 64], lower: &mut [u8; 64]) -> Bits {
        // SAFETY: both arrays have the 64 bytes that are read and written; neither needs alignment.
        let v = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
        let set = |byte: u8| _mm512_set1_epi8(byte as i8);
        let upper = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(v, set(b'A')), set(26));
        let small = _mm512_mask_add_epi8(v, upper, v, set(32));
        // SAFETY: as above.
        unsafe { _mm512_storeu_si512(lower.as_mut_ptr().cast(), small) };
        let letter = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(small, set(b'a')), set(26));
        let digit = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(v, set(b'0')), set(10));
        let wide = _mm512_movepi8_mask(v);
        let inner = _mm512_mask_cmplt_epu8_mask(wide, v, set(0xc0));
        let is = |byte: u8| _mm512_cmpeq_epi8_mask(v, set(byte));
        let stop = is(b'.');
        let joiner = is(b'-') | is(b'\'') | is(b',') | stop;
        [letter | digit, wide, inner, joiner, stop | is(b'!') | is(b'?') | is(b'\n')]
    }

    #[target_feature(enable = "avx512f,avx512vbmi2")]
    #[inline]
    pub fn places(flips: u64, base: u32, out: &mut [u32; 64]) {
        const BYTES: [u8; 64] = {
            let mut bytes = [0; 64];
            let mut i = 0;
            while i < 64 {
                bytes[i] = i as u8;
                i += 1;
            }
            bytes
        };
        // SAFETY: the constant has the 64 bytes that are read.
        let all = unsafe { _mm512_loadu_si512(BYTES.as_ptr().cast()) };
        let found = _mm512_maskz_compress_epi8(flips, all);
        let quarters = [
            _mm512_extracti32x4_epi32::<0>(found),
            _mm512_extracti32x4_epi32::<1>(found),
            _mm512_extracti32x4_epi32::<2>(found),
            _mm512_extracti32x4_epi32::<3>(found),
        ];
        // Two quarters hold the flips of nearly every block.
        let wanted = if flips.count_ones() > 32 { 4 } else { 2 };
        for (quarter, slots) in quarters.iter().take(wanted).zip(out.as_chunks_mut::<16>().0) {
            let places = _mm512_add_epi32(_mm512_cvtepu8_epi32(*quarter), _mm512_set1_epi32(base as i32));
            // SAFETY: `slots` has the 64 bytes that are written.
            unsafe { _mm512_storeu_si512(slots.as_mut_ptr().cast(), places) };
        }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub fn avx2(block: &[u8; 64], lower: &mut [u8; 64]) -> Bits {
        let low = half(&block[..32], &mut lower[..32]);
        let high = half(&block[32..], &mut lower[32..]);
        std::array::from_fn(|i| u64::from(low[i]) | u64::from(high[i]) << 32)
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn half(block: &[u8], lower: &mut [u8]) -> [u32; 5] {
        assert!(block.len() == 32 && lower.len() == 32);
        // SAFETY: both slices have the 32 bytes that are read and written; neither needs alignment.
        let v = unsafe { _mm256_loadu_si256(block.as_ptr().cast()) };
        let set = |byte: u8| _mm256_set1_epi8(byte as i8);
        // Unsigned x < n, as min(x, n - 1) == x.
        let below = |x: __m256i, n: u8| _mm256_cmpeq_epi8(_mm256_min_epu8(x, set(n - 1)), x);
        let upper = below(_mm256_sub_epi8(v, set(b'A')), 26);
        let small = _mm256_add_epi8(v, _mm256_and_si256(upper, set(32)));
        // SAFETY: as above.
        unsafe { _mm256_storeu_si256(lower.as_mut_ptr().cast(), small) };
        let letter = below(_mm256_sub_epi8(small, set(b'a')), 26);
        let digit = below(_mm256_sub_epi8(v, set(b'0')), 10);
        let is = |byte: u8| _mm256_cmpeq_epi8(v, set(byte));
        let or = |x, y| _mm256_or_si256(x, y);
        let mask = |x| _mm256_movemask_epi8(x) as u32;
        let wide = mask(v);
        let stop = is(b'.');
        [
            mask(or(letter, digit)),
            wide,
            wide & mask(below(v, 0xc0)),
            mask(or(or(is(b'-'), is(b'\'')), or(is(b','), stop))),
            mask(or(or(stop, is(b'!')), or(is(b'?'), is(b'\n')))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of all kinds, in an order that no block repeats.
    fn bytes(length: usize) -> Vec<u8> {
        (0..length).map(|i| (i * 167 + i / 64 * 31 + 5) as u8).collect()
    }

    #[test]
    fn every_processor_gives_the_same_masks() {
        for chunk in bytes(64 * 300).as_chunks::<64>().0 {
            let mut expected = [0; 64];
            let bits = portable(chunk, &mut expected);
            #[cfg(target_arch = "x86_64")]
            {
                let mut lower = [0; 64];
                if is_x86_feature_detected!("avx2") {
                    // SAFETY: the processor has the feature.
                    assert_eq!(unsafe { x86::avx2(chunk, &mut lower) }, bits);
                    assert_eq!(lower, expected);
                }
                if is_x86_feature_detected!("avx512bw") {
                    // SAFETY: the processor has the feature.
                    assert_eq!(unsafe { x86::avx512(chunk, &mut lower) }, bits);
                    assert_eq!(lower, expected);
                }
            }
        }
    }

    #[test]
    fn every_processor_finds_the_same_places() {
        for flips in
            [0, 1, 1 << 63, u64::MAX, 0x5555_5555_5555_5555, 0x8421_0842_1084_2108, u64::MAX >> 31, u64::MAX << 33]
        {
            let expected: Vec<u32> = (0..64).filter(|i| flips >> i & 1 == 1).map(|i| 1000 + i).collect();
            let mut out = [0; 64];
            places(flips, 1000, &mut out);
            assert_eq!(out[..expected.len()], expected);
            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx512vbmi2") {
                let mut out = [0; 64];
                // SAFETY: the processor has the feature.
                unsafe { x86::places(flips, 1000, &mut out) };
                assert_eq!(out[..expected.len()], expected);
            }
        }
    }

    #[test]
    fn a_tail_is_padded_with_nothing() {
        for length in [0, 1, 63, 64, 65, 127] {
            let text = bytes(length);
            let mut masks = Masks::default();
            masks.fill(&text);
            for (i, byte) in text.iter().enumerate() {
                assert_eq!(masks.word[i / 64] >> (i % 64) & 1 == 1, byte.is_ascii_alphanumeric());
            }
            assert_eq!(masks.word.len(), length.div_ceil(64) + 1);
            if length % 64 > 0 {
                assert_eq!(masks.wide[length / 64] >> (length % 64), 0);
            }
        }
    }
}
