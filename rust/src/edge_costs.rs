//! What each row of a table of variants would have changed, kept and left out as a copy of each other row.
//!
//! A locus is a sentence that several rows hold; a column is a place in it where their wordings differ. Arrays over pairs of
//! rows are `[parent * rows + child]`.

/// The readings of a table of variants. The columns of one locus are adjacent.
pub struct Variants<'a> {
    pub loci: usize,
    /// `[row * columns + column]`: the number of the word in the column, 0 for a gap, -1 where the row lacks the locus.
    pub readings: &'a [i64],
    /// The locus of each column.
    pub locus: &'a [i64],
    /// The number of readings of each column.
    pub sizes: &'a [i64],
    /// For each column in turn, `[old * size + new]`: a number for the swap of two readings, the same for the same words.
    pub number: &'a [u32],
    /// What each swap counts as, in word changes.
    pub worth: &'a [f64],
}

/// What changes count as, in word changes: fields of `WordCosts` in `dedup/params.py`.
pub struct Counting {
    /// The first word of a run of words that were left out.
    pub left_out: f64,
    /// The first word of a run of words that were put in.
    pub put_in: f64,
    /// Each further word of such a run.
    pub further: f64,
    /// The factor for a swap that the pair of rows has made before.
    pub repeated: f64,
    /// The words of such a run that are counted at most.
    pub run: usize,
}

impl Counting {
    /// What a word counts as that comes behind `before` words of its run; `first` if there are none.
    fn word(&self, before: usize, first: f64) -> f64 {
        if before == 0 {
            first
        } else if before < self.run {
            self.further
        } else {
            0.0
        }
    }
}

impl Variants<'_> {
    /// Return whether the sizes and numbers of the arrays fit each other.
    pub fn fits(&self, rows: usize) -> bool {
        let columns = self.locus.len();
        let pairs: i64 = self.sizes.iter().map(|&size| size.max(0) * size.max(0)).sum();
        self.readings.len() == rows * columns
            && self.sizes.len() == columns
            && self.number.len() as i64 == pairs
            && self.locus.iter().all(|&f| usize::try_from(f).is_ok_and(|f| f < self.loci))
            && self.number.iter().all(|&n| (n as usize) < self.worth.len())
            && (columns == 0
                || self
                    .readings
                    .chunks_exact(columns)
                    .all(|row| row.iter().zip(self.sizes).all(|(&r, &n)| r >= -1 && r < n)))
    }

    /// Return the word changes from each row to each other: `[(parent * rows + child) * loci + locus]`.
    pub fn changes(&self, rows: usize, counting: &Counting) -> Vec<f64> {
        let columns = self.locus.len();
        let mut out = vec![0.0; rows * rows * self.loci];
        if out.is_empty() || columns == 0 {
            return out;
        }
        let mut starts = Vec::with_capacity(columns);
        let mut pairs = 0;
        for &size in self.sizes {
            starts.push(pairs);
            pairs += (size * size) as usize;
        }
        let first: Vec<usize> = (0..columns).filter(|&c| c == 0 || self.locus[c] != self.locus[c - 1]).collect();
        let row = |row: usize| &self.readings[row * columns..(row + 1) * columns];
        let mut seen = vec![usize::MAX; self.worth.len()];
        for (pair, out) in out.chunks_exact_mut(self.loci).enumerate() {
            let (a, b) = (row(pair / rows), row(pair % rows));
            for (k, &start) in first.iter().enumerate() {
                let end = first.get(k + 1).copied().unwrap_or(columns);
                if a[start..end] == b[start..end] {
                    continue;
                }
                let sum = &mut out[self.locus[start] as usize];
                let (mut gone, mut come) = (0, 0);
                for column in start..end {
                    let (old, new) = (a[column], b[column]);
                    if (old, new) == (0, 0) {
                        continue; // only a third row has a word here; the run goes on
                    }
                    let both = old >= 0 && new >= 0 && old != new;
                    if both && new == 0 {
                        *sum += counting.word(gone, counting.left_out);
                        (gone, come) = (gone + 1, 0);
                        continue;
                    }
                    if both && old == 0 {
                        *sum += counting.word(come, counting.put_in);
                        (gone, come) = (0, come + 1);
                        continue;
                    }
                    (gone, come) = (0, 0);
                    if both {
                        let at = starts[column] + (old * self.sizes[column] + new) as usize;
                        let number = self.number[at] as usize;
                        let again = std::mem::replace(&mut seen[number], pair) == pair;
                        *sum += self.worth[number] * if again { counting.repeated } else { 1.0 };
                    }
                }
            }
        }
        out
    }
}

/// Probabilities of what a copy keeps: it keeps a part of its source, an opening or the whole, with omissions.
pub struct Keeping {
    /// Log probability that a locus of that part is kept.
    pub keep: f64,
    /// Log probability that a locus of that part is left out.
    pub drop: f64,
    /// Log probability that a locus behind that part is kept.
    pub kept_behind: f64,
    /// Log probability that a locus behind that part is left out.
    pub cut_behind: f64,
    /// The probability, not its logarithm, that the part is the whole source.
    pub whole: f64,
}

/// Return for each pair the negative log probability that the child kept what it has of the parent, and the number of times
/// that two successive loci of the parent are in the opposite order in the child. Both are 0 if the two share nothing.
///
/// `present` and `place` are `[row * loci + locus]`; `place` is the rank of the locus in the row.
pub fn kept(present: &[bool], place: &[i64], rows: usize, keeping: &Keeping) -> (Vec<f64>, Vec<i64>) {
    let loci = present.len().checked_div(rows).unwrap_or(0);
    let (mut costs, mut turns) = (vec![0.0; rows * rows], vec![0i64; rows * rows]);
    if loci == 0 {
        return (costs, turns);
    }
    let mut chances = Vec::new();
    for parent in 0..rows {
        let own = parent * loci;
        let mut held: Vec<usize> = (0..loci).filter(|&f| present[own + f]).collect();
        held.sort_by_key(|&f| place[own + f]);
        let opening = ((1.0 - keeping.whole) / held.len() as f64).ln();
        for child in (0..rows).filter(|&child| child != parent) {
            let has = |f: usize| present[child * loci + f];
            let Some(end) = held.iter().rposition(|&f| has(f)) else { continue };
            let mut sum = 0.0;
            chances.clear();
            chances.extend(held.iter().map(|&f| {
                sum += if has(f) { keeping.keep } else { keeping.drop };
                sum
            }));
            let all = sum + keeping.whole.ln();
            let mut behind = 0.0;
            for (chance, &f) in chances.iter_mut().zip(&held).rev() {
                *chance = *chance + behind + opening;
                behind += if has(f) { keeping.kept_behind } else { keeping.cut_behind };
            }
            if let Some(last) = chances.last_mut() {
                *last = all;
            }
            let most = chances.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            costs[parent * rows + child] = -(most + chances.iter().map(|c| (c - most).exp()).sum::<f64>().ln());
            let kept = held[..=end].iter().filter(|&&f| has(f)).map(|&f| place[child * loci + f]);
            let next = kept.clone().skip(1);
            turns[parent * rows + child] = kept.zip(next).filter(|(now, next)| next < now).count() as i64;
        }
    }
    (costs, turns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_made_again_counts_less_and_a_run_counts_once() {
        // Two sentences of two and three columns; the same words are swapped in both.
        let table = Variants {
            loci: 2,
            readings: &[1, 1, 1, 1, 1, 2, 1, 2, 0, 0],
            locus: &[0, 0, 1, 1, 1],
            sizes: &[3, 2, 3, 2, 2],
            number: &[&[0; 5][..], &[1], &[0; 7], &[0; 5], &[1], &[0; 11]].concat(),
            worth: &[9.0, 1.0],
        };
        let counting = Counting { left_out: 0.75, put_in: 0.5, further: 0.125, repeated: 0.25, run: 40 };
        assert!(table.fits(2));
        assert_eq!(table.changes(2, &counting)[2..4], [1.0, 0.25 + 0.75 + 0.125]);
    }

    #[test]
    fn no_rows_are_no_trouble() {
        let keeping = Keeping { keep: -0.1, drop: -3.0, kept_behind: -3.0, cut_behind: -0.1, whole: 0.6 };
        assert_eq!(kept(&[], &[], 0, &keeping), (vec![], vec![]));
        assert_eq!(kept(&[false; 6], &[-1; 6], 2, &keeping), (vec![0.0; 4], vec![0; 4]));
    }
}
