//! Aligned passages to families: each cut from one canonical text, and verified against it.
//!
//! Alignments whose passages overlap are taken together, and their texts by rank. A text that is aligned with others of a higher
//! rank, in passages that no earlier one has claimed, is cut where its alignments end; each segment, with its counterparts, is a
//! family. So membership never rests on a chain of resemblances.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rayon::prelude::*;

/// Text, first token, token after the last.
pub type Passage = (u32, i64, i64);

/// An alignment: its two texts, where it stands in them, and its edits (from and to on either side), in order.
#[derive(Clone, Copy)]
pub struct Aligned<'a> {
    pub docs: [u32; 2],
    pub spans: [(i64, i64); 2],
    pub edits: &'a [u32],
}

/// A canonical passage, and all of its family in order.
pub struct Family {
    pub canonical: Passage,
    pub passages: Vec<Passage>,
}

/// What makes a counterpart and a cut, in tokens.
#[derive(Clone, Copy)]
pub struct Cutting {
    /// Ends closer than this are one.
    pub least: i64,
    /// An unbroken run that a counterpart holds.
    pub run: i64,
}

/// The families of `alignments`, by their canonical passages. Of the two `ranks` of each text the first counts where all texts of
/// a component are `dated`.
pub fn propose(alignments: &[Aligned], ranks: [&[u32]; 2], dated: &[bool], cutting: Cutting) -> Vec<Family> {
    let groups = components(alignments);
    let mut families: Vec<Family> = groups
        .par_iter()
        .with_min_len(8)
        .flat_map_iter(|group| {
            let mut members = group.iter().flat_map(|&i| alignments[i].docs);
            let rank = if members.all(|doc| dated[doc as usize]) { ranks[0] } else { ranks[1] };
            cut(alignments, group, rank, cutting)
        })
        .collect();
    families.sort_by_key(|family| family.canonical);
    families
}

/// Alignments that touch each other through overlapping passages, by the first of each component.
fn components(alignments: &[Aligned]) -> Vec<Vec<usize>> {
    fn find(parent: &mut [usize], mut i: usize) -> usize {
        while parent[i] != i {
            parent[i] = parent[parent[i]];
            i = parent[i];
        }
        i
    }
    let mut parent: Vec<usize> = (0..alignments.len()).collect();
    let mut spans: Vec<(u32, (i64, i64), usize)> =
        alignments.iter().enumerate().flat_map(|(i, x)| [0, 1].map(|side| (x.docs[side], x.spans[side], i))).collect();
    spans.sort_unstable();
    let mut reached: Option<(u32, i64, usize)> = None;
    for (doc, (start, end), i) in spans {
        reached = match reached {
            Some((last, to, other)) if last == doc && start < to => {
                let (x, y) = (find(&mut parent, i), find(&mut parent, other));
                parent[x.max(y)] = x.min(y);
                Some((doc, end.max(to), i))
            }
            _ => Some((doc, end, i)),
        };
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut number: HashMap<usize, usize> = HashMap::new();
    for i in 0..alignments.len() {
        let root = find(&mut parent, i);
        let at = *number.entry(root).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[at].push(i);
    }
    groups
}

/// Families of one component.
fn cut(alignments: &[Aligned], group: &[usize], rank: &[u32], cutting: Cutting) -> Vec<Family> {
    let mut by_text: BTreeMap<(u32, u32), Vec<usize>> = BTreeMap::new();
    for &i in group {
        let [a, b] = alignments[i].docs;
        by_text.entry((rank[a as usize], a).min((rank[b as usize], b))).or_default().push(i);
    }
    let mut claims: HashMap<u32, Places> = HashMap::new();
    let mut families: Vec<Family> = Vec::new();
    for ((_, doc), own) in by_text {
        let sided: Vec<Sided> = own
            .into_iter()
            .flat_map(|i| unclaimed(Sided::new(&alignments[i], doc), doc, &claims, cutting.least))
            .collect();
        let first = families.len();
        let mut placed = vec![false; sided.len()];
        for ends in cuts(sided.iter().map(|s| s.own), cutting.least).windows(2) {
            let (start, end) = (ends[0], ends[1]);
            let mut passages = BTreeSet::from([(doc, start, end)]);
            for (s, placed) in sided.iter().zip(&mut placed) {
                if s.own.1.min(end) - s.own.0.max(start) > (end - start) / 2 {
                    if let Some((from, to)) = s.piece(start, end, cutting.run) {
                        passages.insert((s.other, from, to));
                        *placed = true;
                    }
                }
            }
            if passages.len() > 1 {
                families.push(Family { canonical: (doc, start, end), passages: passages.into_iter().collect() });
            }
        }
        // An alignment that fits no segment, for its words or its ends, is a family of its own.
        for (s, _) in sided.iter().zip(placed).filter(|(s, placed)| !placed && s.own == s.whole) {
            let mut passages = vec![(doc, s.own.0, s.own.1), (s.other, s.other_whole.0, s.other_whole.1)];
            passages.sort_unstable();
            families.push(Family { canonical: (doc, s.own.0, s.own.1), passages });
        }
        for (number, family) in families.iter().enumerate().skip(first) {
            for &(doc, start, end) in &family.passages {
                claims.entry(doc).or_default().add(start, end, number);
            }
        }
    }
    families
}

/// An alignment, or the part `own` of it, seen from one text.
#[derive(Clone, Copy)]
struct Sided<'a> {
    own: (i64, i64),
    whole: (i64, i64),
    other: u32,
    other_whole: (i64, i64),
    edits: &'a [u32],
    /// Whether own tokens are the second side of an edit.
    turned: bool,
}

impl<'a> Sided<'a> {
    fn new(x: &Aligned<'a>, doc: u32) -> Self {
        let turned = x.docs[0] != doc;
        let (own, other) = (usize::from(turned), usize::from(!turned));
        let whole = x.spans[own];
        Sided { own: whole, whole, other: x.docs[other], other_whole: x.spans[other], edits: x.edits, turned }
    }

    /// Edit `n`: own and other extent.
    fn edit(&self, n: usize) -> [(i64, i64); 2] {
        let side = |at: usize| (i64::from(self.edits[4 * n + at]), i64::from(self.edits[4 * n + at + 1]));
        if self.turned {
            [side(2), side(0)]
        } else {
            [side(0), side(2)]
        }
    }

    /// Where own tokens `start..end` stand in the other text, if half of the words there are the same and `run` in a row. An
    /// alignment that has little more than these tokens was verified as a whole.
    fn piece(&self, start: i64, end: i64, run: i64) -> Option<(i64, i64)> {
        let (first, last) = (start.max(self.own.0), end.min(self.own.1));
        let (left, right) = (self.project(first, false), self.project(last, true));
        let (mut edited, mut longest, mut at) = (0, 0, first);
        for (from, to) in (0..self.edits.len() / 4).map(|n| self.edit(n)[0]) {
            if to >= first && from <= last {
                edited += (to.min(last) - from.max(first)).max(0);
                longest = longest.max(from - at);
                at = to;
            }
        }
        if longest.max(last - at) < run.min(last - first) {
            return None;
        }
        let most = 10 * (last - first) >= 9 * (self.whole.1 - self.whole.0);
        let same = 2 * (last - first - edited) >= (last - first).max(right - left);
        (right > left && (most || same)).then_some((left, right))
    }

    /// Where own token `token` stands in the other text; inside an edit, its start, or its end if `after`.
    fn project(&self, token: i64, after: bool) -> i64 {
        let (mut low, mut high) = (0, self.edits.len() / 4);
        while low < high {
            let middle = (low + high) / 2;
            if self.edit(middle)[0].0 <= token {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let mut before = low.checked_sub(1);
        if let Some(n) = before {
            let (from, to) = self.edit(n)[0];
            if after && from == token && to > token {
                before = n.checked_sub(1);
            }
        }
        let Some(n) = before else { return self.other_whole.0 + token - self.whole.0 };
        let [own, other] = self.edit(n);
        if token < own.1 {
            return if after { other.1 } else { other.0 };
        }
        if after && token == own.1 && own.0 == own.1 {
            return other.0;
        }
        other.1 + token - own.1
    }
}

/// What no earlier family holds of an alignment, on both sides: parts of `least` tokens or more, or all of it.
fn unclaimed<'a>(sided: Sided<'a>, doc: u32, claims: &HashMap<u32, Places>, least: i64) -> Vec<Sided<'a>> {
    let (Some(here), Some(there)) = (claims.get(&doc), claims.get(&sided.other)) else { return vec![sided] };
    let there: HashSet<usize> = there.overlaps(sided.other_whole).map(|place| place.2).collect();
    let mut held: Vec<_> = here.overlaps(sided.own).filter(|place| there.contains(&place.2)).collect();
    if held.is_empty() {
        return vec![sided];
    }
    held.sort_unstable();
    held.push((sided.own.1, sided.own.1, 0));
    let mut parts = Vec::new();
    let mut at = sided.own.0;
    for (start, end, _) in held {
        if start - at >= least {
            parts.push(Sided { own: (at, start), ..sided });
        }
        at = at.max(end);
    }
    parts
}

/// Where a text is cut: ends of its alignments, those within `least` tokens of each other made one, the commonest. The two ends of
/// one alignment never become one, however short it is.
fn cuts(extents: impl Iterator<Item = (i64, i64)>, least: i64) -> Vec<i64> {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    let mut latest: HashMap<i64, i64> = HashMap::new();
    for (start, end) in extents {
        *counts.entry(start).or_default() += 1;
        *counts.entry(end).or_default() += 1;
        latest.entry(end).and_modify(|x| *x = start.max(*x)).or_insert(start);
    }
    // First place of each cluster, and the commonest so far.
    let mut clusters: Vec<(i64, i64)> = Vec::new();
    for (&place, count) in &counts {
        match clusters.last_mut() {
            Some((first, best)) if place - *first < least && latest.get(&place).is_none_or(|start| start < first) => {
                if *count > counts[best] {
                    *best = place;
                }
            }
            _ => clusters.push((place, place)),
        }
    }
    clusters.into_iter().map(|(_, best)| best).collect()
}

/// Passages of one text, each of some family, looked up by overlap.
#[derive(Default)]
struct Places {
    sorted: Vec<(i64, i64, usize)>,
    longest: i64,
}

impl Places {
    fn add(&mut self, start: i64, end: i64, family: usize) {
        let place = (start, end, family);
        self.sorted.insert(self.sorted.partition_point(|&other| other <= place), place);
        self.longest = self.longest.max(end - start);
    }

    /// From, to (within `span`) and family of each passage that shares tokens with `span`.
    fn overlaps(&self, (start, end): (i64, i64)) -> impl Iterator<Item = (i64, i64, usize)> + '_ {
        let first = self.sorted.partition_point(|place| place.0 < start - self.longest);
        let last = self.sorted.partition_point(|place| place.0 < end);
        let near = self.sorted[first.min(last)..last].iter().filter(move |place| place.1 > start && place.0 < end);
        near.map(move |&(from, to, family)| (from.max(start), to.min(end), family))
    }
}

/// The family, of those `reused`, that holds most of each alignment on both sides, by its number; -1 where none does, or where its
/// pair is not listed: in one of more than `listed` passages only pairs with the canonical text are.
pub fn accept(alignments: &[Aligned], families: &[Family], reused: &[bool], listed: usize) -> Vec<i64> {
    let mut places: HashMap<u32, Places> = HashMap::new();
    for (number, family) in families.iter().enumerate().filter(|(number, _)| reused[*number]) {
        for &(doc, start, end) in &family.passages {
            places.entry(doc).or_default().add(start, end, number);
        }
    }
    let name = |x: &Aligned| {
        let (Some(here), Some(there)) = (places.get(&x.docs[0]), places.get(&x.docs[1])) else { return -1 };
        let there: HashSet<usize> = there.overlaps(x.spans[1]).map(|place| place.2).collect();
        let mut sizes: BTreeMap<usize, i64> = BTreeMap::new();
        for (start, end, number) in here.overlaps(x.spans[0]) {
            let family = &families[number];
            let named = family.passages.len() <= listed || x.docs.contains(&family.canonical.0);
            if named && there.contains(&number) {
                *sizes.entry(number).or_default() += end - start;
            }
        }
        // The first of those that hold as much.
        let best = sizes.into_iter().min_by_key(|&(number, size)| (-size, number));
        best.map_or(-1, |(number, _)| number as i64)
    };
    alignments.par_iter().with_min_len(64).map(name).collect()
}
