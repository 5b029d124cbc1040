//! Posting lists of an index, in blocks: which document holds a key, packed by the bit and sorted.
//!
//! Keys are hashes of `key_bits` bits, spread evenly; of a segment's `blocks`, block `i` holds those with
//! `key * blocks >> key_bits == i`, so that a key's block is known without a directory. A block: count, 32 bits; Rice parameter,
//! width of a document and width of an extra, 8 bits each, and one of zero; least document, 32 bits; then each posting: the
//! key's distance from the one before (Rice 1979: unary quotient, then the remainder), the document above the least, the
//! extra; last, XXH3-64 of the block's number and all before. All little-endian, bits from the least significant.

use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3Default;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Posting {
    pub key: u64,
    pub doc: u32,
    pub extra: u32,
}

/// How many blocks a segment has, and how long keys are.
#[derive(Clone, Copy)]
pub struct Spread {
    pub blocks: u64,
    pub key_bits: u32,
}

impl Spread {
    pub fn block_of(self, key: u64) -> u64 {
        ((u128::from(key) * u128::from(self.blocks)) >> self.key_bits) as u64
    }

    /// The least key of a block.
    fn first_key(self, block: u64) -> u64 {
        (u128::from(block) << self.key_bits).div_ceil(u128::from(self.blocks.max(1))) as u64
    }
}

const HEADER: usize = 12;
const CHECKSUM: usize = 8;

/// Blocks `first..last` of a segment, whose postings, all in these blocks, come in any order; equal ones are stored once.
pub fn pack(
    postings: impl Iterator<Item = Posting> + Clone,
    spread: Spread,
    first: u64,
    last: u64,
    base: u64,
) -> Vec<Vec<u8>> {
    let place = |posting: &Posting| (spread.block_of(posting.key) - first) as usize;
    let mut next = vec![0usize; (last - first) as usize + 1];
    for posting in postings.clone() {
        next[place(&posting) + 1] += 1;
    }
    for at in 1..next.len() {
        next[at] += next[at - 1];
    }
    let total = next[next.len() - 1];
    let bounds = next.clone();
    let mut gathered = vec![Posting { key: 0, doc: 0, extra: 0 }; total];
    for posting in postings {
        let at = &mut next[place(&posting)];
        gathered[*at] = posting;
        *at += 1;
    }
    let mut parts = Vec::with_capacity(bounds.len());
    let mut rest = gathered.as_mut_slice();
    for (range, block) in bounds.windows(2).zip(first..last) {
        let (part, behind) = rest.split_at_mut(range[1] - range[0]);
        parts.push((block, part));
        rest = behind;
    }
    // Each part fits the cache, where sorting costs little.
    let pack = |(block, part): (u64, &mut [Posting])| {
        part.sort_unstable();
        pack_block(part, spread.first_key(block), spread.first_key(block + 1), base + block)
    };
    parts.into_par_iter().map(pack).collect()
}

fn pack_block(postings: &[Posting], first: u64, end: u64, number: u64) -> Vec<u8> {
    let least = postings.iter().map(|p| p.doc).min().unwrap_or(0);
    let width = |most: u32| 32 - most.leading_zeros();
    let doc_bits = width(postings.iter().map(|p| p.doc - least).max().unwrap_or(0));
    let extra_bits = width(postings.iter().map(|p| p.extra).max().unwrap_or(0));
    let rice = ((end - first) / (postings.len() as u64).max(1)).max(1).ilog2();
    let mut out = Vec::with_capacity(HEADER + 8 * postings.len() + CHECKSUM);
    out.resize(HEADER, 0);
    let mut bits = Writer { out: &mut out, held: 0, count: 0 };
    let (mut before, mut last, mut stored) = (first, None, 0u32);
    for posting in postings.iter().filter(|&&p| last.replace(p) != Some(p)) {
        let step = posting.key - before;
        before = posting.key;
        bits.unary(step >> rice);
        bits.put(step & ((1 << rice) - 1), rice);
        bits.put(u64::from(posting.extra) << doc_bits | u64::from(posting.doc - least), doc_bits + extra_bits);
        stored += 1;
    }
    bits.end();
    out[..4].copy_from_slice(&stored.to_le_bytes());
    out[4..7].copy_from_slice(&[rice as u8, doc_bits as u8, extra_bits as u8]);
    out[8..12].copy_from_slice(&least.to_le_bytes());
    let checksum = checksum(&out, number);
    out.extend_from_slice(&checksum.to_le_bytes());
    out
}

fn checksum(data: &[u8], number: u64) -> u64 {
    let mut hasher = Xxh3Default::new();
    hasher.update(&number.to_le_bytes());
    hasher.update(data);
    hasher.digest()
}

/// Call `emit` with each posting of a block for whose key `wanted` is true, in order; None if the block is damaged.
///
/// `number` is the block's in the segment, `base + number` its own in the file.
pub fn unpack(
    block: &[u8],
    number: u64,
    base: u64,
    spread: Spread,
    mut wanted: impl FnMut(u64) -> bool,
    mut emit: impl FnMut(Posting),
) -> Option<()> {
    let (body, check) = block.split_at_checked(block.len().checked_sub(CHECKSUM)?)?;
    let (header, packed) = body.split_at_checked(HEADER)?;
    if checksum(body, base.wrapping_add(number)) != u64::from_le_bytes(check.try_into().ok()?) {
        return None;
    }
    let count = u32::from_le_bytes(header[..4].try_into().ok()?);
    let [rice, doc_bits, extra_bits] = [header[4], header[5], header[6]].map(u32::from);
    let least = u32::from_le_bytes(header[8..12].try_into().ok()?);
    if rice > 63 || doc_bits > 32 || extra_bits > 32 {
        return None;
    }
    let mut bits = Reader { data: packed, at: 0 };
    let mut key = spread.first_key(number);
    for _ in 0..count {
        let quotient = bits.unary()?;
        key = key.wrapping_add((quotient << rice) | bits.take(rice)?);
        if wanted(key) {
            let doc = least.wrapping_add(bits.take(doc_bits)? as u32);
            emit(Posting { key, doc, extra: bits.take(extra_bits)? as u32 });
        } else {
            bits.at += (doc_bits + extra_bits) as usize;
        }
    }
    Some(())
}

struct Writer<'a> {
    out: &'a mut Vec<u8>,
    held: u128,
    count: u32,
}

impl Writer<'_> {
    /// The `width` (at most 64) low bits of `value`; there are no others.
    fn put(&mut self, value: u64, width: u32) {
        self.held |= u128::from(value) << self.count;
        self.count += width;
        if self.count >= 64 {
            self.out.extend_from_slice(&(self.held as u64).to_le_bytes());
            self.held >>= 64;
            self.count -= 64;
        }
    }

    /// So many ones, and a zero.
    fn unary(&mut self, mut value: u64) {
        while value >= 32 {
            self.put(u64::from(u32::MAX), 32);
            value -= 32;
        }
        self.put((1 << value) - 1, value as u32 + 1);
    }

    fn end(&mut self) {
        let bytes = self.count.div_ceil(8) as usize;
        self.out.extend_from_slice(&self.held.to_le_bytes()[..bytes]);
    }
}

struct Reader<'a> {
    data: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// The 57 bits or more at `at`; beyond the end there are zeros.
    fn word(&self) -> u64 {
        let from = self.at / 8;
        let word = match self.data.get(from..from + 8) {
            Some(bytes) => u64::from_le_bytes(bytes.try_into().unwrap_or_default()),
            None => {
                self.data[from.min(self.data.len())..].iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
            }
        };
        word >> (self.at % 8)
    }

    fn take(&mut self, width: u32) -> Option<u64> {
        let mut value = 0;
        let mut got = 0;
        while got < width {
            let some = (width - got).min(32);
            value |= (self.word() & ((1 << some) - 1)) << got;
            self.at += some as usize;
            got += some;
        }
        (self.at <= 8 * self.data.len()).then_some(value)
    }

    fn unary(&mut self) -> Option<u64> {
        let mut value = 0;
        loop {
            let ones = self.word().trailing_ones().min(32);
            value += u64::from(ones);
            self.at += ones as usize;
            if self.at >= 8 * self.data.len() {
                return None;
            }
            if ones < 32 {
                self.at += 1;
                return Some(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(count: u64, key_bits: u32) -> Vec<Posting> {
        let mut out: Vec<Posting> = (0..count)
            .map(|i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15))
            .map(|hash| Posting {
                key: hash >> (64 - key_bits),
                doc: (hash % 1000) as u32 + 7,
                extra: (hash % 4096) as u32,
            })
            .collect();
        out.extend((0..50).map(|doc| Posting { key: 5, doc, extra: 0 }));
        out.sort_unstable();
        out
    }

    #[test]
    fn what_was_packed_is_unpacked() {
        for (count, blocks, key_bits) in [(0, 1, 34), (1, 1, 34), (1000, 3, 34), (5000, 17, 12), (300, 300, 40)] {
            let spread = Spread { blocks, key_bits };
            let postings = some(count, key_bits);
            let packed = pack(postings.iter().rev().copied(), spread, 0, blocks, 90);
            let mut found = Vec::new();
            for (block, number) in packed.iter().zip(0..) {
                unpack(block, number, 90, spread, |_| true, |p| found.push(p)).unwrap();
            }
            let mut expected = postings;
            expected.dedup();
            assert!(found == expected);
        }
    }

    #[test]
    fn a_block_with_a_flipped_bit_or_a_short_one_is_refused() {
        let spread = Spread { blocks: 1, key_bits: 34 };
        let packed = pack(some(40, 34).into_iter(), spread, 0, 1, 0).remove(0);
        for bit in 0..8 * packed.len() {
            let mut other = packed.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(unpack(&other, 0, 0, spread, |_| true, |_| ()).is_none());
        }
        for length in 0..packed.len() {
            assert!(unpack(&packed[..length], 0, 0, spread, |_| true, |_| ()).is_none());
        }
    }
}
