//! The border of the kernels that read texts: tokens, paragraphs, shingles and signatures.

use std::borrow::Cow;

use numpy::{IntoPyArray, PyArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use rayon::prelude::*;

use super::{run, run_or_stay, text, Array, Flat1, Input, Table};
use crate::corpus::tokenise_all;
use crate::minhash::{empty, sign32, sign64, Scheme};
use crate::paragraphs::{paragraphs, Limits, Rule, CHUNK};
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
    limits: Limits,
) -> PyResult<(Array<'py, i64>, Array<'py, i64>, Array<'py, i64>, Array<'py, bool>, Array<'py, bool>)> {
    let owned = strings.texts()?;
    let slices: Vec<&str> = owned.iter().map(Cow::as_ref).collect();
    let rule = Rule { enders: enders.chars().collect(), closers: closers.chars().collect(), limits };
    let found = run_or_stay(py, slices.len() <= CHUNK, || paragraphs(&slices, &rule))?;
    Ok((
        found.offsets.into_pyarray(py),
        found.starts.into_pyarray(py),
        found.ends.into_pyarray(py),
        found.closed.into_pyarray(py),
        found.repeating.into_pyarray(py),
    ))
}

/// Whether UTF-8 can hold a text: whether it has no lone surrogate. Python keeps the UTF-8 made here with the text.
#[pyfunction]
pub fn encodable(string: &Bound<'_, PyString>) -> bool {
    string.to_str().is_ok()
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

/// Fewer texts are signed on the caller's thread, in less time than it takes to hand them over.
const LITTLE: usize = 8;

/// The signatures of `count` texts, rows of `slots` values, each `start` at first. `words` puts the word hashes of text `i` into a
/// buffer; `sign` takes these, room for shingle hashes, and the row to fill.
fn sign_rows<T: Copy + Send + Sync>(
    count: usize,
    slots: usize,
    start: T,
    words: impl Fn(usize, &mut TokenBuffer) + Sync,
    sign: impl Fn(&[u64], &mut Vec<u64>, &mut [T]) + Sync,
) -> Vec<T> {
    let mut out = vec![start; count * slots];
    let one = |(buffer, kept): &mut (TokenBuffer, Vec<u64>), (i, row): (usize, &mut [T])| {
        words(i, buffer);
        sign(&buffer.hashes, kept, row);
    };
    let width = slots.max(1);
    if count < LITTLE {
        let mut room = Default::default();
        out.chunks_exact_mut(width).enumerate().for_each(|row| one(&mut room, row));
    } else {
        out.par_chunks_exact_mut(width).enumerate().with_min_len(16).for_each_init(Default::default, one);
    }
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
    let cut = |i: usize, buffer: &mut TokenBuffer| hash_words(slices[i], buffer);
    let rows = run_or_stay(py, slices.len() < LITTLE, || {
        sign_rows(slices.len(), a.len(), start, cut, |words, kept, row| {
            sign32(shingle_hashes(words, k), kept, a, b, row);
        })
    })?;
    rows.into_pyarray(py).reshape([slices.len(), a.len()])
}

/// As `signatures32`, of stretches of tokens that are cut already: stretch `i` has `counts[i]` tokens from `first[i]` on.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // Flat arrays, spelt out in `_native.pyi`.
pub fn token_signatures32<'py>(
    py: Python<'py>,
    ids: Flat1<'py, u32>,
    hashes: Flat1<'py, u64>,
    first: Flat1<'py, i64>,
    counts: Flat1<'py, i64>,
    k: usize,
    a: Flat1<'py, u32>,
    b: Flat1<'py, u32>,
) -> PyResult<Table<'py, u32>> {
    let (ids, hashes) = (ids.values(), hashes.values());
    let stretches: Option<Vec<&[u32]>> = first
        .values()
        .iter()
        .zip(counts.values())
        .map(|(&from, &count)| ids.get(usize::try_from(from).ok()?..)?.get(..usize::try_from(count).ok()?))
        .collect();
    let stretches = stretches.filter(|found| found.len() == first.shape()[0] && found.len() == counts.shape()[0]);
    let stretches = stretches.ok_or_else(|| PyValueError::new_err("a stretch is not within the tokens"))?;
    if ids.iter().any(|&id| id as usize >= hashes.len()) {
        return Err(PyValueError::new_err("a token names a word that does not exist"));
    }
    let (a, b) = (a.values(), b.values());
    let start = empty(Scheme::Affine32) as u32;
    let look_up = |i: usize, buffer: &mut TokenBuffer| {
        buffer.hashes.clear();
        buffer.hashes.extend(stretches[i].iter().map(|&id| hashes[id as usize]));
    };
    let rows = run_or_stay(py, stretches.len() < LITTLE, || {
        sign_rows(stretches.len(), a.len(), start, look_up, |words, kept, row| {
            sign32(shingle_hashes(words, k), kept, a, b, row);
        })
    })?;
    rows.into_pyarray(py).reshape([stretches.len(), a.len()])
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
    let cut = |i: usize, buffer: &mut TokenBuffer| hash_words(slices[i], buffer);
    let rows = run_or_stay(py, slices.len() < LITTLE, || {
        sign_rows(slices.len(), a.len(), empty(scheme), cut, |words, _, row| {
            sign64(shingle_hashes(words, k), a, b, row, scheme);
        })
    })?;
    rows.into_pyarray(py).reshape([slices.len(), a.len()])
}

/// The number of the first token of each paragraph; last, the number of all tokens. Text `d` owns the tokens
/// `offsets[d]..offsets[d + 1]` of `starts`, and the paragraphs `paragraph_offsets[d]..paragraph_offsets[d + 1]`.
#[pyfunction]
pub fn first_tokens<'py>(
    py: Python<'py>,
    offsets: Flat1<'py, i64>,
    starts: Flat1<'py, u32>,
    paragraph_offsets: Flat1<'py, i64>,
    paragraph_starts: Flat1<'py, i64>,
) -> PyResult<Array<'py, i64>> {
    let (tokens, parts) = (starts.values(), paragraph_starts.values());
    let (owned, held) = (offsets.values(), paragraph_offsets.values());
    let mut out = Vec::with_capacity(parts.len() + 1);
    for (tokens_of, parts_of) in owned.windows(2).zip(held.windows(2)) {
        let range = |of: &[i64]| of[0] as usize..of[1] as usize;
        let (Some(mut rest), Some(parts)) = (tokens.get(range(tokens_of)), parts.get(range(parts_of))) else {
            return Err(PyValueError::new_err("offsets are not within the tokens or the paragraphs"));
        };
        for &start in parts {
            let before = rest.partition_point(|&token| i64::from(token) < start);
            rest = &rest[before..];
            out.push(tokens_of[1] - rest.len() as i64);
        }
    }
    if owned.len() != held.len() || out.len() != parts.len() {
        return Err(PyValueError::new_err("tokens and paragraphs are not of the same texts"));
    }
    out.push(tokens.len() as i64);
    Ok(out.into_pyarray(py))
}
