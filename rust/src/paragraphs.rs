//! Paragraphs of a text: its lines, or, in text that was broken to a column, lines up to a blank or an indented one.

use std::ops::Range;

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

/// What the rule needs to know: signs that end a sentence, those that may follow them, lengths of lines that were broken to a
/// column, and characters up to which a paragraph's folded form is hashed.
pub struct Rule {
    pub enders: Vec<char>,
    pub closers: Vec<char>,
    pub broken: Range<usize>,
    pub hashed: usize,
}

/// Paragraphs of `n` texts in flat arrays: text `d` owns `offsets[d]..offsets[d + 1]`. `starts` and `ends` are code points;
/// `closed`: whether the last sentence ends; `folded`: hash of the casefolded paragraph, or 0 where it is too long.
#[derive(Default)]
pub struct Layout {
    pub offsets: Vec<i64>,
    pub starts: Vec<i64>,
    pub ends: Vec<i64>,
    pub closed: Vec<bool>,
    pub folded: Vec<u64>,
}

/// Closing signs that are looked at.
const TAIL: usize = 8;
/// Fewer lines are not looked at for a column.
const LEAST_LINES: usize = 4;

pub fn paragraphs(texts: &[&str], rule: &Rule) -> Layout {
    let parts: Vec<Layout> = texts.par_iter().with_min_len(64).map(|text| one(text, rule)).collect();
    let mut out = Layout { offsets: vec![0], ..Layout::default() };
    for part in parts {
        out.starts.extend(part.starts);
        out.ends.extend(part.ends);
        out.closed.extend(part.closed);
        out.folded.extend(part.folded);
        out.offsets.push(out.starts.len() as i64);
    }
    out
}

/// A line or paragraph: bytes and code points.
#[derive(Clone)]
struct Stretch {
    bytes: Range<usize>,
    points: Range<usize>,
}

fn one(text: &str, rule: &Rule) -> Layout {
    let lines = lines(text);
    let is_broken = |line: &Stretch| rule.broken.contains(&line.points.len()) && !ends(&text[line.bytes.clone()], rule);
    let broken = lines.iter().filter(|line| is_broken(line)).count();
    let blocks = if lines.len() < LEAST_LINES || 2 * broken <= lines.len() { lines } else { joined(text, &lines) };
    let mut out = Layout::default();
    for block in blocks {
        let part = &text[block.bytes];
        out.starts.push(block.points.start as i64);
        out.ends.push(block.points.end as i64);
        out.closed.push(ends(part, rule));
        out.folded.push(if block.points.len() <= rule.hashed { folded_hash(part) } else { 0 });
    }
    out
}

/// White space as Python has it: with the four separators of ASCII.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Lines without the white space around them; empty ones are none.
fn lines(text: &str) -> Vec<Stretch> {
    let mut out = Vec::new();
    let (mut byte, mut point) = (0, 0);
    for line in text.split(['\n', '\r', '\u{2028}', '\u{2029}']) {
        let inner = line.trim_start_matches(is_space);
        let skipped = &line[..line.len() - inner.len()];
        let inner = inner.trim_end_matches(is_space);
        let length = count(inner);
        if length > 0 {
            let (start, from) = (byte + skipped.len(), point + count(skipped));
            out.push(Stretch { bytes: start..start + inner.len(), points: from..from + length });
        }
        byte += line.len();
        point += count(line);
        if let Some(separator) = text[byte..].chars().next() {
            byte += separator.len_utf8();
            point += 1;
        }
    }
    out
}

fn count(text: &str) -> usize {
    text.as_bytes().iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

fn ends(text: &str, rule: &Rule) -> bool {
    text.chars().rev().take(TAIL).find(|c| !rule.closers.contains(c)).is_some_and(|c| rule.enders.contains(&c))
}

fn joined(text: &str, lines: &[Stretch]) -> Vec<Stretch> {
    let mut out: Vec<Stretch> = Vec::new();
    for line in lines {
        match out.last_mut() {
            Some(last) if !parts(&text[last.bytes.end..line.bytes.start]) => {
                last.bytes.end = line.bytes.end;
                last.points.end = line.points.end;
            }
            _ => out.push(line.clone()),
        }
    }
    out
}

/// Whether a blank line, or an indent of two characters or more, stands in the white space between two lines.
fn parts(between: &str) -> bool {
    let of = |sign| between.matches(sign).count();
    let breaks = if of('\n') > 0 { of('\n') } else { of('\r') };
    let indent = between.rfind('\n').map_or(count(between) + 1, |at| count(&between[at..]));
    breaks > 1 || indent > 2
}

fn folded_hash(text: &str) -> u64 {
    if text.is_ascii() {
        return xxh3_64(text.to_ascii_lowercase().as_bytes()) | 1;
    }
    xxh3_64(caseless::default_case_fold_str(text).as_bytes()) | 1
}
