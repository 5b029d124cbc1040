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

#[cfg(target_arch = "x86_64")]
fn found() -> Level {
    let avx2 = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2");
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vbmi2");
    match (avx2, avx512) {
        (true, true) => Level::Avx512,
        (true, false) => Level::Avx2,
        _ => Level::Portable,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn found() -> Level {
    Level::Portable
}
