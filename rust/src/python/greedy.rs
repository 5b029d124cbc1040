//! The border of the kernels that drop near-duplicates.

use std::borrow::Cow;
use std::collections::HashMap;

use numpy::{IntoPyArray, PyArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::prelude::*;

use super::{run, Array, Flat1, Flat2, Input, Table};
use crate::greedy::{leaders, Block, Goal, Kept, NOBODY};
use crate::jaccard;

#[pyclass(name = "Chooser", module = "dedup._native")]
pub struct PyChooser {
    kept: Kept,
    goal: Goal,
    shingle: usize,
}

fn misfit() -> PyErr {
    PyValueError::new_err("the arrays of a block do not fit each other")
}

#[pymethods]
impl PyChooser {
    #[new]
    fn new(slots: usize, least: u32, threshold: f64, shingle: usize) -> Self {
        let goal = Goal { slots, least, threshold };
        PyChooser { kept: Kept::new(goal), goal, shingle }
    }

    fn restore(
        &mut self,
        py: Python<'_>,
        offsets: Flat1<'_, u64>,
        buckets: Flat1<'_, u32>,
        signatures: Flat2<'_, u16>,
        which: Flat1<'_, u32>,
        names: Flat1<'_, u32>,
    ) -> PyResult<()> {
        let block = block(&offsets, &buckets, &signatures, self.goal.slots)?;
        let (which, names) = (which.values(), names.values());
        if which.len() != names.len() || which.iter().any(|&i| i as usize >= block.count()) {
            return Err(misfit());
        }
        let kept = &mut self.kept;
        py.detach(|| kept.restore(&block, which, names));
        Ok(())
    }

    fn candidates<'py>(
        &self,
        py: Python<'py>,
        offsets: Flat1<'py, u64>,
        buckets: Flat1<'py, u32>,
        signatures: Flat2<'py, u16>,
    ) -> PyResult<(Array<'py, u64>, Array<'py, u32>)> {
        let block = block(&offsets, &buckets, &signatures, self.goal.slots)?;
        let found = run(py, || self.kept.candidates(&block))?;
        let mut ends = vec![0u64];
        for one in &found {
            ends.push(ends.last().copied().unwrap_or(0) + one.len() as u64);
        }
        Ok((ends.into_pyarray(py), found.concat().into_pyarray(py)))
    }

    fn names<'py>(&self, py: Python<'py>, numbers: Flat1<'py, u32>) -> PyResult<Array<'py, u32>> {
        let found: Option<Vec<u32>> =
            numbers.values().iter().map(|&number| self.kept.names.get(number as usize).copied()).collect();
        found.map(|names| names.into_pyarray(py)).ok_or_else(misfit)
    }

    #[allow(clippy::too_many_arguments)] // Flat arrays, spelt out in `_native.pyi`.
    fn choose<'py>(
        &mut self,
        py: Python<'py>,
        offsets: Flat1<'py, u64>,
        buckets: Flat1<'py, u32>,
        signatures: Flat2<'py, u16>,
        names: Flat1<'py, u32>,
        texts: Input<'py>,
        ends: Flat1<'py, u64>,
        candidates: Flat1<'py, u32>,
        others: Flat1<'py, u32>,
        other_texts: Input<'py>,
    ) -> PyResult<(Array<'py, u32>, Array<'py, f64>)> {
        let block = block(&offsets, &buckets, &signatures, self.goal.slots)?;
        let (names, ends, others) = (names.values(), ends.values(), others.values());
        let compared: Vec<Vec<u32>> = ends
            .windows(2)
            .map(|pair| candidates.values().get(pair[0] as usize..pair[1] as usize).map(<[u32]>::to_vec))
            .collect::<Option<_>>()
            .ok_or_else(misfit)?;
        let (owned, owned_others) = (texts.texts()?, other_texts.texts()?);
        let slices: Vec<&str> = owned.iter().map(Cow::as_ref).collect();
        let other_slices: Vec<&str> = owned_others.iter().map(Cow::as_ref).collect();
        let count = block.count();
        if names.len() != count
            || slices.len() != count
            || compared.len() != count
            || others.len() != other_slices.len()
        {
            return Err(misfit());
        }
        let (kept, shingle) = (&mut self.kept, self.shingle);
        let found = run(py, || {
            let sets = jaccard::shingle_sets(&slices, shingle);
            let known: HashMap<u32, Vec<u64>> =
                others.iter().copied().zip(jaccard::shingle_sets(&other_slices, shingle)).collect();
            kept.choose(&block, names, &compared, &sets, &known)
        })?;
        let (keepers, similar): (Vec<u32>, Vec<f64>) = found.into_iter().unzip();
        Ok((keepers.into_pyarray(py), similar.into_pyarray(py)))
    }

    #[classattr]
    const NOBODY: u32 = NOBODY;
}

fn block<'a>(
    offsets: &'a Flat1<'_, u64>,
    buckets: &'a Flat1<'_, u32>,
    signatures: &'a Flat2<'_, u16>,
    slots: usize,
) -> PyResult<Block<'a>> {
    let block = Block { offsets: offsets.values(), buckets: buckets.values(), signatures: signatures.values() };
    block.fits(slots).then_some(block).ok_or_else(misfit)
}

#[pyfunction]
pub fn shingle_sets<'py>(
    py: Python<'py>,
    strings: Input<'py>,
    k: usize,
) -> PyResult<(Array<'py, u64>, Array<'py, u64>)> {
    let owned = strings.texts()?;
    let slices: Vec<&str> = owned.iter().map(Cow::as_ref).collect();
    let sets = run(py, || jaccard::shingle_sets(&slices, k))?;
    let mut ends = vec![0u64];
    for set in &sets {
        ends.push(ends.last().copied().unwrap_or(0) + set.len() as u64);
    }
    Ok((ends.into_pyarray(py), sets.concat().into_pyarray(py)))
}

#[pyfunction]
pub fn containments<'py>(
    py: Python<'py>,
    strings: Input<'py>,
    k: usize,
    pairs: Flat2<'py, u32>,
) -> PyResult<Array<'py, f64>> {
    let owned = strings.texts()?;
    let slices: Vec<&str> = owned.iter().map(Cow::as_ref).collect();
    let pairs = pairs.values();
    if pairs.iter().any(|&i| i as usize >= slices.len()) {
        return Err(PyValueError::new_err("a pair names a text that does not exist"));
    }
    let found: Vec<f64> = run(py, || {
        let sets = jaccard::shingle_sets(&slices, k);
        pairs.par_chunks_exact(2).map(|p| jaccard::containment(&sets[p[0] as usize], &sets[p[1] as usize])).collect()
    })?;
    Ok(found.into_pyarray(py))
}

#[pyfunction]
pub fn longest_unshared<'py>(
    py: Python<'py>,
    strings: Input<'py>,
    others: Input<'py>,
    k: usize,
) -> PyResult<Table<'py, u32>> {
    let (owned, owned_others) = (strings.texts()?, others.texts()?);
    if owned.len() != owned_others.len() {
        return Err(PyValueError::new_err("as many texts on one side as on the other"));
    }
    let found: Vec<u32> = run(py, || {
        owned
            .par_iter()
            .zip(&owned_others)
            .flat_map_iter(|(text, other)| {
                let (start, end) = jaccard::longest_unshared(text, other, k);
                [start, end]
            })
            .collect()
    })?;
    let count = owned.len();
    found.into_pyarray(py).reshape([count, 2])
}

/// The pairs (member, leader) of each bucket: `offsets[i]..offsets[i + 1]` are the rows of its signatures, the best one first.
#[pyfunction]
pub fn bucket_leaders<'py>(
    py: Python<'py>,
    offsets: Flat1<'py, i64>,
    signatures: Flat2<'py, u16>,
    passive: Flat1<'py, bool>,
    least: u32,
) -> PyResult<Table<'py, u32>> {
    let (offsets, slots, count) = (offsets.values(), signatures.shape()[1], signatures.shape()[0]);
    let (values, passive) = (signatures.values(), passive.values());
    if slots == 0
        || offsets.first() != Some(&0)
        || offsets.windows(2).any(|w| w[0] > w[1])
        || offsets.last() != Some(&(count as i64))
    {
        return Err(misfit());
    }
    let found: Vec<(u32, u32)> = run(py, || {
        let of_bucket = |range: &[i64]| {
            let (start, end) = (range[0] as usize, range[1] as usize);
            let pairs = leaders(&values[start * slots..end * slots], slots, &passive[start..end], least);
            pairs.into_iter().map(|(i, j)| (i + start as u32, j + start as u32)).collect::<Vec<_>>()
        };
        offsets.par_windows(2).map(of_bucket).collect::<Vec<_>>().concat()
    })?;
    super::pair_array(py, &found)
}
