//! Text to bit masks, 64 bytes at a time (words, joiners, other scripts, sentence ends), and masks to runs of word characters.
//!
//! AVX-512, AVX2 and portable code give the same masks; the fastest that the processor supports is chosen at run time.

use crate::cpu::{level, Level};
use crate::shingles::{short_word_hash, word_hash};
use crate::unicode::{may_take_tone, script, short_char, Class};

/// The masks of 64 bytes of text, one bit for each byte. Bits behind the end of the text are 0.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Block {
    /// ASCII letters and digits; after `fill`, also other letters and digits that fold to themselves.
    pub word: u64,
    /// The digits among `word`.
    pub digit: u64,
    /// Bytes that are not ASCII; after `fill`, without the letters and digits in `word`, and without signs that join nothing.
    pub wide: u64,
    /// UTF-8 continuation bytes.
    pub inner: u64,
    /// First bytes of characters that `fill` may remove from `wide`: of two or three bytes, except U+3000-9FFF.
    pub lead: u64,
    /// Hyphen, apostrophe and grave accent.
    pub hyphen: u64,
    /// Comma and full stop.
    pub point: u64,
    /// Full stop, exclamation and question mark, line feed.
    pub ends: u64,
}

/// The blocks of a text, and its runs: the longest stretches of word bytes, wide bytes and joiners between such bytes. A run that
/// holds only plain letters and digits (`Block::word`) is plain; the others are special.
#[derive(Default)]
pub struct Masks {
    /// The blocks of the text, and an empty one behind them.
    pub blocks: Vec<Block>,
    /// The text with ASCII letters in lower case, and 64 bytes behind it, so that reads may pass the end.
    pub lower: Vec<u8>,
    /// The numbers of the special runs.
    pub special: Vec<u32>,
    /// Starts and ends of runs, and room for those of one more block.
    places: Vec<u32>,
    /// Entries of `places` that are used.
    count: usize,
}

impl Masks {
    /// Fill the masks and runs from `text`. Its places have 32 bits; the border to Python has checked that it is below 4 GiB.
    pub fn fill(&mut self, text: &[u8]) {
        assert!(text.len() <= u32::MAX as usize, "a text above 4 GiB passed the border");
        self.classify(text);
        for at in 0..self.blocks.len() {
            let mut lead = self.blocks[at].lead;
            while lead != 0 {
                self.sort(text, at * 64 + lead.trailing_zeros() as usize);
                lead &= lead - 1;
            }
        }
        self.find_runs();
    }

    /// The runs: start, end, start, end and so on, in bytes. No token crosses the border of a run.
    pub fn runs(&self) -> &[u32] {
        &self.places[..self.count]
    }

    /// Append the hash of each of the runs `which`, as if they were plain.
    #[inline(always)]
    pub fn hash_runs(&self, which: std::ops::Range<usize>, out: &mut Vec<u64>) {
        let (runs, _) = self.runs()[2 * which.start..2 * which.end].as_chunks();
        let before = out.len();
        out.extend(runs.iter().map(|&[start, end]: &[u32; 2]| {
            // SAFETY: a run starts inside the text, and `classify` makes `lower` 64 bytes longer than the text; nothing makes
            // it shorter.
            let piece = unsafe { &*self.lower.as_ptr().add(start as usize).cast::<[u8; 16]>() };
            short_word_hash(piece, (end - start) as usize)
        }));
        let long = |&[start, end]: &[u32; 2]| end - start > 16;
        if runs.iter().fold(false, |any, run| any | long(run)) {
            for (hash, run) in out[before..].iter_mut().zip(runs) {
                if long(run) {
                    *hash = word_hash(&self.lower[run[0] as usize..run[1] as usize]);
                }
            }
        }
    }

    /// The number of plain bytes from `at` on, at most 64.
    #[inline(always)]
    pub fn plain_from(&self, at: usize) -> usize {
        let (block, bit) = (at / 64, at % 64);
        let next = self.blocks.get(block + 1).map_or(0, |block| block.word);
        (self.blocks[block].word >> bit | next << 1 << (63 - bit)).trailing_ones() as usize
    }

    /// The folded form of the run `start..end` and its length, if the run is two words of ASCII letters joined by a hyphen or an
    /// apostrophe, of at most 16 bytes. Most special runs are.
    #[inline(always)]
    pub fn joined_pair(&self, start: usize, end: usize) -> Option<([u8; 16], usize)> {
        let length = end - start;
        if length > 16 {
            return None;
        }
        let (block, bit) = (start / 64, start % 64);
        let next = self.blocks.get(block + 1).copied().unwrap_or_default();
        let window = |here: u64, next: u64| here >> bit | next << 1 << (63 - bit);
        let here = &self.blocks[block];
        let letters = window(here.word & !here.digit, next.word & !next.digit);
        let joint = !letters & ((1 << length) - 1);
        let (at, width) = (joint.trailing_zeros() as usize, joint.count_ones() as usize);
        let piece = |at: usize| self.lower[at..].first_chunk().map_or(0, |bytes| u128::from_le_bytes(*bytes));
        let whole = piece(start);
        let mark = (whole >> (8 * at)) as u32 & 0xff_ffff;
        let hyphen = width == 1 && mark as u8 == b'-';
        let apostrophe = width == 1 && matches!(mark as u8, b'\'' | b'`') || width == 3 && mark == 0x99_80e2;
        let behind = at + width;
        if at == 0 || joint >> at != (1 << width) - 1 || !(hyphen || apostrophe) || behind >= length {
            return None;
        }
        let rest = piece(start + behind);
        let keep = |bytes: usize| (1u128 << (8 * bytes)) - 1;
        let possessive = apostrophe && length == behind + 1 && rest as u8 == b's';
        let rest = if possessive { 0 } else { rest & keep(length - behind) };
        let folded = whole & keep(at) | rest << (8 * at);
        // Other letters are left to the general path, which also looks for mixed scripts.
        let ascii = folded & ((u128::MAX / 255) << 7) == 0;
        ascii.then_some((folded.to_le_bytes(), if possessive { at } else { length - width }))
    }

    /// Whether the plain character that ends at `at` is a digit.
    #[inline(always)]
    pub fn is_digit(&self, at: usize) -> bool {
        self.blocks[at / 64].digit >> (at % 64) & 1 == 1
    }

    /// Move the character at `at` from `wide` to `word` if it is a letter or digit that folds to itself; only remove it from `wide`
    /// if it can join nothing. So the words beside it are plain.
    #[inline(always)]
    fn sort(&mut self, text: &[u8], at: usize) {
        let Some((entry, size)) = short_char(text, at) else { return };
        let end = at + size;
        let before = at.checked_sub(1).map_or(b' ', |at| text[at]);
        let after = text.get(end).copied().unwrap_or(b' ');
        let (word, digit) = if entry.is_kept() {
            if entry.is_toned() && may_take_tone(after) {
                return;
            }
            if script(text[at]) != 2 {
                // A word that may mix two scripts stays special.
                let same = |byte: u8, lead: u8| {
                    if byte < 0x80 {
                        !byte.is_ascii_alphanumeric()
                    } else {
                        script(lead) == 1
                    }
                };
                if script(text[at]) == 3 || !same(before, text[at.saturating_sub(2)]) || !same(after, after) {
                    return;
                }
            }
            (u64::MAX, if entry.class() == Class::Digit { u64::MAX } else { 0 })
        } else {
            let solid = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80;
            let between = solid(before) && solid(after);
            let joins = match text[at..end] {
                // The no-break space.
                [0xc2, 0xa0] => between && (after.is_ascii_digit() || after >= 0x80),
                // Signs that end a sentence: … ! ? ؟ ।
                [0xe2, 0x80, 0xa6 | 0xa8 | 0xa9] | [0xef, 0xbc, 0x81 | 0x9f] | [0xd8, 0x9f] | [0xe0, 0xa5, 0xa4] => {
                    true
                }
                _ => between && entry.is_joint(),
            };
            if entry.class() != Class::Other || joins {
                return;
            }
            (0, 0)
        };
        for byte in at..end {
            let (block, bit) = (&mut self.blocks[byte / 64], 1 << (byte % 64));
            block.wide &= !bit;
            block.word |= word & bit;
            block.digit |= digit & bit;
        }
    }

    fn find_runs(&mut self) {
        #[cfg(target_arch = "x86_64")]
        match level() {
            // SAFETY: the processor has what the level says.
            Level::Avx512 => return unsafe { self.find_runs_avx512() },
            // SAFETY: as above.
            Level::Avx2 => return unsafe { self.find_runs_avx2() },
            Level::Portable => {}
        }
        self.find_runs_with(places);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512vbmi2,popcnt,bmi1,bmi2")]
    fn find_runs_avx512(&mut self) {
        self.find_runs_with(|flips, base, out| x86::places(flips, base, out));
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,popcnt,bmi1,bmi2")]
    fn find_runs_avx2(&mut self) {
        self.find_runs_with(places);
    }

    /// Find the runs: they start and end at the bits at which the mask of runs flips. `write` puts the places of the flips of a
    /// block into the first of 64 slots; the content of the other slots does not matter.
    #[inline(always)]
    fn find_runs_with(&mut self, write: impl Fn(u64, u32, &mut [u32; 64])) {
        let (mut solid_before, mut number_before, mut run_before) = (0, 0, 0);
        let mut count = 0;
        self.special.clear();
        let nothing = Block::default();
        for (at, block) in self.blocks.iter().enumerate() {
            let next = self.blocks.get(at + 1).unwrap_or(&nothing);
            let (solid, solid_next) = (block.word | block.wide, next.word | next.wide);
            let (number, number_next) = (block.digit | block.wide, next.digit | next.wide);
            let joined = block.hyphen & (solid << 1 | solid_before) & (solid >> 1 | solid_next << 63)
                | block.point & (number << 1 | number_before) & (number >> 1 | number_next << 63);
            let run = solid | joined;
            let flips = run ^ (run << 1 | run_before);
            (solid_before, number_before, run_before) = (solid >> 63, number >> 63, run >> 63);
            let mut odd = joined | block.wide;
            while odd != 0 {
                // The run that holds this bit is the last one that starts at or before it.
                let upto = u64::MAX >> (63 - odd.trailing_zeros());
                let number = ((count as u32 + (flips & upto).count_ones()) - 1) / 2;
                if self.special.last() != Some(&number) {
                    self.special.push(number);
                }
                // The run is special whatever its other bits are: continue behind it. It ends at the next flip.
                let behind = flips & !upto;
                odd &= if behind == 0 { 0 } else { !(behind ^ (behind - 1)) };
            }
            if self.places.len() < count + 64 {
                self.places.resize((count + 64) * 2, 0);
            }
            if let Some(slots) = self.places[count..].first_chunk_mut::<64>() {
                write(flips, (at * 64) as u32, slots);
            }
            count += flips.count_ones() as usize;
        }
        self.count = count;
    }

    fn classify(&mut self, text: &[u8]) {
        let blocks = text.len().div_ceil(64);
        // What the previous text left is overwritten or never read.
        self.lower.resize(blocks * 64 + 64, 0);
        self.blocks.resize(blocks + 1, Block::default());
        self.blocks[blocks] = Block::default();
        #[cfg(target_arch = "x86_64")]
        match level() {
            // SAFETY: the processor has what the level says.
            Level::Avx512 => return unsafe { self.fill_avx512(text) },
            // SAFETY: as above.
            Level::Avx2 => return unsafe { self.fill_avx2(text) },
            Level::Portable => {}
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
    fn fill_with(&mut self, text: &[u8], classify: impl Fn(&[u8; 64], &mut [u8; 64]) -> Block) {
        let (whole, tail) = text.as_chunks::<64>();
        let (lower, _) = self.lower.as_chunks_mut::<64>();
        for ((bytes, lower), block) in whole.iter().zip(&mut *lower).zip(&mut self.blocks) {
            *block = classify(bytes, lower);
        }
        if !tail.is_empty() {
            let mut bytes = [0; 64];
            bytes[..tail.len()].copy_from_slice(tail);
            self.blocks[whole.len()] = classify(&bytes, &mut lower[whole.len()]);
        }
    }
}

/// Write `base` plus the place of each bit of `flips` into `out`. More slots are written than there are bits, because a branch for
/// each bit would be mispredicted too often (Langdale and Lemire 2019).
#[inline(always)]
fn places(mut flips: u64, base: u32, out: &mut [u32; 64]) {
    // 24 slots are enough for nearly every block.
    let wanted = if flips.count_ones() > 24 { 64 } else { 24 };
    for slot in &mut out[..wanted] {
        *slot = base.wrapping_add(flips.trailing_zeros());
        flips &= flips.wrapping_sub(1);
    }
}

fn portable(bytes: &[u8; 64], lower: &mut [u8; 64]) -> Block {
    let mut block = Block::default();
    for (i, (&byte, out)) in bytes.iter().zip(lower).enumerate() {
        *out = byte.to_ascii_lowercase();
        block.word |= u64::from(byte.is_ascii_alphanumeric()) << i;
        block.digit |= u64::from(byte.is_ascii_digit()) << i;
        block.wide |= u64::from(byte >= 0x80) << i;
        block.inner |= u64::from(byte & 0xc0 == 0x80) << i;
        block.lead |= u64::from(matches!(byte, 0xc2..=0xe2 | 0xea..=0xef)) << i;
        block.hyphen |= u64::from(matches!(byte, b'-' | b'\'' | b'`')) << i;
        block.point |= u64::from(matches!(byte, b',' | b'.')) << i;
        block.ends |= u64::from(matches!(byte, b'.' | b'!' | b'?' | b'\n')) << i;
    }
    block
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::Block;

    #[target_feature(enable = "avx512bw")]
    #[inline]
    pub fn avx512(block: &[u8; 64], lower: &mut [u8; 64]) -> Block {
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
        let is = |byte: u8| _mm512_cmpeq_epi8_mask(v, set(byte));
        let among = |first: u8, count: u8| _mm512_cmplt_epu8_mask(_mm512_sub_epi8(v, set(first)), set(count));
        let stop = is(b'.');
        let (mut inner, mut lead) = (0, 0);
        if wide != 0 {
            inner = _mm512_mask_cmplt_epu8_mask(wide, v, set(0xc0));
            lead = among(0xc2, 0x21) | among(0xea, 6);
        }
        Block {
            word: letter | digit,
            digit,
            wide,
            inner,
            lead,
            hyphen: is(b'-') | is(b'\'') | is(b'`'),
            point: is(b',') | stop,
            ends: stop | is(b'!') | is(b'?') | is(b'\n'),
        }
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
        // Two quarters are enough for nearly every block.
        let wanted = if flips.count_ones() > 32 { 4 } else { 2 };
        for (quarter, slots) in quarters.iter().take(wanted).zip(out.as_chunks_mut::<16>().0) {
            let places = _mm512_add_epi32(_mm512_cvtepu8_epi32(*quarter), _mm512_set1_epi32(base as i32));
            // SAFETY: `slots` has the 64 bytes that are written.
            unsafe { _mm512_storeu_si512(slots.as_mut_ptr().cast(), places) };
        }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub fn avx2(block: &[u8; 64], lower: &mut [u8; 64]) -> Block {
        let low = half(&block[..32], &mut lower[..32]);
        let high = half(&block[32..], &mut lower[32..]);
        let [word, digit, wide, inner, lead, hyphen, point, ends] =
            std::array::from_fn(|i| u64::from(low[i]) | u64::from(high[i]) << 32);
        Block { word, digit, wide, inner, lead, hyphen, point, ends }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn half(block: &[u8], lower: &mut [u8]) -> [u32; 8] {
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
            mask(digit),
            wide,
            wide & mask(below(v, 0xc0)),
            mask(or(below(_mm256_sub_epi8(v, set(0xc2)), 0x21), below(_mm256_sub_epi8(v, set(0xea)), 6))),
            mask(or(or(is(b'-'), is(b'`')), is(b'\''))),
            mask(or(is(b','), stop)),
            mask(or(or(stop, is(b'!')), or(is(b'?'), is(b'\n')))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of all values, in another order in each block.
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
            let text: Vec<u8> = bytes(length).iter().map(|byte| byte & 0x7f).collect();
            let mut masks = Masks::default();
            masks.fill(&text);
            for (i, byte) in text.iter().enumerate() {
                assert_eq!(masks.blocks[i / 64].word >> (i % 64) & 1 == 1, byte.is_ascii_alphanumeric());
            }
            assert_eq!(masks.blocks.len(), length.div_ceil(64) + 1);
            if length % 64 > 0 {
                assert_eq!(masks.blocks[length / 64].inner >> (length % 64), 0);
            }
        }
    }
}
