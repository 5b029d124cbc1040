//! The compiled kernels of `dedup`: flat functions over text and arrays, without policy and without defaults.
//!
//! One file a kernel; only `python.rs` and `python/` know of Python.

pub mod align;
pub mod arborescence;
pub mod blocks;
pub mod corpus;
pub mod cpu;
pub mod edge_costs;

pub mod families;
pub mod forest;
pub mod jaccard;
pub mod lsh;
pub mod minhash;
pub mod paragraphs;
pub mod postings;
pub mod shingles;
pub mod spelling;
pub mod tokens;
pub mod unicode;

pub mod winnow;

#[cfg(feature = "python")]
mod arrow;
#[cfg(feature = "python")]
mod python;
