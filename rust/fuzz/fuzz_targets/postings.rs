//! Unpacking refuses any damaged block without a panic; what was packed is unpacked.
#![no_main]

use _native::postings::{pack, unpack, Spread};
use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Case {
    key_bits: u8,
    blocks: u16,
    base: u32, // numbers of blocks are far below 2^64, so their sum never overflows
    rows: Vec<(u64, u32, u32)>,
    damaged: Vec<u8>,
    flip: (u16, u8),
}

fuzz_target!(|case: Case| {
    let key_bits = u32::from(case.key_bits) % 48 + 1;
    let blocks = u64::from(case.blocks).clamp(1, 1 << key_bits.min(12));
    let spread = Spread { blocks, key_bits };
    let _ = unpack(&case.damaged, 0, u64::from(case.base), spread, |_| true, |_| ());
    let mut rows: Vec<_> =
        case.rows.iter().map(|&(key, doc, extra)| (key & ((1 << key_bits) - 1), doc, extra & 63)).collect();
    rows.sort_unstable();
    rows.dedup();
    let keys: Vec<u64> = rows.iter().map(|row| row.0).collect();
    let docs: Vec<u32> = rows.iter().map(|row| row.1).collect();
    let extras: Vec<u32> = rows.iter().map(|row| row.2).collect();
    let packed = pack(&[(&keys[..], &docs[..], &extras[..])], spread, 0, blocks, u64::from(case.base));
    let mut found = Vec::new();
    for (number, block) in packed.iter().enumerate() {
        let read = unpack(
            block,
            number as u64,
            u64::from(case.base),
            spread,
            |_| true,
            |p| found.push((p.key, p.doc, p.extra)),
        );
        assert!(read.is_some());
    }
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, rows);
    if let Some(block) = packed.iter().find(|block| !block.is_empty()) {
        let mut changed = block.clone();
        let at = usize::from(case.flip.0) % changed.len();
        changed[at] ^= case.flip.1;
        if changed != *block {
            assert!(
                unpack(&changed, 0, u64::from(case.base), spread, |_| true, |_| ()).is_none(),
                "a changed block was read"
            );
        }
    }
});
