//! The border of the `families` kernel.

use numpy::{IntoPyArray, PyArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::{run, Array, Flat1, Flat2, Table};
use crate::families::{self, Aligned, Cutting, Family};

/// The alignments of `rows` (text a, text b, a from, a to, b from, b to, equal tokens); the edits of alignment i are rows
/// `offsets[i]..offsets[i + 1]` of `edits`. ValueError if a text is not below `count`, or if the arrays do not fit each other.
fn aligned<'a>(rows: &[u32], offsets: &[i64], edits: &'a [u32], count: usize) -> PyResult<Vec<Aligned<'a>>> {
    let fits = offsets.len() == rows.len() / 7 + 1
        && offsets[0] == 0
        && offsets.windows(2).all(|w| w[0] <= w[1])
        && offsets[rows.len() / 7] == edits.len() as i64 / 4
        && rows.chunks_exact(7).all(|row| (row[0].max(row[1]) as usize) < count);
    if !fits {
        return Err(PyValueError::new_err("rows, edits and texts do not fit each other"));
    }
    let alignment = |(row, at): (&[u32], &[i64])| Aligned {
        docs: [row[0], row[1]],
        spans: [(i64::from(row[2]), i64::from(row[3])), (i64::from(row[4]), i64::from(row[5]))],
        edits: &edits[4 * at[0] as usize..4 * at[1] as usize],
    };
    Ok(rows.chunks_exact(7).zip(offsets.windows(2)).map(alignment).collect())
}

#[pyfunction]
#[allow(clippy::type_complexity)] // Flat arrays, spelt out in `_native.pyi`.
pub fn cut_families<'py>(
    py: Python<'py>,
    rows: Flat2<'py, u32>,
    offsets: Flat1<'py, i64>,
    edits: Flat2<'py, u32>,
    ranks: Flat2<'py, u32>,
    dated: Flat1<'py, bool>,
    params: Cutting,
) -> PyResult<(Table<'py, u32>, Array<'py, i64>, Table<'py, u32>)> {
    let (ranks, dated) = (ranks.values(), dated.values());
    if ranks.len() != 2 * dated.len() {
        return Err(PyValueError::new_err("two ranks a text"));
    }
    let alignments = aligned(rows.values(), offsets.values(), edits.values(), dated.len())?;
    let (first, second) = ranks.split_at(dated.len());
    let found = run(py, || families::propose(&alignments, [first, second], dated, &params))?;
    let flat = |(doc, start, end): families::Passage| [doc, start.max(0) as u32, end.max(0) as u32];
    let canonical: Vec<u32> = found.iter().flat_map(|family| flat(family.canonical)).collect();
    let passages: Vec<u32> = found.iter().flat_map(|family| family.passages.iter().copied().flat_map(flat)).collect();
    let mut ends = vec![0i64];
    ends.extend(found.iter().scan(0, |sum, family| {
        *sum += family.passages.len() as i64;
        Some(*sum)
    }));
    let count = passages.len() / 3;
    Ok((
        canonical.into_pyarray(py).reshape([found.len(), 3])?,
        ends.into_pyarray(py),
        passages.into_pyarray(py).reshape([count, 3])?,
    ))
}

#[pyfunction]
pub fn name_families<'py>(
    py: Python<'py>,
    rows: Flat2<'py, u32>,
    canonical: Flat2<'py, u32>,
    offsets: Flat1<'py, i64>,
    passages: Flat2<'py, u32>,
    reused: Flat1<'py, bool>,
    listed: usize,
) -> PyResult<Array<'py, i64>> {
    let rows = rows.values();
    let (canonical, offsets, passages, reused) =
        (canonical.values(), offsets.values(), passages.values(), reused.values());
    let fits = offsets.len() == reused.len() + 1
        && canonical.len() == 3 * reused.len()
        && offsets[0] == 0
        && offsets.windows(2).all(|w| w[0] <= w[1])
        && offsets[reused.len()] == passages.len() as i64 / 3;
    if !fits {
        return Err(PyValueError::new_err("families and passages do not fit each other"));
    }
    let passage = |p: &[u32]| (p[0], i64::from(p[1]), i64::from(p[2]));
    let found: Vec<Family> = canonical
        .chunks_exact(3)
        .zip(offsets.windows(2))
        .map(|(own, at)| Family {
            canonical: passage(own),
            passages: passages[3 * at[0] as usize..3 * at[1] as usize].chunks_exact(3).map(passage).collect(),
        })
        .collect();
    let alignments = aligned(rows, &vec![0; rows.len() / 7 + 1], &[], usize::MAX)?;
    let names = run(py, || families::accept(&alignments, &found, reused, listed))?;
    Ok(names.into_pyarray(py))
}
