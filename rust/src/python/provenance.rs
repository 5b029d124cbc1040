//! The Python functions of the kernels `edge_costs`, `arborescence` and `forest`.

use numpy::{IntoPyArray, PyArray3, PyArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::{check_room, Array, Flat1, Flat2, Flat3, Table};
use crate::arborescence::{self, Edge};
use crate::edge_costs::{self, Counting, Keeping};
use crate::forest::{Facts, Params, Story};

#[pyfunction]
#[allow(clippy::too_many_arguments)] // Flat arrays, spelt out in `_native.pyi`.
pub fn word_changes<'py>(
    py: Python<'py>,
    readings: Flat2<'py, i64>,
    locus: Flat1<'py, i64>,
    loci: usize,
    sizes: Flat1<'py, i64>,
    number: Flat1<'py, u32>,
    worth: Flat1<'py, f64>,
    costs: (f64, f64, f64, f64),
    run: usize,
) -> PyResult<Bound<'py, PyArray3<f64>>> {
    let (rows, locus) = (readings.shape()[0], locus.values());
    let table = edge_costs::Variants {
        loci,
        readings: readings.values(),
        locus,
        sizes: sizes.values(),
        number: number.values(),
        worth: worth.values(),
    };
    if !table.fits(rows) {
        return Err(PyValueError::new_err("the arrays of a table do not fit each other"));
    }
    check_room::<f64>(rows.checked_mul(rows).and_then(|square| square.checked_mul(loci)))?;
    let counting = Counting { left_out: costs.0, put_in: costs.1, further: costs.2, repeated: costs.3, run };
    py.detach(|| table.changes(rows, &counting)).into_pyarray(py).reshape([rows, rows, loci])
}

#[pyfunction]
pub fn kept_sentences<'py>(
    py: Python<'py>,
    present: Flat2<'py, bool>,
    place: Flat2<'py, i64>,
    chances: (f64, f64, f64, f64, f64),
) -> PyResult<(Table<'py, f64>, Table<'py, i64>)> {
    let rows = present.shape()[0];
    let (present, place) = (present.values(), place.values());
    if present.len() != place.len() {
        return Err(PyValueError::new_err("present and place do not fit each other"));
    }
    let (keep, drop, kept_behind, cut_behind, whole) = chances;
    let keeping = Keeping { keep, drop, kept_behind, cut_behind, whole };
    let (costs, turns) = py.detach(|| edge_costs::kept(present, place, rows, &keeping));
    Ok((costs.into_pyarray(py).reshape([rows, rows])?, turns.into_pyarray(py).reshape([rows, rows])?))
}

#[pyfunction]
#[pyo3(name = "arborescence")]
pub fn arborescence_py<'py>(
    py: Python<'py>,
    nodes: usize,
    root: usize,
    edges: Flat2<'py, i64>,
    costs: Flat1<'py, f64>,
) -> PyResult<Array<'py, i64>> {
    let (ends, costs) = (edges.values(), costs.values());
    let known = |&node: &i64| usize::try_from(node).is_ok_and(|node| node < nodes);
    if costs.len() < nodes.saturating_sub(1) {
        return Err(PyValueError::new_err("no tree reaches every node"));
    }
    if root >= nodes || ends.len() != 2 * costs.len() || !ends.iter().all(known) || costs.iter().any(|c| c.is_nan()) {
        return Err(PyValueError::new_err("edges and costs do not fit each other"));
    }
    let edges: Vec<Edge> = ends
        .chunks_exact(2)
        .zip(costs)
        .map(|(ends, &cost)| Edge { from: ends[0] as usize, to: ends[1] as usize, cost })
        .collect();
    let found = py.detach(|| arborescence::cheapest(nodes, root, &edges));
    let found = found.ok_or_else(|| PyValueError::new_err("no tree reaches every node"))?;
    let parents: Vec<i64> =
        (0..nodes).map(|node| if node == root { -1 } else { edges[found[node]].from as i64 }).collect();
    Ok(parents.into_pyarray(py))
}

/// A story to score forests by; its rows are those of `dedup.provenance.variant_table.VariantTable`.
#[pyclass(frozen, name = "Story")]
pub struct PyStory(Story);

#[pymethods]
impl PyStory {
    #[new]
    #[allow(clippy::too_many_arguments)] // Flat arrays, spelt out in `_native.pyi`.
    fn new(
        documents: usize,
        present: Flat2<'_, bool>,
        words: Flat1<'_, f64>,
        changed: Flat3<'_, f64>,
        total: Flat2<'_, f64>,
        shared: Flat2<'_, f64>,
        edge: Flat2<'_, f64>,
        origin: Flat1<'_, f64>,
        headline: Flat1<'_, i64>,
        absent: Flat1<'_, bool>,
        popular: Flat1<'_, f64>,
        update: Flat2<'_, bool>,
        candidates: Vec<Vec<(usize, f64)>>,
        params: Params,
    ) -> PyResult<Self> {
        let facts = Facts {
            documents,
            present: present.values(),
            words: words.values(),
            changed: changed.values(),
            total: total.values(),
            shared: shared.values(),
            edge: edge.values(),
            origin: origin.values(),
            headline: headline.values(),
            absent: absent.values(),
            popular: popular.values(),
            update: update.values(),
        };
        let story = Story::new(&facts, candidates, params);
        story.map(PyStory).ok_or_else(|| PyValueError::new_err("the arrays of a story do not fit each other"))
    }

    fn scores(&self, py: Python<'_>, forests: Vec<Vec<i32>>) -> PyResult<Vec<f64>> {
        forests.iter().try_for_each(|forest| self.check(forest))?;
        Ok(py.detach(|| self.0.scores(&forests)))
    }

    fn climb(&self, py: Python<'_>, forest: Vec<i32>, rounds: usize) -> PyResult<(Vec<i32>, f64)> {
        self.check(&forest)?;
        Ok(py.detach(|| self.0.climb(forest, rounds)))
    }

    fn walk(&self, py: Python<'_>, forest: Vec<i32>) -> PyResult<Vec<Vec<(i32, f64)>>> {
        self.check(&forest)?;
        Ok(py.detach(|| self.0.walk(&forest)))
    }
}

impl PyStory {
    /// An error if `forest` has another number of rows than the story, or a parent that is neither a row, nor -1, nor -2.
    fn check(&self, forest: &[i32]) -> PyResult<()> {
        let rows = self.0.rows;
        let fits = forest.len() == rows && forest.iter().all(|&p| (-2..rows as i32).contains(&p));
        if fits {
            Ok(())
        } else {
            Err(PyValueError::new_err("the forest does not fit the story"))
        }
    }
}
