//! Pairs of texts to local alignments of their tokens, scored in bits of shared information.
//!
//! If token i of one text equals token j of the other, or nearly, the cell (i, j) is a point, and its worth is the token's bits.
//! A chain is a sequence of points with rising i and j; a step over tokens costs bits (the score of Smith and Waterman with
//! linear gaps, restricted to points; chaining as in minimap2, Li 2018). Chains are taken best first, and each point belongs to
//! one chain only (Waterman and Eggert 1987). A token may belong to several chains, because a sentence may be reused twice.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use rayon::prelude::*;

use crate::corpus::Identity;
use crate::spelling;
use crate::winnow::Texts;

/// No point, row or token.
const NONE: u32 = u32::MAX;
/// Answers of the near-word test that a thread keeps in memory.
const NEAR_KEPT: usize = 1 << 20;
/// A factor that spreads the keys of these answers over the hash table; it is odd, so that different keys stay different.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// What the steps of a chain cost, and which chains are alignments. The fields are those of `dedup.params.MatchParams` with the
/// same names, whose docstrings say what each one bounds.
#[derive(Clone)]
#[cfg_attr(feature = "python", derive(pyo3::FromPyObject))]
pub struct Costs {
    pub topic_weight: f32,
    pub topic_words: f32,
    pub retelling_word_bits: f32,
    pub common_word_places: u32,
    pub near_word_similarity: f32,
    pub near_word_share: f32,
    pub mismatch: f32,
    pub gap_open: f32,
    pub gap_extend: f32,
    pub near_jump_cost: f32,
    pub near_jump_words: usize,
    pub far_jump_cost: f32,
    pub jump_skip_cost: f32,
    pub far_jump_split_bits: f32,
    pub far_jump_split_share: f32,
    pub max_step_words: usize,
    pub max_drop_bits: f32,
    pub end_fragment_bits: f32,
    pub sentence_boundary_bits: f32,
    pub repeated_word_run: u32,
    pub repeated_word_slack: u32,
    pub evident_run: u32,
    pub near_identity: f32,
    pub shadow_share: f64,
    pub seed_margin: usize,
    pub max_windows: usize,
    pub followed_seeds: usize,
    pub whole_window_share: f64,
    pub max_points: usize,
    pub repetitive_points: usize,
    pub repetitive_points_per_word: usize,
    pub kept_points_per_word: usize,
    pub max_matches: usize,
}

/// The words of a corpus. `class`, `letters` and `bounds` are by word id: a word's class (see `spelling::classes`), and where its
/// UTF-8 is. `breaks` is by token, as `texts.ids` is: whether a sentence may end before the token.
pub struct Words<'a> {
    pub texts: Texts<'a>,
    pub breaks: &'a [bool],
    pub class: &'a [u32],
    pub letters: &'a [u8],
    pub bounds: &'a [i64],
}

impl Words<'_> {
    fn word(&self, id: u32) -> &str {
        let range = self.bounds[id as usize] as usize..self.bounds[id as usize + 1] as usize;
        std::str::from_utf8(&self.letters[range]).unwrap_or("")
    }
}

/// A window in which chains are searched: tokens `a` of text `doc_a` against tokens `b` of text `doc_b`, both half-open.
#[derive(Clone, Copy)]
pub struct Window {
    pub doc_a: u32,
    pub doc_b: u32,
    pub a: (u32, u32),
    pub b: (u32, u32),
}

/// An aligned pair of passages, in token numbers of each text, half-open. `edits` are the extents that are not equal: a from,
/// a to, b from, b to.
pub struct Alignment {
    pub doc_a: u32,
    pub doc_b: u32,
    pub a: (u32, u32),
    pub b: (u32, u32),
    pub bits: f32,
    /// The bits if no token is worth more than `Costs::retelling_word_bits`: of the best part, and of sentence boundaries.
    pub wording: f32,
    pub equal: u32,
    pub edits: Vec<[u32; 4]>,
}

impl Alignment {
    /// Whether it holds `evident_run` equal tokens in a row, or its identity is at least `near_identity`.
    fn evident(&self, costs: &Costs) -> bool {
        let ends = self.edits.iter().map(|e| e[0]).chain([self.a.1]);
        let starts = [self.a.0].into_iter().chain(self.edits.iter().map(|e| e[1]));
        let longest = starts.zip(ends).map(|(start, end)| end - start).max().unwrap_or(0);
        let longer = (self.a.1 - self.a.0).max(self.b.1 - self.b.0);
        longest >= costs.evident_run || self.equal as f32 >= costs.near_identity * longer as f32
    }

    /// The same alignment with its two sides exchanged.
    fn turned(mut self) -> Self {
        (self.doc_a, self.doc_b) = (self.doc_b, self.doc_a);
        (self.a, self.b) = (self.b, self.a);
        for edit in &mut self.edits {
            edit.rotate_left(2);
        }
        self
    }
}

#[derive(Clone, Copy)]
struct Point {
    i: u32,
    j: u32,
    worth: f32,
    equal: bool,
}

/// The places of one class in a window.
#[derive(Clone, Copy)]
struct Cell {
    /// Its first token in `b`.
    head: u32,
    /// Its number of tokens in `b`.
    size: u32,
    /// The word of `head`.
    word: u32,
    /// Whether `b` has two words of it.
    mixed: bool,
    /// Whether `a` has it too.
    shared: bool,
}

impl Default for Cell {
    fn default() -> Self {
        Cell { head: NONE, size: 0, word: NONE, mixed: false, shared: false }
    }
}

/// One word in a window.
#[derive(Clone, Copy, Default)]
struct Tally {
    /// Its number of tokens, both sides together.
    count: u32,
    /// What a token of it is worth; 0 if nobody has asked yet.
    worth: f32,
}

/// The best chain that ends at a point.
#[derive(Clone, Copy)]
struct Chain {
    /// Its score in bits.
    score: f32,
    /// The highest score that it had on its way.
    top: f32,
    /// The bits that it may still lose before it ends.
    budget: f32,
    /// The point before the last one.
    from: u32,
}

/// Working memory of one thread, reused from window to window.
#[derive(Default)]
struct Scratch {
    /// Of each class, where the window has it; all `Cell::default()` between calls.
    cells: Vec<Cell>,
    /// Of each token of the window's `a` and `b`, its class.
    classes: [Vec<u32>; 2],
    /// Of each token of the window's `b`, the next one of the same class.
    next: Vec<u32>,
    /// Places of one word in `b` that stand beside an equal neighbour.
    beside: Vec<u32>,
    points: Vec<Point>,
    /// Of each token of the window's `a`, its first point.
    rows: Vec<u32>,
    /// Of each point, the best chain that ends there.
    best: Vec<Chain>,
    /// Of each token of the window's `a`, the largest budget of its points.
    row_budget: Vec<f32>,
    /// Points that can pay for a step, by strips of columns.
    strips: Vec<Strip>,
    /// Of each word whose class both sides have, what the window makes of it; all `Tally::default()` between calls.
    tallies: Vec<Tally>,
    /// Whether something of the pair of texts was left out.
    clipped: bool,
    /// Whether two words of one class are nearly equal; kept from pair to pair.
    near: HashMap<u64, bool, BuildHasherDefault<Identity>>,
}

/// A table of the costs of steps without far jumps. `price[di * width + dj + back]` is the cost of a step of `di` tokens in the
/// first text, below `side`, and of `dj` in the second, from `-back` to below `width - back`.
struct Prices {
    side: usize,
    width: usize,
    back: usize,
    far_jump: f32,
    skip: f32,
    price: Vec<f32>,
    /// The least cost of a step of `di` tokens or more in the first text.
    least: Vec<f32>,
    /// The cost of a step to the next token in both texts, and the least cost of all other steps.
    adjacent: f32,
    other: f32,
    /// Of each whole number of bits, the most rows that a step may rise for less.
    within: Vec<u32>,
}

/// Whole bits of a budget up to which `Prices` has a table.
const TABLED_BITS: usize = 128;

impl Prices {
    fn new(costs: &Costs) -> Self {
        // No step pays that crosses more tokens than this: each costs `each`, and a chain may lose `budget`.
        let longest = |budget: f32, each: f32| {
            let tokens = (budget / each.max(f32::MIN_POSITIVE)) as usize;
            tokens.saturating_add(2).min(costs.max_step_words).max(2)
        };
        let straight = longest(costs.max_drop_bits, costs.mismatch.min(costs.gap_extend));
        let jumps = costs.near_jump_cost < costs.max_drop_bits;
        let (side, back, ahead) = if jumps {
            let turns = longest(costs.max_drop_bits - costs.near_jump_cost, costs.jump_skip_cost);
            (straight.max(turns), costs.near_jump_words, straight.max(costs.near_jump_words + 1))
        } else {
            (straight, 0, straight)
        };
        let width = back + ahead;
        let mut price = vec![f32::INFINITY; side * width];
        let mut least = vec![f32::INFINITY; side];
        for di in 1..side {
            for at in 0..width {
                let dj = at as i64 - back as i64;
                let mut cost = f32::INFINITY;
                if dj > 0 {
                    let (both, one) = ((di as i64).min(dj) - 1, (di as i64 - dj).abs());
                    let gap = if one > 0 { costs.gap_open + costs.gap_extend * one as f32 } else { 0.0 };
                    cost = costs.mismatch * both as f32 + gap;
                }
                if jumps && dj != 0 && dj.unsigned_abs() as usize <= costs.near_jump_words {
                    cost = cost.min(costs.near_jump_cost + costs.jump_skip_cost * (di - 1) as f32);
                }
                price[di * width + at] = cost;
                least[di] = least[di].min(cost);
            }
        }
        for di in (1..side - 1).rev() {
            least[di] = least[di].min(least[di + 1]);
        }
        let next = width + back + 1;
        let other = price.iter().enumerate().filter(|&(at, _)| at != next).map(|(_, &cost)| cost);
        let (adjacent, other) = (price[next], other.fold(f32::INFINITY, f32::min));
        let (far_jump, skip) = (costs.far_jump_cost, costs.jump_skip_cost);
        let rows = |bits: usize| least[1..].partition_point(|&least| least < bits as f32) as u32;
        let within = (0..TABLED_BITS).map(rows).collect();
        Prices { side, width, back, far_jump, skip, price, least, adjacent, other, within }
    }

    /// The most rows that a step may rise for less than `budget`.
    #[inline(always)]
    fn rows(&self, budget: f32) -> u32 {
        let mut rows = self.within[(budget.max(0.0) as usize).min(self.within.len() - 1)];
        while self.least.get(rows as usize + 1).is_some_and(|&least| least < budget) {
            rows += 1;
        }
        rows
    }

    /// The cost of the step from `p` to `q`, whose `i` is larger.
    fn of(&self, p: Point, q: Point) -> f32 {
        self.near(p, q).min(self.far_jump + self.skip * (q.i - p.i - 1) as f32)
    }

    /// As `of`, but without far jumps.
    #[inline(always)]
    fn near(&self, p: Point, q: Point) -> f32 {
        let (di, at) = ((q.i - p.i) as usize, (q.j + self.back as u32).wrapping_sub(p.j) as usize);
        if at < self.width && di < self.side {
            self.price[di * self.width + at]
        } else {
            f32::INFINITY
        }
    }
}

/// The bits that alignments of two texts must reach.
#[derive(Clone, Copy)]
pub struct Threshold {
    /// Bits of one alignment from which the two texts are related.
    pub related: f32,
    /// Bits from which an alignment of related texts is reported.
    pub reported: f32,
    /// Token pairs up to which related texts are compared whole.
    pub whole_cells: f32,
    /// Whether the two texts were found in a corpus; otherwise the caller named them. Of texts that were found, the alignment
    /// that relates them must also be evident, because forms with other words filled in carry bits enough; and it is unknown
    /// which text was written from the other.
    pub found: bool,
}

/// Align each group of `windows` that have the same two texts. The windows of a group must be neighbours; `thresholds` has one
/// entry for each group.
///
/// Returns the alignments in the order of the groups, within a group best first, and the two texts of each group of which
/// something was left out.
pub fn align(
    words: &Words,
    windows: &[Window],
    thresholds: &[Threshold],
    costs: &Costs,
) -> (Vec<Alignment>, Vec<(u32, u32)>) {
    let prices = Prices::new(costs);
    let groups: Vec<&[Window]> = windows.chunk_by(|x, y| (x.doc_a, x.doc_b) == (y.doc_a, y.doc_b)).collect();
    let classes = words.class.iter().max().map_or(0, |&c| c as usize + 1);
    let found: Vec<(Vec<Alignment>, bool)> = groups
        .par_iter()
        .zip(thresholds.par_iter())
        .with_min_len(16)
        .map_init(
            || Scratch {
                cells: vec![Cell::default(); classes],
                tallies: vec![Tally::default(); words.class.len()],
                ..Scratch::default()
            },
            |scratch, (group, &threshold)| {
                scratch.clipped = false;
                (align_pair(words, group, threshold, costs, &prices, scratch), scratch.clipped)
            },
        )
        .collect();
    let clipped = groups.iter().zip(&found).filter(|(_, (_, clipped))| *clipped);
    let clipped = clipped.map(|(group, _)| (group[0].doc_a, group[0].doc_b)).collect();
    (found.into_iter().flat_map(|(alignments, _)| alignments).collect(), clipped)
}

fn align_pair(
    words: &Words,
    group: &[Window],
    threshold: Threshold,
    costs: &Costs,
    prices: &Prices,
    scratch: &mut Scratch,
) -> Vec<Alignment> {
    let Some(first) = group.first() else { return Vec::new() };
    let a = words.texts.of(first.doc_a as usize);
    let b = words.texts.of(first.doc_b as usize);
    let windows = merged(group, a.len(), b.len(), costs, &mut scratch.clipped);
    let whole = a.len().saturating_mul(b.len()) as f64 <= f64::from(threshold.whole_cells);
    if scratch.near.len() > NEAR_KEPT {
        scratch.near.clear();
    }
    let all = Window { a: (0, a.len() as u32), b: (0, b.len() as u32), ..*first };
    let mut look = |window: &Window, found: &mut Vec<Alignment>| {
        chains(words, a, b, window, threshold.reported, costs, prices, scratch, found);
        found.iter().any(|x| x.bits >= threshold.related && (!threshold.found || x.evident(costs)))
    };
    // Related texts are compared whole, which needs no seed; the result replaces that of the windows. The whole is compared first
    // if one shared run relates the texts already, or if one window is a large part of the whole. Both passes are needed: a word
    // has fewer other occurrences in a window, so that a window may relate two texts that the whole does not.
    let mut complete = Vec::new();
    let large = |w: &Window| area(w) as f64 >= costs.whole_window_share * area(&all) as f64;
    let much = whole
        && (windows.iter().any(large) || longest_run(words, a, b, group, costs.followed_seeds) >= threshold.related);
    let mut related = much && look(&all, &mut complete);
    let mut found = Vec::new();
    for window in if related { &windows[..0] } else { &windows[..] } {
        related = look(window, &mut found) || related;
        if whole && related {
            break;
        }
    }
    if whole && related {
        if !much {
            look(&all, &mut complete);
        }
        found = complete;
    }
    if !related {
        found.clear();
    }
    let mut found = without_shadows(found, costs.shadow_share);
    if costs.far_jump_cost.is_finite() && threshold.found && related && whole {
        // Chains with far jumps run through the text that was written from the other one. If it is unknown which text that is, both
        // are tried, and the one whose alignments carry more bits beyond their thresholds is taken.
        let turned = Window { doc_a: all.doc_b, doc_b: all.doc_a, a: all.b, b: all.a };
        let mut other = Vec::new();
        chains(words, b, a, &turned, threshold.reported, costs, prices, scratch, &mut other);
        let other = without_shadows(other.into_iter().map(Alignment::turned).collect(), costs.shadow_share);
        let gain = |found: &[Alignment]| found.iter().map(|x| x.bits - threshold.reported).sum::<f32>();
        if gain(&other) > gain(&found) {
            found = other;
        }
    }
    found
}

/// Token pairs of a window.
fn area(window: &Window) -> u64 {
    u64::from(window.a.1 - window.a.0) * u64::from(window.b.1 - window.b.0)
}

/// The most bits of a run of equal tokens that starts where one of the first `followed` windows starts.
fn longest_run(words: &Words, a: &[u32], b: &[u32], group: &[Window], followed: usize) -> f32 {
    let run = |w: &Window| {
        let equal = a[w.a.0 as usize..].iter().zip(&b[w.b.0 as usize..]).take_while(|(x, y)| x == y);
        equal.map(|(&x, _)| words.texts.worth[x as usize]).sum::<f32>()
    };
    group.iter().take(followed).map(run).fold(0.0, f32::max)
}

/// The windows grown by `seed_margin` tokens on all sides, with those that then overlap merged. Texts `a` and `b` have so many
/// tokens. Sets `clipped` if there are more than `max_windows`.
fn merged(group: &[Window], a: usize, b: usize, costs: &Costs, clipped: &mut bool) -> Vec<Window> {
    let margin = costs.seed_margin;
    let mut windows: Vec<Window> = Vec::new();
    for w in group {
        if windows.len() == costs.max_windows {
            *clipped = true;
            break;
        }
        let mut grown = Window {
            a: ((w.a.0 as usize).saturating_sub(margin) as u32, (w.a.1 as usize + margin).min(a) as u32),
            b: ((w.b.0 as usize).saturating_sub(margin) as u32, (w.b.1 as usize + margin).min(b) as u32),
            ..*w
        };
        while let Some(at) = windows.iter().rposition(|o| overlap(o.a, grown.a) > 0 && overlap(o.b, grown.b) > 0) {
            let other = windows.swap_remove(at);
            grown.a = (grown.a.0.min(other.a.0), grown.a.1.max(other.a.1));
            grown.b = (grown.b.0.min(other.b.0), grown.b.1.max(other.b.1));
        }
        windows.push(grown);
    }
    windows.sort_unstable_by_key(|w| (w.a, w.b));
    windows
}

/// Tokens that two extents share.
fn overlap(x: (u32, u32), y: (u32, u32)) -> u32 {
    x.1.min(y.1).saturating_sub(x.0.max(y.0))
}

/// The alignments, best first, without those that on both sides have more than `share` of their tokens in a better one.
fn without_shadows(mut found: Vec<Alignment>, share: f64) -> Vec<Alignment> {
    found.sort_by(|x, y| y.bits.total_cmp(&x.bits).then(x.a.cmp(&y.a)).then(x.b.cmp(&y.b)));
    let mut kept: Vec<Alignment> = Vec::with_capacity(found.len());
    for one in found {
        let inside = |x: (u32, u32), y: (u32, u32)| f64::from(overlap(x, y)) > share * f64::from(x.1 - x.0);
        if !kept.iter().any(|k| inside(one.a, k.a) && inside(one.b, k.b)) {
            kept.push(one);
        }
    }
    kept
}

/// Append the alignments of texts `a` and `b` in `window` that reach `threshold` bits to `found`, best chains first.
#[allow(clippy::too_many_arguments)] // Two texts, the window, the costs and working memory; a struct would only rename them.
fn chains(
    words: &Words,
    a: &[u32],
    b: &[u32],
    window: &Window,
    threshold: f32,
    costs: &Costs,
    prices: &Prices,
    scratch: &mut Scratch,
    found: &mut Vec<Alignment>,
) {
    collect_points(words, a, b, window, costs, scratch);
    keep_longest_runs(window, costs, scratch);
    score_points(prices, costs.max_drop_bits, window, scratch);
    let Scratch { points, best, clipped, .. } = scratch;
    let start = |doc: u32| words.texts.offsets[doc as usize] as usize;
    let breaks = [&words.breaks[start(window.doc_a)..], &words.breaks[start(window.doc_b)..]];
    // An alignment has four ends, each of which may be a sentence boundary.
    let least = threshold - 4.0 * costs.sentence_boundary_bits;
    let mut ends: Vec<u32> = (0..points.len() as u32).filter(|&p| best[p as usize].score >= least).collect();
    ends.sort_by(|&x, &y| best[y as usize].score.total_cmp(&best[x as usize].score).then(x.cmp(&y)));
    let mut used = vec![false; points.len()];
    for end in ends {
        if found.len() >= costs.max_matches {
            *clipped = true;
            break;
        }
        let mut path = Vec::new();
        let mut p = end;
        while p != NONE && !used[p as usize] {
            used[p as usize] = true;
            path.push(p);
            p = best[p as usize].from;
        }
        path.reverse();
        let parts = parts(&path, points, prices, costs.max_drop_bits).into_iter();
        for part in parts.flat_map(|x| split_at_far_jumps(x, points, prices, costs)) {
            let kept = trimmed(part, points, prices, &breaks, costs.end_fragment_bits);
            let mut alignment = spell(kept, points, prices, costs.retelling_word_bits, window);
            let ends = costs.sentence_boundary_bits * boundaries(&alignment, [a.len(), b.len()], &breaks);
            alignment.bits += ends;
            alignment.wording += ends;
            if alignment.bits >= threshold {
                found.push(alignment);
            }
        }
    }
}

/// Collect the points of the window in `scratch.points`, in the order of `i`, then `j`; `scratch.rows[r]` is the first point of
/// row `r` of the window.
fn collect_points(words: &Words, a: &[u32], b: &[u32], window: &Window, costs: &Costs, scratch: &mut Scratch) {
    let Scratch { cells, classes, next, beside, points, rows, near, tallies, clipped, .. } = scratch;
    let (a0, b0) = (window.a.0 as usize, window.b.0 as usize);
    let a = &a[a0..window.a.1 as usize];
    let b = &b[b0..window.b.1 as usize];
    points.clear();
    rows.clear();
    next.clear();
    next.resize(b.len(), NONE);
    let [of_a, of_b] = classes;
    for (own, text) in [(&mut *of_a, a), (&mut *of_b, b)] {
        own.clear();
        own.extend(text.iter().map(|&id| words.class[id as usize]));
    }
    for ((j, &id), &class) in b.iter().enumerate().zip(&*of_b).rev() {
        let cell = &mut cells[class as usize];
        next[j] = cell.head;
        cell.mixed |= cell.head != NONE && cell.word != id;
        (cell.head, cell.word) = (j as u32, id);
        cell.size += 1;
    }
    let mut total = 0;
    for (&id, &class) in a.iter().zip(&*of_a) {
        let cell = &mut cells[class as usize];
        if cell.size > 0 {
            total += cell.size as usize;
            cell.shared = true;
            tallies[id as usize].count += 1;
        }
    }
    for (&id, &class) in b.iter().zip(&*of_b) {
        if cells[class as usize].shared {
            tallies[id as usize].count += 1;
        }
    }
    let thinned = total > costs.max_points;
    if thinned {
        *clipped = true;
        thin(of_a, total - costs.max_points, cells);
    }
    // Each other occurrence of a word in the window adds to its probability, however rare the word is in the corpus.
    let share = costs.topic_weight / ((a.len() + b.len()) as f32).max(costs.topic_words);
    let worth = |x: u32, others: u32| match others {
        0 => words.texts.worth[x as usize],
        _ => -((-words.texts.worth[x as usize]).exp2() + others as f32 * share).log2(),
    };
    let runs = repeats(a, b, costs.repeated_word_run).then(|| [repeated(a), repeated(b)]);
    let astray = |i: usize, j: u32| runs.as_ref().is_some_and(|runs| astray(runs[0][i], runs[1][j as usize], costs));
    for (i, (&x, &class)) in a.iter().zip(&*of_a).enumerate() {
        rows.push(points.len() as u32);
        let Cell { head, size, mixed, .. } = cells[class as usize];
        if head == NONE {
            continue;
        }
        let mut j = head;
        let equal = |tally: &mut Tally, j: u32| {
            if tally.worth == 0.0 {
                tally.worth = worth(x, tally.count - 2);
            }
            Point { i: (a0 + i) as u32, j: b0 as u32 + j, worth: tally.worth, equal: true }
        };
        // Of a common word most places are isolated. Those that are not stand beside an equal neighbour, which may be rarer.
        let common = size > costs.common_word_places;
        let around = || [i.checked_sub(1), (i + 1 < a.len()).then_some(i + 1)];
        if common
            && b[j as usize] == x
            && !mixed
            && !thinned
            && around().iter().flatten().map(|&at| cells[of_a[at] as usize].size).sum::<u32>() < size
        {
            beside.clear();
            for (neighbour, step) in around().into_iter().zip([1, u32::MAX]) {
                let Some(neighbour) = neighbour else { continue };
                let mut at = cells[of_a[neighbour] as usize].head;
                while at != NONE {
                    let place = at.wrapping_add(step);
                    if b[at as usize] == a[neighbour] && b.get(place as usize) == Some(&x) {
                        beside.push(place);
                    }
                    at = next[at as usize];
                }
            }
            beside.sort_unstable();
            beside.dedup();
            let places = beside.iter().filter(|&&j| !astray(i, j));
            points.extend(places.map(|&j| equal(&mut tallies[x as usize], j)));
            continue;
        }
        while j != NONE {
            let y = b[j as usize];
            if x == y {
                let beside = || {
                    let follows = j > 0 && i > 0 && a[i - 1] == b[j as usize - 1];
                    follows || (i + 1 < a.len() && a.get(i + 1) == b.get(j as usize + 1))
                };
                if (!common || beside()) && !astray(i, j) {
                    points.push(equal(&mut tallies[x as usize], j));
                }
            } else if *near
                .entry((u64::from(x.min(y)) << 32 | u64::from(x.max(y))).wrapping_mul(SPREAD))
                .or_insert_with(|| spelling::similarity(words.word(x), words.word(y)) >= costs.near_word_similarity)
            {
                let others = (tallies[x as usize].count + tallies[y as usize].count).saturating_sub(2);
                let worth = worth(x, others).min(worth(y, others)) * costs.near_word_share;
                points.push(Point { i: (a0 + i) as u32, j: b0 as u32 + j, worth, equal: false });
            }
            j = next[j as usize];
        }
    }
    rows.push(points.len() as u32);
    for (&id, &class) in a.iter().zip(&*of_a).chain(b.iter().zip(&*of_b)) {
        if cells[class as usize].shared {
            tallies[id as usize] = Tally::default();
        }
    }
    for &class in &*of_b {
        cells[class as usize] = Cell::default();
    }
}

/// Whether both texts repeat some word so often, directly behind itself, that `astray` may be true.
fn repeats(a: &[u32], b: &[u32], run: u32) -> bool {
    [a, b].iter().all(|text| {
        let mut long = run == 0;
        let mut count = 0;
        for pair in text.windows(2) {
            count = if pair[0] == pair[1] { count + 1 } else { 0 };
            long |= count >= run;
        }
        long
    })
}

/// Whether two places inside runs of one repeated word should not be aligned. `own` and `other` are how often the word is
/// repeated before and behind each place. They should be equally far from the start of their runs, or from the end; a place near
/// an end of its run may be off by `repeated_word_slack`.
fn astray(own: (u32, u32), other: (u32, u32), costs: &Costs) -> bool {
    let off = own.0.abs_diff(other.0).min(own.1.abs_diff(other.1));
    let run = costs.repeated_word_run;
    let endless = (own.0 + own.1).min(other.0 + other.1) >= run;
    endless && off > if own.0.min(own.1) < run { costs.repeated_word_slack } else { 0 }
}

/// Of each token, how often its word is repeated directly before it, and directly behind it.
fn repeated(text: &[u32]) -> Vec<(u32, u32)> {
    let mut out = vec![(0, 0); text.len()];
    for at in 1..text.len() {
        out[at].0 = if text[at] == text[at - 1] { out[at - 1].0 + 1 } else { 0 };
    }
    for at in (1..text.len()).rev() {
        out[at - 1].1 = if text[at] == text[at - 1] { out[at].1 + 1 } else { 0 };
    }
    out
}

/// Remove the classes with the most points from `cells`, until `excess` points are gone. They are words that occur everywhere in
/// both texts; `a` are the classes of the first one.
fn thin(a: &[u32], excess: usize, cells: &mut [Cell]) {
    let mut points: HashMap<u32, usize> = HashMap::new();
    for &class in a {
        *points.entry(class).or_default() += cells[class as usize].size as usize;
    }
    let mut most: Vec<(usize, u32)> = points.into_iter().map(|(class, count)| (count, class)).collect();
    most.sort_unstable_by(|x, y| y.cmp(x));
    let mut gone = 0;
    for (count, class) in most {
        if gone >= excess {
            break;
        }
        gone += count;
        cells[class as usize].head = NONE;
    }
}

/// Of texts that repeat themselves, in whatever pattern, keep for each word of `a` only the points in the longest runs of points.
///
/// Every word of such a text equals a large share of the other text, and the cost of `score_points` grows with the square of that
/// share. A copied passage is a long run of points; what else is equal by repetition has shorter runs.
fn keep_longest_runs(window: &Window, costs: &Costs, scratch: &mut Scratch) {
    let Scratch { points, rows, clipped, .. } = scratch;
    let tokens = (window.a.1 - window.a.0 + window.b.1 - window.b.0) as usize;
    let most = costs.repetitive_points.max(tokens.saturating_mul(costs.repetitive_points_per_word));
    if points.len() <= most {
        return;
    }
    let lengths = run_lengths(points, rows);
    let mut kept: Vec<Point> = Vec::with_capacity(points.len().min(rows.len() * costs.kept_points_per_word));
    let mut starts = Vec::with_capacity(rows.len());
    let mut order: Vec<u32> = Vec::new();
    for row in rows.windows(2) {
        starts.push(kept.len() as u32);
        order.clear();
        order.extend(row[0]..row[1]);
        if order.len() > costs.kept_points_per_word {
            *clipped = true;
            order.sort_unstable_by_key(|&p| (std::cmp::Reverse(lengths[p as usize]), p));
            order.truncate(costs.kept_points_per_word);
            order.sort_unstable();
        }
        kept.extend(order.iter().map(|&p| points[p as usize]));
    }
    starts.push(kept.len() as u32);
    *points = kept;
    *rows = starts;
}

/// Of each point, the length of the run of points with rising i and j, step by step, that it is in. The points are sorted by `i`,
/// then `j`, and `rows` has the first point of each row.
fn run_lengths(points: &[Point], rows: &[u32]) -> Vec<u32> {
    let mut before = vec![1u32; points.len()];
    for row in rows.windows(3) {
        let mut q = row[0] as usize;
        for p in row[1] as usize..row[2] as usize {
            while q < row[1] as usize && points[q].j + 1 < points[p].j {
                q += 1;
            }
            if q < row[1] as usize && points[q].j + 1 == points[p].j {
                before[p] = before[q] + 1;
            }
        }
    }
    // From the last point of a run back to its first, each has the length of the whole.
    for row in rows.windows(3).rev() {
        let mut p = row[1] as usize;
        for q in row[0] as usize..row[1] as usize {
            while p < row[2] as usize && points[p].j < points[q].j + 1 {
                p += 1;
            }
            if p < row[2] as usize && points[p].j == points[q].j + 1 {
                before[q] = before[p];
            }
        }
    }
    before
}

/// Columns in a strip.
const STRIP: u32 = 32;

/// A point from which chains may go on.
#[derive(Clone, Copy)]
struct Open {
    point: Point,
    number: u32,
    /// The last row that a step from here can reach with its budget.
    last: u32,
    score: f32,
    /// Bits that a step from here may cost.
    budget: f32,
}

/// The open points of a strip of columns.
#[derive(Default)]
struct Strip {
    open: Vec<Open>,
    /// No open point has a higher score.
    most: f32,
}

impl Strip {
    /// The best score that a step from one of the points leaves at `p`, and that point, or `best` if it is better. Removes the
    /// points from which no step reaches the row of `p`.
    fn best(&mut self, p: Point, prices: &Prices, (mut best, mut origin): (f32, u32)) -> (f32, u32) {
        self.most = f32::NEG_INFINITY;
        let mut at = 0;
        while let Some(q) = self.open.get(at) {
            if q.last < p.i {
                self.open.swap_remove(at);
                continue;
            }
            self.most = self.most.max(q.score);
            let price = prices.near(q.point, p);
            let reached = q.score - price;
            // Of two that are equally good, take the later point: the order in a strip is arbitrary.
            if price < q.budget && (reached > best || (reached == best && origin != NONE && q.number > origin)) {
                (best, origin) = (reached, q.number);
            }
            at += 1;
        }
        (best, origin)
    }
}

/// Compute for each point the best score of a chain that ends there, and the point before it in that chain.
///
/// A chain ends if it loses `drop` bits; what it may still lose at a point is the point's budget. Frequent words make many points,
/// and hardly any of them can pay for more than a step or two. So each strip of columns keeps a list of the points that can still
/// pay for a step, and only those are looked at.
fn score_points(prices: &Prices, drop: f32, window: &Window, scratch: &mut Scratch) {
    let Scratch { points, rows, best: chains, row_budget, strips, .. } = scratch;
    chains.clear();
    chains.reserve(points.len());
    row_budget.clear();
    let first_column = window.b.0;
    strips.resize_with(((window.b.1 - window.b.0) / STRIP) as usize + 1, Strip::default);
    for strip in &mut *strips {
        strip.open.clear();
        strip.most = f32::NEG_INFINITY;
    }
    let (back, ahead) = (prices.back as u32, (prices.width - prices.back) as u32);
    for row in 0..rows.len().saturating_sub(1) {
        let own = rows[row] as usize..rows[row + 1] as usize;
        if own.is_empty() {
            row_budget.push(f32::NEG_INFINITY);
            continue;
        }
        // The best score that is left after a far jump to this row, and the point that the jump starts from.
        let mut far = (0.0, NONE);
        if prices.far_jump.is_finite() {
            for di in 1..prices.side.min(row + 1) {
                let cost = prices.far_jump + prices.skip * (di - 1) as f32;
                if row_budget[row - di] > cost {
                    for q in rows[row - di]..rows[row - di + 1] {
                        let chain = chains[q as usize];
                        if chain.budget > cost && chain.score - cost > far.0 {
                            far = (chain.score - cost, q);
                        }
                    }
                }
            }
        }
        let mut most = f32::NEG_INFINITY;
        let mut diagonal = rows[row.saturating_sub(1)] as usize;
        for p in &points[own.clone()] {
            let (mut best, mut origin) = far;
            let column = p.j - first_column;
            let last = (((column + back) / STRIP) as usize + 1).min(strips.len());
            let strips = &mut strips[(column.saturating_sub(ahead) / STRIP) as usize..last];
            while diagonal < own.start && points[diagonal].j + 1 < p.j {
                diagonal += 1;
            }
            // In a run of points the point before has a step that costs nothing. Look further only if another one may be as good.
            let reached = match chains.get(diagonal) {
                Some(chain)
                    if diagonal < own.start && points[diagonal].j + 1 == p.j && chain.budget > prices.adjacent =>
                {
                    chain.score - prices.adjacent
                }
                _ => f32::NEG_INFINITY,
            };
            if reached > best && strips.iter().all(|strip| strip.most - prices.other < reached) {
                (best, origin) = (reached, diagonal as u32);
            } else {
                for strip in strips {
                    (best, origin) = strip.best(*p, prices, (best, origin));
                }
            }
            best += p.worth;
            let top = if origin == NONE { best } else { chains[origin as usize].top.max(best) };
            let left = (drop - (top - best)).min(best);
            chains.push(Chain { score: best, top, budget: left, from: origin });
            most = most.max(left);
        }
        row_budget.push(most);
        for at in own {
            let Chain { score, budget, .. } = chains[at];
            let steps = prices.rows(budget);
            if steps > 0 {
                let point = points[at];
                let open = Open { point, number: at as u32, last: point.i + steps, score, budget };
                let strip = &mut strips[((point.j - first_column) / STRIP) as usize];
                strip.open.push(open);
                strip.most = strip.most.max(score);
            }
        }
    }
}

/// The parts of `path` between places at which its score falls by `drop` bits or more; each part ends at its highest score.
fn parts<'a>(path: &'a [u32], points: &[Point], prices: &Prices, drop: f32) -> Vec<&'a [u32]> {
    let mut parts = Vec::new();
    let (mut start, mut top) = (0usize, 0usize);
    let (mut sum, mut most) = (0.0f32, f32::NEG_INFINITY);
    for at in 0..path.len() {
        let point = points[path[at] as usize];
        let before = if at > start { sum - prices.of(points[path[at - 1] as usize], point) } else { 0.0 };
        let restart = at > start && before <= 0.0;
        if at > start && (restart || most - before >= drop) {
            parts.push(&path[start..=top]);
            start = at;
            most = f32::NEG_INFINITY;
            sum = point.worth;
        } else {
            sum = before + point.worth;
        }
        if sum > most {
            (most, top) = (sum, at);
        }
    }
    if !path.is_empty() {
        parts.push(&path[start..=top]);
    }
    parts
}

/// `path` (not empty) cut at far jumps between parts that are matches of their own: both neighbours carry
/// `far_jump_split_bits`, or one part of the path carries more than `far_jump_split_share` of all bits.
fn split_at_far_jumps<'a>(path: &'a [u32], points: &[Point], prices: &Prices, costs: &Costs) -> Vec<&'a [u32]> {
    let point = |at: usize| points[path[at] as usize];
    // Start and bits of each part between far jumps.
    let mut stretches = vec![(0, point(0).worth)];
    for at in 1..path.len() {
        let cost = prices.of(point(at - 1), point(at));
        match stretches.last_mut() {
            Some((_, bits)) if cost < prices.far_jump => *bits += point(at).worth - cost,
            _ => stretches.push((at, point(at).worth)),
        }
    }
    let mut out = Vec::new();
    let mut start = 0;
    let most = stretches.iter().map(|s| s.1).fold(0.0, f32::max);
    let all: f32 = stretches.iter().map(|s| s.1).sum();
    for pair in stretches.windows(2) {
        if most > costs.far_jump_split_share * all || pair[0].1.min(pair[1].1) >= costs.far_jump_split_bits {
            out.push(&path[start..pair[1].0]);
            start = pair[1].0;
        }
    }
    out.push(&path[start..]);
    out
}

/// `path` (not empty) without a part of a sentence at either end that carries `trim` bits or fewer.
fn trimmed<'a>(path: &'a [u32], points: &[Point], prices: &Prices, breaks: &[&[bool]; 2], trim: f32) -> &'a [u32] {
    // A sentence may end between two points if it may in either text.
    let parted = |p: Point, q: Point| {
        let between = |side: usize, x: u32, y: u32| (x.min(y) + 1..=x.max(y)).any(|at| breaks[side][at as usize]);
        between(0, p.i, q.i) || between(1, p.j, q.j)
    };
    let point = |at: usize| points[path[at] as usize];
    let (mut first, mut last) = (0, path.len());
    let mut sum = 0.0;
    for at in 1..path.len() {
        sum += point(at - 1).worth;
        if sum > trim {
            break;
        }
        if parted(point(at - 1), point(at)) {
            first = at;
        }
        sum -= prices.of(point(at - 1), point(at));
    }
    sum = 0.0;
    for at in (first + 1..path.len()).rev() {
        sum += point(at).worth;
        if sum > trim {
            break;
        }
        if parted(point(at - 1), point(at)) {
            last = at;
        }
        sum -= prices.of(point(at - 1), point(at));
    }
    &path[first..last]
}

/// How many of the four ends of `alignment` are sentence boundaries; the texts have `sizes` tokens.
fn boundaries(alignment: &Alignment, sizes: [usize; 2], breaks: &[&[bool]; 2]) -> f32 {
    let ends = [(0, alignment.a.0), (0, alignment.a.1), (1, alignment.b.0), (1, alignment.b.1)];
    let sentence = |&(side, at): &(usize, u32)| at as usize == sizes[side] || breaks[side][at as usize];
    ends.iter().filter(|end| sentence(end)).count() as f32
}

/// The alignment along `path` (not empty), with its bits, equal tokens and edits. If the path jumps back, equal tokens are those
/// of its heaviest part with rising `j`. `word_bits` caps the worth of a token in `wording`.
fn spell(path: &[u32], points: &[Point], prices: &Prices, word_bits: f32, window: &Window) -> Alignment {
    let path: Vec<Point> = path.iter().map(|&p| points[p as usize]).collect();
    let worth: f32 = path.iter().map(|p| p.worth).sum();
    let bits = worth - path.windows(2).map(|pair| prices.of(pair[0], pair[1])).sum::<f32>();
    let wording = capped(&path, prices, word_bits);
    let a = (path[0].i, path[path.len() - 1].i + 1);
    let low = path.iter().map(|p| p.j).min().unwrap_or(0);
    let high = path.iter().map(|p| p.j + 1).max().unwrap_or(0);
    let mut equal = 0;
    let mut edits = Vec::new();
    // All tokens before (i, j) are counted or in an edit.
    let (mut i, mut j) = (a.0, low);
    for point in rising(path) {
        if point.equal {
            if point.i > i || point.j > j {
                edits.push([i, point.i, j, point.j]);
            }
            equal += 1;
            (i, j) = (point.i + 1, point.j + 1);
        }
    }
    if a.1 > i || high > j {
        edits.push([i, a.1, j, high]);
    }
    Alignment { doc_a: window.doc_a, doc_b: window.doc_b, a, b: (low, high), bits, wording, equal, edits }
}

/// Bits of the best part of `path` if no token is worth more than `most`.
fn capped(path: &[Point], prices: &Prices, most: f32) -> f32 {
    let (mut sum, mut best) = (0.0f32, 0.0f32);
    for (at, point) in path.iter().enumerate() {
        let step = if at > 0 { prices.of(path[at - 1], *point) } else { 0.0 };
        sum = (sum - step).max(0.0) + point.worth.min(most);
        best = best.max(sum);
    }
    best
}

/// The heaviest subsequence of `path`, whose `i` rises, in which `j` rises too.
fn rising(path: Vec<Point>) -> Vec<Point> {
    if path.windows(2).all(|pair| pair[0].j < pair[1].j) {
        return path;
    }
    let mut best: Vec<(f32, usize)> = Vec::with_capacity(path.len());
    for (at, point) in path.iter().enumerate() {
        let before = (0..at).filter(|&q| path[q].j < point.j).max_by(|&x, &y| best[x].0.total_cmp(&best[y].0));
        best.push((before.map_or(0.0, |q| best[q].0) + point.worth, before.unwrap_or(at)));
    }
    let mut at = (0..path.len()).max_by(|&x, &y| best[x].0.total_cmp(&best[y].0)).unwrap_or(0);
    let mut out = vec![path[at]];
    while best[at].1 != at {
        at = best[at].1;
        out.push(path[at]);
    }
    out.reverse();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_has_the_length_of_the_run_that_it_is_in() {
        // A grid of 12 rows and 15 columns with two diagonals and a lone point.
        let at = |i: u32, j: u32| j == i || (j == i + 3 && (2..6).contains(&i)) || (i, j) == (9, 0);
        let (mut points, mut rows) = (Vec::new(), vec![0]);
        for i in 0..12 {
            points.extend((0..15).filter(|&j| at(i, j)).map(|j| Point { i, j, worth: 1.0, equal: true }));
            rows.push(points.len() as u32);
        }
        for (point, length) in points.iter().zip(run_lengths(&points, &rows)) {
            let expected = if point.j == point.i {
                12
            } else if point.j == 0 {
                1
            } else {
                4
            };
            assert_eq!(length, expected, "{} {}", point.i, point.j);
        }
    }
}
