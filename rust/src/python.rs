//! The border to Python: arguments checked, the interpreter released, kernels run on a thread pool of our own.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::ArrayRef;
use numpy::{
    IntoPyArray, PyArray1, PyArray2, PyArray3, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2, PyReadonlyArray3,
    PyReadwriteArray2,
};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use rayon::prelude::*;
use rayon::ThreadPool;

use crate::align::{align, Costs, Threshold, Window, Words};
use crate::arrow;
use crate::corpus::{document_counts, tokenise_all};
use crate::evidence::{self, Counting, Keeping};
use crate::families::{self, Aligned, Cutting, Family};
use crate::forest::{Beliefs, Facts, Story};
use crate::jaccard;
use crate::lsh;
use crate::minhash::{empty, sign32, sign64, Scheme};
use crate::paragraphs::{paragraphs, Rule};
use crate::shingles::shingle_hashes;
use crate::tokens::{hash_words, TokenBuffer};
use crate::variants;
use crate::winnow::{self, Joining, Posting, Texts};

mod postings;

type Array<'py, T> = Bound<'py, PyArray1<T>>;
type Table<'py, T> = Bound<'py, PyArray2<T>>;

/// The pool and the process that made it: threads do not survive a fork, so a child makes its own.
static POOL: Mutex<Option<(u32, usize, Arc<ThreadPool>)>> = Mutex::new(None);

/// More threads than any machine makes use of.
const THREADS: usize = 1024;

fn pool(threads: Option<usize>) -> PyResult<Arc<ThreadPool>> {
    let mut slot = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    if let Some((owner, size, pool)) = slot.as_ref() {
        if *owner == process && threads.is_none_or(|t| t.min(THREADS) == *size) {
            return Ok(Arc::clone(pool));
        }
    }
    let size = threads.unwrap_or(0).min(THREADS);
    let made = rayon::ThreadPoolBuilder::new()
        .num_threads(size)
        .thread_name(|i| format!("dedup-{i}"))
        .build()
        .map_err(|e| PyRuntimeError::new_err(format!("cannot start {size} threads: {e}")))?;
    let made = Arc::new(made);
    if let Some((owner, _, old)) = slot.replace((process, size, Arc::clone(&made))) {
        if owner != process {
            // Its threads are gone; waiting for them would never end.
            std::mem::forget(old);
        }
    }
    Ok(made)
}

/// As `run`, but little work stays on the caller's thread: to hand it over costs more than it saves.
fn run_or_stay<T: Send>(py: Python<'_>, little: bool, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    if little {
        Ok(py.detach(work))
    } else {
        run(py, work)
    }
}

/// Run `work` on the pool with the interpreter released.
fn run<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    let pool = pool(None)?;
    Ok(py.detach(|| pool.install(work)))
}

/// The text of a `str`; lone surrogates, which UTF-8 cannot hold, become U+FFFD one for one.
fn text<'a>(string: &'a Bound<'_, PyString>) -> PyResult<Cow<'a, str>> {
    if let Ok(text) = string.to_str() {
        return fitting(Cow::Borrowed(text));
    }
    let bytes = string.call_method1("encode", ("utf-8", "surrogatepass"))?;
    let mut bytes = bytes.cast::<PyBytes>()?.as_bytes().to_vec();
    for i in 0..bytes.len().saturating_sub(2) {
        // A surrogate in this encoding is ED, A0-BF, 80-BF, and nothing else is.
        if bytes[i] == 0xed && bytes[i + 1] >= 0xa0 {
            bytes[i..i + 3].copy_from_slice("\u{fffd}".as_bytes());
        }
    }
    let text = String::from_utf8(bytes).map_err(|e| PyValueError::new_err(format!("text is not Unicode: {e}")))?;
    fitting(Cow::Owned(text))
}

/// `text`, if its places fit the 32 bits that the kernels count them in.
fn fitting(text: Cow<'_, str>) -> PyResult<Cow<'_, str>> {
    if text.len() > u32::MAX as usize {
        return Err(PyValueError::new_err(format!("a text of {} bytes; at most 4 GiB each", text.len())));
    }
    Ok(text)
}

/// Texts from Python: a list of `str`, or an Arrow column of strings.
enum Input<'py> {
    List(Vec<Bound<'py, PyString>>),
    Column(Vec<ArrayRef>),
}

impl<'py> FromPyObject<'_, 'py> for Input<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match arrow::chunks(&object)? {
            Some(chunks) => Ok(Input::Column(chunks)),
            None => object.extract().map(Input::List),
        }
    }
}

impl Input<'_> {
    /// All texts, each at most `u32::MAX` bytes long.
    fn texts(&self) -> PyResult<Vec<Cow<'_, str>>> {
        match self {
            Input::List(strings) => strings.iter().map(text).collect(),
            Input::Column(chunks) => {
                arrow::texts(chunks)?.into_iter().map(|text| fitting(Cow::Borrowed(text))).collect()
            }
        }
    }
}

/// Use this many threads from now on; 0 is one a core.
#[pyfunction]
fn set_threads(threads: usize) -> PyResult<()> {
    pool(Some(threads)).map(drop)
}

#[pyfunction]
#[allow(clippy::type_complexity)] // A tuple of arrays, spelt out in `_native.pyi`.
fn tokens<'py>(
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
fn paragraphs_py<'py>(
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
fn shingle_hashes_py<'py>(py: Python<'py>, string: Bound<'py, PyString>, k: usize) -> PyResult<Array<'py, u64>> {
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
fn signatures32<'py>(
    py: Python<'py>,
    strings: Input<'py>,
    k: usize,
    a: PyReadonlyArray1<'py, u32>,
    b: PyReadonlyArray1<'py, u32>,
) -> PyResult<Table<'py, u32>> {
    let owned = strings.texts()?;
    let slices: Vec<&str> = owned.iter().map(Cow::as_ref).collect();
    let (a, b) = (a.as_slice()?, b.as_slice()?);
    let start = empty(Scheme::Affine32) as u32;
    let rows = run_or_stay(py, slices.len() < LITTLE, || {
        sign_rows(&slices, a.len(), start, |words, kept, row| sign32(shingle_hashes(words, k), kept, a, b, row))
    })?;
    rows.into_pyarray(py).reshape([slices.len(), a.len()])
}

#[pyfunction]
fn signatures64<'py>(
    py: Python<'py>,
    strings: Input<'py>,
    k: usize,
    a: PyReadonlyArray1<'py, u64>,
    b: PyReadonlyArray1<'py, u64>,
    legacy: bool,
) -> PyResult<Table<'py, u64>> {
    let owned = strings.texts()?;
    let slices: Vec<&str> = owned.iter().map(Cow::as_ref).collect();
    let (a, b) = (a.as_slice()?, b.as_slice()?);
    let scheme = if legacy { Scheme::Legacy } else { Scheme::Affine64 };
    let rows = run_or_stay(py, slices.len() < LITTLE, || {
        sign_rows(&slices, a.len(), empty(scheme), |words, _, row| sign64(shingle_hashes(words, k), a, b, row, scheme))
    })?;
    rows.into_pyarray(py).reshape([slices.len(), a.len()])
}

/// Pairs as an array of shape (n, 2).
fn pair_array<'py>(py: Python<'py>, pairs: &[(u32, u32)]) -> PyResult<Table<'py, u32>> {
    let flat: Vec<u32> = pairs.iter().flat_map(|&(i, j)| [i, j]).collect();
    flat.into_pyarray(py).reshape([pairs.len(), 2])
}

#[pyfunction]
fn band_candidates<'py>(
    py: Python<'py>,
    signatures: PyReadonlyArray2<'py, u32>,
    bands: usize,
    rows: usize,
    full: usize,
) -> PyResult<Table<'py, u32>> {
    let slots = signatures.as_array().shape()[1];
    if bands * rows > slots || rows == 0 || rows > 128 {
        return Err(PyValueError::new_err(format!("{bands} bands of {rows} rows do not fit {slots} slots")));
    }
    let flat = signatures.as_slice()?;
    let pairs = run(py, || lsh::candidates(flat, slots, bands, rows, full))?;
    pair_array(py, &pairs)
}

/// Arrays of an index, checked so that no kernel can read outside them.
fn tables<'a>(signatures: &'a PyReadonlyArray2<'_, u32>, bands: usize, rows: usize) -> PyResult<lsh::Tables<'a>> {
    let slots = signatures.as_array().shape()[1];
    if bands * rows > slots || rows == 0 || rows > 128 || bands == 0 {
        return Err(PyValueError::new_err(format!("{bands} bands of {rows} rows do not fit {slots} slots")));
    }
    Ok(lsh::Tables { signatures: signatures.as_slice()?, slots, bands, rows })
}

fn check_tables(heads: &[u32], next: &[u32], count: usize, bands: usize) -> PyResult<()> {
    let fits =
        heads.len().is_multiple_of(bands) && (heads.len() / bands).is_power_of_two() && next.len() >= count * bands;
    fits.then_some(()).ok_or_else(|| PyValueError::new_err("heads and chains do not fit the signatures"))
}

#[pyfunction]
fn lsh_insert<'py>(
    py: Python<'py>,
    signatures: PyReadonlyArray2<'py, u32>,
    bands: usize,
    rows: usize,
    from: usize,
    mut heads: PyReadwriteArray2<'py, u32>,
    mut next: PyReadwriteArray2<'py, u32>,
) -> PyResult<()> {
    let tables = tables(&signatures, bands, rows)?;
    let (heads, next) = (heads.as_slice_mut()?, next.as_slice_mut()?);
    check_tables(heads, next, tables.signatures.len() / tables.slots, bands)?;
    py.detach(|| tables.insert(from, heads, next));
    Ok(())
}

#[pyfunction]
#[allow(clippy::too_many_arguments)] // Flat arrays, spelt out in `_native.pyi`.
fn lsh_query<'py>(
    py: Python<'py>,
    signature: PyReadonlyArray1<'py, u32>,
    signatures: PyReadonlyArray2<'py, u32>,
    bands: usize,
    rows: usize,
    heads: PyReadonlyArray2<'py, u32>,
    next: PyReadonlyArray2<'py, u32>,
    alive: PyReadonlyArray1<'py, bool>,
    least: u32,
) -> PyResult<Vec<(u32, u32)>> {
    let tables = tables(&signatures, bands, rows)?;
    let (signature, alive) = (signature.as_slice()?, alive.as_slice()?);
    let (heads, next) = (heads.as_slice()?, next.as_slice()?);
    check_tables(heads, next, 0, bands)?;
    if signature.len() != tables.slots {
        return Err(PyValueError::new_err("signatures of different lengths"));
    }
    Ok(py.detach(|| tables.query(signature, heads, next, alive, least)))
}

#[pyfunction]
fn band_keys<'py>(
    py: Python<'py>,
    signatures: PyReadonlyArray2<'py, u32>,
    bands: usize,
    rows: usize,
) -> PyResult<Table<'py, u64>> {
    let tables = tables(&signatures, bands, rows)?;
    let keys = run(py, || lsh::band_keys(tables.signatures, tables.slots, bands, rows))?;
    let count = keys.len() / bands;
    keys.into_pyarray(py).reshape([count, bands])
}

/// In how many slots the two rows of each pair agree.
#[pyfunction]
fn agreements<'py>(
    py: Python<'py>,
    signatures: PyReadonlyArray2<'py, u32>,
    pairs: PyReadonlyArray2<'py, u32>,
) -> PyResult<Array<'py, u32>> {
    let slots = signatures.as_array().shape()[1];
    let (flat, pairs) = (signatures.as_slice()?, pairs.as_slice()?);
    let count = flat.len() / slots.max(1);
    if pairs.iter().any(|&row| row as usize >= count) {
        return Err(PyValueError::new_err("a pair names a row that is not there"));
    }
    let row = |row: u32| &flat[row as usize * slots..(row as usize + 1) * slots];
    let found: Vec<u32> =
        run(py, || pairs.par_chunks_exact(2).map(|pair| lsh::agreement(row(pair[0]), row(pair[1]))).collect())?;
    Ok(found.into_pyarray(py))
}

#[pyfunction]
fn jaccards<'py>(
    py: Python<'py>,
    strings: Input<'py>,
    k: usize,
    pairs: PyReadonlyArray2<'py, u32>,
) -> PyResult<Array<'py, f64>> {
    let owned = strings.texts()?;
    let slices: Vec<&str> = owned.iter().map(Cow::as_ref).collect();
    let pairs: Vec<(u32, u32)> = pairs.as_slice()?.chunks_exact(2).map(|p| (p[0], p[1])).collect();
    if pairs.iter().any(|p| p.0.max(p.1) as usize >= slices.len()) {
        return Err(PyValueError::new_err("a pair names a text that is not there"));
    }
    let found = run(py, || jaccard::jaccards(&jaccard::shingle_sets(&slices, k), &pairs))?;
    Ok(found.into_pyarray(py))
}

/// The tokens of a corpus, checked so that no kernel can read outside them.
struct Border<'a> {
    ids: &'a [u32],
    offsets: &'a [i64],
    hashes: &'a [u64],
    worth: &'a [f32],
}

impl<'a> Border<'a> {
    fn new(ids: &'a [u32], offsets: &'a [i64], hashes: &'a [u64], worth: &'a [f32]) -> PyResult<Self> {
        let fits = offsets.first() == Some(&0)
            && offsets.windows(2).all(|w| w[0] <= w[1])
            && offsets.last() == Some(&(ids.len() as i64))
            && hashes.len() == worth.len()
            && ids.par_iter().all(|&id| (id as usize) < hashes.len());
        if !fits {
            return Err(PyValueError::new_err("offsets, ids, hashes and worth do not fit each other"));
        }
        Ok(Border { ids, offsets, hashes, worth })
    }

    fn texts(&self) -> Texts<'a> {
        Texts { ids: self.ids, offsets: self.offsets, hashes: self.hashes, worth: self.worth }
    }
}

#[pyfunction]
#[allow(clippy::too_many_arguments, clippy::type_complexity)] // Flat arrays, spelt out in `_native.pyi`.
fn seeds<'py>(
    py: Python<'py>,
    ids: PyReadonlyArray1<'py, u32>,
    offsets: PyReadonlyArray1<'py, i64>,
    hashes: PyReadonlyArray1<'py, u64>,
    worth: PyReadonlyArray1<'py, f32>,
    rank: PyReadonlyArray2<'py, u32>,
    k: usize,
    window: usize,
    full: usize,
    places: usize,
    floor: f32,
) -> PyResult<Table<'py, u32>> {
    let border = Border::new(ids.as_slice()?, offsets.as_slice()?, hashes.as_slice()?, worth.as_slice()?)?;
    let texts = border.texts();
    let rank = rank.as_slice()?;
    if rank.len() != 2 * texts.count() || k == 0 || window == 0 {
        return Err(PyValueError::new_err("two ranks a text, and k and window of at least 1"));
    }
    let (first, second) = rank.split_at(texts.count());
    let joining = Joining { k, window, full, places, floor };
    let found = run(py, || {
        let mut postings: Vec<Posting> = winnow::fingerprints(texts, k, window);
        postings.par_sort_unstable();
        winnow::seeds(texts, &postings, [first, second], &joining)
    })?;
    let flat: Vec<u32> = found.iter().flat_map(|s| [s.doc_a, s.doc_b, s.a, s.b]).collect();
    flat.into_pyarray(py).reshape([found.len(), 4])
}

#[pyfunction]
#[allow(clippy::too_many_arguments, clippy::type_complexity)] // Flat arrays, spelt out in `_native.pyi`.
fn fingerprints<'py>(
    py: Python<'py>,
    ids: PyReadonlyArray1<'py, u32>,
    offsets: PyReadonlyArray1<'py, i64>,
    hashes: PyReadonlyArray1<'py, u64>,
    k: usize,
    window: usize,
    reach: usize,
    bits: u32,
) -> PyResult<(Array<'py, u64>, Array<'py, u32>, Array<'py, u32>, Array<'py, u32>)> {
    let hashes = hashes.as_slice()?;
    let worth = vec![0.0; hashes.len()];
    let border = Border::new(ids.as_slice()?, offsets.as_slice()?, hashes, &worth)?;
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
fn document_counts_py<'py>(
    py: Python<'py>,
    ids: PyReadonlyArray1<'py, u32>,
    offsets: PyReadonlyArray1<'py, i64>,
    words: usize,
) -> PyResult<Array<'py, u32>> {
    let (hashes, worth) = (vec![0; words], vec![0.0; words]);
    let border = Border::new(ids.as_slice()?, offsets.as_slice()?, &hashes, &worth)?;
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
fn word_classes<'py>(
    py: Python<'py>,
    letters: PyReadonlyArray1<'py, u8>,
    bounds: PyReadonlyArray1<'py, i64>,
) -> PyResult<Array<'py, u32>> {
    let (letters, bounds) = (letters.as_slice()?, bounds.as_slice()?);
    check_words(letters, bounds, bounds.len().saturating_sub(1))?;
    let classes = run(py, || variants::classes(letters, bounds))?;
    Ok(classes.into_pyarray(py))
}

#[pyfunction]
#[allow(clippy::too_many_arguments, clippy::type_complexity)] // Flat arrays, spelt out in `_native.pyi`.
fn alignments<'py>(
    py: Python<'py>,
    ids: PyReadonlyArray1<'py, u32>,
    offsets: PyReadonlyArray1<'py, i64>,
    hashes: PyReadonlyArray1<'py, u64>,
    worth: PyReadonlyArray1<'py, f32>,
    breaks: PyReadonlyArray1<'py, bool>,
    class: PyReadonlyArray1<'py, u32>,
    letters: PyReadonlyArray1<'py, u8>,
    bounds: PyReadonlyArray1<'py, i64>,
    windows: PyReadonlyArray2<'py, u32>,
    thresholds: PyReadonlyArray2<'py, f32>,
    found: bool,
    costs: Costs,
) -> PyResult<(Table<'py, u32>, Array<'py, f32>, Array<'py, i64>, Table<'py, u32>, Table<'py, u32>, Array<'py, f32>)> {
    let border = Border::new(ids.as_slice()?, offsets.as_slice()?, hashes.as_slice()?, worth.as_slice()?)?;
    let texts = border.texts();
    let breaks = breaks.as_slice()?;
    if breaks.len() != border.ids.len() {
        return Err(PyValueError::new_err("one break a token"));
    }
    let (class, letters, bounds) = (class.as_slice()?, letters.as_slice()?, bounds.as_slice()?);
    check_words(letters, bounds, border.hashes.len())?;
    if class.len() != border.hashes.len() || class.iter().any(|&c| c as usize >= class.len()) {
        return Err(PyValueError::new_err("one class a word, numbered from 0"));
    }
    let windows: Vec<Window> = windows
        .as_slice()?
        .chunks_exact(6)
        .map(|w| Window { doc_a: w[0], doc_b: w[1], a: (w[2], w[3]), b: (w[4], w[5]) })
        .collect();
    let inside = |doc: u32, span: (u32, u32)| {
        (doc as usize) < texts.count() && span.0 <= span.1 && span.1 as usize <= texts.of(doc as usize).len()
    };
    if !windows.iter().all(|w| inside(w.doc_a, w.a) && inside(w.doc_b, w.b)) {
        return Err(PyValueError::new_err("a window lies outside its text"));
    }
    let thresholds: Vec<Threshold> =
        thresholds.as_slice()?.chunks_exact(2).map(|t| Threshold { related: t[0], reported: t[1], found }).collect();
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

/// Alignments as they come: rows (texts, extents, equal tokens), and where the edits of each start; of texts below `count`.
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
#[allow(clippy::too_many_arguments, clippy::type_complexity)] // Flat arrays, spelt out in `_native.pyi`.
fn cut_families<'py>(
    py: Python<'py>,
    rows: PyReadonlyArray2<'py, u32>,
    offsets: PyReadonlyArray1<'py, i64>,
    edits: PyReadonlyArray2<'py, u32>,
    ranks: PyReadonlyArray2<'py, u32>,
    dated: PyReadonlyArray1<'py, bool>,
    least: i64,
    run_length: i64,
) -> PyResult<(Table<'py, u32>, Array<'py, i64>, Table<'py, u32>)> {
    let (ranks, dated) = (ranks.as_slice()?, dated.as_slice()?);
    if ranks.len() != 2 * dated.len() {
        return Err(PyValueError::new_err("two ranks a text"));
    }
    let alignments = aligned(rows.as_slice()?, offsets.as_slice()?, edits.as_slice()?, dated.len())?;
    let (first, second) = ranks.split_at(dated.len());
    let cutting = Cutting { least, run: run_length };
    let found = run(py, || families::propose(&alignments, [first, second], dated, cutting))?;
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
fn name_families<'py>(
    py: Python<'py>,
    rows: PyReadonlyArray2<'py, u32>,
    canonical: PyReadonlyArray2<'py, u32>,
    offsets: PyReadonlyArray1<'py, i64>,
    passages: PyReadonlyArray2<'py, u32>,
    reused: PyReadonlyArray1<'py, bool>,
    listed: usize,
) -> PyResult<Array<'py, i64>> {
    let rows = rows.as_slice()?;
    let (canonical, offsets, passages, reused) =
        (canonical.as_slice()?, offsets.as_slice()?, passages.as_slice()?, reused.as_slice()?);
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

#[pyfunction]
#[allow(clippy::too_many_arguments)] // Flat arrays, spelt out in `_native.pyi`.
fn word_changes<'py>(
    py: Python<'py>,
    readings: PyReadonlyArray2<'py, i64>,
    family: PyReadonlyArray1<'py, i64>,
    families: usize,
    sizes: PyReadonlyArray1<'py, i64>,
    number: PyReadonlyArray1<'py, u32>,
    worth: PyReadonlyArray1<'py, f64>,
    costs: (f64, f64, f64, f64),
    run: usize,
) -> PyResult<Bound<'py, PyArray3<f64>>> {
    let (rows, family) = (readings.as_array().nrows(), family.as_slice()?);
    let table = evidence::Variants {
        families,
        readings: readings.as_slice()?,
        family,
        sizes: sizes.as_slice()?,
        number: number.as_slice()?,
        worth: worth.as_slice()?,
    };
    if !table.fits(rows) {
        return Err(PyValueError::new_err("the arrays of a table do not fit each other"));
    }
    let counting = Counting { left_out: costs.0, put_in: costs.1, more: costs.2, repeated: costs.3, run };
    py.detach(|| table.changes(rows, &counting)).into_pyarray(py).reshape([rows, rows, families])
}

#[pyfunction]
fn kept_sentences<'py>(
    py: Python<'py>,
    present: PyReadonlyArray2<'py, bool>,
    place: PyReadonlyArray2<'py, i64>,
    chances: (f64, f64, f64, f64, f64),
) -> PyResult<(Table<'py, f64>, Table<'py, i64>)> {
    let rows = present.as_array().nrows();
    let (present, place) = (present.as_slice()?, place.as_slice()?);
    if present.len() != place.len() {
        return Err(PyValueError::new_err("present and place do not fit each other"));
    }
    let (keep, drop, kept_behind, cut_behind, whole) = chances;
    let keeping = Keeping { keep, drop, kept_behind, cut_behind, whole };
    let (costs, turns) = py.detach(|| evidence::kept(present, place, rows, &keeping));
    Ok((costs.into_pyarray(py).reshape([rows, rows])?, turns.into_pyarray(py).reshape([rows, rows])?))
}

/// A story's facts, to score forests by; rows are as in `dedup.provenance.collate.Table`.
#[pyclass(frozen, name = "Story")]
struct PyStory(Story);

#[pymethods]
impl PyStory {
    #[new]
    #[allow(clippy::too_many_arguments)] // Flat arrays, spelt out in `_native.pyi`.
    fn new(
        texts: usize,
        present: PyReadonlyArray2<'_, bool>,
        words: PyReadonlyArray1<'_, f64>,
        changed: PyReadonlyArray3<'_, f64>,
        total: PyReadonlyArray2<'_, f64>,
        shared: PyReadonlyArray2<'_, f64>,
        edge: PyReadonlyArray2<'_, f64>,
        origin: PyReadonlyArray1<'_, f64>,
        least: PyReadonlyArray1<'_, f64>,
        headline: PyReadonlyArray1<'_, i64>,
        absent: PyReadonlyArray1<'_, bool>,
        popular: PyReadonlyArray1<'_, f64>,
        update: PyReadonlyArray2<'_, bool>,
        candidates: Vec<Vec<(usize, f64)>>,
        beliefs: Beliefs,
    ) -> PyResult<Self> {
        let facts = Facts {
            texts,
            present: present.as_slice()?,
            words: words.as_slice()?,
            changed: changed.as_slice()?,
            total: total.as_slice()?,
            shared: shared.as_slice()?,
            edge: edge.as_slice()?,
            origin: origin.as_slice()?,
            least: least.as_slice()?,
            headline: headline.as_slice()?,
            absent: absent.as_slice()?,
            popular: popular.as_slice()?,
            update: update.as_slice()?,
        };
        let story = Story::new(&facts, candidates, beliefs);
        story.map(PyStory).ok_or_else(|| PyValueError::new_err("the arrays of a story do not fit each other"))
    }

    fn scores(&self, py: Python<'_>, forests: Vec<Vec<i32>>) -> Vec<f64> {
        py.detach(|| self.0.scores(&forests))
    }

    fn climb(&self, py: Python<'_>, forest: Vec<i32>, rounds: usize) -> (Vec<i32>, f64) {
        py.detach(|| self.0.climb(forest, rounds))
    }

    fn walk(&self, py: Python<'_>, forest: Vec<i32>) -> Vec<Vec<(i32, f64)>> {
        py.detach(|| self.0.walk(&forest))
    }
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(set_threads, module)?)?;
    module.add_function(wrap_pyfunction!(tokens, module)?)?;
    module.add_function(wrap_pyfunction!(paragraphs_py, module)?)?;
    module.add_function(wrap_pyfunction!(shingle_hashes_py, module)?)?;
    module.add_function(wrap_pyfunction!(signatures32, module)?)?;
    module.add_function(wrap_pyfunction!(signatures64, module)?)?;
    module.add_function(wrap_pyfunction!(band_candidates, module)?)?;
    module.add_function(wrap_pyfunction!(band_keys, module)?)?;
    module.add_function(wrap_pyfunction!(lsh_insert, module)?)?;
    module.add_function(wrap_pyfunction!(lsh_query, module)?)?;
    module.add_function(wrap_pyfunction!(agreements, module)?)?;
    module.add_function(wrap_pyfunction!(jaccards, module)?)?;
    module.add_function(wrap_pyfunction!(fingerprints, module)?)?;
    module.add_function(wrap_pyfunction!(postings::pack_postings, module)?)?;
    module.add_function(wrap_pyfunction!(postings::unpack_postings, module)?)?;
    module.add_function(wrap_pyfunction!(seeds, module)?)?;
    module.add_function(wrap_pyfunction!(document_counts_py, module)?)?;
    module.add_function(wrap_pyfunction!(word_classes, module)?)?;
    module.add_function(wrap_pyfunction!(alignments, module)?)?;
    module.add_function(wrap_pyfunction!(cut_families, module)?)?;
    module.add_function(wrap_pyfunction!(name_families, module)?)?;
    module.add_function(wrap_pyfunction!(word_changes, module)?)?;
    module.add_function(wrap_pyfunction!(kept_sentences, module)?)?;
    module.add_class::<PyStory>()?;
    Ok(())
}
