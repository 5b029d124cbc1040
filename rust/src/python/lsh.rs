//! The border of the kernels that find and verify near-duplicates.

use std::borrow::Cow;

use numpy::{IntoPyArray, PyArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::prelude::*;

use super::{pair_array, run, Array, Flat1, Flat2, FlatMut2, Input, Table};
use crate::{jaccard, lsh};

#[pyfunction]
pub fn band_candidates<'py>(
    py: Python<'py>,
    signatures: Flat2<'py, u32>,
    bands: usize,
    rows: usize,
    all_pairs: usize,
) -> PyResult<Table<'py, u32>> {
    let slots = signatures.shape()[1];
    if bands.checked_mul(rows).is_none_or(|used| used > slots) || rows == 0 || rows > lsh::MOST_ROWS {
        return Err(PyValueError::new_err(format!("{bands} bands of {rows} rows do not fit {slots} slots")));
    }
    let flat = signatures.values();
    let pairs = run(py, || lsh::candidates(flat, slots, bands, rows, all_pairs))?;
    pair_array(py, &pairs)
}

/// The signatures of an LSH index. ValueError if the bands do not fit them, so that no kernel reads outside the arrays.
fn tables<'a>(signatures: &'a Flat2<'_, u32>, bands: usize, rows: usize) -> PyResult<lsh::Tables<'a>> {
    let slots = signatures.shape()[1];
    if bands.checked_mul(rows).is_none_or(|used| used > slots) || rows == 0 || rows > lsh::MOST_ROWS || bands == 0 {
        return Err(PyValueError::new_err(format!("{bands} bands of {rows} rows do not fit {slots} slots")));
    }
    Ok(lsh::Tables { signatures: signatures.values(), slots, bands, rows })
}

fn check_tables(heads: &[u32], next: &[u32], count: usize, bands: usize) -> PyResult<()> {
    let fits =
        heads.len().is_multiple_of(bands) && (heads.len() / bands).is_power_of_two() && next.len() >= count * bands;
    fits.then_some(()).ok_or_else(|| PyValueError::new_err("heads and chains do not fit the signatures"))
}

#[pyfunction]
pub fn lsh_insert<'py>(
    py: Python<'py>,
    signatures: Flat2<'py, u32>,
    bands: usize,
    rows: usize,
    start: usize,
    mut heads: FlatMut2<'py, u32>,
    mut chains: FlatMut2<'py, u32>,
) -> PyResult<()> {
    let tables = tables(&signatures, bands, rows)?;
    let (heads, next) = (heads.values(), chains.values());
    check_tables(heads, next, tables.signatures.len() / tables.slots, bands)?;
    py.detach(|| tables.insert(start, heads, next));
    Ok(())
}

#[pyfunction]
#[allow(clippy::too_many_arguments)] // Flat arrays, spelt out in `_native.pyi`.
pub fn lsh_query<'py>(
    py: Python<'py>,
    signature: Flat1<'py, u32>,
    signatures: Flat2<'py, u32>,
    bands: usize,
    rows: usize,
    heads: Flat2<'py, u32>,
    chains: Flat2<'py, u32>,
    alive: Flat1<'py, bool>,
    least: u32,
) -> PyResult<Vec<(u32, u32)>> {
    let tables = tables(&signatures, bands, rows)?;
    let (signature, alive) = (signature.values(), alive.values());
    let (heads, next) = (heads.values(), chains.values());
    check_tables(heads, next, 0, bands)?;
    if signature.len() != tables.slots {
        return Err(PyValueError::new_err("signatures of different lengths"));
    }
    Ok(py.detach(|| tables.query(signature, heads, next, alive, least)))
}

#[pyfunction]
pub fn band_keys<'py>(
    py: Python<'py>,
    signatures: Flat2<'py, u32>,
    bands: usize,
    rows: usize,
) -> PyResult<Table<'py, u64>> {
    let tables = tables(&signatures, bands, rows)?;
    let keys = run(py, || lsh::band_keys(tables.signatures, tables.slots, bands, rows))?;
    let count = keys.len() / bands;
    keys.into_pyarray(py).reshape([count, bands])
}

/// The number of slots in which the two rows of each pair agree.
#[pyfunction]
pub fn agreements<'py>(
    py: Python<'py>,
    signatures: Flat2<'py, u32>,
    pairs: Flat2<'py, u32>,
) -> PyResult<Array<'py, u32>> {
    let slots = signatures.shape()[1];
    let (flat, pairs) = (signatures.values(), pairs.values());
    let count = flat.len() / slots.max(1);
    if pairs.iter().any(|&row| row as usize >= count) {
        return Err(PyValueError::new_err("a pair names a row that does not exist"));
    }
    let row = |row: u32| &flat[row as usize * slots..(row as usize + 1) * slots];
    let found: Vec<u32> =
        run(py, || pairs.par_chunks_exact(2).map(|pair| lsh::agreement(row(pair[0]), row(pair[1]))).collect())?;
    Ok(found.into_pyarray(py))
}

#[pyfunction]
pub fn jaccards<'py>(
    py: Python<'py>,
    strings: Input<'py>,
    k: usize,
    pairs: Flat2<'py, u32>,
) -> PyResult<Array<'py, f64>> {
    let owned = strings.texts()?;
    let slices: Vec<&str> = owned.iter().map(Cow::as_ref).collect();
    let pairs: Vec<(u32, u32)> = pairs.values().chunks_exact(2).map(|p| (p[0], p[1])).collect();
    if pairs.iter().any(|p| p.0.max(p.1) as usize >= slices.len()) {
        return Err(PyValueError::new_err("a pair names a text that does not exist"));
    }
    let found = run(py, || jaccard::jaccards(&jaccard::shingle_sets(&slices, k), &pairs))?;
    Ok(found.into_pyarray(py))
}
