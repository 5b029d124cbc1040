//! Forests of copies: how well a forest explains a story, a climb to the best one, and a walk over likely ones.
//!
//! A forest has a parent for each row of a table of variants: another row, `ROOT` for an origin, or `GONE` for an unseen source
//! that is not in use. The first rows are documents, the others unseen sources. Each locus (a sentence that several rows hold)
//! has one creator in a tree; any other row that holds a locus which its parent lacks took it from another branch. All costs
//! are negative natural logarithms of probabilities.

pub const ROOT: i32 = -1;
pub const GONE: i32 = -2;

/// Rows that a story may have: one bit of a `u128` each.
pub const ROWS: usize = 128;

/// What changed words cost: fields of `WordCosts` in `dedup/params.py`.
#[derive(Clone)]
#[cfg_attr(feature = "python", derive(pyo3::FromPyObject))]
pub struct Words {
    pub rates: Vec<f64>,
    pub weights: Vec<f64>,
    pub alternatives: f64,
    pub unrelated: f64,
}

/// What a forest costs beside its edges: fields of `ForestCosts`.
#[derive(Clone)]
#[cfg_attr(feature = "python", derive(pyo3::FromPyObject))]
pub struct Costs {
    pub root: f64,
    pub second_source: f64,
    pub second_sentence: f64,
    pub second_most: f64,
    pub addition: f64,
    pub added_sentence: f64,
    pub update_addition: f64,
    pub update_sentence: f64,
    pub headline: f64,
    pub absent: f64,
}

/// How the climb and the walk move: fields of `SearchParams`.
#[derive(Clone)]
#[cfg_attr(feature = "python", derive(pyo3::FromPyObject))]
pub struct Moves {
    pub tried: usize,
    pub siblings: usize,
    pub exchanges: usize,
    pub gain: f64,
    pub steps: usize,
    pub burn_in: usize,
    pub temperature: f64,
    pub flatness: f64,
    pub floor: f64,
    pub origin: f64,
    pub reattach: f64,
    pub reroot: f64,
    pub exchange: f64,
}

/// All numbers that shape a result: `TraceParams` in `dedup/params.py`.
#[derive(Clone)]
#[cfg_attr(feature = "python", derive(pyo3::FromPyObject))]
pub struct Params {
    pub words: Words,
    pub forest: Costs,
    pub search: Moves,
}

/// A story: `rows`, the first `documents` of which are documents.
pub struct Story {
    pub documents: usize,
    pub rows: usize,
    pub loci: usize,
    /// Bit sets: the loci that each row holds.
    held: Vec<Vec<u64>>,
    /// Bit sets: the rows that hold each locus.
    holders: Vec<u128>,
    /// The words of each locus.
    words: Vec<f64>,
    /// Word changes of `locus` from row `p` to row `c`: `changed[(c * loci + locus) * rows + p]`.
    changed: Vec<f32>,
    /// `[p * rows + c]`: word changes from parent `p` to child `c`, over the loci that both hold.
    total: Vec<f64>,
    /// `[p * rows + c]`: words of the loci that both hold.
    shared: Vec<f64>,
    /// `[p * rows + c]`: all other costs of the edge.
    edge: Vec<f64>,
    /// The cost of each row as an origin, beside `Costs::root`.
    origin: Vec<f64>,
    /// A number that rows with the same headline share; -1 for none.
    headline: Vec<i64>,
    /// Whether each row credits a newsroom that has no document in the story.
    absent: Vec<bool>,
    /// Dirichlet concentration: the weight of each row as a parent before it has copies.
    popular: Vec<f64>,
    /// `[p * rows + c]`: whether `c` would be an outlet's update of its own text `p`. Updates do not count as copies.
    update: Vec<bool>,
    /// Likely parents of each row and the guessed cost of the edge, the cheapest first.
    candidates: Vec<Vec<(usize, f64)>>,
    params: Params,
    /// For each rate: log weight, log probability that a word stays, log probability that it becomes a certain other one.
    mixture: Vec<(f64, f64, f64)>,
}

/// The flat arrays that a `Story` is made from; its fields describe them.
pub struct Facts<'a> {
    pub documents: usize,
    /// `[row * loci + locus]`.
    pub present: &'a [bool],
    pub words: &'a [f64],
    /// `[(p * rows + c) * loci + locus]`.
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

/// The working memory of `Story::score`, by row if nothing else is said.
#[derive(Default)]
struct Scratch {
    /// The rows in use, parents before children.
    order: Vec<usize>,
    /// The first child, and the next child of the same parent; `NONE` for none.
    first: Vec<usize>,
    next: Vec<usize>,
    /// The number of children that are copies, not updates.
    copies: Vec<usize>,
    /// A bit set of the row and all rows below it.
    below: Vec<u128>,
    /// By locus: the rows that hold it and whose parent lacks it.
    heads: Vec<Vec<usize>>,
    /// The loci with a list in `heads`.
    touched: Vec<usize>,
    /// Word changes from the parent and from second sources, and the words among which they are.
    changed: Vec<f64>,
    words: Vec<f64>,
    /// The number of loci from second sources, and the cost of the choice of these sources.
    second: Vec<usize>,
    choice: Vec<f64>,
    /// The number of loci that the row created.
    added: Vec<usize>,
    /// The origin of its tree.
    root: Vec<usize>,
    /// By headline: the rows that have it and not from their parent.
    invented: Vec<usize>,
}

const NONE: usize = usize::MAX;

impl Story {
    /// Return None if the sizes do not fit each other, or there are more than `ROWS` rows.
    pub fn new(facts: &Facts, candidates: Vec<Vec<(usize, f64)>>, params: Params) -> Option<Self> {
        let (rows, loci) = (facts.origin.len(), facts.words.len());
        let square = rows * rows;
        let fits = rows <= ROWS
            && facts.documents <= rows
            && facts.present.len() == rows * loci
            && facts.changed.len() == square * loci
            && [facts.total.len(), facts.shared.len(), facts.edge.len()] == [square; 3]
            && facts.update.len() == square
            && [facts.headline.len(), facts.absent.len(), facts.popular.len()] == [rows; 3]
            && facts.headline.iter().all(|&h| h < ROWS as i64)
            && candidates.len() == rows
            && candidates.iter().flatten().all(|&(p, _)| p < rows)
            && params.words.rates.len() == params.words.weights.len()
            && params.search.burn_in > 0;
        if !fits {
            return None;
        }
        let mut held = vec![vec![0u64; loci.div_ceil(64)]; rows];
        let mut holders = vec![0u128; loci];
        for (row, held) in held.iter_mut().enumerate() {
            for f in (0..loci).filter(|f| facts.present[row * loci + f]) {
                held[f / 64] |= 1 << (f % 64);
                holders[f] |= 1 << row;
            }
        }
        let mut changed = vec![0f32; square * loci];
        for p in 0..rows {
            for c in 0..rows {
                for f in 0..loci {
                    changed[(c * loci + f) * rows + p] = facts.changed[(p * rows + c) * loci + f] as f32;
                }
            }
        }
        let chosen = params.words.alternatives.ln();
        let mixture = params.words.rates.iter().zip(&params.words.weights);
        let mixture = mixture.map(|(rate, weight)| (weight.ln(), (-rate).ln_1p(), rate.ln() - chosen)).collect();
        Some(Story {
            documents: facts.documents,
            rows,
            loci,
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
            params,
            mixture,
        })
    }

    /// Return the negative log posterior of each forest; infinite for one with a circle or a parent that is not in use.
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
        if !self.valid(forest) || !scratch.arrange(forest, self.loci) {
            return f64::INFINITY;
        }
        self.inherit(forest, scratch);
        self.attribute(scratch);
        let costs = &self.params.forest;
        let events = |once: f64, each: f64, count: usize| if count > 0 { once + each * count as f64 } else { 0.0 };
        let mut total =
            self.popularity(forest, scratch) + self.headlines(forest, scratch) + self.absent_credits(forest, scratch);
        for &row in &scratch.order {
            total += self.words_cost(scratch.changed[row], scratch.words[row])
                + events(costs.second_source, costs.second_sentence, scratch.second[row])
                + scratch.choice[row];
            if forest[row] == ROOT {
                total += costs.root + self.origin[row];
            } else {
                let at = forest[row] as usize * self.rows + row;
                let (once, each) = if self.update[at] {
                    (costs.update_addition, costs.update_sentence)
                } else {
                    (costs.addition, costs.added_sentence)
                };
                total += self.edge[at] + events(once, each, scratch.added[row]);
            }
        }
        total
    }

    /// Count the changes and words that each row has from its parent, and find the heads of each locus.
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
                    let locus = block * 64 + new.trailing_zeros() as usize;
                    new &= new - 1;
                    if heads[locus].is_empty() {
                        touched.push(locus);
                    }
                    heads[locus].push(row);
                }
            }
        }
    }

    /// Attribute each locus: the head with most holders below it created it; each other head took it from a second source.
    ///
    /// Heads are attributed in the order of their distance to a row that has the locus already.
    fn attribute(&self, scratch: &mut Scratch) {
        let Scratch { heads, touched, below, changed, words, second, choice, added, .. } = scratch;
        touched.sort_unstable();
        for &locus in touched.iter() {
            let rows = &heads[locus];
            if let [row] = rows[..] {
                added[row] += 1;
                continue;
            }
            let group = |row: usize| {
                let inner = rows.iter().filter(|&&other| other != row && below[row] >> other & 1 == 1);
                inner.fold(below[row] & self.holders[locus], |group, &other| group & !below[other])
            };
            let mut rest: Vec<(usize, u128, f64)> =
                rows.iter().map(|&row| (row, group(row), self.params.words.unrelated)).collect();
            let holders: u32 = rest.iter().map(|(_, group, _)| group.count_ones()).sum();
            let creator = (0..rest.len()).max_by_key(|&k| (rest[k].1.count_ones(), std::cmp::Reverse(k))).unwrap_or(0);
            let (row, mut new, _) = rest.remove(creator);
            added[row] += 1;
            while !rest.is_empty() {
                for (row, _, least) in &mut rest {
                    *least = least.min(self.distance(*row, new, locus));
                }
                let nearest = (0..rest.len()).min_by(|&x, &y| rest[x].2.total_cmp(&rest[y].2)).unwrap_or(0);
                let (row, group, least) = rest.remove(nearest);
                changed[row] += least.min(self.params.forest.second_most);
                words[row] += self.words[locus];
                second[row] += 1;
                // Any holder outside its group may be the source: of many, one is near by chance.
                choice[row] += f64::from((holders - group.count_ones()).max(1)).ln();
                new = group;
            }
        }
    }

    /// Return the fewest word changes of a locus of `row` from any of the bit set `sources`.
    fn distance(&self, row: usize, mut sources: u128, locus: usize) -> f64 {
        let from = &self.changed[(row * self.loci + locus) * self.rows..][..self.rows];
        let mut least = self.params.words.unrelated;
        sources &= !(1 << row);
        while sources != 0 {
            least = least.min(f64::from(from[sources.trailing_zeros() as usize]));
            sources &= sources - 1;
        }
        least
    }

    /// The cost of who gets copied, a Dirichlet-multinomial: what was copied often is likely to be copied again.
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

    /// The cost of headlines that were invented more than once: a copy has its headline from its parent.
    fn headlines(&self, forest: &[i32], scratch: &mut Scratch) -> f64 {
        scratch.invented.clear();
        scratch.invented.resize(ROWS, 0);
        for &row in &scratch.order {
            let own = self.headline[row];
            if own >= 0 && (forest[row] < 0 || self.headline[forest[row] as usize] != own) {
                scratch.invented[own as usize] += 1;
            }
        }
        let again: usize = scratch.invented.iter().map(|&times| times.saturating_sub(1)).sum();
        self.params.forest.headline * again as f64
    }

    /// The cost of trees whose origin is a document while a document in them credits an absent newsroom.
    fn absent_credits(&self, forest: &[i32], scratch: &mut Scratch) -> f64 {
        let mut credited = 0u128;
        for &row in &scratch.order {
            scratch.root[row] = if forest[row] >= 0 { scratch.root[forest[row] as usize] } else { row };
            if self.absent[row] && scratch.root[row] < self.documents {
                credited |= 1 << scratch.root[row];
            }
        }
        self.params.forest.absent * f64::from(credited.count_ones())
    }

    /// The cost of `changed` word changes among `words` words, over the mixture of rates.
    fn words_cost(&self, changed: f64, words: f64) -> f64 {
        // Sums in another order differ in the last digits.
        let changed = (changed * 100.0).round() / 100.0;
        let same = (words.floor() - changed).max(0.0);
        let log = |&(weight, stays, goes): &(f64, f64, f64)| weight + same * stays + changed * goes;
        let most = self.mixture.iter().map(log).fold(f64::NEG_INFINITY, f64::max);
        -(most + self.mixture.iter().map(|rate| (log(rate) - most).exp()).sum::<f64>().ln())
    }

    /// Improve `forest` by moves each of which makes it likelier; return it and its score.
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
            if climb.score > before - self.params.search.gain {
                break;
            }
        }
        (climb.forest, climb.score)
    }

    /// Return for each document the share of the forests of a walk from `forest` in which it has each parent.
    ///
    /// Metropolis et al. 1953, with the ratio of Hastings 1970. Unseen sources in use stay in use.
    pub fn walk(&self, forest: &[i32]) -> Vec<Vec<(i32, f64)>> {
        let mut scratch = Scratch::default();
        let mut now = forest.to_vec();
        let mut score = self.score(&now, &mut scratch);
        if !score.is_finite() {
            return vec![Vec::new(); self.documents];
        }
        let alive: Vec<usize> = (0..self.rows).filter(|&row| now[row] != GONE).collect();
        let choices: Vec<Choices> = (0..self.rows).map(|row| self.choices(row, &now)).collect();
        let mut counts = vec![vec![0u32; self.rows + 1]; self.documents];
        let mut random = Random(0);
        let search = &self.params.search;
        let steps = search.steps * alive.len();
        for step in 0..steps {
            if let Some((option, ratio)) = proposal(&now, &alive, &choices, search, &mut random) {
                if self.children_kept(&option) {
                    let other = self.score(&option, &mut scratch);
                    if random.unit() < ((score - other) / search.temperature - ratio).exp() {
                        (now, score) = (option, other);
                    }
                }
            }
            if step >= steps / search.burn_in {
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

    /// Whether every unseen source in use has at least two children.
    fn children_kept(&self, forest: &[i32]) -> bool {
        (self.documents..self.rows)
            .all(|row| forest[row] == GONE || forest.iter().filter(|&&p| p == row as i32).count() > 1)
    }

    /// The parents that a move may choose for `row`.
    fn choices(&self, row: usize, forest: &[i32]) -> Choices {
        let search = &self.params.search;
        let usable: Vec<_> =
            self.candidates[row].iter().take(search.tried).filter(|(p, _)| forest[*p] != GONE).collect();
        let least = usable.iter().map(|c| c.1).fold(f64::INFINITY, f64::min);
        let weight = |cost: f64| (-(cost - least) / (search.flatness * search.temperature)).exp() + search.floor;
        let parents = usable.into_iter().map(|&(parent, cost)| (parent as i32, weight(cost))).collect();
        Choices { parents, origin: search.origin }
    }
}

/// The parents that a move may choose for a row with their weights, and the probability that it chooses none.
struct Choices {
    parents: Vec<(i32, f64)>,
    origin: f64,
}

impl Choices {
    fn total(&self) -> f64 {
        self.parents.iter().map(|choice| choice.1).sum()
    }

    fn draw(&self, random: &mut Random) -> i32 {
        let (origin, mut at) = (random.unit() < self.origin, random.unit() * self.total());
        let drawn = self.parents.iter().find(|choice| {
            at -= choice.1;
            at < 0.0
        });
        drawn.or(self.parents.last()).filter(|_| !origin).map_or(ROOT, |choice| choice.0)
    }

    /// The probability that `draw` returns `parent`.
    fn probability(&self, parent: i32) -> f64 {
        let own = self.parents.iter().find(|choice| choice.0 == parent).map_or(0.0, |choice| choice.1 / self.total());
        match parent {
            ROOT if self.parents.is_empty() => 1.0,
            ROOT => self.origin,
            _ => (1.0 - self.origin) * own,
        }
    }
}

impl Scratch {
    /// Compute `order`, `first`, `next` and `below`, and clear the rest; return false if the forest has a circle.
    fn arrange(&mut self, forest: &[i32], loci: usize) -> bool {
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
        self.choice.clear();
        self.choice.resize(rows, 0.0);
        self.words.clear();
        self.words.resize(rows, 0.0);
        self.below.clear();
        self.below.extend((0..rows).map(|row| 1u128 << row));
        self.heads.resize_with(loci, Vec::new);
        for locus in self.touched.drain(..) {
            self.heads[locus].clear();
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
    /// Take the best of `options` if it is better than the current forest.
    fn consider(&mut self, options: impl IntoIterator<Item = Vec<i32>>) {
        let mut chosen = None;
        for option in options {
            let score = self.story.score(&option, &mut self.scratch);
            if score < self.score - self.story.params.search.gain {
                self.score = score;
                chosen = Some(option);
            }
        }
        self.forest = chosen.unwrap_or_else(|| std::mem::take(&mut self.forest));
    }

    fn children(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.forest.len()).filter(move |&c| self.forest[c] == row as i32)
    }

    /// Try other parents for `row`; one from below `row` takes its place.
    fn reattach(&mut self, row: usize) {
        let old = self.forest[row];
        if old == GONE {
            return;
        }
        let mut parents: Vec<i32> = {
            let tried = self.story.candidates[row].iter().take(self.story.params.search.tried);
            tried.map(|c| c.0 as i32).collect()
        };
        parents.push(ROOT);
        if let Ok(above) = usize::try_from(old) {
            parents.push(self.forest[above]);
            parents.extend(self.children(above).take(self.story.params.search.siblings).map(|c| c as i32));
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

    /// Try each other row of a tree as its origin.
    fn reroot(&mut self) {
        let roots: Vec<usize> = (0..self.forest.len()).filter(|&row| self.forest[row] == ROOT).collect();
        for root in roots {
            let below = (0..self.forest.len()).filter(|&row| row != root && is_below(&self.forest, row as i32, root));
            let options: Vec<_> = below.map(|row| flipped(&self.forest, row)).collect();
            self.consider(options);
        }
    }

    /// Try to exchange a parent and its child, with and without their other children.
    ///
    /// Between nearly equal copies no single change of a parent improves the score.
    fn exchange(&mut self) {
        for _ in 0..self.story.params.search.exchanges {
            let before = self.score;
            let mut options = Vec::new();
            for child in 0..self.story.documents {
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
            if self.score > before - self.story.params.search.gain {
                break;
            }
        }
    }
}

/// Propose a neighbour of `now`. Return it and the log ratio of the probabilities to propose it and to propose the way back.
///
/// None if the move changes nothing or is impossible.
fn proposal(
    now: &[i32],
    alive: &[usize],
    choices: &[Choices],
    moves: &Moves,
    random: &mut Random,
) -> Option<(Vec<i32>, f64)> {
    let (kind, row) = (random.unit(), alive[random.below(alive.len())]);
    if kind < moves.reattach {
        let parent = choices[row].draw(random);
        if parent == now[row] {
            return None;
        }
        let there = choices[row].probability(parent);
        return Some(match usize::try_from(parent) {
            Ok(above) if is_below(now, parent, row) => {
                (hung(now, row, above), there.ln() - choices[above].probability(row as i32).ln())
            }
            _ => (with(now, [(row, parent)]), there.ln() - choices[row].probability(now[row]).ln()),
        });
    }
    let parent = usize::try_from(now[row]).ok()?;
    if kind < moves.reattach + moves.reroot {
        return Some((flipped(now, row), 0.0));
    }
    let swapped = with(now, [(row, now[parent]), (parent, row as i32)]);
    if kind < moves.reattach + moves.reroot + moves.exchange {
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

/// A copy of `forest` in which the rows in `moves` have these parents.
fn with(forest: &[i32], moves: impl IntoIterator<Item = (usize, i32)>) -> Vec<i32> {
    let mut out = forest.to_vec();
    for (row, parent) in moves {
        out[row] = parent;
    }
    out
}

/// Whether `row` is `above` or hangs from it, at any depth.
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

/// A copy of `forest` in which `row` is the origin of its tree: the edges above it are reversed.
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

/// A copy of `forest` in which `row` hangs from `parent`, which hung from `row` and takes its place.
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

/// SplitMix64 (Steele, Lea and Flood 2014), from a fixed seed: the walk is the same on every machine.
struct Random(u64);

impl Random {
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
