//! The border of the kernels that read texts: words, paragraphs, shingles and signatures.

use std::borrow::Cow;

use numpy::{IntoPyArray, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyString;
use rayon::prelude::*;

use super::{run, run_or_stay, text, Array, Flat1, Input, Table};
use crate::corpus::tokenise_all;
use crate::minhash::{empty, sign32, sign64, Scheme};
use crate::paragraphs::{paragraphs, Rule};
use crate::shingles::shingle_hashes;
use crate::tokens::{hash_words, TokenBuffer};

#[pyfunction]
#[allow(clippy::type_complexity)] // A tuple of arrays, spelt out in `_native.pyi`.
pub fn tokens<'py>(
    py: Python<'py>,
    strings: Input<'py>,
) -> PyResult<(
    Array<'py, i64>,
    Array<'py, u32>,
    Array<'py, u32>,
    Array<'py, u32>,
    Array<'py, bool>,
    Array<'py, bool>,
    Array<'py, u8>,
    Array<'py, i64>,
    Array<'py, u64>,
    Vec<(u32, u32)>,
)> {
    let owned = strings.texts()?;
    let slices: Vec<&str> = owned.iter().map(Cow::as_ref).collect();
    let c = run(py, || tokenise_all(&slices))?;
    Ok((
        c.offsets.into_pyarray(py),
        c.starts.into_pyarray(py),
        c.ends.into_pyarray(py),
        c.ids.into_pyarray(py),
        c.breaks.into_pyarray(py),
        c.capitals.into_pyarray(py),
        c.vocabulary.into_pyarray(py),
        c.bounds.into_pyarray(py),
        c.hashes.into_pyarray(py),
        c.mixed,
    ))
}

#[pyfunction(name = "paragraphs")]
#[allow(clippy::type_complexity)] // A tuple of arrays, spelt out in `_native.pyi`.
pub fn paragraphs_py<'py>(
    py: Python<'py>,
    strings: Input<'py>,
    enders: &str,
    closers: &str,
    broken: (usize, usize),
    hashed: usize,
) -> PyResult<(Array<'py, i64>, Array<'py, i64>, Array<'py, i64>, Array<'py, bool>, Array<'py, u64>)> {
    let owned = strings.texts()?;
    let slices: Vec<&str> = owned.iter().map(Cow::as_ref).collect();
    let rule = Rule {
        enders: enders.chars().collect(),
        closers: closers.chars().collect(),
        broken: broken.0..broken.1,
        hashed,
    };
    let found = run_or_stay(py, slices.len() < 64, || paragraphs(&slices, &rule))?;
    Ok((
        found.offsets.into_pyarray(py),
        found.starts.into_pyarray(py),
        found.ends.into_pyarray(py),
        found.closed.into_pyarray(py),
        found.folded.into_pyarray(py),
    ))
}

#[pyfunction(name = "shingle_hashes")]
pub fn shingle_hashes_py<'py>(py: Python<'py>, string: Bound<'py, PyString>, k: usize) -> PyResult<Array<'py, u64>> {
    let owned = text(&string)?;
    let slice: &str = &owned;
    let hashes = py.detach(|| {
        let mut buffer = TokenBuffer::default();
        hash_words(slice, &mut buffer);
        shingle_hashes(&buffer.hashes, k).collect::<Vec<u64>>()
    });
    Ok(hashes.into_pyarray(py))
}

/// Texts that one thread signs sooner than others take them over.
const LITTLE: usize = 8;

/// Fill one row of `slots` values a text with `sign(its words, room for hashes, row)`.
fn sign_rows<T: Copy + Send + Sync>(
    texts: &[&str],
    slots: usize,
    start: T,
    sign: impl Fn(&[u64], &mut Vec<u64>, &mut [T]) + Sync,
) -> Vec<T> {
    let mut out = vec![start; texts.len() * slots];
    if texts.len() < LITTLE {
        let (mut buffer, mut kept) = (TokenBuffer::default(), Vec::new());
        for (row, text) in out.chunks_exact_mut(slots.max(1)).zip(texts) {
            hash_words(text, &mut buffer);
            sign(&buffer.hashes, &mut kept, row);
        }
        return out;
    }
    out.par_chunks_exact_mut(slots.max(1)).zip(texts.par_iter()).with_min_len(16).for_each_init(
        Default::default,
        |(buffer, kept): &mut (TokenBuffer, Vec<u64>), (row, text)| {
            hash_words(text, buffer);
            sign(&buffer.hashes, kept, row);
        },
    );
    out
}

#[pyfunction]
pub fn signatures32<'py>(
    py: Python<'py>,
    strings: Input<'py>,
    k: usize,
    a: Flat1<'py, u32>,
    b: Flat1<'py, u32>,
) -> PyResult<Table<'py, u32>> {
    let owned = strings.texts()?;
    let slices: Vec<&str> = owned.iter().map(Cow::as_ref).collect();
    let (a, b) = (a.values(), b.values());
    let start = empty(Scheme::Affine32) as u32;
    let rows = run_or_stay(py, slices.len() < LITTLE, || {
        sign_rows(&slices, a.len(), start, |words, kept, row| sign32(shingle_hashes(words, k), kept, a, b, row))
    })?;
    rows.into_pyarray(py).reshape([slices.len(), a.len()])
}

#[pyfunction]
pub fn signatures64<'py>(
    py: Python<'py>,
    strings: Input<'py>,
    k: usize,
    a: Flat1<'py, u64>,
    b: Flat1<'py, u64>,
    legacy: bool,
) -> PyResult<Table<'py, u64>> {
    let owned = strings.texts()?;
    let slices: Vec<&str> = owned.iter().map(Cow::as_ref).collect();
    let (a, b) = (a.values(), b.values());
    let scheme = if legacy { Scheme::Legacy } else { Scheme::Affine64 };
    let rows = run_or_stay(py, slices.len() < LITTLE, || {
        sign_rows(&slices, a.len(), empty(scheme), |words, _, row| sign64(shingle_hashes(words, k), a, b, row, scheme))
    })?;
    rows.into_pyarray(py).reshape([slices.len(), a.len()])
}
