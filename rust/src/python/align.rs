//! The border of the kernels that read the tokens of a corpus: fingerprints, seeds, word counts and alignments.

use numpy::{IntoPyArray, PyArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::prelude::*;

use super::{check_room, pair_array, run, Array, Flat1, Flat2, Table};
use crate::align::{align, Costs, Threshold, Window, Words};
use crate::corpus::document_counts;
use crate::spelling;
use crate::winnow::{self, Joining, Posting, Spread, Texts};

/// The tokens of a corpus. `Border::new` checks them, so that no kernel reads outside the arrays.
struct Border<'a> {
    ids: &'a [u32],
    offsets: &'a [i64],
    hashes: &'a [u64],
    worth: &'a [f32],
}

impl<'a> Border<'a> {
    fn new(py: Python<'_>, ids: &'a [u32], offsets: &'a [i64], hashes: &'a [u64], worth: &'a [f32]) -> PyResult<Self> {
        let fits = offsets.first() == Some(&0)
            && offsets.windows(2).all(|w| w[0] <= w[1])
            && offsets.last() == Some(&(ids.len() as i64))
            && hashes.len() == worth.len();
        if !(fits && run(py, || ids.par_iter().all(|&id| (id as usize) < hashes.len()))?) {
            return Err(PyValueError::new_err("offsets, ids, hashes and worth do not fit each other"));
        }
        Ok(Border { ids, offsets, hashes, worth })
    }

    fn texts(&self) -> Texts<'a> {
        Texts { ids: self.ids, offsets: self.offsets, hashes: self.hashes, worth: self.worth }
    }
}

fn spread_of<'a>(
    times: &'a [u32],
    outlets: &'a [u32],
    words: &'a [u32],
    params: &Bound<'_, PyAny>,
) -> PyResult<Spread<'a>> {
    Ok(Spread {
        times,
        outlets,
        words,
        public: params.getattr("public_times")?.extract()?,
        standing: params.getattr("standing_times")?.extract()?,
        standing_share: params.getattr("standing_share")?.extract()?,
        repeated: params.getattr("gallery_places")?.extract()?,
        hub_words: params.getattr("hub_words")?.extract()?,
    })
}

#[pyfunction]
pub fn run_marks<'py>(
    py: Python<'py>,
    offsets: Flat1<'py, i64>,
    docs: Flat1<'py, u32>,
    spread: Flat2<'py, u32>,
    params: &Bound<'py, PyAny>,
) -> PyResult<Array<'py, u8>> {
    let (offsets, docs, spread) = (offsets.values(), docs.values(), spread.values());
    let (times, outlets) = spread.split_at(spread.len() / 2);
    let fits = offsets.first() == Some(&0)
        && offsets.windows(2).all(|w| w[0] <= w[1])
        && offsets.last() == Some(&(docs.len() as i64))
        && docs.iter().all(|&doc| (doc as usize) < times.len());
    if !fits {
        return Err(PyValueError::new_err("offsets, docs and spread do not fit each other"));
    }
    let spread = spread_of(times, outlets, &[], params)?;
    let marks: Vec<u8> =
        offsets.windows(2).map(|w| spread.marks(docs[w[0] as usize..w[1] as usize].iter().copied())).collect();
    Ok(marks.into_pyarray(py))
}

#[pyfunction]
#[allow(clippy::too_many_arguments, clippy::type_complexity)] // Flat arrays, spelt out in `_native.pyi`.
pub fn seeds<'py>(
    py: Python<'py>,
    ids: Flat1<'py, u32>,
    offsets: Flat1<'py, i64>,
    hashes: Flat1<'py, u64>,
    worth: Flat1<'py, f32>,
    rank: Flat2<'py, u32>,
    spread: Flat2<'py, u32>,
    k: usize,
    window: usize,
    min_bits: f32,
    params: &Bound<'py, PyAny>,
) -> PyResult<(Table<'py, u32>, Array<'py, u8>)> {
    let border = Border::new(py, ids.values(), offsets.values(), hashes.values(), worth.values())?;
    let texts = border.texts();
    let (rank, spread) = (rank.values(), spread.values());
    if rank.len() != 2 * texts.count() || spread.len() != 2 * texts.count() || k == 0 || window == 0 {
        return Err(PyValueError::new_err("two ranks, a time and an outlet a text, and k and window of at least 1"));
    }
    let (first, second) = rank.split_at(texts.count());
    let (times, outlets) = spread.split_at(texts.count());
    let joining = joining_of(k, window, min_bits, params)?;
    let words: Vec<u32> = offsets.values().windows(2).map(|w| (w[1] - w[0]) as u32).collect();
    let spread = spread_of(times, outlets, &words, params)?;
    let (found, marks) = run(py, || {
        let mut postings: Vec<Posting> = winnow::fingerprints(texts, k, window);
        postings.par_sort_unstable();
        winnow::seeds(texts, &postings, [first, second], &spread, &joining)
    })?;
    Ok((seed_table(py, &found)?, marks.into_pyarray(py)))
}

fn joining_of(k: usize, window: usize, min_bits: f32, params: &Bound<'_, PyAny>) -> PyResult<Joining> {
    Ok(Joining {
        k,
        window,
        all_pairs: params.getattr("all_pairs_documents")?.extract()?,
        places: params.getattr("seed_places")?.extract()?,
        min_bits,
    })
}

fn seed_table<'py>(py: Python<'py>, found: &[winnow::Seed]) -> PyResult<Table<'py, u32>> {
    let flat: Vec<u32> = found.iter().flat_map(|s| [s.doc_a, s.doc_b, s.a, s.b]).collect();
    flat.into_pyarray(py).reshape([found.len(), 4])
}

/// As `seeds`, of some postings, whose texts hold at least the tokens around them.
#[pyfunction]
#[allow(clippy::too_many_arguments, clippy::type_complexity)] // Flat arrays, spelt out in `_native.pyi`.
pub fn posted_seeds<'py>(
    py: Python<'py>,
    ids: Flat1<'py, u32>,
    offsets: Flat1<'py, i64>,
    hashes: Flat1<'py, u64>,
    worth: Flat1<'py, f32>,
    postings: (Flat1<'py, u64>, Flat1<'py, u32>, Flat1<'py, u32>),
    rank: Flat2<'py, u32>,
    spread: Flat2<'py, u32>,
    k: usize,
    window: usize,
    min_bits: f32,
    params: &Bound<'py, PyAny>,
) -> PyResult<(Table<'py, u32>, Array<'py, u8>)> {
    let border = Border::new(py, ids.values(), offsets.values(), hashes.values(), worth.values())?;
    let texts = border.texts();
    let (rank, spread, count) = (rank.values(), spread.values(), texts.count());
    let (keys, docs, places) = (postings.0.values(), postings.1.values(), postings.2.values());
    let mut listed: Vec<Posting> =
        keys.iter().zip(docs).zip(places).map(|((&hash, &doc), &at)| Posting { hash, doc, at }).collect();
    let fits = rank.len() == 2 * count
        && spread.len() == 3 * count
        && k > 0
        && window > 0
        && keys.len() == docs.len()
        && keys.len() == places.len()
        && listed.iter().all(|p| (p.doc as usize) < count && (p.at as usize) < texts.of(p.doc as usize).len());
    if !fits {
        return Err(PyValueError::new_err("the postings, ranks and spread do not fit the texts"));
    }
    let (first, second) = rank.split_at(count);
    let (times, rest) = spread.split_at(count);
    let (outlets, words) = rest.split_at(count);
    let joining = joining_of(k, window, min_bits, params)?;
    let spread = spread_of(times, outlets, words, params)?;
    let (found, marks) = run(py, || {
        listed.par_sort_unstable();
        winnow::seeds(texts, &listed, [first, second], &spread, &joining)
    })?;
    Ok((seed_table(py, &found)?, marks.into_pyarray(py)))
}

#[pyfunction]
#[allow(clippy::too_many_arguments, clippy::type_complexity)] // Flat arrays, spelt out in `_native.pyi`.
pub fn fingerprints<'py>(
    py: Python<'py>,
    ids: Flat1<'py, u32>,
    offsets: Flat1<'py, i64>,
    hashes: Flat1<'py, u64>,
    k: usize,
    window: usize,
    reach: usize,
    bits: u32,
) -> PyResult<(Array<'py, u64>, Array<'py, u32>, Array<'py, u32>, Array<'py, u32>)> {
    let hashes = hashes.values();
    let worth = vec![0.0; hashes.len()];
    let border = Border::new(py, ids.values(), offsets.values(), hashes, &worth)?;
    if k == 0 || window == 0 || bits == 0 || reach.saturating_mul(2 * bits as usize) > 32 {
        return Err(PyValueError::new_err("k, window and bits of at least 1, and a context of at most 32 bits"));
    }
    let (postings, contexts) = run(py, || {
        let postings = winnow::fingerprints(border.texts(), k, window);
        let contexts = winnow::contexts(border.texts(), &postings, k, reach, bits);
        (postings, contexts)
    })?;
    let column = |of: fn(&Posting) -> u32| postings.iter().map(of).collect::<Vec<u32>>().into_pyarray(py);
    let hashes: Vec<u64> = postings.iter().map(|p| p.hash).collect();
    Ok((hashes.into_pyarray(py), column(|p| p.doc), column(|p| p.at), contexts.into_pyarray(py)))
}

#[pyfunction(name = "document_counts")]
pub fn document_counts_py<'py>(
    py: Python<'py>,
    ids: Flat1<'py, u32>,
    offsets: Flat1<'py, i64>,
    words: usize,
) -> PyResult<Array<'py, u32>> {
    check_room::<[u64; 4]>(Some(words))?;
    let (hashes, worth) = (vec![0; words], vec![0.0; words]);
    let border = Border::new(py, ids.values(), offsets.values(), &hashes, &worth)?;
    let counts = py.detach(|| document_counts(border.ids, border.offsets, words));
    Ok(counts.into_pyarray(py))
}

fn check_words(letters: &[u8], bounds: &[i64], words: usize) -> PyResult<()> {
    let fits = bounds.len() == words + 1
        && bounds[0] == 0
        && bounds.windows(2).all(|w| w[0] <= w[1])
        && bounds[words] == letters.len() as i64;
    if fits {
        Ok(())
    } else {
        Err(PyValueError::new_err("vocabulary and bounds do not fit each other"))
    }
}

#[pyfunction]
pub fn word_classes<'py>(
    py: Python<'py>,
    letters: Flat1<'py, u8>,
    bounds: Flat1<'py, i64>,
) -> PyResult<Array<'py, u32>> {
    let (letters, bounds) = (letters.values(), bounds.values());
    check_words(letters, bounds, bounds.len().saturating_sub(1))?;
    let classes = run(py, || spelling::classes(letters, bounds))?;
    Ok(classes.into_pyarray(py))
}

#[pyfunction]
#[allow(clippy::too_many_arguments, clippy::type_complexity)] // Flat arrays, spelt out in `_native.pyi`.
pub fn alignments<'py>(
    py: Python<'py>,
    ids: Flat1<'py, u32>,
    offsets: Flat1<'py, i64>,
    hashes: Flat1<'py, u64>,
    worth: Flat1<'py, f32>,
    breaks: Flat1<'py, bool>,
    classes: Flat1<'py, u32>,
    letters: Flat1<'py, u8>,
    bounds: Flat1<'py, i64>,
    windows: Flat2<'py, u32>,
    thresholds: Flat2<'py, f32>,
    found: bool,
    costs: Costs,
) -> PyResult<(Table<'py, u32>, Array<'py, f32>, Array<'py, i64>, Table<'py, u32>, Table<'py, u32>, Array<'py, f32>)> {
    let border = Border::new(py, ids.values(), offsets.values(), hashes.values(), worth.values())?;
    let texts = border.texts();
    let breaks = breaks.values();
    if breaks.len() != border.ids.len() {
        return Err(PyValueError::new_err("one break a token"));
    }
    let (class, letters, bounds) = (classes.values(), letters.values(), bounds.values());
    check_words(letters, bounds, border.hashes.len())?;
    if class.len() != border.hashes.len() || class.iter().any(|&c| c as usize >= class.len()) {
        return Err(PyValueError::new_err("one class a word, numbered from 0"));
    }
    let windows: Vec<Window> = windows
        .values()
        .chunks_exact(6)
        .map(|w| Window { doc_a: w[0], doc_b: w[1], a: (w[2], w[3]), b: (w[4], w[5]) })
        .collect();
    let inside = |doc: u32, span: (u32, u32)| {
        (doc as usize) < texts.count() && span.0 <= span.1 && span.1 as usize <= texts.of(doc as usize).len()
    };
    if !windows.iter().all(|w| inside(w.doc_a, w.a) && inside(w.doc_b, w.b)) {
        return Err(PyValueError::new_err("a window lies outside its text"));
    }
    let thresholds: Vec<Threshold> = thresholds
        .values()
        .chunks_exact(3)
        .map(|t| Threshold { related: t[0], reported: t[1], whole_cells: t[2], found })
        .collect();
    if windows.chunk_by(|x, y| (x.doc_a, x.doc_b) == (y.doc_a, y.doc_b)).count() != thresholds.len() {
        return Err(PyValueError::new_err("one threshold a pair of texts"));
    }
    let words = Words { texts, breaks, class, letters, bounds };
    let (found, clipped) = run(py, || align(&words, &windows, &thresholds, &costs))?;

    let mut rows = Vec::with_capacity(found.len() * 7);
    let mut edits = Vec::new();
    let mut edit_offsets = vec![0i64];
    for x in &found {
        rows.extend([x.doc_a, x.doc_b, x.a.0, x.a.1, x.b.0, x.b.1, x.equal]);
        edits.extend(x.edits.iter().flatten());
        edit_offsets.push(edits.len() as i64 / 4);
    }
    let edit_count = edits.len() / 4;
    let bits: Vec<f32> = found.iter().map(|x| x.bits).collect();
    let wording: Vec<f32> = found.iter().map(|x| x.wording).collect();
    Ok((
        rows.into_pyarray(py).reshape([found.len(), 7])?,
        bits.into_pyarray(py),
        edit_offsets.into_pyarray(py),
        edits.into_pyarray(py).reshape([edit_count, 4])?,
        pair_array(py, &clipped)?,
        wording.into_pyarray(py),
    ))
}
