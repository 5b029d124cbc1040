//! The instruction sets of the processor, detected once.

use std::sync::OnceLock;

/// An instruction set for which there are kernels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Portable,
    /// AVX2, POPCNT, BMI1, BMI2.
    Avx2,
    /// As `Avx2`, and AVX-512 F, BW and VBMI2 (Ice Lake, Zen 4).
    Avx512,
}

/// The best level that the processor has. The environment variable `DEDUP_SIMD` (`avx2` or `portable`) selects a lower one, for
/// comparison. All levels give the same bits.
pub fn level() -> Level {
    static LEVEL: OnceLock<Level> = OnceLock::new();
    *LEVEL.get_or_init(|| {
        let most = match std::env::var("DEDUP_SIMD").as_deref() {
            Ok("portable") => Level::Portable,
            Ok("avx2") => Level::Avx2,
            _ => Level::Avx512,
        };
        found().min(most)
    })
}

impl Level {
    /// Its name, as `DEDUP_SIMD` spells it.
    pub fn name(self) -> &'static str {
        match self {
            Level::Portable => "portable",
            Level::Avx2 => "avx2",
            Level::Avx512 => "avx512",
        }
    }
}

/// A feature of the processor that kernels use: its name, the level that needs it, and whether this processor has it.
pub type Feature = (&'static str, Level, bool);

/// All features that kernels use.
#[cfg(target_arch = "x86_64")]
pub fn features() -> Vec<Feature> {
    vec![
        ("avx2", Level::Avx2, is_x86_feature_detected!("avx2")),
        ("popcnt", Level::Avx2, is_x86_feature_detected!("popcnt")),
        ("bmi1", Level::Avx2, is_x86_feature_detected!("bmi1")),
        ("bmi2", Level::Avx2, is_x86_feature_detected!("bmi2")),
        ("avx512f", Level::Avx512, is_x86_feature_detected!("avx512f")),
        ("avx512bw", Level::Avx512, is_x86_feature_detected!("avx512bw")),
        ("avx512vbmi2", Level::Avx512, is_x86_feature_detected!("avx512vbmi2")),
    ]
}

/// All features that kernels use: none, on a processor for which there are only portable kernels.
#[cfg(not(target_arch = "x86_64"))]
pub fn features() -> Vec<Feature> {
    Vec::new()
}

/// The best level of which the processor has every feature, and those of all levels below.
fn found() -> Level {
    let features = features();
    let has = |wanted: Level| {
        features.iter().any(|&(_, level, _)| level == wanted)
            && features.iter().all(|&(_, level, has)| has || level > wanted)
    };
    [Level::Avx512, Level::Avx2].into_iter().find(|&level| has(level)).unwrap_or(Level::Portable)
}
