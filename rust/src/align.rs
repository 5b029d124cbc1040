//! Pairs of texts to local alignments of their tokens, scored in bits of shared information.
//!
//! Every cell (i, j) in which token i of one text equals token j of the other, or is nearly equal, is a point worth the token's
//! bits. A chain runs through points with i and j rising; stepping over tokens costs bits (Smith and Waterman's score over
//! linear gaps, restricted to points; chaining as in minimap2, Li 2018). Chains are taken best first and each point serves one
//! chain only (Waterman and Eggert 1987), but a token may stand in several: the same sentence may be reused twice.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use rayon::prelude::*;

use crate::corpus::Identity;
use crate::spelling;
use crate::winnow::Texts;

const NONE: u32 = u32::MAX;
/// Windows of one pair that are looked at.
const WINDOWS: usize = 2048;
/// Windows of one pair from which a run is followed.
const RUNS: usize = 64;
/// Times that a word stands again in a row by which it is printed again and again.
const AGAIN: u32 = 8;
/// Answers that a thread keeps, and an odd factor (so that no two keys meet) that spreads their keys.
const NEAR_KEPT: usize = 1 << 20;
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// What a chain costs and when it counts; all in bits but where said.
#[derive(Clone)]
#[cfg_attr(feature = "python", derive(pyo3::FromPyObject))]
pub struct Costs {
    /// A token on both sides stepped over.
    pub mismatch: f32,
    /// A token on one side stepped over: once, and each.
    pub gap_open: f32,
    pub gap_extend: f32,
    /// A step to any place of the other text within `reach` tokens: once, and each token stepped over in the first.
    pub jump: f32,
    pub skip: f32,
    pub reach: usize,
    /// A step to any place at all of the other text, once, beside `skip`.
    pub leap: f32,
    /// Two stretches that carry this much each are not joined by such a step; nor are any if one has this share of all bits.
    pub alone: f32,
    pub dominant: f32,
    /// How much a word's other places in the two texts count towards its probability.
    pub topic: f32,
    /// An unbroken run, or a share of equal tokens, by which texts that share bits enough are seen to be related.
    pub evident_run: u32,
    pub near: f32,
    /// The most that a token adds to an alignment's `wording`.
    pub retold: f32,
    /// A word that stands more often than this in the second text is looked at only beside another equal one.
    pub common: u32,
    /// Share of its bits that a nearly equal token earns, and the edit similarity that makes it so.
    pub near_share: f32,
    pub near_similarity: f32,
    /// A chain is cut where it loses this much.
    pub drop: f32,
    /// A part of a sentence at a chain's end that carries no more than this is left out.
    pub trim: f32,
    /// What it adds that a chain starts, or ends, where a sentence of a text does.
    pub boundary: f32,
    /// Tokens around a seed that are looked at first.
    pub margin: usize,
    /// Cells up to which two related texts are compared whole; above, only around seeds.
    pub cells: usize,
    /// Points that one window may have, and alignments that one pair may have; a pair with more is clipped, and named.
    pub points: usize,
    pub most: usize,
}

/// Words of the corpus by id: their bits, their class (see `spelling::classes`) and their letters; and by token, as `texts.ids`
/// are, whether a sentence may end before it.
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

/// A place to look: tokens `a` of text `doc_a` against tokens `b` of text `doc_b`.
#[derive(Clone, Copy)]
pub struct Window {
    pub doc_a: u32,
    pub doc_b: u32,
    pub a: (u32, u32),
    pub b: (u32, u32),
}

/// An aligned pair of passages, in token numbers of each text, half-open. `edits` are the stretches that are not equal.
pub struct Alignment {
    pub doc_a: u32,
    pub doc_b: u32,
    pub a: (u32, u32),
    pub b: (u32, u32),
    pub bits: f32,
    /// Bits of its best stretch, and of its ends, if no token is worth more than `Costs::retold`.
    pub wording: f32,
    pub equal: u32,
    pub edits: Vec<[u32; 4]>,
}

impl Alignment {
    /// Whether it holds an unbroken run of `run` equal tokens, or a share of `near` of its tokens is equal.
    fn evident(&self, costs: &Costs) -> bool {
        let ends = self.edits.iter().map(|e| e[0]).chain([self.a.1]);
        let starts = [self.a.0].into_iter().chain(self.edits.iter().map(|e| e[1]));
        let longest = starts.zip(ends).map(|(start, end)| end - start).max().unwrap_or(0);
        let longer = (self.a.1 - self.a.0).max(self.b.1 - self.b.0);
        longest >= costs.evident_run || self.equal as f32 >= costs.near * longer as f32
    }

    /// The same, seen from the other text.
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

/// Working memory of one thread. `head` has a slot a key class and is all `NONE` between calls.
#[derive(Default)]
struct Scratch {
    head: Vec<u32>,
    next: Vec<u32>,
    points: Vec<Point>,
    rows: Vec<u32>,
    score: Vec<f32>,
    from: Vec<u32>,
    /// The most that the chain to each point had on its way, and what it may still lose.
    top: Vec<f32>,
    budget: Vec<f32>,
    row_budget: Vec<f32>,
    /// Points that can pay for a step, by columns.
    strips: Vec<Vec<Open>>,
    /// Tokens of each class in the window's `b`; all 0 between calls.
    size: Vec<u32>,
    /// Tokens of each word in the window, both sides; all 0 between calls.
    count: Vec<u32>,
    clipped: bool,
    /// Whether two words of one class are near, kept from pair to pair.
    near: HashMap<u64, bool, BuildHasherDefault<Identity>>,
}

/// Steps of a chain, priced once: `price[di * width + dj + back]` for steps of `di` tokens, below `side`, and of `dj` tokens,
/// from `back` to the left to below `width - back` to the right.
struct Prices {
    side: usize,
    width: usize,
    back: usize,
    leap: f32,
    skip: f32,
    price: Vec<f32>,
    /// The least price of a step of `di` rows or more.
    least: Vec<f32>,
}

impl Prices {
    fn new(costs: &Costs) -> Self {
        let cheapest = costs.mismatch.min(costs.gap_extend).max(0.05);
        let straight = ((costs.drop / cheapest) as usize + 2).clamp(2, 400);
        let jumps = costs.jump < costs.drop;
        let (side, back, ahead) = if jumps {
            let turns = (((costs.drop - costs.jump) / costs.skip.max(0.05)) as usize + 2).clamp(2, 400);
            (straight.max(turns), costs.reach, straight.max(costs.reach + 1))
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
                if jumps && dj != 0 && dj.unsigned_abs() as usize <= costs.reach {
                    cost = cost.min(costs.jump + costs.skip * (di - 1) as f32);
                }
                price[di * width + at] = cost;
                least[di] = least[di].min(cost);
            }
        }
        for di in (1..side - 1).rev() {
            least[di] = least[di].min(least[di + 1]);
        }
        Prices { side, width, back, leap: costs.leap, skip: costs.skip, price, least }
    }

    /// Of the step from `p` to `q`, which stands in a later row.
    fn of(&self, p: Point, q: Point) -> f32 {
        self.near(p, q).min(self.leap + self.skip * (q.i - p.i - 1) as f32)
    }

    /// The same, without leaps.
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

/// Bits that one chain must reach for two texts to be related, and that each chain must reach to be reported then.
#[derive(Clone, Copy)]
pub struct Threshold {
    pub related: f32,
    pub reported: f32,
    /// Whether the two were found in a corpus, not given. Then the chain that relates them must also be evident, for forms
    /// filled with other words have bits enough; and which text was written from the other is not known.
    pub found: bool,
}

/// Align each group of `windows` with the same two texts (they must stand together); `thresholds` has one entry a group.
/// Alignments come in the groups' order, best first within one; then the texts of each group that was clipped.
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
                head: vec![NONE; classes],
                size: vec![0; classes],
                count: vec![0; words.class.len()],
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
    let windows = merged(group, a.len(), b.len(), costs.margin, &mut scratch.clipped);
    let whole = a.len().saturating_mul(b.len()) <= costs.cells;
    if scratch.near.len() > NEAR_KEPT {
        scratch.near.clear();
    }
    let all = Window { a: (0, a.len() as u32), b: (0, b.len() as u32), ..*first };
    let mut look = |window: &Window, found: &mut Vec<Alignment>| {
        chains(words, a, b, window, threshold.reported, costs, prices, scratch, found);
        found.iter().any(|x| x.bits >= threshold.related && (!threshold.found || x.evident(costs)))
    };
    // Of related texts a pass over all of both, which needs no seed, is what counts; it comes first where one run says enough, or
    // the windows hold much of both. Words are rarer in a window, which may relate what the whole does not.
    let mut complete = Vec::new();
    let much = whole
        && (windows.iter().any(|w| 4 * area(w) >= area(&all)) || longest_run(words, a, b, group) >= threshold.related);
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
    let mut found = without_shadows(found);
    if costs.leap.is_finite() && threshold.found && related && whole {
        // Chains with leaps follow the text that was written from the other: the one by which more is said, less the price of
        // each alignment.
        let turned = Window { doc_a: all.doc_b, doc_b: all.doc_a, a: all.b, b: all.a };
        let mut other = Vec::new();
        chains(words, b, a, &turned, threshold.reported, costs, prices, scratch, &mut other);
        let other = without_shadows(other.into_iter().map(Alignment::turned).collect());
        let gain = |found: &[Alignment]| found.iter().map(|x| x.bits - threshold.reported).sum::<f32>();
        if gain(&other) > gain(&found) {
            found = other;
        }
    }
    found
}

fn area(window: &Window) -> u64 {
    u64::from(window.a.1 - window.a.0) * u64::from(window.b.1 - window.b.0)
}

/// Bits of the run of equal tokens, from the start of one of the first windows on, that has the most.
fn longest_run(words: &Words, a: &[u32], b: &[u32], group: &[Window]) -> f32 {
    let run = |w: &Window| {
        let equal = a[w.a.0 as usize..].iter().zip(&b[w.b.0 as usize..]).take_while(|(x, y)| x == y);
        equal.map(|(&x, _)| words.texts.worth[x as usize]).sum::<f32>()
    };
    group.iter().take(RUNS).map(run).fold(0.0, f32::max)
}

/// The windows grown by `margin` on all sides, those that then overlap made one; `clipped` if there are more than `WINDOWS`.
fn merged(group: &[Window], a: usize, b: usize, margin: usize, clipped: &mut bool) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    for w in group {
        if windows.len() == WINDOWS {
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

fn overlap(x: (u32, u32), y: (u32, u32)) -> u32 {
    x.1.min(y.1).saturating_sub(x.0.max(y.0))
}

/// Best first; one that lies mostly inside a better one on both sides is that one's shadow.
fn without_shadows(mut found: Vec<Alignment>) -> Vec<Alignment> {
    found.sort_by(|x, y| y.bits.total_cmp(&x.bits).then(x.a.cmp(&y.a)).then(x.b.cmp(&y.b)));
    let mut kept: Vec<Alignment> = Vec::with_capacity(found.len());
    for one in found {
        let inside = |x: (u32, u32), y: (u32, u32)| 2 * overlap(x, y) > x.1 - x.0;
        if !kept.iter().any(|k| inside(one.a, k.a) && inside(one.b, k.b)) {
            kept.push(one);
        }
    }
    kept
}

#[allow(clippy::too_many_arguments)] // The two texts, where, the terms, and working memory: a struct would only rename them.
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
    score_points(prices, costs.drop, window, scratch);
    let Scratch { points, score, from, clipped, .. } = scratch;
    let start = |doc: u32| words.texts.offsets[doc as usize] as usize;
    let breaks = [&words.breaks[start(window.doc_a)..], &words.breaks[start(window.doc_b)..]];
    let least = threshold - 4.0 * costs.boundary;
    let mut ends: Vec<u32> = (0..points.len() as u32).filter(|&p| score[p as usize] >= least).collect();
    ends.sort_by(|&x, &y| score[y as usize].total_cmp(&score[x as usize]).then(x.cmp(&y)));
    let mut used = vec![false; points.len()];
    for end in ends {
        if found.len() >= costs.most {
            *clipped = true;
            break;
        }
        let mut path = Vec::new();
        let mut p = end;
        while p != NONE && !used[p as usize] {
            used[p as usize] = true;
            path.push(p);
            p = from[p as usize];
        }
        path.reverse();
        for part in parts(&path, points, prices, costs.drop).into_iter().flat_map(|x| landed(x, points, prices, costs))
        {
            let kept = trimmed(part, points, prices, &breaks, costs.trim);
            let mut alignment = spell(kept, points, prices, costs.retold, window);
            let ends = costs.boundary * boundaries(&alignment, [a.len(), b.len()], &breaks);
            alignment.bits += ends;
            alignment.wording += ends;
            if alignment.bits >= threshold {
                found.push(alignment);
            }
        }
    }
}

/// All points of the window, by rising `i`, then `j`; `rows[r]` is the first point of row `r` of the window.
fn collect_points(words: &Words, a: &[u32], b: &[u32], window: &Window, costs: &Costs, scratch: &mut Scratch) {
    let Scratch { head, next, points, rows, near, size, count, clipped, .. } = scratch;
    let (a0, b0) = (window.a.0 as usize, window.b.0 as usize);
    let a = &a[a0..window.a.1 as usize];
    let b = &b[b0..window.b.1 as usize];
    points.clear();
    rows.clear();
    next.clear();
    next.resize(b.len(), NONE);
    for (j, &id) in b.iter().enumerate().rev() {
        let class = words.class[id as usize] as usize;
        next[j] = head[class];
        head[class] = j as u32;
        size[class] += 1;
    }
    let total: usize = a.iter().map(|&id| size[words.class[id as usize] as usize] as usize).sum();
    if total > costs.points {
        *clipped = true;
        thin(words, a, total - costs.points, size, head);
    }
    for &id in a.iter().chain(b) {
        count[id as usize] += 1;
    }
    // A word that stands elsewhere in the two, too, is as probable as that makes it, however rare in the corpus.
    let share = costs.topic / (a.len() + b.len()) as f32;
    let worth = |x: u32, others: u32| match others {
        0 => words.texts.worth[x as usize],
        _ => -((-words.texts.worth[x as usize]).exp2() + others as f32 * share).log2(),
    };
    let runs = [repeated(a), repeated(b)];
    for (i, &x) in a.iter().enumerate() {
        rows.push(points.len() as u32);
        let mut equal_worth = None;
        let mut j = head[words.class[x as usize] as usize];
        while j != NONE {
            let y = b[j as usize];
            let (at_i, at_j) = ((a0 + i) as u32, b0 as u32 + j);
            if x == y {
                let follows = j > 0 && i > 0 && a[i - 1] == b[j as usize - 1];
                let leads = i + 1 < a.len() && a.get(i + 1) == b.get(j as usize + 1);
                let alone = size[words.class[x as usize] as usize] > costs.common && !follows && !leads;
                if alone || astray(runs[0][i], runs[1][j as usize]) {
                    j = next[j as usize];
                    continue;
                }
                let worth = *equal_worth.get_or_insert_with(|| worth(x, count[x as usize] - 2));
                points.push(Point { i: at_i, j: at_j, worth, equal: true });
            } else if *near
                .entry((u64::from(x.min(y)) << 32 | u64::from(x.max(y))).wrapping_mul(SPREAD))
                .or_insert_with(|| spelling::similarity(words.word(x), words.word(y)) >= costs.near_similarity)
            {
                let others = (count[x as usize] + count[y as usize]).saturating_sub(2);
                let worth = worth(x, others).min(worth(y, others)) * costs.near_share;
                points.push(Point { i: at_i, j: at_j, worth, equal: false });
            }
            j = next[j as usize];
        }
    }
    rows.push(points.len() as u32);
    for &id in a.iter().chain(b) {
        count[id as usize] = 0;
    }
    for &id in b {
        let class = words.class[id as usize] as usize;
        head[class] = NONE;
        size[class] = 0;
    }
}

/// Whether a place amid one word again and again meets one that is not as far from where that starts, or ends; near its own
/// ends, by what a few steps may make up for.
fn astray(own: (u32, u32), other: (u32, u32)) -> bool {
    let off = own.0.abs_diff(other.0).min(own.1.abs_diff(other.1));
    let again = (own.0 + own.1).min(other.0 + other.1) >= AGAIN;
    again && off > if own.0.min(own.1) < AGAIN { 4 * AGAIN } else { 0 }
}

/// How many of the same word stand right before each token, and right behind it.
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

/// Take the classes with the most points, until `excess` points are gone, out of `head`: words that are everywhere in both texts.
fn thin(words: &Words, a: &[u32], excess: usize, size: &[u32], head: &mut [u32]) {
    let mut points: HashMap<u32, usize> = HashMap::new();
    for &id in a {
        let class = words.class[id as usize];
        *points.entry(class).or_default() += size[class as usize] as usize;
    }
    let mut most: Vec<(usize, u32)> = points.into_iter().map(|(class, count)| (count, class)).collect();
    most.sort_unstable_by(|x, y| y.cmp(x));
    let mut gone = 0;
    for (count, class) in most {
        if gone >= excess {
            break;
        }
        gone += count;
        head[class as usize] = NONE;
    }
}

/// Columns that share a list of points that can still pay for a step.
const STRIP: u32 = 32;

/// A point that chains may go on from: what it may still pay, and the last row to which that reaches.
#[derive(Clone, Copy)]
struct Open {
    point: Point,
    number: u32,
    last: u32,
    score: f32,
    budget: f32,
}

/// Best score of a chain that ends in each point, and the point before it there. A chain that has lost `drop` bits goes no
/// further: what a point may still pay is its budget. Words that are everywhere give many points, of which hardly any can pay
/// for more than a step or two; so each strip of columns keeps those that can, and no other is looked at.
fn score_points(prices: &Prices, drop: f32, window: &Window, scratch: &mut Scratch) {
    let Scratch { points, rows, score, from, top, budget, row_budget, strips, .. } = scratch;
    score.clear();
    from.clear();
    top.clear();
    budget.clear();
    row_budget.clear();
    let first_column = window.b.0;
    strips.resize_with(((window.b.1 - window.b.0) / STRIP) as usize + 1, Vec::new);
    strips.iter_mut().for_each(Vec::clear);
    let (back, ahead) = (prices.back as u32, (prices.width - prices.back) as u32);
    for row in 0..rows.len().saturating_sub(1) {
        let own = rows[row] as usize..rows[row + 1] as usize;
        if own.is_empty() {
            row_budget.push(f32::NEG_INFINITY);
            continue;
        }
        // The best payer of a leap in each row that can pay for one, and what is left of its score.
        let mut far = (0.0, NONE);
        if prices.leap.is_finite() {
            for di in 1..prices.side.min(row + 1) {
                let leap = prices.leap + prices.skip * (di - 1) as f32;
                if row_budget[row - di] > leap {
                    for q in rows[row - di]..rows[row - di + 1] {
                        if budget[q as usize] > leap && score[q as usize] - leap > far.0 {
                            far = (score[q as usize] - leap, q);
                        }
                    }
                }
            }
        }
        let mut most = f32::NEG_INFINITY;
        for p in &points[own.clone()] {
            let (mut best, mut origin) = far;
            let column = p.j - first_column;
            let reached = (column.saturating_sub(ahead) / STRIP) as usize..=((column + back) / STRIP) as usize;
            for strip in strips.iter_mut().take(reached.end() + 1).skip(*reached.start()) {
                let mut at = 0;
                while let Some(q) = strip.get(at) {
                    if q.last < p.i {
                        strip.swap_remove(at);
                        continue;
                    }
                    let price = prices.near(q.point, *p);
                    let reached = q.score - price;
                    // The later of two that are as good: the order in the strip says nothing.
                    if price < q.budget && (reached > best || (reached == best && origin != NONE && q.number > origin))
                    {
                        (best, origin) = (reached, q.number);
                    }
                    at += 1;
                }
            }
            best += p.worth;
            let highest = if origin == NONE { best } else { top[origin as usize].max(best) };
            let left = (drop - (highest - best)).min(best);
            score.push(best);
            from.push(origin);
            top.push(highest);
            budget.push(left);
            most = most.max(left);
        }
        row_budget.push(most);
        for at in own {
            let steps = prices.least[1..].iter().take_while(|&&least| least < budget[at]).count() as u32;
            if steps > 0 {
                let (point, score, budget) = (points[at], score[at], budget[at]);
                let open = Open { point, number: at as u32, last: point.i + steps, score, budget };
                strips[((point.j - first_column) / STRIP) as usize].push(open);
            }
        }
    }
}

/// `path` cut where it loses `drop` bits or more, each part from its lowest to its highest point.
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

/// `path` (not empty) cut at leaps that join what stands alone; see `Costs::alone`.
fn landed<'a>(path: &'a [u32], points: &[Point], prices: &Prices, costs: &Costs) -> Vec<&'a [u32]> {
    let point = |at: usize| points[path[at] as usize];
    let mut stretches = vec![(0, point(0).worth)];
    for at in 1..path.len() {
        let cost = prices.of(point(at - 1), point(at));
        match stretches.last_mut() {
            Some((_, bits)) if cost < prices.leap => *bits += point(at).worth - cost,
            _ => stretches.push((at, point(at).worth)),
        }
    }
    let mut out = Vec::new();
    let mut start = 0;
    let most = stretches.iter().map(|s| s.1).fold(0.0, f32::max);
    let all: f32 = stretches.iter().map(|s| s.1).sum();
    for pair in stretches.windows(2) {
        if most > costs.dominant * all || pair[0].1.min(pair[1].1) >= costs.alone {
            out.push(&path[start..pair[1].0]);
            start = pair[1].0;
        }
    }
    out.push(&path[start..]);
    out
}

/// `path` (not empty) without the parts of sentences at its two ends that carry no more than `trim` bits.
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

/// How many of the four ends of `alignment` are ends of sentences; the texts have `sizes` tokens.
fn boundaries(alignment: &Alignment, sizes: [usize; 2], breaks: &[&[bool]; 2]) -> f32 {
    let ends = [(0, alignment.a.0), (0, alignment.a.1), (1, alignment.b.0), (1, alignment.b.1)];
    let sentence = |&(side, at): &(usize, u32)| at as usize == sizes[side] || breaks[side][at as usize];
    ends.iter().filter(|end| sentence(end)).count() as f32
}

/// The alignment along `path` (not empty), with its bits, equal tokens and edits. Where the path jumps back, the heaviest part
/// of it that does not says what is equal.
fn spell(path: &[u32], points: &[Point], prices: &Prices, retold: f32, window: &Window) -> Alignment {
    let path: Vec<Point> = path.iter().map(|&p| points[p as usize]).collect();
    let worth: f32 = path.iter().map(|p| p.worth).sum();
    let bits = worth - path.windows(2).map(|pair| prices.of(pair[0], pair[1])).sum::<f32>();
    let wording = capped(&path, prices, retold);
    let a = (path[0].i, path[path.len() - 1].i + 1);
    let low = path.iter().map(|p| p.j).min().unwrap_or(0);
    let high = path.iter().map(|p| p.j + 1).max().unwrap_or(0);
    let mut equal = 0;
    let mut edits = Vec::new();
    // Everything before (i, j) has been accounted for.
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

/// Bits of the best stretch of `path` in which no token is worth more than `most`.
fn capped(path: &[Point], prices: &Prices, most: f32) -> f32 {
    let (mut sum, mut best) = (0.0f32, 0.0f32);
    for (at, point) in path.iter().enumerate() {
        let step = if at > 0 { prices.of(path[at - 1], *point) } else { 0.0 };
        sum = (sum - step).max(0.0) + point.worth.min(most);
        best = best.max(sum);
    }
    best
}

/// The heaviest part of `path`, whose `i` rise, in which `j` rises too.
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
