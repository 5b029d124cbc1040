//! Texts to paragraphs: each line is one; or, in a text that was broken to a column (hard-wrapped), all lines up to a blank or an
//! indented one.

use std::ops::Range;

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use crate::unicode::fold_case;

/// When a text was broken to a column, and which paragraphs are compared with each other. The fields are those of
/// `dedup.params.TextParams` with the same names, whose docstrings say what each one bounds.
#[cfg_attr(feature = "python", derive(pyo3::FromPyObject))]
pub struct Limits {
    pub column_least: usize,
    pub column_most: usize,
    pub column_share: f64,
    pub column_lines: usize,
    pub column_indent: usize,
    pub closing_signs: usize,
    pub repeated_characters: usize,
}

/// How texts are cut: `enders` are signs that end a sentence, `closers` signs that may follow them.
pub struct Rule {
    pub enders: Vec<char>,
    pub closers: Vec<char>,
    pub limits: Limits,
}

/// Paragraphs of `n` texts in flat arrays: text `d` owns `offsets[d]..offsets[d + 1]`. `starts` and `ends` are code points;
/// `closed` says whether a sentence ends at the end of the paragraph. `repeating` has one entry for each text: whether two of its
/// paragraphs of up to `repeated_characters` are equal but for case.
#[derive(Default)]
pub struct Layout {
    pub offsets: Vec<i64>,
    pub starts: Vec<i64>,
    pub ends: Vec<i64>,
    pub closed: Vec<bool>,
    pub repeating: Vec<bool>,
}

/// Texts in one unit of parallel work. Up to so many are cut on the caller's thread.
pub const CHUNK: usize = 64;

/// The paragraphs of `texts`.
pub fn paragraphs(texts: &[&str], rule: &Rule) -> Layout {
    let part = |texts: &[&str]| {
        let (mut out, mut room) = (Layout::default(), Room::default());
        for text in texts {
            one(text, rule, &mut room, &mut out);
        }
        out
    };
    let parts: Vec<Layout> =
        if texts.len() <= CHUNK { vec![part(texts)] } else { texts.par_chunks(CHUNK).map(part).collect() };
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

/// The extent of a line or paragraph, in bytes and in code points.
#[derive(Clone)]
struct Stretch {
    bytes: Range<usize>,
    points: Range<usize>,
}

/// Working memory: a folded paragraph, and the hashes of the paragraphs of a text.
#[derive(Default)]
struct Room {
    folded: Vec<u8>,
    hashes: Vec<u64>,
}

/// Append the paragraphs of `text` to `out`.
fn one(text: &str, rule: &Rule, room: &mut Room, out: &mut Layout) {
    let lines = lines(text);
    let limits = &rule.limits;
    let column = limits.column_least..=limits.column_most;
    let is_broken = |line: &Stretch| column.contains(&line.points.len()) && !ends(&text[line.bytes.clone()], rule);
    let broken = lines.iter().filter(|line| is_broken(line)).count();
    let wrapped = lines.len() >= limits.column_lines && broken as f64 > limits.column_share * lines.len() as f64;
    let blocks = if wrapped { unwrapped(text, &lines, limits.column_indent) } else { lines };
    room.hashes.clear();
    for block in blocks {
        let part = &text[block.bytes];
        out.starts.push(block.points.start as i64);
        out.ends.push(block.points.end as i64);
        out.closed.push(ends(part, rule));
        if block.points.len() <= limits.repeated_characters {
            room.folded.clear();
            fold_case(part, &mut room.folded);
            room.hashes.push(xxh3_64(&room.folded));
        }
    }
    room.hashes.sort_unstable();
    out.repeating.push(room.hashes.windows(2).any(|pair| pair[0] == pair[1]));
    out.offsets.push(out.starts.len() as i64);
}

/// Whether Python's `str.isspace` holds: Unicode white space, and the four separators of ASCII.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// The lines of a text without the white space around them; blank lines are left out.
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

/// The bytes before the first line separator, and the bytes of the separator (0 if there is none).
fn line_end(text: &[u8]) -> (usize, usize) {
    let may_end = |byte: u8| matches!(byte, b'\n' | b'\r' | 0xe2);
    let mut at = 0;
    while at < text.len() {
        // Without a branch for each byte, so that the compiler can test many bytes at once.
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

/// Code points of a text.
fn count(text: &str) -> usize {
    // Sums are of 8 bits, so that the compiler can add many at once; 128 code points do not overflow one.
    let starts = |bytes: &[u8]| bytes.iter().fold(0u8, |sum, &byte| sum + u8::from(byte & 0xc0 != 0x80));
    text.as_bytes().chunks(128).map(|bytes| usize::from(starts(bytes))).sum()
}

/// Whether a sentence ends at the end of `text`: with one of `enders`, behind which there may be `closers`.
fn ends(text: &str, rule: &Rule) -> bool {
    let mut tail = text.chars().rev().take(rule.limits.closing_signs);
    tail.find(|c| !rule.closers.contains(c)).is_some_and(|c| rule.enders.contains(&c))
}

/// The paragraphs of a text that was broken to a column: its lines, joined up to a blank line or an indent.
fn unwrapped(text: &str, lines: &[Stretch], indent: usize) -> Vec<Stretch> {
    let mut out: Vec<Stretch> = Vec::new();
    for line in lines {
        match out.last_mut() {
            Some(last) if !parts(&text[last.bytes.end..line.bytes.start], indent) => {
                last.bytes.end = line.bytes.end;
                last.points.end = line.points.end;
            }
            _ => out.push(line.clone()),
        }
    }
    out
}

/// Whether the white space `between` two lines holds a blank line, or an indent of `indent` characters or more.
fn parts(between: &str, indent: usize) -> bool {
    let of = |sign| between.matches(sign).count();
    let breaks = if of('\n') > 0 { of('\n') } else { of('\r') };
    let own = between.rfind('\n').map_or(count(between), |at| count(&between[at + 1..]));
    breaks > 1 || own >= indent
}
