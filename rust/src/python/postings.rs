//! The border of the `postings` kernel.

use numpy::IntoPyArray;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rayon::prelude::*;

use super::{check_room, run, Array, Flat1};
use crate::postings::{pack, part, unpack, Columns, Posting, Spread};

/// Bits of a key at most, so that the arithmetic of `Spread` does not overflow.
const MOST_KEY_BITS: u32 = 48;
/// Bits of a part's number at most: each part takes a counter.
const MOST_PART_BITS: u32 = 16;

fn spread(blocks: u64, key_bits: u32) -> PyResult<Spread> {
    if key_bits == 0 || key_bits > MOST_KEY_BITS || blocks == 0 || blocks > 1 << key_bits {
        return Err(PyValueError::new_err(format!("{blocks} blocks of keys of {key_bits} bits")));
    }
    Ok(Spread { blocks, key_bits })
}

/// Blocks in one unit of parallel work.
const PIECE: usize = 64;

/// Postings in three columns: keys, documents, extras.
type Given<'py> = (Flat1<'py, u64>, Flat1<'py, u32>, Flat1<'py, u32>);

/// The columns of each of `parts`. ValueError if they differ in length or a key has more than `key_bits` bits.
fn slices<'a>(parts: &'a [Given<'_>], key_bits: u32) -> PyResult<Vec<Columns<'a>>> {
    let one = |(keys, docs, extras): &'a Given<'_>| {
        let (keys, docs, extras) = (keys.values(), docs.values(), extras.values());
        if keys.len() != docs.len() || keys.len() != extras.len() || keys.iter().any(|&key| key >> key_bits != 0) {
            let needed = format!("keys of {key_bits} bits, and as many documents and extras");
            return Err(PyValueError::new_err(needed));
        }
        Ok((keys, docs, extras))
    };
    parts.iter().map(one).collect()
}

#[pyfunction]
#[allow(clippy::type_complexity)] // Flat arrays, spelt out in `_native.pyi`.
pub fn part_postings<'py>(
    py: Python<'py>,
    made: Vec<Given<'py>>,
    key_bits: u32,
    part_bits: u32,
) -> PyResult<(Array<'py, u64>, Array<'py, u32>, Array<'py, u32>, Array<'py, i64>)> {
    if key_bits > MOST_KEY_BITS || part_bits > key_bits.min(MOST_PART_BITS) {
        return Err(PyValueError::new_err(format!("parts by {part_bits} bits of keys of {key_bits} bits")));
    }
    let slices = slices(&made, key_bits)?;
    let (keys, docs, extras, bounds) = py.detach(|| part(&slices, key_bits, part_bits));
    Ok((keys.into_pyarray(py), docs.into_pyarray(py), extras.into_pyarray(py), bounds.into_pyarray(py)))
}

/// Pack the blocks `first..last`; postings of `parts` that belong to other blocks are left out.
#[pyfunction]
pub fn pack_postings<'py>(
    py: Python<'py>,
    parts: Vec<Given<'py>>,
    first: u64,
    last: u64,
    blocks: u64,
    key_bits: u32,
    base: u64,
) -> PyResult<Vec<Bound<'py, PyBytes>>> {
    let spread = spread(blocks, key_bits)?;
    let slices = slices(&parts, key_bits)?;
    if first > last || last > blocks {
        return Err(PyValueError::new_err(format!("blocks {first} to {last} of {blocks}")));
    }
    check_room::<[Vec<u8>; 2]>(usize::try_from(last - first).ok())?;
    let packed = run(py, || pack(&slices, spread, first, last, base))?;
    Ok(packed.iter().map(|block| PyBytes::new(py, block)).collect())
}

/// The postings of the keys `wanted` (sorted; None: all) in the blocks `numbers` of a segment, in the order of the blocks.
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
        return Err(PyValueError::new_err("one number for each block"));
    }
    let bytes: Vec<&[u8]> = packed.iter().map(|block| block.as_bytes()).collect();
    let wanted = wanted.as_ref().map(Flat1::values);
    // The postings of some blocks in three columns, or the number of the first damaged block.
    let some = |(blocks, numbers): (&[&[u8]], &[i64])| {
        let (mut keys, mut docs, mut extras) = (Vec::new(), Vec::new(), Vec::new());
        let mut emit = |p: Posting| {
            keys.push(p.key);
            docs.push(p.doc);
            extras.push(p.extra);
        };
        for (block, &number) in blocks.iter().zip(numbers) {
            let here = number as u64;
            let read = match wanted {
                None => unpack(block, here, base, spread, |_| true, &mut emit),
                Some(keys) => {
                    let mut at = keys.partition_point(|&key| spread.block_of(key) < here);
                    let asked = |key| {
                        while keys.get(at).is_some_and(|&next| next < key) {
                            at += 1;
                        }
                        keys.get(at) == Some(&key)
                    };
                    unpack(block, here, base, spread, asked, &mut emit)
                }
            };
            read.ok_or(number)?;
        }
        Ok((keys, docs, extras))
    };
    let pieces: Result<Vec<_>, i64> = if bytes.len() < PIECE {
        py.detach(|| some((&bytes, numbers)).map(|piece| vec![piece]))
    } else {
        run(py, || bytes.par_chunks(PIECE).zip(numbers.par_chunks(PIECE)).map(some).collect())?
    };
    let pieces = pieces.map_err(|number| PyValueError::new_err(format!("block {number} is damaged")))?;
    let keys = pieces.iter().map(|piece| piece.0.as_slice()).collect::<Vec<_>>().concat();
    let docs = pieces.iter().map(|piece| piece.1.as_slice()).collect::<Vec<_>>().concat();
    let extras = pieces.iter().map(|piece| piece.2.as_slice()).collect::<Vec<_>>().concat();
    Ok((keys.into_pyarray(py), docs.into_pyarray(py), extras.into_pyarray(py)))
}
