//! Paragraphs of a text: its lines, or, in text that was broken to a column, lines up to a blank or an indented one.

use std::ops::Range;

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use crate::unicode::fold_case;

/// What the rule needs to know: signs that end a sentence, those that may follow them, lengths of lines that were broken to a
/// column, and characters of paragraphs of which it is told whether they recur.
pub struct Rule {
    pub enders: Vec<char>,
    pub closers: Vec<char>,
    pub broken: Range<usize>,
    pub short: usize,
}

/// Paragraphs of `n` texts in flat arrays: text `d` owns `offsets[d]..offsets[d + 1]`. `starts` and `ends` are code points;
/// `closed`: whether the last sentence ends; `repeating`, of each text: whether two of its short paragraphs are one, but for case.
#[derive(Default)]
pub struct Layout {
    pub offsets: Vec<i64>,
    pub starts: Vec<i64>,
    pub ends: Vec<i64>,
    pub closed: Vec<bool>,
    pub repeating: Vec<bool>,
}

/// Texts in one unit of parallel work.
const CHUNK: usize = 64;
/// Closing signs that are looked at.
const TAIL: usize = 8;
/// Fewer lines are not looked at for a column.
const LEAST_LINES: usize = 4;

pub fn paragraphs(texts: &[&str], rule: &Rule) -> Layout {
    let parts: Vec<Layout> = texts
        .par_chunks(CHUNK)
        .map(|texts| {
            let (mut out, mut room) = (Layout::default(), Room::default());
            for text in texts {
                one(text, rule, &mut room, &mut out);
            }
            out
        })
        .collect();
    let mut out = Layout { offsets: vec![0], ..Layout::default() };
    for part in parts {
        let before = out.starts.len() as i64;
        out.offsets.extend(part.offsets.iter().map(|end| before + end));
        out.starts.extend(part.starts);
        out.ends.extend(part.ends);
        out.closed.extend(part.closed);
        out.repeating.extend(part.repeating);
    }
    out
}

/// A line or paragraph: bytes and code points.
#[derive(Clone)]
struct Stretch {
    bytes: Range<usize>,
    points: Range<usize>,
}

/// A folded paragraph, and the hashes of those of a text.
#[derive(Default)]
struct Room {
    folded: Vec<u8>,
    hashes: Vec<u64>,
}

/// Append the paragraphs of `text`, and their number so far.
fn one(text: &str, rule: &Rule, room: &mut Room, out: &mut Layout) {
    let lines = lines(text);
    let is_broken = |line: &Stretch| rule.broken.contains(&line.points.len()) && !ends(&text[line.bytes.clone()], rule);
    let broken = lines.iter().filter(|line| is_broken(line)).count();
    let blocks = if lines.len() < LEAST_LINES || 2 * broken <= lines.len() { lines } else { joined(text, &lines) };
    room.hashes.clear();
    for block in blocks {
        let part = &text[block.bytes];
        out.starts.push(block.points.start as i64);
        out.ends.push(block.points.end as i64);
        out.closed.push(ends(part, rule));
        if block.points.len() <= rule.short {
            room.folded.clear();
            fold_case(part, &mut room.folded);
            room.hashes.push(xxh3_64(&room.folded));
        }
    }
    room.hashes.sort_unstable();
    out.repeating.push(room.hashes.windows(2).any(|pair| pair[0] == pair[1]));
    out.offsets.push(out.starts.len() as i64);
}

/// White space as Python has it: with the four separators of ASCII.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Lines without the white space around them; empty ones are none.
fn lines(text: &str) -> Vec<Stretch> {
    let mut out = Vec::new();
    let (mut byte, mut point) = (0, 0);
    loop {
        let (length, separator) = line_end(&text.as_bytes()[byte..]);
        let line = &text[byte..byte + length];
        let inner = line.trim_start_matches(is_space);
        let skipped = length - inner.len();
        let inner = inner.trim_end_matches(is_space);
        let (start, from) = (byte + skipped, point + count(&line[..skipped]));
        let to = from + count(inner);
        if !inner.is_empty() {
            out.push(Stretch { bytes: start..start + inner.len(), points: from..to });
        }
        if separator == 0 {
            return out;
        }
        byte += length + separator;
        point = to + count(&line[skipped + inner.len()..]) + 1;
    }
}

/// Bytes before the first line separator, and bytes of that; 0 where there is none.
fn line_end(text: &[u8]) -> (usize, usize) {
    let may_end = |byte: u8| matches!(byte, b'\n' | b'\r' | 0xe2);
    let mut at = 0;
    while at < text.len() {
        // Without a branch for each, so that many are looked at at once.
        if let Some(some) = text[at..].first_chunk::<32>() {
            if !some.iter().fold(false, |any, &byte| any | may_end(byte)) {
                at += 32;
                continue;
            }
        }
        let step = text[at..].iter().position(|&byte| may_end(byte)).unwrap_or(text.len() - at);
        at += step;
        match text[at..] {
            [b'\n' | b'\r', ..] => return (at, 1),
            [0xe2, 0x80, 0xa8 | 0xa9, ..] => return (at, 3),
            _ => at = text.len().min(at + 1),
        }
    }
    (text.len(), 0)
}

/// Code points.
fn count(text: &str) -> usize {
    // In bytes, of which many are added at once.
    let starts = |bytes: &[u8]| bytes.iter().fold(0u8, |sum, &byte| sum + u8::from(byte & 0xc0 != 0x80));
    text.as_bytes().chunks(128).map(|bytes| usize::from(starts(bytes))).sum()
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
