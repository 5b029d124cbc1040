//! The compiled kernels of `dedup`: functions over text and flat arrays. They hold no policy and no default: every number that
//! shapes a result is an argument, and `dedup/params.py` is its home.
//!
//! Each file holds one kernel. Only `python.rs`, `python/` and `arrow.rs` depend on Python.

pub mod align;
pub mod arborescence;
pub mod blocks;
pub mod corpus;
pub mod cpu;
pub mod edge_costs;
pub mod families;
pub mod forest;
pub mod greedy;
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
