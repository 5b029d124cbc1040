//! The border of the `postings` kernel.

use numpy::IntoPyArray;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rayon::prelude::*;

use super::{run, Array, Flat1};
use crate::postings::{pack, unpack, Posting, Spread};

/// More would not fit the arithmetic, nor any use.
const MOST_KEY_BITS: u32 = 48;

fn spread(blocks: u64, key_bits: u32) -> PyResult<Spread> {
    if key_bits == 0 || key_bits > MOST_KEY_BITS || blocks == 0 || blocks > 1 << key_bits {
        return Err(PyValueError::new_err(format!("{blocks} blocks of keys of {key_bits} bits")));
    }
    Ok(Spread { blocks, key_bits })
}

type Columns<'py> = (Flat1<'py, u64>, Flat1<'py, u32>, Flat1<'py, u32>);

/// Blocks `first..last` of the postings in `parts`; those of other blocks are passed over.
#[pyfunction]
pub fn pack_postings<'py>(
    py: Python<'py>,
    parts: Vec<Columns<'py>>,
    first: u64,
    last: u64,
    blocks: u64,
    key_bits: u32,
    base: u64,
) -> PyResult<Vec<Bound<'py, PyBytes>>> {
    let spread = spread(blocks, key_bits)?;
    let mut slices = Vec::with_capacity(parts.len());
    for (keys, docs, extras) in &parts {
        let (keys, docs, extras) = (keys.values(), docs.values(), extras.values());
        if keys.len() != docs.len() || keys.len() != extras.len() || keys.iter().any(|&key| key >> key_bits != 0) {
            return Err(PyValueError::new_err(format!("keys of {key_bits} bits, and a document and an extra of each")));
        }
        slices.push((keys, docs, extras));
    }
    if first > last || last > blocks {
        return Err(PyValueError::new_err(format!("blocks {first} to {last} of {blocks}")));
    }
    let all = slices.iter().flat_map(|(keys, docs, extras)| {
        keys.iter().zip(*docs).zip(*extras).map(|((&key, &doc), &extra)| Posting { key, doc, extra })
    });
    let here = all.filter(|posting| (first..last).contains(&spread.block_of(posting.key)));
    let packed = run(py, || pack(here, spread, first, last, base))?;
    Ok(packed.iter().map(|block| PyBytes::new(py, block)).collect())
}

/// Postings of the keys `wanted` (sorted; empty: all) in the blocks `numbers` of a segment, in the order of these.
#[pyfunction]
#[allow(clippy::type_complexity)] // Flat arrays, spelt out in `_native.pyi`.
pub fn unpack_postings<'py>(
    py: Python<'py>,
    packed: Vec<Bound<'py, PyBytes>>,
    numbers: Flat1<'py, i64>,
    blocks: u64,
    key_bits: u32,
    base: u64,
    wanted: Option<Flat1<'py, u64>>,
) -> PyResult<(Array<'py, u64>, Array<'py, u32>, Array<'py, u32>)> {
    let spread = spread(blocks, key_bits)?;
    let numbers = numbers.values();
    if numbers.len() != packed.len() {
        return Err(PyValueError::new_err("a number a block"));
    }
    let bytes: Vec<&[u8]> = packed.iter().map(|block| block.as_bytes()).collect();
    let wanted = wanted.as_ref().map(Flat1::values);
    let one = |block: &[u8], number: i64| {
        let mut found = Vec::new();
        let number = number as u64;
        let read = match wanted {
            None => unpack(block, number, base, spread, |_| true, |p| found.push(p)),
            Some(keys) => {
                let mut at = keys.partition_point(|&key| spread.block_of(key) < number);
                let asked = |key| {
                    while keys.get(at).is_some_and(|&next| next < key) {
                        at += 1;
                    }
                    keys.get(at) == Some(&key)
                };
                unpack(block, number, base, spread, asked, |p| found.push(p))
            }
        };
        read.map(|()| found)
    };
    let found: Vec<Option<Vec<Posting>>> = if bytes.len() < 64 {
        py.detach(|| bytes.iter().zip(numbers).map(|(block, &number)| one(block, number)).collect())
    } else {
        run(py, || bytes.par_iter().zip(numbers).map(|(block, &number)| one(block, number)).collect())?
    };
    let mut flat = Vec::new();
    for (found, number) in found.into_iter().zip(numbers) {
        flat.extend(found.ok_or_else(|| PyValueError::new_err(format!("block {number} is damaged")))?);
    }
    let column = |of: fn(&Posting) -> u32| flat.iter().map(of).collect::<Vec<u32>>().into_pyarray(py);
    let keys: Vec<u64> = flat.iter().map(|p| p.key).collect();
    Ok((keys.into_pyarray(py), column(|p| p.doc), column(|p| p.extra)))
}
