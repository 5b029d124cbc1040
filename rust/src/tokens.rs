//! Text to tokens: their extents in code points of the original text, and their folded forms.
//!
//! A token starts at a letter or digit and continues over letters, digits, marks and invisible characters. A letter of a script
//! without spaces is a token of its own, with its marks. These characters join what is on either side of them to one token:
//!
//! - a hyphen between letters;
//! - an apostrophe, or a sign that is typed for one, between letters, or between a digit and exactly three digits;
//! - a comma, Arabic thousands separator, no-break space or thin space between a digit and exactly three digits;
//! - a full stop or Arabic decimal separator between digits, and a comma between a digit and one or two digits; they are folded to a
//!   full stop.
//!
//! Invisible characters between them change nothing. Other joiners are dropped from the folded form, and so is a final 's. The original text is cut first, and each token is then
//! folded by itself, so that offsets never drift. `shingles::word_hash` hashes the folded form.

use std::ops::Range;

use crate::blocks::{Block, Masks};
use crate::cpu::{level, Level};
use crate::shingles::{letter_hash, padded_word_hash, short_word_hash, word_hash};
use crate::unicode::{class, entry, fold_chars, is_apostrophe, may_take_tone, script, short_char, unmix, Class};

/// The tokens of one text, after `tokenise` or `hash_words`, and working memory.
#[derive(Default)]
pub struct TokenBuffer {
    /// Hash of each folded token.
    pub hashes: Vec<u64>,
    /// Token `i` is the code points `starts[i]..ends[i]`.
    pub starts: Vec<u32>,
    pub ends: Vec<u32>,
    /// Whether a sentence, line or paragraph may end before each token, judged only by punctuation and line breaks.
    pub breaks: Vec<bool>,
    /// Whether each token starts with a capital letter.
    pub capitals: Vec<bool>,
    /// The start of each token in which letters of two scripts were mixed.
    pub mixed: Vec<u32>,
    /// The extent of each folded token in `masks.lower`. A token that only needs lower case is at its own place in the text; the
    /// other ones are appended behind the text.
    words: Vec<(usize, usize)>,
    masks: Masks,
    folding: Folding,
    /// UTF-8 continuation bytes before each block of 64 bytes.
    inner_before: Vec<u32>,
    /// Hashes of the tokens of special runs.
    odd: Vec<u64>,
    /// The special runs that are not exactly one token: the number of the run, and its hashes in `odd`.
    uneven: Vec<(usize, Range<usize>)>,
    /// Working memory, to replace the hashes of uneven runs.
    spliced: Vec<u64>,
}

impl TokenBuffer {
    /// The folded form of token `i`; only after `tokenise`.
    #[inline]
    pub fn word(&self, i: usize) -> &[u8] {
        let (from, to) = self.words[i];
        &self.masks.lower[from..to]
    }
}

/// Replace the content of `out` by the tokens of `text`.
pub fn tokenise(text: &str, out: &mut TokenBuffer) {
    #[cfg(target_arch = "x86_64")]
    if level() >= Level::Avx2 {
        // SAFETY: the processor has what the level says.
        return unsafe { tokenise_avx2(text, out) };
    }
    tokenise_with(text, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt,bmi1,bmi2")]
fn tokenise_avx2(text: &str, out: &mut TokenBuffer) {
    tokenise_with(text, out);
}

#[inline(always)]
fn tokenise_with(text: &str, out: &mut TokenBuffer) {
    let TokenBuffer { hashes, starts, ends, breaks, capitals, mixed, words, masks, folding, inner_before, .. } = out;
    hashes.clear();
    starts.clear();
    ends.clear();
    breaks.clear();
    capitals.clear();
    words.clear();
    folding.mixed.clear();
    masks.fill(text.as_bytes());
    let mut sum = 0;
    inner_before.clear();
    inner_before.extend(masks.blocks.iter().map(|block| {
        sum += block.inner.count_ones();
        sum - block.inner.count_ones()
    }));

    folding.broken = true;
    let mut places = Places { text, inner_before, starts, ends, breaks, capitals, last_end: 0 };
    let count = masks.runs().len() / 2;
    let mut next = 0;
    for special in 0..=masks.special.len() {
        let number = masks.special.get(special).map_or(count, |&number| number as usize);
        masks.hash_runs(next..number, hashes);
        for run in masks.runs()[2 * next..2 * number].chunks_exact(2) {
            let (start, end) = (run[0] as usize, run[1] as usize);
            words.push((start, end));
            places.push(&masks.blocks, start, end, std::mem::take(&mut folding.broken));
        }
        if let Some(&[start, end]) = masks.runs().get(2 * number..).and_then(|rest| rest.first_chunk()) {
            special_run(text, masks, start as usize, end as usize, folding, |masks, token| {
                hashes.push(token.hash);
                let first = masks.lower.len();
                masks.lower.extend_from_slice(token.word);
                words.push((first, masks.lower.len()));
                places.push(&masks.blocks, token.start, token.end, token.broken);
            });
        }
        next = number + 1;
    }
    mixed.clear();
    mixed.extend(folding.mixed.iter().map(|&start| places.point(&masks.blocks, start)));
}

/// The extents of tokens, and what is before each.
struct Places<'a> {
    text: &'a str,
    inner_before: &'a [u32],
    starts: &'a mut Vec<u32>,
    ends: &'a mut Vec<u32>,
    breaks: &'a mut Vec<bool>,
    capitals: &'a mut Vec<bool>,
    last_end: usize,
}

impl Places<'_> {
    /// The number of the code point that starts at `byte`.
    #[inline(always)]
    fn point(&self, blocks: &[Block], byte: usize) -> u32 {
        byte as u32 - continuation_bytes(blocks, self.inner_before, byte)
    }

    #[inline(always)]
    fn push(&mut self, blocks: &[Block], start: usize, end: usize, broken: bool) {
        self.starts.push(self.point(blocks, start));
        self.ends.push(self.point(blocks, end));
        self.breaks.push(broken || any_end(blocks, self.last_end, start));
        self.capitals.push(match self.text.as_bytes()[start] {
            byte @ ..0x80 => byte.is_ascii_uppercase(),
            _ => next_char(self.text, start).is_uppercase(),
        });
        self.last_end = end;
    }
}

/// As `tokenise`, but fills only `hashes`.
pub fn hash_words(text: &str, out: &mut TokenBuffer) {
    #[cfg(target_arch = "x86_64")]
    if level() >= Level::Avx2 {
        // SAFETY: the processor has what the level says.
        return unsafe { hash_words_avx2(text, out) };
    }
    hash_words_with(text, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt,bmi1,bmi2")]
fn hash_words_avx2(text: &str, out: &mut TokenBuffer) {
    hash_words_with(text, out);
}

#[inline(always)]
fn hash_words_with(text: &str, out: &mut TokenBuffer) {
    let TokenBuffer { hashes, masks, folding, odd, uneven, spliced, .. } = out;
    masks.fill(text.as_bytes());
    hashes.clear();
    odd.clear();
    uneven.clear();
    // All runs are hashed as if they were plain, then the special ones again. Most special runs are one token too.
    masks.hash_runs(0..masks.runs().len() / 2, hashes);
    for special in 0..masks.special.len() {
        let number = masks.special[special] as usize;
        let (start, end) = (masks.runs()[2 * number] as usize, masks.runs()[2 * number + 1] as usize);
        let first = odd.len();
        special_run(text, masks, start, end, folding, |_, token| odd.push(token.hash));
        if let [hash] = odd[first..] {
            hashes[number] = hash;
        } else {
            uneven.push((number, first..odd.len()));
        }
    }
    if !uneven.is_empty() {
        spliced.clear();
        let mut next = 0;
        for (number, found) in uneven {
            spliced.extend_from_slice(&hashes[next..*number]);
            spliced.extend_from_slice(&odd[found.clone()]);
            next = *number + 1;
        }
        spliced.extend_from_slice(&hashes[next..]);
        std::mem::swap(hashes, spliced);
    }
}

/// The state of folding.
#[derive(Default)]
struct Folding {
    /// The folded form of the token that is being folded.
    folded: Vec<u8>,
    /// Its characters before folding.
    raw: Vec<char>,
    /// The start, in bytes, of each token in which letters of two scripts were mixed.
    mixed: Vec<usize>,
    /// Whether a sentence ended since the last token, with punctuation that is not ASCII.
    broken: bool,
}

/// A token of a special run: its hash, its folded form, its extent in bytes, and whether a sentence ended before it.
struct Folded<'a> {
    hash: u64,
    word: &'a [u8],
    start: usize,
    end: usize,
    broken: bool,
}

/// Call `emit` with each token of a special run: one with joiners or with characters that are not ASCII.
#[inline(always)]
fn special_run(
    text: &str,
    masks: &mut Masks,
    start: usize,
    end: usize,
    folding: &mut Folding,
    mut emit: impl FnMut(&mut Masks, Folded),
) {
    let bytes = text.as_bytes();
    if let Some((folded, length)) = masks.joined_pair(start, end) {
        let hash = short_word_hash(&folded, length);
        let broken = std::mem::take(&mut folding.broken);
        return emit(masks, Folded { hash, word: &folded[..length], start, end, broken });
    }
    let mut short = [0; SHORT];
    let mut at = start;
    while at < end {
        // An ideograph is a token, unless a mark follows.
        let mut here = if bytes[at] >= 0xe0 { short_char(bytes, at) } else { None };
        while let Some((entry, size)) = here {
            let (letters, length) = entry.folded();
            if entry.class() != Class::Ideograph || length == 0 {
                break;
            }
            let next = short_char(bytes, at + size);
            let marked = match next {
                Some((next, _)) => matches!(next.class(), Class::Mark | Class::Invisible),
                None => bytes.get(at + size).is_some_and(|&byte| byte >= 0x80),
            };
            if marked {
                break;
            }
            let broken = std::mem::take(&mut folding.broken);
            let hash = letter_hash(letters);
            emit(masks, Folded { hash, word: &letters[..length], start: at, end: at + size, broken });
            at += size;
            here = next;
        }
        if at >= end {
            return;
        }
        let from = at;
        let (hash, word) = match quick_token(bytes, masks, at, &mut short) {
            Quick::Token(token_end, length) => {
                at = token_end;
                (padded_word_hash(&short, length), &short[..length])
            }
            Quick::Hard if matches!(class(next_char(text, at)), Class::Letter | Class::Digit | Class::Ideograph) => {
                at = any_token(text, at, folding);
                (word_hash(&folding.folded), &folding.folded[..])
            }
            Quick::Nothing | Quick::Hard => {
                let c = next_char(text, at);
                folding.broken |= matches!(c, '…' | '。' | '！' | '？' | '؟' | '।' | '\u{2028}' | '\u{2029}');
                at += c.len_utf8();
                continue;
            }
        };
        if !word.is_empty() {
            let broken = std::mem::take(&mut folding.broken);
            emit(masks, Folded { hash, word, start: from, end: at, broken });
        }
    }
}

/// Whether a sentence may end in bytes `from..to`.
#[inline(always)]
fn any_end(blocks: &[Block], from: usize, to: usize) -> bool {
    if from >= to {
        return false;
    }
    let (first, last) = (from / 64, (to - 1) / 64);
    let head = u64::MAX << (from % 64);
    let tail = u64::MAX >> (63 - (to - 1) % 64);
    if first == last {
        return blocks[first].ends & head & tail != 0;
    }
    let between = &blocks[first + 1..last];
    blocks[first].ends & head != 0 || between.iter().any(|block| block.ends != 0) || blocks[last].ends & tail != 0
}

#[inline(always)]
fn continuation_bytes(blocks: &[Block], before: &[u32], byte: usize) -> u32 {
    let block = byte / 64;
    before[block] + (blocks[block].inner & !(u64::MAX << (byte % 64))).count_ones()
}

/// What `quick_token` found.
enum Quick {
    /// A token: its end in the text, and the length of its folded form, both in bytes.
    Token(usize, usize),
    /// A character that starts no token.
    Nothing,
    /// A token that only `any_token` can fold.
    Hard,
}

/// Bytes that `quick_token` writes at most.
const SHORT: usize = 64;

/// Fold the token at `at` into `folded`, if each of its characters folds independently of its neighbours and its joiners are plain.
#[inline(always)]
fn quick_token(bytes: &[u8], masks: &Masks, at: usize, folded: &mut [u8; SHORT]) -> Quick {
    let (mut length, mut p) = (0, at);
    let mut last = Class::Other;
    let mut apostrophe = usize::MAX;
    let mut scripts = 0;
    while let Some(&byte) = bytes.get(p) {
        if length > SHORT - 24 {
            return Quick::Hard;
        }
        let plain = masks.plain_from(p);
        if plain > 0 {
            if length + plain > SHORT - 16 {
                return Quick::Hard;
            }
            // Always sixteen bytes at a time: a copy of the exact length would cost a branch that is hard to predict.
            for step in (0..plain).step_by(16) {
                let (to, from) = (length + step, p + step);
                folded[to..to + 16].copy_from_slice(&masks.lower[from..from + 16]);
            }
            length += plain;
            p += plain;
            last = if masks.is_digit(p - 1) { Class::Digit } else { Class::Letter };
            scripts |= if byte < 0x80 { 2 } else { script(byte) };
        } else if byte < 0x80 {
            if length == 0 {
                return Quick::Nothing;
            }
            let next = bytes.get(p + 1).copied().unwrap_or(b' ');
            match (byte, last) {
                (b'-' | b'\'' | b'`', Class::Letter) if next >= 0x80 => return Quick::Hard,
                (b'-', Class::Letter) if next.is_ascii_alphabetic() => {}
                (b'\'' | b'`', Class::Letter) if next.is_ascii_alphabetic() => apostrophe = length,
                (b'\'' | b'`' | b',' | b'.', Class::Digit) => {
                    let rest = &bytes[p + 1..bytes.len().min(p + 5)];
                    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
                    if rest.get(digits).is_some_and(|&b| b >= 0x80) {
                        return Quick::Hard;
                    }
                    match (byte, digits) {
                        (b'\'' | b'`' | b',', 3) => {}
                        (b',', 1 | 2) | (b'.', 1..) => {
                            folded[length] = b'.';
                            length += 1;
                        }
                        _ => break,
                    }
                }
                _ => break,
            }
            p += 1;
        } else {
            let Some((entry, size)) = short_char(bytes, p) else { return Quick::Hard };
            let (letters, count) = entry.folded();
            match entry.class() {
                class @ (Class::Letter | Class::Digit | Class::Mark) if length > 0 || class != Class::Mark => {
                    if count == 0 || entry.is_toned() && bytes.get(p + size).is_some_and(|&next| may_take_tone(next)) {
                        return Quick::Hard;
                    }
                    folded[length..length + 4].copy_from_slice(&letters);
                    length += count;
                    if class != Class::Mark {
                        last = class;
                    }
                    scripts |= script(byte);
                }
                Class::Ideograph if length == 0 => return Quick::Hard,
                Class::Ideograph => break,
                Class::Other if length > 0 => match (&bytes[p..p + size], last, bytes.get(p + size)) {
                    (APOSTROPHE, Class::Letter, Some(next)) if next.is_ascii_alphabetic() => apostrophe = length,
                    (APOSTROPHE, Class::Letter, Some(..0x80) | None) => break,
                    _ if entry.is_joint() => return Quick::Hard,
                    _ => break,
                },
                Class::Invisible if length > 0 => return Quick::Hard,
                _ => return Quick::Nothing,
            }
            p += size;
        }
    }
    if scripts == 3 {
        return Quick::Hard;
    }
    if length == apostrophe.wrapping_add(1) && folded[length - 1] == b's' {
        length = apostrophe;
    }
    Quick::Token(p, length)
}

/// U+2019 in UTF-8.
const APOSTROPHE: &[u8] = "\u{2019}".as_bytes();

/// Fold the token at `at`, whatever its characters are, and return its end.
fn any_token(text: &str, at: usize, folding: &mut Folding) -> usize {
    let mut raw = std::mem::take(&mut folding.raw);
    raw.clear();
    folding.folded.clear();
    let first = next_char(text, at);
    let alone = class(first) == Class::Ideograph;
    let mut apostrophe = usize::MAX;
    let mut last = class(first);
    let mut p = at + first.len_utf8();
    // `p` may be ahead of the token's end: invisible characters belong to the token only if more of it follows.
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
    if raw.len() == apostrophe.wrapping_add(1) && raw.last().is_some_and(|&c| entry(c).folded().0 == *b"s\0\0\0") {
        raw.truncate(apostrophe);
    }
    fold(&mut raw, at, folding);
    folding.raw = raw;
    end
}

/// What a non-word character does inside a run.
enum Joint {
    /// It ends the token.
    Parts,
    /// It joins, and is dropped from the folded form.
    Drops,
    /// It joins as an apostrophe, and is dropped.
    Apostrophe,
    /// It joins, and is folded to a full stop.
    Decimal,
}

/// What the non-word character `c` does between a character of class `last` and the text `rest`.
fn joint(c: char, last: Class, rest: &str) -> Joint {
    let mut ahead = rest.chars().map(class).filter(|&class| class != Class::Invisible);
    let letters = last == Class::Letter && ahead.clone().next() == Some(Class::Letter);
    let digits = if last == Class::Digit {
        ahead.by_ref().take(4).take_while(|&class| class == Class::Digit).count()
    } else {
        0
    };
    match c {
        '-' | '\u{2010}' | '\u{2011}' if letters => Joint::Drops,
        _ if letters && is_apostrophe(c) => Joint::Apostrophe,
        ',' | '\u{66c}' | '\u{a0}' | '\u{2009}' | '\u{202f}' if digits == 3 => Joint::Drops,
        _ if digits == 3 && is_apostrophe(c) => Joint::Drops,
        ',' if matches!(digits, 1 | 2) => Joint::Decimal,
        '.' | '\u{66b}' if digits > 0 => Joint::Decimal,
        _ => Joint::Parts,
    }
}

/// Append the folded form of `raw` to `folding.folded`.
fn fold(raw: &mut Vec<char>, start: usize, folding: &mut Folding) {
    let foreign = |c: char| ('\u{370}'..='\u{52f}').contains(&c);
    if raw.iter().any(|&c| foreign(c)) && !raw.iter().all(|&c| foreign(c)) {
        if let Some(one_script) = unmix(raw) {
            *raw = one_script;
            folding.mixed.push(start);
        }
    }
    let moves = |pair: &[char]| entry(pair[0]).is_toned() && (!pair[1].is_ascii() || may_take_tone(pair[1] as u8));
    if raw.iter().all(|&c| c == '.' || entry(c).folded().1 > 0) && !raw.windows(2).any(moves) {
        for &c in raw.iter() {
            let (letters, length) = if c == '.' { ([b'.'; 4], 1) } else { entry(c).folded() };
            folding.folded.extend_from_slice(&letters[..length]);
        }
    } else {
        for c in fold_chars(raw.iter().copied()) {
            if c == '.' || !matches!(class(c), Class::Other | Class::Invisible) {
                folding.folded.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
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
        (0..out.hashes.len())
            .map(|i| {
                let original: String = points[out.starts[i] as usize..out.ends[i] as usize].iter().collect();
                (original, String::from_utf8(out.word(i).to_vec()).unwrap())
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
        assert_eq!(tokens("«Ünïted’s»")[0], ("Ünïted’s".into(), "uenïted".into()));
        assert_eq!(tokens("pass\u{200b}word\u{200b} x")[0], ("pass\u{200b}word".into(), "password".into()));
    }

    #[test]
    fn scripts_without_spaces_are_cut_by_character() {
        assert_eq!(folded("中国 iPhone手机"), ["中", "国", "iphone", "手", "机"]);
        assert_eq!(folded("ที่นี่").len(), 2);
        assert_eq!(folded("ｶﾞ"), ["ガ"]);
    }

    #[test]
    fn codings_of_one_word_are_one_word() {
        for (one, other) in [
            ("العبـارة", "العبارة"),
            ("كِتَابٌ", "كتاب"),
            ("إلى أن", "الي ان"),
            ("کشتی", "كشتي"),
            ("שָׁלוֹם", "שלום"),
            ("ΑΘΗΝΑΣ Προϋπολογισμός", "αθηνάς ΠΡΟΥΠΟΛΟΓΙΣΜΟΣ"),
            ("Всё за́мок", "все замок"),
            ("IŞIK İçin", "ışık için"),
            ("Größe fünf Ärzte Übung", "groesse fuenf aerzte uebung"),
            ("œuvre Malmø blåbær", "oeuvre malmoe blaabaer"),
            ("hòa thủy khỏe Xóa", "hoà thuỷ khoẻ xoá"),
            ("It`s don‘t п’ять Hawaiʻi", "it's don't п'ять hawai'i"),
            ("٢٠١٨ ۱۲ १२ 2,5\u{200b}00 ٢٬٥٠٠ ٣٫٥", "2018 12 12 2,500 2500 3.5"),
            ("Timișoara", "Timişoara"),
        ] {
            assert_eq!(folded(one), folded(other));
        }
        assert_ne!(folded("año"), folded("ano"));
        assert_ne!(folded("й"), folded("и"));
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
