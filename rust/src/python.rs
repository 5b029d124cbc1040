//! The border to Python: it checks arguments, releases the interpreter and runs kernels on a thread pool of our own.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::ArrayRef;
use numpy::ndarray::{Dimension, Ix1, Ix2, Ix3};
use numpy::{
    Element, IntoPyArray, PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray, PyReadwriteArray, PyUntypedArrayMethods,
};
use pyo3::exceptions::{PyMemoryError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use rayon::ThreadPool;

use crate::arrow;

mod align;
mod families;
mod greedy;
mod lsh;
mod postings;
mod provenance;
mod texts;

type Array<'py, T> = Bound<'py, PyArray1<T>>;
type Table<'py, T> = Bound<'py, PyArray2<T>>;

/// A numpy array in C order (the last index varies fastest). An array in another order is refused, because its values would be
/// read in the wrong places.
struct Flat<'py, T: Element, D: Dimension>(PyReadonlyArray<'py, T, D>);
type Flat1<'py, T> = Flat<'py, T, Ix1>;
type Flat2<'py, T> = Flat<'py, T, Ix2>;
type Flat3<'py, T> = Flat<'py, T, Ix3>;

impl<T: Element, D: Dimension> Flat<'_, T, D> {
    /// All values as one slice; an array in C order has no gaps.
    fn values(&self) -> &[T] {
        self.0.as_slice().unwrap_or_default()
    }

    fn shape(&self) -> &[usize] {
        self.0.shape()
    }
}

/// As `Flat`, but writable.
struct FlatMut2<'py, T: Element>(PyReadwriteArray<'py, T, Ix2>);

impl<T: Element> FlatMut2<'_, T> {
    fn values(&mut self) -> &mut [T] {
        self.0.as_slice_mut().unwrap_or_default()
    }
}

/// TypeError for an array that is not in C order. PyO3 adds a note that names the argument.
fn check_order<'py>(array: &impl PyUntypedArrayMethods<'py>) -> PyResult<()> {
    let fits = array.is_c_contiguous();
    fits.then_some(()).ok_or_else(|| PyTypeError::new_err("array not in C order; numpy.ascontiguousarray makes it so"))
}

impl<'py, T: Element, D: Dimension> FromPyObject<'_, 'py> for Flat<'py, T, D> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let array: PyReadonlyArray<'py, T, D> = object.extract()?;
        check_order(&*array)?;
        Ok(Flat(array))
    }
}

impl<'py, T: Element> FromPyObject<'_, 'py> for FlatMut2<'py, T> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let array: PyReadwriteArray<'py, T, Ix2> = object.extract()?;
        check_order(&**array)?;
        Ok(FlatMut2(array))
    }
}

/// A thread pool, with the process that built it and the number of threads that was asked for (0: one a core).
struct Pool {
    process: u32,
    size: usize,
    threads: Arc<ThreadPool>,
}

/// The pool on which all kernels run. It is locked only while the interpreter is held, so no fork by Python finds it locked.
static POOL: Mutex<Option<Pool>> = Mutex::new(None);

/// Threads that a user may ask for at most; no machine makes use of more.
const MOST_THREADS: usize = 1024;

/// How many threads rayon's environment variable asks for, within the limit that rayon has not; 0 if it asks for none.
fn threads_of_environment() -> usize {
    let asked = std::env::var("RAYON_NUM_THREADS").ok().and_then(|text| text.parse::<usize>().ok());
    asked.unwrap_or(0).min(MOST_THREADS)
}

/// The pool of this process with `size` threads; without a `size`, with as many as the last one had.
///
/// Threads do not survive a fork. A child process therefore builds its own pool, of the size that its parent asked for.
fn pool(size: Option<usize>) -> PyResult<Arc<ThreadPool>> {
    let mut slot = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    let before = slot.as_ref().map_or(0, |pool| pool.size);
    let size = size.unwrap_or(before).min(MOST_THREADS);
    if let Some(pool) = slot.as_ref().filter(|pool| pool.process == process && pool.size == size) {
        return Ok(Arc::clone(&pool.threads));
    }
    let threads = rayon::ThreadPoolBuilder::new()
        .num_threads(if size == 0 { threads_of_environment() } else { size })
        .thread_name(|i| format!("dedup-{i}"))
        .build()
        .map_err(|e| PyRuntimeError::new_err(format!("cannot start {size} threads: {e}")))?;
    let threads = Arc::new(threads);
    let old = slot.replace(Pool { process, size, threads: Arc::clone(&threads) });
    if let Some(old) = old.filter(|old| old.process != process) {
        // Its threads do not exist in this process, and one of them may have held a lock that dropping the pool waits for.
        std::mem::forget(old);
    }
    Ok(threads)
}

/// As `run`, but if `little` is true, `work` stays on the caller's thread: to hand it over would cost more than it saves. Such
/// work must not use rayon, which would start rayon's global pool, and its threads do not survive a fork.
fn run_or_stay<T: Send>(py: Python<'_>, little: bool, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    if little {
        Ok(py.detach(work))
    } else {
        run(py, work)
    }
}

/// Run `work` on the pool with the interpreter released. Every kernel that uses rayon is called through this function: elsewhere
/// rayon would use its global pool, which hangs in a forked process.
fn run<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    let pool = pool(None)?;
    Ok(py.detach(|| pool.install(work)))
}

/// The text of a `str`. Each lone surrogate, which UTF-8 cannot hold, becomes one U+FFFD.
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

/// `text`, or ValueError if it is too long for the 32 bits in which the kernels count its bytes.
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

/// Use `threads` threads from now on; 0 means one for each core.
#[pyfunction]
fn set_threads(threads: usize) -> PyResult<()> {
    pool(Some(threads)).map(drop)
}

/// MemoryError if there is no room for `count` values of a type (None: more than can be counted). A kernel that is asked for so
/// many would end the process.
fn check_room<T>(count: Option<usize>) -> PyResult<()> {
    let fits = count.is_some_and(|count| Vec::<T>::new().try_reserve_exact(count).is_ok());
    fits.then_some(()).ok_or_else(|| PyMemoryError::new_err("not enough memory for an array of this size"))
}

/// The instruction set that the kernels use, and the features of the processor that kernels can use: each with whether it has it.
#[pyfunction]
fn processor() -> (&'static str, Vec<(&'static str, bool)>) {
    let features = crate::cpu::features().into_iter().map(|(name, _, has)| (name, has)).collect();
    (crate::cpu::level().name(), features)
}

/// `pairs` as an array of shape (n, 2).
fn pair_array<'py>(py: Python<'py>, pairs: &[(u32, u32)]) -> PyResult<Table<'py, u32>> {
    let flat: Vec<u32> = pairs.iter().flat_map(|&(i, j)| [i, j]).collect();
    flat.into_pyarray(py).reshape([pairs.len(), 2])
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("MOST_BAND_ROWS", crate::lsh::MOST_ROWS)?;
    module.add_function(wrap_pyfunction!(set_threads, module)?)?;
    module.add_function(wrap_pyfunction!(processor, module)?)?;
    module.add_function(wrap_pyfunction!(texts::tokens, module)?)?;
    module.add_function(wrap_pyfunction!(texts::paragraphs_py, module)?)?;
    module.add_function(wrap_pyfunction!(texts::encodable, module)?)?;
    module.add_function(wrap_pyfunction!(texts::shingle_hashes_py, module)?)?;
    module.add_function(wrap_pyfunction!(texts::signatures32, module)?)?;
    module.add_function(wrap_pyfunction!(texts::signatures64, module)?)?;
    module.add_function(wrap_pyfunction!(texts::token_signatures32, module)?)?;
    module.add_function(wrap_pyfunction!(texts::first_tokens, module)?)?;
    module.add_function(wrap_pyfunction!(lsh::band_candidates, module)?)?;
    module.add_function(wrap_pyfunction!(lsh::band_keys, module)?)?;
    module.add_function(wrap_pyfunction!(lsh::lsh_insert, module)?)?;
    module.add_function(wrap_pyfunction!(lsh::lsh_query, module)?)?;
    module.add_function(wrap_pyfunction!(lsh::agreements, module)?)?;
    module.add_function(wrap_pyfunction!(lsh::jaccards, module)?)?;
    module.add_function(wrap_pyfunction!(align::fingerprints, module)?)?;
    module.add_function(wrap_pyfunction!(postings::part_postings, module)?)?;
    module.add_function(wrap_pyfunction!(postings::pack_postings, module)?)?;
    module.add_function(wrap_pyfunction!(postings::unpack_postings, module)?)?;
    module.add_function(wrap_pyfunction!(align::seeds, module)?)?;
    module.add_function(wrap_pyfunction!(align::posted_seeds, module)?)?;
    module.add_function(wrap_pyfunction!(align::run_marks, module)?)?;
    module.add_function(wrap_pyfunction!(align::document_counts_py, module)?)?;
    module.add_function(wrap_pyfunction!(align::word_classes, module)?)?;
    module.add_function(wrap_pyfunction!(align::alignments, module)?)?;
    module.add_function(wrap_pyfunction!(families::cut_families, module)?)?;
    module.add_function(wrap_pyfunction!(families::name_families, module)?)?;
    module.add_function(wrap_pyfunction!(provenance::word_changes, module)?)?;
    module.add_function(wrap_pyfunction!(provenance::kept_sentences, module)?)?;
    module.add_function(wrap_pyfunction!(provenance::arborescence_py, module)?)?;
    module.add_function(wrap_pyfunction!(greedy::shingle_sets, module)?)?;
    module.add_function(wrap_pyfunction!(greedy::containments, module)?)?;
    module.add_function(wrap_pyfunction!(greedy::longest_unshared, module)?)?;
    module.add_function(wrap_pyfunction!(greedy::bucket_leaders, module)?)?;
    module.add_class::<greedy::PyChooser>()?;
    module.add_class::<provenance::PyStory>()?;
    Ok(())
}
