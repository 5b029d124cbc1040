//! What each row of a table of variants would have changed, kept and left out, had it been copied from each other row.
//!
//! Arrays over pairs are `[parent * rows + child]`.

/// How the rows of a table read; columns of one sentence stand together.
pub struct Variants<'a> {
    pub families: usize,
    /// `[row * columns + column]`: a word of the column, 0 for none, -1 where the row lacks the sentence.
    pub readings: &'a [i64],
    /// The sentence of each column.
    pub family: &'a [i64],
    /// Readings that each column has.
    pub sizes: &'a [i64],
    /// Of each column, `[old * size + new]`: the number of the change from `old` to `new`, the same for the same words.
    pub number: &'a [u32],
    /// What each such change counts.
    pub worth: &'a [f64],
}

/// What counts as how much: the first of a run of words left out or put in, each other up to `run`, and a change made before.
pub struct Counting {
    pub left_out: f64,
    pub put_in: f64,
    pub more: f64,
    pub repeated: f64,
    pub run: usize,
}

impl Counting {
    /// A word of a run that has `before` words already.
    fn word(&self, before: usize, first: f64) -> f64 {
        if before == 0 {
            first
        } else if before < self.run {
            self.more
        } else {
            0.0
        }
    }
}

impl Variants<'_> {
    /// Whether the arrays fit each other.
    pub fn fits(&self, rows: usize) -> bool {
        let columns = self.family.len();
        let pairs: i64 = self.sizes.iter().map(|&size| size.max(0) * size.max(0)).sum();
        self.readings.len() == rows * columns
            && self.sizes.len() == columns
            && self.number.len() as i64 == pairs
            && self.family.iter().all(|&f| usize::try_from(f).is_ok_and(|f| f < self.families))
            && self.number.iter().all(|&n| (n as usize) < self.worth.len())
            && (columns == 0
                || self
                    .readings
                    .chunks_exact(columns)
                    .all(|row| row.iter().zip(self.sizes).all(|(&r, &n)| r >= -1 && r < n)))
    }

    /// Word changes from each row to each other, by sentence: `[(parent * rows + child) * families + family]`.
    pub fn changes(&self, rows: usize, counting: &Counting) -> Vec<f64> {
        let columns = self.family.len();
        let mut out = vec![0.0; rows * rows * self.families];
        if out.is_empty() || columns == 0 {
            return out;
        }
        let mut starts = Vec::with_capacity(columns);
        let mut pairs = 0;
        for &size in self.sizes {
            starts.push(pairs);
            pairs += (size * size) as usize;
        }
        let sentences: Vec<usize> = (0..columns).filter(|&c| c == 0 || self.family[c] != self.family[c - 1]).collect();
        let row = |row: usize| &self.readings[row * columns..(row + 1) * columns];
        let mut seen = vec![usize::MAX; self.worth.len()];
        for (pair, out) in out.chunks_exact_mut(self.families).enumerate() {
            let (a, b) = (row(pair / rows), row(pair % rows));
            for (k, &start) in sentences.iter().enumerate() {
                let end = sentences.get(k + 1).copied().unwrap_or(columns);
                if a[start..end] == b[start..end] {
                    continue;
                }
                let sum = &mut out[self.family[start] as usize];
                let (mut gone, mut come) = (0, 0);
                for column in start..end {
                    let (old, new) = (a[column], b[column]);
                    if (old, new) == (0, 0) {
                        continue; // a third text put a word in there, and that ends no run
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

/// Chances of what a copy keeps, as logarithms but for `whole`.
pub struct Keeping {
    /// A sentence of the part that is kept is kept; or not.
    pub keep: f64,
    pub drop: f64,
    /// One behind that part is kept all the same; or not.
    pub kept_behind: f64,
    pub cut_behind: f64,
    /// That all is the part that is kept.
    pub whole: f64,
}

/// For each pair -log chance that the child kept what it has of the parent's sentences, an opening or all with omissions; and
/// how often what it kept stands in another order. Both 0 where they share nothing. `place` is a row's rank of each sentence.
pub fn kept(present: &[bool], place: &[i64], rows: usize, keeping: &Keeping) -> (Vec<f64>, Vec<i64>) {
    let families = present.len().checked_div(rows).unwrap_or(0);
    let (mut costs, mut turns) = (vec![0.0; rows * rows], vec![0i64; rows * rows]);
    if families == 0 {
        return (costs, turns);
    }
    let mut chances = Vec::new();
    for parent in 0..rows {
        let own = parent * families;
        let mut held: Vec<usize> = (0..families).filter(|&f| present[own + f]).collect();
        held.sort_by_key(|&f| place[own + f]);
        let opening = ((1.0 - keeping.whole) / held.len() as f64).ln();
        for child in (0..rows).filter(|&child| child != parent) {
            let has = |f: usize| present[child * families + f];
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
            let kept = held[..=end].iter().filter(|&&f| has(f)).map(|&f| place[child * families + f]);
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
            families: 2,
            readings: &[1, 1, 1, 1, 1, 2, 1, 2, 0, 0],
            family: &[0, 0, 1, 1, 1],
            sizes: &[3, 2, 3, 2, 2],
            number: &[&[0; 5][..], &[1], &[0; 7], &[0; 5], &[1], &[0; 11]].concat(),
            worth: &[9.0, 1.0],
        };
        let counting = Counting { left_out: 0.75, put_in: 0.5, more: 0.125, repeated: 0.25, run: 40 };
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
