//! Text to tokens: where each stands, in code points of the original text, and its folded form.
//!
//! A token starts at a letter or digit and runs over letters, digits, marks and invisible characters; a letter of a script
//! without spaces is a token of its own, with its marks. Inside a token these join: a hyphen between letters; an apostrophe
//! between letters, or before exactly three digits; a comma, no-break or thin space before exactly three digits; a full stop
//! between digits, or a comma before one or two digits, both folded to a full stop. Joiners are dropped from the folded form,
//! as is a final 's. The original text is cut first and each token then folded for itself, so that offsets never drift.

use crate::blocks::Masks;
use crate::unicode::{class, fold_chars, simple_fold, unmix, Class};

/// Tokens of one text. Token `i` stands at code points `starts[i]..ends[i]`, and its folded form at
/// `folded[bounds[i - 1] + 1..bounds[i]]` (single spaces part the tokens).
#[derive(Default)]
pub struct TokenBuffer {
    pub starts: Vec<u32>,
    pub ends: Vec<u32>,
    pub folded: Vec<u8>,
    pub bounds: Vec<usize>,
    /// Whether a sentence, line or paragraph may end before each token: only punctuation and white space are looked at.
    pub breaks: Vec<bool>,
    /// Start of each token in which letters of two scripts were mixed.
    pub mixed: Vec<u32>,
    raw: Vec<char>,
    masks: Masks,
    /// UTF-8 continuation bytes before each block of 64 bytes.
    inner_before: Vec<u32>,
    /// Where the last token ended, and whether a sentence may have ended in wide punctuation since.
    last_end: usize,
    broken: bool,
}

impl TokenBuffer {
    fn clear(&mut self) {
        self.starts.clear();
        self.ends.clear();
        self.folded.clear();
        self.bounds.clear();
        self.breaks.clear();
        self.mixed.clear();
    }

    pub fn len(&self) -> usize {
        self.bounds.len()
    }

    pub fn is_empty(&self) -> bool {
        self.bounds.is_empty()
    }

    /// Folded bytes of tokens `first..first + count`, single spaces between them.
    #[inline]
    pub fn slice(&self, first: usize, count: usize) -> &[u8] {
        let from = if first == 0 { 0 } else { self.bounds[first - 1] + 1 };
        &self.folded[from..self.bounds[first + count - 1]]
    }

    fn open(&mut self) -> usize {
        if !self.bounds.is_empty() {
            self.folded.push(b' ');
        }
        self.folded.len()
    }

    /// Whether a token came of what was folded since `open` gave `from`; if not, it is undone.
    fn close(&mut self, from: usize) -> bool {
        let some = self.folded.len() > from;
        if some {
            self.bounds.push(self.folded.len());
        } else {
            self.undo();
        }
        some
    }

    fn undo(&mut self) {
        self.folded.truncate(self.bounds.last().copied().unwrap_or(0));
    }

    /// Append `lower[start..end]` for each of `runs` (starts and ends in turn) as a token, single spaces between; `lower` has 64
    /// bytes to spare behind every run.
    fn append(&mut self, lower: &[u8], runs: &[u32]) {
        let Some(&[.., last]) = runs.last_chunk::<2>() else { return };
        assert!(last as usize + 64 <= lower.len());
        // Words copied 16 bytes at a time reach at most 15 bytes behind their end, and each has a space before it.
        let most = last as usize - runs[0] as usize + runs.len() / 2 + 16;
        self.folded.reserve(most);
        self.bounds.reserve(runs.len() / 2);
        let mut used = self.folded.len();
        let mut count = self.bounds.len();
        let to = self.folded.as_mut_ptr();
        let bounds = self.bounds.as_mut_ptr();
        let mut space = usize::from(count > 0);
        for run in runs.chunks_exact(2) {
            let (start, length) = (run[0] as usize, (run[1] - run[0]) as usize);
            // SAFETY: runs rise and do not overlap, so all words and spaces together are at most `most` - 16 bytes, and what
            // is copied beyond a word's end stays below `most`, which is reserved. `start + length + 15 < last + 64`, which
            // is inside `lower`. `bounds` has room for one entry a run. The two buffers do not overlap.
            unsafe {
                *to.add(used) = b' ';
                used += space;
                std::ptr::copy_nonoverlapping(lower.as_ptr().add(start), to.add(used), 16);
                for at in (16..length).step_by(16) {
                    std::ptr::copy_nonoverlapping(lower.as_ptr().add(start + at), to.add(used + at), 16);
                }
                used += length;
                *bounds.add(count) = used;
            }
            space = 1;
            count += 1;
        }
        // SAFETY: as many bytes and entries were written.
        unsafe {
            self.folded.set_len(used);
            self.bounds.set_len(count);
        }
    }
}

/// Put the tokens of `text` into `out`, in place of what was there.
pub fn tokenise(text: &str, out: &mut TokenBuffer) {
    scan::<true>(text, out);
}

/// As `tokenise`, without `starts`, `ends`, `breaks`.
pub fn fold_only(text: &str, out: &mut TokenBuffer) {
    scan::<false>(text, out);
}

fn scan<const PLACES: bool>(text: &str, out: &mut TokenBuffer) {
    out.clear();
    let mut masks = std::mem::take(&mut out.masks);
    masks.fill(text.as_bytes());
    if PLACES {
        let mut sum = 0;
        out.inner_before.clear();
        out.inner_before.extend(masks.inner.iter().map(|inner| {
            sum += inner.count_ones();
            sum - inner.count_ones()
        }));
    }
    out.broken = true;
    out.last_end = 0;
    let mut next = 0;
    for &number in masks.special.iter().chain([&(masks.runs.len() as u32 / 2)]) {
        let clean = &masks.runs[2 * next..2 * number as usize];
        out.append(&masks.lower, clean);
        if PLACES {
            for run in clean.chunks_exact(2) {
                out.place(&masks, run[0] as usize, run[1] as usize);
            }
        }
        if let Some(&[start, end]) = masks.runs.get(2 * number as usize..).and_then(|rest| rest.first_chunk()) {
            special_run::<PLACES>(text, &masks, start as usize, end as usize, out);
        }
        next = number as usize + 1;
    }
    if PLACES {
        for start in &mut out.mixed {
            *start -= continuation_bytes(&masks.inner, &out.inner_before, *start as usize);
        }
    }
    out.masks = masks;
}

/// The tokens of a run with joiners or wide characters.
fn special_run<const PLACES: bool>(text: &str, masks: &Masks, start: usize, end: usize, out: &mut TokenBuffer) {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < end {
        let byte = bytes[at];
        let from_start = at;
        let from = out.open();
        let ascii = if byte.is_ascii_alphanumeric() { ascii_token(bytes, at, out) } else { None };
        at = match ascii {
            Some(token_end) => token_end,
            None if byte.is_ascii() && !byte.is_ascii_alphanumeric() => {
                out.undo();
                at += 1;
                continue;
            }
            None => {
                let c = next_char(text, at);
                if !matches!(class(c), Class::Letter | Class::Digit | Class::Ideograph) {
                    out.broken |= matches!(c, '…' | '。' | '！' | '？' | '؟' | '।' | '\u{2028}' | '\u{2029}');
                    out.undo();
                    at += c.len_utf8();
                    continue;
                }
                // `ascii_token` took its space back with the rest.
                out.undo();
                out.open();
                any_token(text, at, out)
            }
        };
        if out.close(from) && PLACES {
            out.place(masks, from_start, at);
        }
    }
}

impl TokenBuffer {
    /// Note where the last token stands, in bytes `start..end`.
    #[inline(always)]
    fn place(&mut self, masks: &Masks, start: usize, end: usize) {
        let point = |byte: usize| byte as u32 - continuation_bytes(&masks.inner, &self.inner_before, byte);
        let (first, last) = (point(start), point(end));
        self.starts.push(first);
        self.ends.push(last);
        self.breaks.push(self.broken || any_between(&masks.ends, self.last_end, start));
        self.broken = false;
        self.last_end = end;
    }
}

#[inline(always)]
fn any_between(mask: &[u64], from: usize, to: usize) -> bool {
    if from >= to {
        return false;
    }
    let (first, last) = (from / 64, (to - 1) / 64);
    let head = u64::MAX << (from % 64);
    let tail = u64::MAX >> (63 - (to - 1) % 64);
    if first == last {
        return mask[first] & head & tail != 0;
    }
    mask[first] & head != 0 || mask[first + 1..last].iter().any(|&m| m != 0) || mask[last] & tail != 0
}

#[inline(always)]
fn continuation_bytes(inner: &[u64], before: &[u32], byte: usize) -> u32 {
    let block = byte / 64;
    before[block] + (inner[block] & !(u64::MAX << (byte % 64))).count_ones()
}

/// Fold the token at `at` if it is ASCII and what follows it is too, and return its end; otherwise nothing is written.
fn ascii_token(bytes: &[u8], at: usize, out: &mut TokenBuffer) -> Option<usize> {
    let mut apostrophe = usize::MAX;
    let mut p = at;
    loop {
        while p < bytes.len() && bytes[p].is_ascii_alphanumeric() {
            out.folded.push(bytes[p].to_ascii_lowercase());
            p += 1;
        }
        if p == bytes.len() {
            break;
        }
        let byte = bytes[p];
        let next = bytes.get(p + 1).copied().unwrap_or(b' ');
        // What follows a joiner decides; anything but ASCII is left to the general path.
        if byte >= 0x80 || (matches!(byte, b'-' | b'\'' | b',' | b'.') && next >= 0x80) {
            out.undo();
            return None;
        }
        if bytes[p - 1].is_ascii_alphabetic() {
            match byte {
                b'-' if next.is_ascii_alphabetic() => {}
                b'\'' if next.is_ascii_alphabetic() => apostrophe = out.folded.len(),
                _ => break,
            }
        } else {
            let rest = &bytes[p + 1..bytes.len().min(p + 5)];
            let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
            if rest.get(digits).is_some_and(|&b| b >= 0x80) {
                out.undo();
                return None;
            }
            match byte {
                b'\'' | b',' if digits == 3 => {}
                b',' if matches!(digits, 1 | 2) => out.folded.push(b'.'),
                b'.' if digits > 0 => out.folded.push(b'.'),
                _ => break,
            }
        }
        p += 1;
    }
    if out.folded.len() == apostrophe.wrapping_add(1) && out.folded.ends_with(b"s") {
        out.folded.truncate(apostrophe);
    }
    Some(p)
}

/// Fold the token at `at`, whatever its characters are, and return its end.
fn any_token(text: &str, at: usize, out: &mut TokenBuffer) -> usize {
    let mut raw = std::mem::take(&mut out.raw);
    raw.clear();
    let first = next_char(text, at);
    let alone = class(first) == Class::Ideograph;
    let mut apostrophe = usize::MAX;
    let mut last = class(first);
    let mut p = at + first.len_utf8();
    // `p` runs ahead of the token's end over invisible characters that may turn out to trail it.
    let mut end = p;
    raw.push(first);
    while p < text.len() {
        let c = next_char(text, p);
        let found = class(c);
        match found {
            Class::Invisible => {}
            Class::Mark => raw.push(c),
            Class::Letter | Class::Digit if !alone => {
                raw.push(c);
                last = found;
            }
            Class::Other if !alone => match joint(c, last, &text[p + c.len_utf8()..]) {
                Joint::Parts => break,
                Joint::Apostrophe => apostrophe = raw.len(),
                Joint::Drops => {}
                Joint::Decimal => raw.push('.'),
            },
            _ => break,
        }
        p += c.len_utf8();
        if found != Class::Invisible {
            end = p;
        }
    }
    if raw.len() == apostrophe.wrapping_add(1) && matches!(raw.last(), Some('s' | 'S' | 'ſ')) {
        raw.truncate(apostrophe);
    }
    fold(&mut raw, at as u32, out);
    out.raw = raw;
    end
}

enum Joint {
    Parts,
    Drops,
    Apostrophe,
    Decimal,
}

/// What the non-word character `c` does between a character of class `last` and `rest`.
fn joint(c: char, last: Class, rest: &str) -> Joint {
    let mut ahead = rest.chars();
    let next = ahead.next().map_or(Class::Other, class);
    let letters = last == Class::Letter && next == Class::Letter;
    let digits =
        if last == Class::Digit { rest.chars().take(4).take_while(|&c| class(c) == Class::Digit).count() } else { 0 };
    match c {
        '-' | '\u{2010}' | '\u{2011}' if letters => Joint::Drops,
        '\'' | '\u{2019}' | '\u{ff07}' if letters => Joint::Apostrophe,
        '\'' | '\u{2019}' | '\u{ff07}' | ',' | '\u{a0}' | '\u{2009}' | '\u{202f}' if digits == 3 => Joint::Drops,
        ',' if matches!(digits, 1 | 2) => Joint::Decimal,
        '.' if digits > 0 => Joint::Decimal,
        _ => Joint::Parts,
    }
}

/// Append the folded form of `raw` to `out.folded`.
fn fold(raw: &mut Vec<char>, start: u32, out: &mut TokenBuffer) {
    let foreign = |c: &char| ('\u{370}'..='\u{52f}').contains(c);
    if raw.iter().any(foreign) && !raw.iter().all(foreign) {
        if let Some(one_script) = unmix(raw) {
            *raw = one_script;
            out.mixed.push(start);
        }
    }
    let mut utf8 = [0u8; 4];
    let mut write = |c: char, folded: &mut Vec<u8>| folded.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
    if raw.iter().all(|&c| c == '.' || simple_fold(c).is_some()) {
        for &c in raw.iter() {
            write(simple_fold(c).unwrap_or(c), &mut out.folded);
        }
    } else {
        for c in fold_chars(raw.iter().copied()) {
            if c == '.' || !matches!(class(c), Class::Other | Class::Invisible) {
                write(c, &mut out.folded);
            }
        }
    }
}

fn next_char(text: &str, at: usize) -> char {
    text[at..].chars().next().unwrap_or('\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<(String, String)> {
        let mut out = TokenBuffer::default();
        tokenise(text, &mut out);
        let points: Vec<char> = text.chars().collect();
        (0..out.len())
            .map(|i| {
                let original: String = points[out.starts[i] as usize..out.ends[i] as usize].iter().collect();
                (original, String::from_utf8(out.slice(i, 1).to_vec()).unwrap())
            })
            .collect()
    }

    fn folded(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|(_, f)| f).collect()
    }

    #[test]
    fn joiners_follow_the_rule() {
        assert_eq!(folded("Cease-fire; cease\u{2010}fire cease\u{ad}fire"), ["ceasefire", "ceasefire", "ceasefire"]);
        assert_eq!(folded("3-1 in 2014-15 covid-19"), ["3", "1", "in", "2014", "15", "covid", "19"]);
        assert_eq!(folded("Syria's Syria\u{2019}s soldiers' don't"), ["syria", "syria", "soldiers", "dont"]);
        assert_eq!(
            folded("1,234 1\u{a0}234 1'234,567 3.5 3,5 1,2345"),
            ["1234", "1234", "1234567", "3.5", "3.5", "1", "2345"]
        );
        assert_eq!(folded("end. Next 7. 8"), ["end", "next", "7", "8"]);
    }

    #[test]
    fn spans_cover_the_original() {
        assert_eq!(tokens("«Ünïted’s»")[0], ("Ünïted’s".into(), "ünïted".into()));
        assert_eq!(tokens("pass\u{200b}word\u{200b} x")[0], ("pass\u{200b}word".into(), "password".into()));
    }

    #[test]
    fn scripts_without_spaces_are_cut_by_character() {
        assert_eq!(folded("中国 iPhone手机"), ["中", "国", "iphone", "手", "机"]);
        assert_eq!(folded("ที่นี่").len(), 2);
        assert_eq!(folded("ｶﾞ"), ["ガ"]);
    }

    #[test]
    fn both_paths_agree() {
        // A trailing non-ASCII letter sends the same characters down the general path.
        for text in ["rock'n'roll's", "a-b-c", "1,234.56", "x'1,23", "U.S.-backed 7,1", "don't-s'", "1.2.3'456"] {
            let fast = folded(text);
            let slow = folded(&format!("{text}\u{200b}"));
            assert_eq!(fast, slow, "{text}");
        }
    }
}
