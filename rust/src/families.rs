//! Aligned passages to families: each is cut from one canonical text, and its members are verified against that text.
//!
//! Alignments whose passages overlap form a component. The texts of a component are taken by rank. Each text is cut where its
//! alignments with later texts end, as far as no earlier text has claimed the passages; a segment and its counterparts are a
//! family. So no passage joins a family only because it resembles another member.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rayon::prelude::*;

/// Text, first token, token after the last.
pub type Passage = (u32, i64, i64);

/// An alignment: its two texts, its extents in them, and its edits in order (a from, a to, b from, b to).
#[derive(Clone, Copy)]
pub struct Aligned<'a> {
    pub docs: [u32; 2],
    pub spans: [(i64, i64); 2],
    pub edits: &'a [u32],
}

/// A canonical passage, and all passages of its family, sorted, the canonical one among them.
pub struct Family {
    pub canonical: Passage,
    pub passages: Vec<Passage>,
}

/// Where canonical texts are cut, and what is a counterpart. The fields are those of `dedup.params.MatchParams` with the same
/// names, whose docstrings say what each one bounds.
#[derive(Clone, Copy)]
#[cfg_attr(feature = "python", derive(pyo3::FromPyObject))]
pub struct Cutting {
    pub min_cut_distance: i64,
    pub evident_run: i64,
    pub segment_share: f64,
    pub segment_equal_share: f64,
    pub segment_whole_share: f64,
}

/// The families of `alignments`, sorted by their canonical passages. `ranks` are two orders of the texts as canonical texts; the
/// first is used in a component whose texts are all `dated`, else the second.
pub fn propose(alignments: &[Aligned], ranks: [&[u32]; 2], dated: &[bool], cutting: &Cutting) -> Vec<Family> {
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

/// The components of alignments that overlapping passages join, each sorted, in the order of their first alignments.
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

/// The families of one component.
fn cut(alignments: &[Aligned], group: &[usize], rank: &[u32], cutting: &Cutting) -> Vec<Family> {
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
            .flat_map(|i| unclaimed(Sided::new(&alignments[i], doc), doc, &claims, cutting.min_cut_distance))
            .collect();
        let first = families.len();
        let mut placed = vec![false; sided.len()];
        for ends in cuts(sided.iter().map(|s| s.own), cutting.min_cut_distance).windows(2) {
            let (start, end) = (ends[0], ends[1]);
            let mut passages = BTreeSet::from([(doc, start, end)]);
            for (s, placed) in sided.iter().zip(&mut placed) {
                let covered = s.own.1.min(end) - s.own.0.max(start);
                if covered as f64 > cutting.segment_share * (end - start) as f64 {
                    if let Some((from, to)) = s.piece(start, end, cutting) {
                        passages.insert((s.other, from, to));
                        *placed = true;
                    }
                }
            }
            if passages.len() > 1 {
                families.push(Family { canonical: (doc, start, end), passages: passages.into_iter().collect() });
            }
        }
        // An alignment that gave no segment a counterpart, because of its words or its ends, is a family of its own.
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

/// An alignment seen from one of its texts, or the part of it that covers the tokens `own` of that text.
#[derive(Clone, Copy)]
struct Sided<'a> {
    own: (i64, i64),
    whole: (i64, i64),
    other: u32,
    other_whole: (i64, i64),
    edits: &'a [u32],
    /// Whether this text is the second side of the edits.
    turned: bool,
}

impl<'a> Sided<'a> {
    fn new(x: &Aligned<'a>, doc: u32) -> Self {
        let turned = x.docs[0] != doc;
        let (own, other) = (usize::from(turned), usize::from(!turned));
        let whole = x.spans[own];
        Sided { own: whole, whole, other: x.docs[other], other_whole: x.spans[other], edits: x.edits, turned }
    }

    /// The extents of edit `n` in this text and in the other one.
    fn edit(&self, n: usize) -> [(i64, i64); 2] {
        let side = |at: usize| (i64::from(self.edits[4 * n + at]), i64::from(self.edits[4 * n + at + 1]));
        if self.turned {
            [side(2), side(0)]
        } else {
            [side(0), side(2)]
        }
    }

    /// The counterpart of the tokens `start..end` in the other text. There is none without `evident_run` equal tokens in a row, or
    /// with a share of equal tokens below `segment_equal_share`; the share is not asked for if these tokens are nearly all of the
    /// alignment (`segment_whole_share`), which was verified as a whole.
    fn piece(&self, start: i64, end: i64, cutting: &Cutting) -> Option<(i64, i64)> {
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
        if longest.max(last - at) < cutting.evident_run.min(last - first) {
            return None;
        }
        let share = |part: i64, share: f64, whole: i64| part as f64 >= share * whole as f64;
        let whole = share(last - first, cutting.segment_whole_share, self.whole.1 - self.whole.0);
        let longer = (last - first).max(right - left);
        let same = share(last - first - edited, cutting.segment_equal_share, longer);
        (right > left && (whole || same)).then_some((left, right))
    }

    /// The place in the other text of the token `token` of this one; inside an edit, the edit's start, or its end if `after`.
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

/// The parts of an alignment, of `least` tokens or more, that no earlier family holds on both sides; the whole if no earlier
/// family holds any of it.
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

/// The tokens at which a text is cut: the ends of its alignments. Ends within `least` tokens of each other become one cut, at the
/// most frequent of them. The two ends of one alignment never become one cut, however short it is.
fn cuts(extents: impl Iterator<Item = (i64, i64)>, least: i64) -> Vec<i64> {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    let mut latest: HashMap<i64, i64> = HashMap::new();
    for (start, end) in extents {
        *counts.entry(start).or_default() += 1;
        *counts.entry(end).or_default() += 1;
        latest.entry(end).and_modify(|x| *x = start.max(*x)).or_insert(start);
    }
    // Of each cluster of ends, the first place and the most frequent one so far.
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

/// The passages of one text with the numbers of their families, to be looked up by overlap.
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

    /// Each passage that overlaps `span`: its start and end, cut to `span`, and its family.
    fn overlaps(&self, (start, end): (i64, i64)) -> impl Iterator<Item = (i64, i64, usize)> + '_ {
        let first = self.sorted.partition_point(|place| place.0 < start - self.longest);
        let last = self.sorted.partition_point(|place| place.0 < end);
        let near = self.sorted[first.min(last)..last].iter().filter(move |place| place.1 > start && place.0 < end);
        near.map(move |&(from, to, family)| (from.max(start), to.min(end), family))
    }
}

/// For each alignment the number of the family that covers most of it and has passages in it on both sides; -1 if there is none.
/// Only families that are `reused` count; of those with more than `listed` passages, only alignments with the canonical text.
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
        // Of families that cover equally much, take the first.
        let best = sizes.into_iter().min_by_key(|&(number, size)| (-size, number));
        best.map_or(-1, |(number, _)| number as i64)
    };
    alignments.par_iter().with_min_len(64).map(name).collect()
}
