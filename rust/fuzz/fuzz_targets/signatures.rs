//! Signatures of any hashes, and the candidates of any signatures: every pair that agrees in a band is found, no other.
#![no_main]

use _native::lsh::{agreement, candidates};
use _native::minhash::{sign32, sign64, Scheme};
use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Case {
    hashes: Vec<u64>,
    a: Vec<u32>,
    b: Vec<u32>,
    wide: Vec<(u64, u64)>,
    signatures: Vec<u8>,
    slots: u8,
    rows: u8,
}

fuzz_target!(|case: Case| {
    let slots = case.a.len().min(case.b.len());
    let (a, b) = (&case.a[..slots], &case.b[..slots]);
    let mut signed = vec![u32::MAX; slots];
    sign32(case.hashes.iter().copied(), &mut Vec::new(), a, b, &mut signed);
    let mut backwards = vec![u32::MAX; slots];
    sign32(case.hashes.iter().rev().copied(), &mut Vec::new(), a, b, &mut backwards);
    assert_eq!(signed, backwards);
    assert_eq!(agreement(&signed, &backwards), slots as u32);
    let (a, b): (Vec<u64>, Vec<u64>) = case.wide.iter().copied().unzip();
    for scheme in [Scheme::Affine64, Scheme::Legacy] {
        sign64(case.hashes.iter().copied(), &a, &b, &mut vec![u64::MAX; a.len()], scheme);
    }
    let slots = usize::from(case.slots) % 6 + 1;
    let rows = usize::from(case.rows) % slots + 1;
    let bands = slots / rows;
    let whole = case.signatures.len().min(200) / slots;
    let flat: Vec<u32> = case.signatures[..whole * slots].iter().map(|&value| u32::from(value % 3)).collect();
    let found = candidates(&flat, slots, bands, rows, usize::MAX);
    let of = |doc: usize| &flat[doc * slots..(doc + 1) * slots];
    let mut expected = Vec::new();
    for i in 0..whole {
        for j in i + 1..whole {
            if (0..bands).any(|band| of(i)[band * rows..(band + 1) * rows] == of(j)[band * rows..(band + 1) * rows]) {
                expected.push((i as u32, j as u32));
            }
        }
    }
    assert_eq!(found, expected);
});
