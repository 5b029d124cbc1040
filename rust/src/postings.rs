//! Posting lists of an index, sorted and packed bit by bit into blocks. A posting says that a document holds a key.
//!
//! Keys are hashes of `key_bits` bits, so they are spread evenly. Block `i` of the `blocks` of a segment holds the keys with
//! `key * blocks >> key_bits == i`; so the block of a key is known without a directory. A block has, in this order:
//!
//! - the number of postings, 32 bits;
//! - the Rice parameter, the width of a document and the width of an extra, 8 bits each, and 8 bits of zero;
//! - the least document number, 32 bits;
//! - of each posting, sorted by key, document and extra: the distance of its key from the key before, of the first from the least
//!   key of the block (Rice coding, Rice 1979: the quotient in unary, a zero, the remainder); the document minus the least
//!   document; the extra;
//! - XXH3-64 of the block's number (64 bits) and of all bytes before.
//!
//! All numbers are little-endian, bits start with the least significant one.

use std::ops::Range;

use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3Default;

/// A document holds a key; `extra` is what else is stored of it there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    pub key: u64,
    pub doc: u32,
    pub extra: u32,
}

impl Posting {
    /// A number by which postings are sorted: by key, document and extra, with one comparison and no branch.
    #[inline(always)]
    fn rank(&self) -> u128 {
        u128::from(self.key) << 64 | u128::from(self.doc) << 32 | u128::from(self.extra)
    }
}

/// Postings in three columns of one length: key, document, extra.
pub type Columns<'a> = (&'a [u64], &'a [u32], &'a [u32]);

/// The number of blocks of a segment, and the bits of its keys.
#[derive(Clone, Copy)]
pub struct Spread {
    pub blocks: u64,
    pub key_bits: u32,
}

impl Spread {
    /// The block of a key.
    #[inline(always)]
    pub fn block_of(self, key: u64) -> u64 {
        ((u128::from(key) * u128::from(self.blocks)) >> self.key_bits) as u64
    }

    /// The least key of a block.
    fn first_key(self, block: u64) -> u64 {
        (u128::from(block) << self.key_bits).div_ceil(u128::from(self.blocks.max(1))) as u64
    }
}

/// Bytes before the postings of a block.
const HEADER: usize = 12;
/// Bytes behind them.
const CHECKSUM: usize = 8;

/// The postings of `made`, divided into parts by the first `part_bits` bits of their keys, within a part in the order given: keys,
/// documents, extras, and the start of each part; last, the end of all.
pub fn part(made: &[Columns], key_bits: u32, part_bits: u32) -> (Vec<u64>, Vec<u32>, Vec<u32>, Vec<i64>) {
    let shift = key_bits - part_bits;
    let mut bounds = vec![0i64; (1 << part_bits) + 1];
    for (keys, _, _) in made {
        for key in *keys {
            bounds[(key >> shift) as usize + 1] += 1;
        }
    }
    for at in 1..bounds.len() {
        bounds[at] += bounds[at - 1];
    }
    let total = bounds[bounds.len() - 1] as usize;
    let (mut keys, mut docs, mut extras) = (vec![0; total], vec![0; total], vec![0; total]);
    let mut next = bounds.clone();
    for columns in made {
        for ((&key, &doc), &extra) in columns.0.iter().zip(columns.1).zip(columns.2) {
            let at = &mut next[(key >> shift) as usize];
            (keys[*at as usize], docs[*at as usize], extras[*at as usize]) = (key, doc, extra);
            *at += 1;
        }
    }
    (keys, docs, extras, bounds)
}

/// Blocks that are sorted together, so that their postings and counts stay in the cache.
const GROUP: u64 = 16;
/// A block has 2^10 slots, by key: about three for each posting, so that few postings share a slot.
const SLOT_BITS: u32 = 10;
/// Postings in one slot up to which insertion sort is used.
const FEW: u32 = 16;

/// Pack the blocks `first..last` of a segment. The postings of `parts` may be in any order; those of other blocks are left out, and
/// equal postings are stored once. `base` is the number in the file of the segment's block 0.
pub fn pack(parts: &[Columns], spread: Spread, first: u64, last: u64, base: u64) -> Vec<Vec<u8>> {
    let groups = (last - first).div_ceil(GROUP) as usize;
    // The group of a key, or one behind all groups. Later code needs no branch, which would be mispredicted for every other key.
    let place = |key: u64| {
        let block = spread.block_of(key).wrapping_sub(first);
        if block < last - first {
            (block / GROUP) as usize
        } else {
            groups
        }
    };
    let mut bounds = vec![0usize; groups + 2];
    for (keys, _, _) in parts {
        for &key in *keys {
            bounds[place(key) + 1] += 1;
        }
    }
    for at in 1..bounds.len() {
        bounds[at] += bounds[at - 1];
    }
    let total = bounds[groups];
    let mut next = bounds.clone();
    let mut gathered = vec![Posting { key: 0, doc: 0, extra: 0 }; total + 1];
    for (keys, docs, extras) in parts {
        for ((&key, &doc), &extra) in keys.iter().zip(*docs).zip(*extras) {
            let at = &mut next[place(key)];
            gathered[(*at).min(total)] = Posting { key, doc, extra };
            *at += 1;
        }
    }
    let mut parts = Vec::with_capacity(groups);
    let mut rest = gathered.as_slice();
    for (range, group) in bounds[..=groups].windows(2).zip((first..last).step_by(GROUP as usize)) {
        let (part, behind) = rest.split_at(range[1] - range[0]);
        parts.push((group..last.min(group + GROUP), part));
        rest = behind;
    }
    let pack = |room: &mut Sorter, (blocks, part): (Range<u64>, &[Posting])| -> Vec<Vec<u8>> {
        let bounds = room.sort(part, spread, blocks.clone());
        let one = |(range, block): (&[u32], u64)| {
            let part = &room.sorted[range[0] as usize..range[1] as usize];
            pack_block(part, spread.first_key(block), spread.first_key(block + 1), base + block)
        };
        bounds.windows(2).zip(blocks).map(one).collect()
    };
    parts.into_par_iter().map_init(Sorter::default, pack).flatten_iter().collect()
}

/// Sorts the postings of a few blocks: first into slots by key, of which each holds about one posting, then within the slots.
#[derive(Default)]
struct Sorter {
    sorted: Vec<Posting>,
    next: Vec<u32>,
}

impl Sorter {
    /// Sort `part`, whose keys belong to `blocks`, into `self.sorted`; return the start of the postings of each block, and the end.
    fn sort(&mut self, part: &[Posting], spread: Spread, blocks: Range<u64>) -> Vec<u32> {
        let fine = SLOT_BITS.min(spread.key_bits);
        let slot = |key: u64| {
            let slot = (u128::from(key) * u128::from(spread.blocks)) >> (spread.key_bits - fine);
            (slot as u64 - (blocks.start << fine)) as usize
        };
        self.next.clear();
        self.next.resize(((blocks.end - blocks.start) as usize) << fine, 0);
        for posting in part {
            self.next[slot(posting.key)] += 1;
        }
        let (mut sum, mut most) = (0, 0);
        let mut bounds = Vec::with_capacity(GROUP as usize + 1);
        for slots in self.next.chunks_exact_mut(1 << fine) {
            bounds.push(sum);
            for slot in slots {
                most = most.max(*slot);
                sum += std::mem::replace(slot, sum);
            }
        }
        bounds.push(sum);
        self.sorted.resize(part.len(), Posting { key: 0, doc: 0, extra: 0 });
        for posting in part {
            let at = &mut self.next[slot(posting.key)];
            self.sorted[*at as usize] = *posting;
            *at += 1;
        }
        if most > FEW {
            self.sorted.sort_unstable_by_key(Posting::rank);
        } else {
            insertion_sort(&mut self.sorted);
        }
        bounds
    }
}

/// Sort postings of which none is far from its place.
fn insertion_sort(postings: &mut [Posting]) {
    for end in 1..postings.len() {
        let one = postings[end];
        let mut at = end;
        while at > 0 && one.rank() < postings[at - 1].rank() {
            postings[at] = postings[at - 1];
            at -= 1;
        }
        postings[at] = one;
    }
}

fn pack_block(postings: &[Posting], first: u64, end: u64, number: u64) -> Vec<u8> {
    let least = postings.iter().map(|p| p.doc).min().unwrap_or(0);
    let width = |most: u32| 32 - most.leading_zeros();
    let doc_bits = width(postings.iter().map(|p| p.doc - least).max().unwrap_or(0));
    let extra_bits = width(postings.iter().map(|p| p.extra).max().unwrap_or(0));
    let rice = ((end - first) / (postings.len() as u64).max(1)).max(1).ilog2();
    // The quotients of all postings add up to at most two for each.
    let most_bits = postings.len() * (rice + doc_bits + extra_bits + 3) as usize;
    let mut bits =
        Writer { out: vec![0; HEADER + most_bits / 8 + 2 * size_of::<u64>()], at: HEADER, held: 0, count: 0 };
    let (mut before, mut last, mut stored) = (first, None, 0u32);
    for posting in postings.iter().filter(|&&p| last.replace(p) != Some(p)) {
        let step = posting.key - before;
        before = posting.key;
        bits.unary(step >> rice);
        bits.put(step & ((1 << rice) - 1), rice);
        bits.put(u64::from(posting.extra) << doc_bits | u64::from(posting.doc - least), doc_bits + extra_bits);
        stored += 1;
    }
    let mut out = bits.end();
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

/// Call `emit` with each posting of a block whose key is `wanted`, in order; return None if the block is damaged.
///
/// `number` is the number of the block in its segment, `base + number` in the file.
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
            let both = bits.take(doc_bits + extra_bits)?;
            let doc = least.wrapping_add((both & ((1 << doc_bits) - 1)) as u32);
            emit(Posting { key, doc, extra: (both >> doc_bits) as u32 });
        } else {
            bits.at += (doc_bits + extra_bits) as usize;
        }
    }
    Some(())
}

/// Writes bits, from the least significant one on.
struct Writer {
    out: Vec<u8>,
    /// Whole bytes written.
    at: usize,
    /// Bits that do not fill a byte yet.
    held: u64,
    /// Number of such bits.
    count: u32,
}

impl Writer {
    /// Write the `width` (at most 64) low bits of `value`, whose other bits are 0.
    #[inline(always)]
    fn put(&mut self, value: u64, width: u32) {
        if width > 56 {
            self.some(value & u64::from(u32::MAX), 32);
            return self.some(value >> 32, width - 32);
        }
        self.some(value, width);
    }

    /// As `put`, for at most 56 bits. Eight bytes are always written, because to test how many are needed costs more.
    #[inline(always)]
    fn some(&mut self, value: u64, width: u32) {
        self.held |= value << self.count;
        self.count += width;
        self.out[self.at..self.at + 8].copy_from_slice(&self.held.to_le_bytes());
        self.at += (self.count / 8) as usize;
        self.held >>= self.count & !7;
        self.count &= 7;
    }

    /// Write `value` ones and a zero.
    #[inline(always)]
    fn unary(&mut self, mut value: u64) {
        while value >= 32 {
            self.put(u64::from(u32::MAX), 32);
            value -= 32;
        }
        self.put((1 << value) - 1, value as u32 + 1);
    }

    fn end(mut self) -> Vec<u8> {
        self.out.truncate(self.at + usize::from(self.count > 0));
        self.out
    }
}

/// Reads what `Writer` wrote; `at` is in bits.
struct Reader<'a> {
    data: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// The next bits, at least 57; zeros beyond the end.
    #[inline(always)]
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

    /// Read `width` (at most 64) bits; None beyond the end.
    #[inline(always)]
    fn take(&mut self, width: u32) -> Option<u64> {
        if width > 56 {
            let low = self.take(32)?;
            return Some(self.take(width - 32)? << 32 | low);
        }
        let value = self.word() & ((1 << width) - 1);
        self.at += width as usize;
        (self.at <= 8 * self.data.len()).then_some(value)
    }

    /// Read ones up to a zero, and return their number; None beyond the end.
    #[inline(always)]
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
        out.sort_unstable_by_key(Posting::rank);
        out
    }

    fn packed(postings: &[Posting], spread: Spread, blocks: Range<u64>, base: u64) -> Vec<Vec<u8>> {
        let keys: Vec<u64> = postings.iter().rev().map(|p| p.key).collect();
        let column = |of: fn(&Posting) -> u32| postings.iter().rev().map(of).collect::<Vec<u32>>();
        pack(&[(&keys, &column(|p| p.doc), &column(|p| p.extra))], spread, blocks.start, blocks.end, base)
    }

    #[test]
    fn what_was_packed_is_unpacked() {
        for (count, blocks, key_bits) in [(0, 1, 34), (1, 1, 34), (1000, 3, 34), (5000, 17, 12), (300, 300, 40)] {
            let spread = Spread { blocks, key_bits };
            let postings = some(count, key_bits);
            let mut packed = packed(&postings, spread, 0..blocks / 3, 90);
            packed.extend(self::packed(&postings, spread, blocks / 3..blocks, 90));
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
        let packed = packed(&some(40, 34), spread, 0..1, 0).remove(0);
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
