//! Forests of who copied whom: how well one explains a story, the best that a climb finds, and a walk over all that do.
//!
//! A forest has a parent for each row (a text, or an unseen source): another row, `ROOT` for an origin, `GONE` for a source that
//! is not in use. Each sentence has one creator in a tree; a row that holds a sentence its parent lacks made it, or took it from
//! another branch. All costs are -log probabilities.

pub const ROOT: i32 = -1;
pub const GONE: i32 = -2;

/// Rows that a story may have: one bit each.
pub const ROWS: usize = 128;

const FAR: f64 = 99.0;
const CLOSE: f64 = 1e-6;

/// What a forest is believed to cost.
#[derive(Clone)]
#[cfg_attr(feature = "python", derive(pyo3::FromPyObject))]
pub struct Beliefs {
    /// Shares of words that a copy changes, how usual each is, and the words that a changed one is chosen from.
    pub rates: Vec<f64>,
    pub weights: Vec<f64>,
    pub alternatives: f64,
    /// A second source, sentences of its own that others took over, and those of an outlet's update: once, and each.
    pub second: (f64, f64),
    pub added: (f64, f64),
    pub updated: (f64, f64),
    pub root: f64,
    /// One headline made twice.
    pub headline: f64,
    /// A tree from a text that was seen, of which some text credits an agency that was not.
    pub absent: f64,
    pub temperature: f64,
    /// Of the walk, a row.
    pub steps: usize,
}

/// What is known of a story; `rows` of which the first `texts` are texts.
pub struct Story {
    pub texts: usize,
    pub rows: usize,
    pub families: usize,
    /// Bit sets: sentences that each row holds, and rows that hold each sentence.
    held: Vec<Vec<u64>>,
    holders: Vec<u128>,
    /// Words of each sentence.
    words: Vec<f64>,
    /// Word changes of sentence `f` from row `q` to `row`: `changed[(row * families + f) * rows + q]`.
    changed: Vec<f32>,
    /// From row `p` to row `c`, `[p * rows + c]`: changes and words of all they share, and all else about the edge.
    total: Vec<f64>,
    shared: Vec<f64>,
    edge: Vec<f64>,
    origin: Vec<f64>,
    headline: Vec<i64>,
    absent: Vec<bool>,
    /// How likely each is to be copied before it was.
    popular: Vec<f64>,
    /// `[p * rows + c]`: whether `c` from `p` is an outlet's update of its own text, which says nothing of who gets copied.
    update: Vec<bool>,
    /// Likely parents of each row, the best first, and what the edge seems to cost.
    candidates: Vec<Vec<(usize, f64)>>,
    beliefs: Beliefs,
    /// Of each rate: log weight, log chance that a word stays, and that it is changed to another.
    mixture: Vec<(f64, f64, f64)>,
}

/// Flat arrays, row by row, as `Story` is made from.
pub struct Facts<'a> {
    pub texts: usize,
    pub present: &'a [bool],
    pub words: &'a [f64],
    /// `[(p * rows + c) * families + f]`.
    pub changed: &'a [f64],
    pub total: &'a [f64],
    pub shared: &'a [f64],
    pub edge: &'a [f64],
    pub origin: &'a [f64],
    pub headline: &'a [i64],
    pub absent: &'a [bool],
    pub popular: &'a [f64],
    pub update: &'a [bool],
}

/// Working memory of `Story::score`.
#[derive(Default)]
struct Scratch {
    order: Vec<usize>,
    first: Vec<usize>,
    next: Vec<usize>,
    copies: Vec<usize>,
    below: Vec<u128>,
    /// Rows that bring in each sentence.
    heads: Vec<Vec<usize>>,
    touched: Vec<usize>,
    changed: Vec<f64>,
    words: Vec<f64>,
    second: Vec<usize>,
    /// Cost of which texts its sentences from second sources are from.
    picked: Vec<f64>,
    added: Vec<usize>,
    root: Vec<usize>,
    made: Vec<usize>,
}

const NONE: usize = usize::MAX;

impl Story {
    /// None where the sizes do not fit each other, or there are more than `ROWS` rows.
    pub fn new(facts: &Facts, candidates: Vec<Vec<(usize, f64)>>, beliefs: Beliefs) -> Option<Self> {
        let (rows, families) = (facts.origin.len(), facts.words.len());
        let square = rows * rows;
        let fits = rows <= ROWS
            && facts.texts <= rows
            && facts.present.len() == rows * families
            && facts.changed.len() == square * families
            && [facts.total.len(), facts.shared.len(), facts.edge.len()] == [square; 3]
            && facts.update.len() == square
            && [facts.headline.len(), facts.absent.len(), facts.popular.len()] == [rows; 3]
            && facts.headline.iter().all(|&h| h < ROWS as i64)
            && candidates.len() == rows
            && candidates.iter().flatten().all(|&(p, _)| p < rows)
            && beliefs.rates.len() == beliefs.weights.len();
        if !fits {
            return None;
        }
        let mut held = vec![vec![0u64; families.div_ceil(64)]; rows];
        let mut holders = vec![0u128; families];
        for (row, held) in held.iter_mut().enumerate() {
            for f in (0..families).filter(|f| facts.present[row * families + f]) {
                held[f / 64] |= 1 << (f % 64);
                holders[f] |= 1 << row;
            }
        }
        let mut changed = vec![0f32; square * families];
        for p in 0..rows {
            for c in 0..rows {
                for f in 0..families {
                    changed[(c * families + f) * rows + p] = facts.changed[(p * rows + c) * families + f] as f32;
                }
            }
        }
        let chosen = beliefs.alternatives.ln();
        let mixture = beliefs.rates.iter().zip(&beliefs.weights);
        let mixture = mixture.map(|(rate, weight)| (weight.ln(), (-rate).ln_1p(), rate.ln() - chosen)).collect();
        Some(Story {
            texts: facts.texts,
            rows,
            families,
            held,
            holders,
            words: facts.words.to_vec(),
            changed,
            total: facts.total.to_vec(),
            shared: facts.shared.to_vec(),
            edge: facts.edge.to_vec(),
            origin: facts.origin.to_vec(),
            headline: facts.headline.to_vec(),
            absent: facts.absent.to_vec(),
            popular: facts.popular.to_vec(),
            update: facts.update.to_vec(),
            candidates,
            beliefs,
            mixture,
        })
    }

    /// -log posterior of each of `forests`; infinite for one with a circle or a parent that is no row in use.
    pub fn scores(&self, forests: &[Vec<i32>]) -> Vec<f64> {
        let mut scratch = Scratch::default();
        forests.iter().map(|forest| self.score(forest, &mut scratch)).collect()
    }

    fn valid(&self, forest: &[i32]) -> bool {
        let usable =
            |&p: &i32| p == ROOT || p == GONE || (p >= 0 && (p as usize) < self.rows && forest[p as usize] != GONE);
        forest.len() == self.rows && forest.iter().all(usable)
    }

    fn score(&self, forest: &[i32], scratch: &mut Scratch) -> f64 {
        if !self.valid(forest) || !scratch.arrange(forest, self.families) {
            return f64::INFINITY;
        }
        self.inherit(forest, scratch);
        self.attribute(scratch);
        let beliefs = &self.beliefs;
        let events = |costs: (f64, f64), count: usize| if count > 0 { costs.0 + costs.1 * count as f64 } else { 0.0 };
        let mut total = self.popularity(forest, scratch) + self.titles(forest, scratch) + self.unseen(forest, scratch);
        for &row in &scratch.order {
            total += self.words_cost(scratch.changed[row], scratch.words[row])
                + events(beliefs.second, scratch.second[row])
                + scratch.picked[row];
            if forest[row] == ROOT {
                total += beliefs.root + self.origin[row];
            } else {
                let at = forest[row] as usize * self.rows + row;
                let added = if self.update[at] { beliefs.updated } else { beliefs.added };
                total += self.edge[at] + events(added, scratch.added[row]);
            }
        }
        total
    }

    /// Changes and words that each row has from its parent, and who brings in each sentence.
    fn inherit(&self, forest: &[i32], scratch: &mut Scratch) {
        let Scratch { order, heads, touched, changed, words, .. } = scratch;
        for &row in order.iter() {
            let parent = usize::try_from(forest[row]).ok();
            if let Some(p) = parent {
                changed[row] = self.total[p * self.rows + row];
                words[row] = self.shared[p * self.rows + row];
            }
            for (block, &held) in self.held[row].iter().enumerate() {
                let mut new = parent.map_or(held, |p| held & !self.held[p][block]);
                while new != 0 {
                    let family = block * 64 + new.trailing_zeros() as usize;
                    new &= new - 1;
                    if heads[family].is_empty() {
                        touched.push(family);
                    }
                    heads[family].push(row);
                }
            }
        }
    }

    /// Of those that bring in one sentence the one with most copies made it; each other took it from the nearest that had it.
    fn attribute(&self, scratch: &mut Scratch) {
        let Scratch { heads, touched, below, changed, words, second, picked, added, .. } = scratch;
        touched.sort_unstable();
        for &family in touched.iter() {
            let rows = &heads[family];
            if let [row] = rows[..] {
                added[row] += 1;
                continue;
            }
            let group = |row: usize| {
                let inner = rows.iter().filter(|&&other| other != row && below[row] >> other & 1 == 1);
                inner.fold(below[row] & self.holders[family], |group, &other| group & !below[other])
            };
            let mut rest: Vec<(usize, u128, f64)> = rows.iter().map(|&row| (row, group(row), FAR)).collect();
            let holders: u32 = rest.iter().map(|(_, group, _)| group.count_ones()).sum();
            let maker = (0..rest.len()).max_by_key(|&k| (rest[k].1.count_ones(), std::cmp::Reverse(k))).unwrap_or(0);
            let (row, mut new, _) = rest.remove(maker);
            added[row] += 1;
            while !rest.is_empty() {
                for (row, _, least) in &mut rest {
                    *least = least.min(self.distance(*row, new, family));
                }
                let nearest = (0..rest.len()).min_by(|&x, &y| rest[x].2.total_cmp(&rest[y].2)).unwrap_or(0);
                let (row, group, least) = rest.remove(nearest);
                changed[row] += least.min(30.0);
                words[row] += self.words[family];
                second[row] += 1;
                // Any outside its group may be the source: of many, one is near by chance.
                picked[row] += f64::from((holders - group.count_ones()).max(1)).ln();
                new = group;
            }
        }
    }

    /// Least changes of a sentence of `row` from any of `sources`.
    fn distance(&self, row: usize, mut sources: u128, family: usize) -> f64 {
        let from = &self.changed[(row * self.families + family) * self.rows..][..self.rows];
        let mut least = FAR;
        sources &= !(1 << row);
        while sources != 0 {
            least = least.min(f64::from(from[sources.trailing_zeros() as usize]));
            sources &= sources - 1;
        }
        least
    }

    /// Dirichlet-multinomial over who gets copied: what was copied often is likely to be copied again.
    fn popularity(&self, forest: &[i32], scratch: &mut Scratch) -> f64 {
        for &row in &scratch.order {
            if let Ok(parent) = usize::try_from(forest[row]) {
                scratch.copies[parent] += usize::from(!self.update[parent * self.rows + row]);
            }
        }
        let mut total = 0.0;
        let (mut whole, mut edges) = (0.0, 0);
        for &row in &scratch.order {
            let a = self.popular[row];
            whole += a;
            edges += scratch.copies[row];
            total -= (0..scratch.copies[row]).map(|k| (a + k as f64).ln()).sum::<f64>();
        }
        total + (0..edges).map(|k| (whole + k as f64).ln()).sum::<f64>()
    }

    /// One headline is made once: all others that have it have it from a parent.
    fn titles(&self, forest: &[i32], scratch: &mut Scratch) -> f64 {
        scratch.made.clear();
        scratch.made.resize(ROWS, 0);
        for &row in &scratch.order {
            let own = self.headline[row];
            if own >= 0 && (forest[row] < 0 || self.headline[forest[row] as usize] != own) {
                scratch.made[own as usize] += 1;
            }
        }
        self.beliefs.headline * scratch.made.iter().map(|&made| made.saturating_sub(1)).sum::<usize>() as f64
    }

    /// Trees from a text that was seen, some text of which credits an agency that was not.
    fn unseen(&self, forest: &[i32], scratch: &mut Scratch) -> f64 {
        let mut credited = 0u128;
        for &row in &scratch.order {
            scratch.root[row] = if forest[row] >= 0 { scratch.root[forest[row] as usize] } else { row };
            if self.absent[row] && scratch.root[row] < self.texts {
                credited |= 1 << scratch.root[row];
            }
        }
        self.beliefs.absent * f64::from(credited.count_ones())
    }

    /// Of `changed` of `words` words, summed over the mixture of rates.
    fn words_cost(&self, changed: f64, words: f64) -> f64 {
        let changed = (changed * 100.0).round() / 100.0;
        let same = (words.floor() - changed).max(0.0);
        let log = |&(weight, stays, goes): &(f64, f64, f64)| weight + same * stays + changed * goes;
        let most = self.mixture.iter().map(log).fold(f64::NEG_INFINITY, f64::max);
        -(most + self.mixture.iter().map(|rate| (log(rate) - most).exp()).sum::<f64>().ln())
    }

    /// `forest` improved by moves that each make it likelier, and its score.
    pub fn climb(&self, forest: Vec<i32>, rounds: usize) -> (Vec<i32>, f64) {
        let mut climb = Climb { story: self, scratch: Scratch::default(), score: 0.0, forest };
        climb.score = self.score(&climb.forest, &mut climb.scratch);
        for _ in 0..if climb.score.is_finite() { rounds } else { 0 } {
            let before = climb.score;
            for row in 0..self.rows {
                climb.reattach(row);
            }
            climb.reroot();
            climb.exchange();
            if climb.score > before - CLOSE {
                break;
            }
        }
        (climb.forest, climb.score)
    }

    /// Share of the forests of a walk (Metropolis et al. 1953, with the ratio of Hastings 1970) from `forest` on in which each text has each parent.
    pub fn walk(&self, forest: &[i32]) -> Vec<Vec<(i32, f64)>> {
        let mut scratch = Scratch::default();
        let mut now = forest.to_vec();
        let mut score = self.score(&now, &mut scratch);
        if !score.is_finite() {
            return vec![Vec::new(); self.texts];
        }
        let alive: Vec<usize> = (0..self.rows).filter(|&row| now[row] != GONE).collect();
        let choices: Vec<Choices> = (0..self.rows).map(|row| self.weighted(row, &now)).collect();
        let mut counts = vec![vec![0u32; self.rows + 1]; self.texts];
        let mut draw = Draw(0);
        let steps = self.beliefs.steps * alive.len();
        for step in 0..steps {
            if let Some((option, likelier)) = stray(&now, &alive, &choices, &mut draw) {
                if self.children_kept(&option) {
                    let other = self.score(&option, &mut scratch);
                    if draw.unit() < ((score - other) / self.beliefs.temperature - likelier).exp() {
                        (now, score) = (option, other);
                    }
                }
            }
            if step >= steps / 5 {
                for (row, counts) in counts.iter_mut().enumerate() {
                    counts[(now[row] + 1) as usize] += 1;
                }
            }
        }
        let share = |own: Vec<u32>| {
            let all = f64::from(own.iter().sum::<u32>().max(1));
            let seen = own.into_iter().enumerate().filter(|&(_, n)| n > 0);
            seen.map(|(parent, n)| (parent as i32 - 1, f64::from(n) / all)).collect()
        };
        counts.into_iter().map(share).collect()
    }

    /// Whether every unseen source in use has two children.
    fn children_kept(&self, forest: &[i32]) -> bool {
        (self.texts..self.rows)
            .all(|row| forest[row] == GONE || forest.iter().filter(|&&p| p == row as i32).count() > 1)
    }

    /// Parents to draw for `row`.
    fn weighted(&self, row: usize, forest: &[i32]) -> Choices {
        let usable: Vec<_> = self.candidates[row].iter().take(8).filter(|(p, _)| forest[*p] != GONE).collect();
        let least = usable.iter().map(|c| c.1).fold(f64::INFINITY, f64::min);
        let weight = |cost: f64| (-(cost - least) / (2.0 * self.beliefs.temperature)).exp() + 0.05;
        Choices(usable.into_iter().map(|&(parent, cost)| (parent as i32, weight(cost))).collect())
    }
}

/// Parents to draw for a row, and their weights.
struct Choices(Vec<(i32, f64)>);

const ORIGIN: f64 = 0.05;

impl Choices {
    fn all(&self) -> f64 {
        self.0.iter().map(|choice| choice.1).sum()
    }

    fn draw(&self, draw: &mut Draw) -> i32 {
        let (origin, mut at) = (draw.unit() < ORIGIN, draw.unit() * self.all());
        let drawn = self.0.iter().find(|choice| {
            at -= choice.1;
            at < 0.0
        });
        drawn.or(self.0.last()).filter(|_| !origin).map_or(ROOT, |choice| choice.0)
    }

    /// How likely `parent` is to be drawn.
    fn chance(&self, parent: i32) -> f64 {
        let own = self.0.iter().find(|choice| choice.0 == parent).map_or(0.0, |choice| choice.1 / self.all());
        match parent {
            ROOT if self.0.is_empty() => 1.0,
            ROOT => ORIGIN,
            _ => (1.0 - ORIGIN) * own,
        }
    }
}

impl Scratch {
    /// Children, the rows from the roots down, and what is below each; false where there is a circle.
    fn arrange(&mut self, forest: &[i32], families: usize) -> bool {
        let rows = forest.len();
        for list in
            [&mut self.first, &mut self.next, &mut self.copies, &mut self.second, &mut self.added, &mut self.root]
        {
            list.clear();
        }
        self.first.resize(rows, NONE);
        self.next.resize(rows, NONE);
        self.copies.resize(rows, 0);
        self.second.resize(rows, 0);
        self.added.resize(rows, 0);
        self.root.resize(rows, 0);
        self.changed.clear();
        self.changed.resize(rows, 0.0);
        self.picked.clear();
        self.picked.resize(rows, 0.0);
        self.words.clear();
        self.words.resize(rows, 0.0);
        self.below.clear();
        self.below.extend((0..rows).map(|row| 1u128 << row));
        self.heads.resize_with(families, Vec::new);
        for family in self.touched.drain(..) {
            self.heads[family].clear();
        }
        self.order.clear();
        let mut alive = 0;
        for row in (0..rows).rev() {
            alive += usize::from(forest[row] != GONE);
            if let Ok(parent) = usize::try_from(forest[row]) {
                self.next[row] = std::mem::replace(&mut self.first[parent], row);
            }
        }
        self.order.extend((0..rows).filter(|&row| forest[row] == ROOT));
        let mut at = 0;
        while at < self.order.len() {
            let mut child = self.first[self.order[at]];
            while child != NONE {
                self.order.push(child);
                child = self.next[child];
            }
            at += 1;
        }
        for &row in self.order.iter().rev() {
            if let Ok(parent) = usize::try_from(forest[row]) {
                self.below[parent] |= self.below[row];
            }
        }
        self.order.len() == alive
    }
}

struct Climb<'a> {
    story: &'a Story,
    scratch: Scratch,
    forest: Vec<i32>,
    score: f64,
}

impl Climb<'_> {
    /// Take the best of `options`, if it is better than what there is.
    fn consider(&mut self, options: impl IntoIterator<Item = Vec<i32>>) {
        let mut chosen = None;
        for option in options {
            let score = self.story.score(&option, &mut self.scratch);
            if score < self.score - CLOSE {
                self.score = score;
                chosen = Some(option);
            }
        }
        self.forest = chosen.unwrap_or_else(|| std::mem::take(&mut self.forest));
    }

    fn children(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.forest.len()).filter(move |&c| self.forest[c] == row as i32)
    }

    /// Another parent for `row`; one from below it takes its place.
    fn reattach(&mut self, row: usize) {
        let old = self.forest[row];
        if old == GONE {
            return;
        }
        let mut parents: Vec<i32> = self.story.candidates[row].iter().take(8).map(|c| c.0 as i32).collect();
        parents.push(ROOT);
        if let Ok(above) = usize::try_from(old) {
            parents.push(self.forest[above]);
            parents.extend(self.children(above).take(12).map(|c| c as i32));
        }
        parents.sort_unstable();
        parents.dedup();
        parents.retain(|&p| p != old && p != row as i32 && p != GONE && (p < 0 || self.forest[p as usize] != GONE));
        let options: Vec<_> = parents
            .into_iter()
            .map(|p| {
                if p >= 0 && is_below(&self.forest, p, row) {
                    hung(&self.forest, row, p as usize)
                } else {
                    with(&self.forest, [(row, p)])
                }
            })
            .collect();
        self.consider(options);
    }

    /// Another origin for each tree.
    fn reroot(&mut self) {
        let roots: Vec<usize> = (0..self.forest.len()).filter(|&row| self.forest[row] == ROOT).collect();
        for root in roots {
            let below = (0..self.forest.len()).filter(|&row| row != root && is_below(&self.forest, row as i32, root));
            let options: Vec<_> = below.map(|row| flipped(&self.forest, row)).collect();
            self.consider(options);
        }
    }

    /// Parent and child change places, alone or with what hangs from them: among nearly equal copies no single move can.
    fn exchange(&mut self) {
        for _ in 0..3 {
            let before = self.score;
            let mut options = Vec::new();
            for child in 0..self.story.texts {
                let Ok(row) = usize::try_from(self.forest[child]) else { continue };
                let swapped = with(&self.forest, [(child, self.forest[row]), (row, child as i32)]);
                let siblings: Vec<_> = self.children(row).filter(|&c| c != child).map(|c| (c, child as i32)).collect();
                let nephews: Vec<_> = self.children(child).map(|c| (c, row as i32)).collect();
                if !siblings.is_empty() {
                    let taken = with(&swapped, siblings);
                    if !nephews.is_empty() {
                        options.push(with(&taken, nephews));
                    }
                    options.push(taken);
                }
                options.push(swapped);
            }
            self.consider(options);
            if self.score > before - CLOSE {
                break;
            }
        }
    }
}

/// A neighbour of `now` and the log of how much likelier it is to be drawn than `now` is from it, or None.
fn stray(now: &[i32], alive: &[usize], choices: &[Choices], draw: &mut Draw) -> Option<(Vec<i32>, f64)> {
    let (kind, row) = (draw.unit(), alive[draw.below(alive.len())]);
    if kind < 0.7 {
        let parent = choices[row].draw(draw);
        if parent == now[row] {
            return None;
        }
        let there = choices[row].chance(parent);
        return Some(match usize::try_from(parent) {
            Ok(above) if is_below(now, parent, row) => {
                (hung(now, row, above), there.ln() - choices[above].chance(row as i32).ln())
            }
            _ => (with(now, [(row, parent)]), there.ln() - choices[row].chance(now[row]).ln()),
        });
    }
    let parent = usize::try_from(now[row]).ok()?;
    if kind < 0.85 {
        return Some((flipped(now, row), 0.0));
    }
    let swapped = with(now, [(row, now[parent]), (parent, row as i32)]);
    if kind < 0.93 {
        return Some((swapped, 0.0));
    }
    let others = alive.iter().filter(|&&c| c != row && c != parent);
    let moved = others.filter_map(|&c| match now[c] {
        p if p == parent as i32 => Some((c, row as i32)),
        p if p == row as i32 => Some((c, parent as i32)),
        _ => None,
    });
    Some((with(&swapped, moved), 0.0))
}

fn with(forest: &[i32], moves: impl IntoIterator<Item = (usize, i32)>) -> Vec<i32> {
    let mut out = forest.to_vec();
    for (row, parent) in moves {
        out[row] = parent;
    }
    out
}

/// Whether `row` hangs from `above`, at whatever depth.
fn is_below(forest: &[i32], mut row: i32, above: usize) -> bool {
    let mut left = forest.len();
    while row >= 0 && left > 0 {
        if row == above as i32 {
            return true;
        }
        row = forest[row as usize];
        left -= 1;
    }
    false
}

/// `row` as the origin of its tree.
fn flipped(forest: &[i32], row: usize) -> Vec<i32> {
    let mut out = forest.to_vec();
    let (mut at, mut parent) = (row, ROOT);
    loop {
        let above = std::mem::replace(&mut out[at], parent);
        if above < 0 {
            return out;
        }
        (at, parent) = (above as usize, at as i32);
    }
}

/// `row` under `parent`, which was below it and takes its place.
fn hung(forest: &[i32], row: usize, parent: usize) -> Vec<i32> {
    let mut out = forest.to_vec();
    let (mut at, mut above) = (parent, forest[row]);
    while at != row {
        let next = std::mem::replace(&mut out[at], above);
        (above, at) = (at as i32, next as usize);
    }
    out[row] = above;
    out
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same walk everywhere.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }
}
