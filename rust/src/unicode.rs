//! Character classes and folding, looked up in pages of 256 code points, each filled on first use.
//!
//! A token is folded as by Unicode's `toNFKC_Casefold`: NFKC, full case folding, NFKC again, with default-ignorable characters
//! dropped. Then codings of one letter that readers take for the same become one: `respell` lists them. Most characters fold to one
//! character whatever their neighbours are; the page holds the result for those.

use std::sync::OnceLock;

use caseless::Caseless;
use unicode_normalization::{is_nfkc_quick, IsNormalized, UnicodeNormalization};
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};

/// What a character may do in a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Class {
    /// Separates tokens.
    Other = 0,
    Letter = 1,
    Digit = 2,
    /// A combining mark: continues a token, never starts one.
    Mark = 3,
    /// Is dropped inside a token.
    Invisible = 4,
    /// A letter of a script without spaces: a token of its own, with its marks.
    Ideograph = 5,
}

/// The class of a character, and its folded form if that does not depend on its neighbours.
///
/// Bits 0-23 are the folded form in UTF-8, bits 24-25 its length (0 if the form depends on the neighbours), bits 26-28 the class.
/// Bit 29 is set for letters and digits that fold to themselves, bit 30 for characters that case folding does not change, bit 31 for
/// signs that may join two letters or digits to one token and for vowels whose tone mark `respell` may move.
#[derive(Clone, Copy)]
pub struct Entry(u32);

impl Entry {
    #[inline(always)]
    pub fn class(self) -> Class {
        match self.0 >> 26 & 7 {
            1 => Class::Letter,
            2 => Class::Digit,
            3 => Class::Mark,
            4 => Class::Invisible,
            5 => Class::Ideograph,
            _ => Class::Other,
        }
    }

    /// Whether this is a letter or digit that folds to itself.
    #[inline(always)]
    pub fn is_kept(self) -> bool {
        self.0 & KEPT != 0
    }

    /// Whether case folding does not change this.
    #[inline(always)]
    fn is_small(self) -> bool {
        self.0 & SMALL != 0
    }

    /// Whether this is a sign that may join what is on its sides to one token (`joint` in `tokens.rs`).
    #[inline(always)]
    pub fn is_joint(self) -> bool {
        self.0 & SPECIAL != 0 && self.class() == Class::Other
    }

    /// Whether this is a vowel with a tone mark, which `respell` may move to the vowel behind it.
    #[inline(always)]
    pub fn is_toned(self) -> bool {
        self.0 & SPECIAL != 0 && self.class() == Class::Letter
    }

    /// The folded form in UTF-8 (one to three bytes, then zeros), and its length; 0 if the form depends on the neighbours.
    #[inline(always)]
    pub fn folded(self) -> ([u8; 4], usize) {
        ((self.0 & 0xff_ffff).to_le_bytes(), (self.0 >> 24 & 3) as usize)
    }
}

const KEPT: u32 = 1 << 29;
const SMALL: u32 = 1 << 30;
const SPECIAL: u32 = 1 << 31;

/// Signs that are typed for an apostrophe.
pub fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`' | '\u{b4}' | '\u{2b9}' | '\u{2bb}'
            ..='\u{2bf}'
                | '\u{55a}'
                | '\u{5f3}'
                | '\u{2018}'
                | '\u{2019}'
                | '\u{201b}'
                | '\u{2032}'
                | '\u{a78c}'
                | '\u{ff07}'
    )
}

/// Signs, not in ASCII, that `joint` in `tokens.rs` knows.
fn joins(c: char) -> bool {
    is_apostrophe(c)
        || matches!(c, '\u{a0}' | '\u{2009}' | '\u{2010}' | '\u{2011}' | '\u{202f}' | '\u{66b}' | '\u{66c}')
}

/// Whether a vowel that `next` follows (a byte of UTF-8) may lose its tone mark to the letter behind it: to an a, e or y, to one
/// that folds to these (ä, æ, ａ), or to one that a joiner is before.
#[inline(always)]
pub fn may_take_tone(next: u8) -> bool {
    matches!(next, b'a' | b'e' | b'y' | b'A' | b'E' | b'Y' | b'-' | b'\'' | b'`' | 0x80..)
}

type Page = [u32; 256];
static PAGES: [OnceLock<Box<Page>>; 0x1100] = [const { OnceLock::new() }; 0x1100];

/// The entry of `c`.
#[inline(always)]
pub fn entry(c: char) -> Entry {
    let code = c as u32;
    // `char` is at most 0x10ffff, so the page index is below 0x1100.
    let page = match PAGES[(code >> 8) as usize].get() {
        Some(page) => page,
        None => fill(code),
    };
    Entry(page[(code & 0xff) as usize])
}

/// Fill the page of `code`, unless another thread does, and return it.
#[cold]
fn fill(code: u32) -> &'static Page {
    PAGES[(code >> 8) as usize].get_or_init(|| {
        let mut page = Box::new([0u32; 256]);
        for (low, slot) in page.iter_mut().enumerate() {
            if let Some(c) = char::from_u32((code & !0xff) | low as u32) {
                *slot = describe(c);
            }
        }
        page
    })
}

/// The entry of the character at `at`, and its size in bytes; None unless it has two or three bytes.
#[inline(always)]
pub fn short_char(bytes: &[u8], at: usize) -> Option<(Entry, usize)> {
    let low = |byte: u8| u32::from(byte & 0x3f);
    match *bytes.get(at..)? {
        [a @ 0xe0..=0xef, b, c, ..] => {
            Some((entry(char::from_u32(u32::from(a & 0xf) << 12 | low(b) << 6 | low(c))?), 3))
        }
        [a @ 0xc2..=0xdf, b, ..] => Some((entry(char::from_u32(u32::from(a & 0x1f) << 6 | low(b))?), 2)),
        _ => None,
    }
}

/// Whether a character whose UTF-8 starts with `lead` is Greek or Cyrillic (U+0370-052F), whose letters can pass for Latin ones: 1
/// if it is, 2 if it is not, 3 if the byte does not decide.
#[inline(always)]
pub fn script(lead: u8) -> u8 {
    match lead {
        0xce..=0xd3 => 1,
        0xcd | 0xd4 => 3,
        _ => 2,
    }
}

/// The entry of `c`, computed.
fn describe(c: char) -> u32 {
    let class = classify(c);
    let mut value = (class as u32) << 26;
    if std::iter::once(c).default_case_fold().eq([c]) {
        value |= SMALL;
    }
    let toned =
        matches!(std::iter::once(c).nfd().collect::<Vec<_>>()[..], ['o' | 'O' | 'u' | 'U', mark] if is_tone(mark));
    if toned || joins(c) {
        value |= SPECIAL;
    }
    let folded: String = fold_chars(std::iter::once(c)).collect();
    let independent = |one: char| {
        is_nfkc_quick(std::iter::once(one)) == IsNormalized::Yes
            && unicode_normalization::char::canonical_combining_class(one) == 0
            && classify(one) == class
    };
    // Of several letters, only ASCII: no neighbour changes them.
    let single = folded.chars().count() == 1;
    if (1..4).contains(&folded.len()) && (single || folded.is_ascii()) && folded.chars().all(independent) {
        let mut bytes = [0; 4];
        bytes[..folded.len()].copy_from_slice(folded.as_bytes());
        value |= u32::from_le_bytes(bytes) | (folded.len() as u32) << 24;
        if single && folded.starts_with(c) && matches!(class, Class::Letter | Class::Digit) {
            value |= KEPT;
        }
    }
    value
}

fn classify(c: char) -> Class {
    match c {
        // Hangul and halfwidth fillers are letters by category and invisible on the page.
        // The tatweel only draws out the letter before it.
        '\u{ad}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{640}' => return Class::Invisible,
        // Some of them are letters by category.
        _ if is_apostrophe(c) => return Class::Other,
        // The halfwidth voiced sound marks belong to the kana before them.
        '\u{ff9e}' | '\u{ff9f}' => return Class::Mark,
        // Variation selectors and the combining grapheme joiner are marks by category and invisible.
        '\u{34f}' | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            return Class::Invisible
        }
        _ => {}
    }
    match c.general_category_group() {
        GeneralCategoryGroup::Letter => match c.script() {
            Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Thai
            | Script::Lao
            | Script::Khmer
            | Script::Myanmar
            | Script::Bopomofo => Class::Ideograph,
            // The prolonged sound mark and its like serve both kana, so their script is Common.
            Script::Common if matches!(c, '\u{3031}'..='\u{3035}' | '\u{30fc}' | '\u{ff70}') => Class::Ideograph,
            _ => Class::Letter,
        },
        GeneralCategoryGroup::Mark => Class::Mark,
        GeneralCategoryGroup::Number => match c.script() {
            Script::Han => Class::Ideograph,
            _ => Class::Digit,
        },
        _ if is_format(c) => Class::Invisible,
        _ => Class::Other,
    }
}

/// Zero-width and direction characters (`Cf` that is default ignorable), and the byte order mark.
fn is_format(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

pub fn class(c: char) -> Class {
    entry(c).class()
}

/// Append the full case folding of `text` to `out`.
pub fn fold_case(text: &str, out: &mut Vec<u8>) {
    let mut rest = text;
    loop {
        let (ascii, other) = rest.split_at(ascii_before(rest.as_bytes()));
        let from = out.len();
        out.extend_from_slice(ascii.as_bytes());
        out[from..].make_ascii_lowercase();
        let mut chars = other.chars();
        let Some(c) = chars.next() else { return };
        if entry(c).is_small() {
            out.extend_from_slice(&other.as_bytes()[..c.len_utf8()]);
        } else {
            for c in std::iter::once(c).default_case_fold() {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        rest = chars.as_str();
    }
}

/// The number of bytes before the first one that is not ASCII.
fn ascii_before(bytes: &[u8]) -> usize {
    let mut at = 0;
    while bytes[at..].first_chunk::<16>().is_some_and(|chunk| chunk.is_ascii()) {
        at += 16;
    }
    at + bytes[at..].iter().take_while(|byte| byte.is_ascii()).count()
}

/// NFKC, full case folding, NFKC, `respell`; no character is dropped but those that `respell` names.
pub fn fold_chars(text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let folded: String = caseless::default_case_fold_str(&text.nfkc().collect::<String>()).nfkc().collect();
    respell(folded.nfd()).into_iter().nfc().collect::<Vec<_>>().into_iter()
}

/// One coding of letters that readers take for the same. `text` is in case-folded NFD, and so is the result.
///
/// - Arabic: no vowel signs, no hamza or madda on its carrier; one kaf, one yeh (also for alif maqsura) and one heh, which Persian
///   and Urdu write with other code points. As Lucene's ArabicNormalizer and PersianNormalizer, but teh marbuta stays.
/// - Hebrew without points; Greek without accents and breathings, which capitals do not have.
/// - Cyrillic: ё is е; no accents of stress.
/// - Latin letters that are written as two where a keyboard lacks them: ä and æ ae, ö, ø and œ oe, ü ue, å aa (ß is ss by case
///   folding). A dotless i is i, because a capital does not show which of them it is. Cedilla below s and t is the comma of Romanian.
/// - Vietnamese: the tone of oa, oe and uy is on the second vowel, as in the newer spelling.
/// - Digits of all scripts are ASCII digits.
fn respell(text: impl Iterator<Item = char>) -> Vec<char> {
    let mut out: Vec<char> = Vec::new();
    let (mut base, mut at) = ('\0', 0);
    for c in text {
        // The marks of `base` are behind `at`.
        match (base, c) {
            (
                _,
                '\u{610}'..='\u{61a}'
                | '\u{64b}'..='\u{65f}'
                | '\u{670}'
                | '\u{6d6}'..='\u{6dc}'
                | '\u{6df}'..='\u{6e4}',
            )
            | (_, '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}' | '\u{898}'..='\u{89f}' | '\u{8ca}'..='\u{8e1}')
            | (_, '\u{8e3}'..='\u{8ff}' | '\u{fb1e}')
            | (_, '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}')
            | ('\u{370}'..='\u{3ff}', '\u{300}'..='\u{345}')
            | ('е', '\u{308}')
            | ('а' | 'е' | 'и' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я' | 'і' | 'є', '\u{301}')
            | ('i', '\u{307}') => {}
            ('a' | 'o' | 'u', '\u{308}') if out.len() == at => {
                out.push('e');
                (base, at) = ('e', out.len());
            }
            ('a', '\u{30a}') if out.len() == at => {
                out.push('a');
                (base, at) = ('\0', out.len());
            }
            ('s' | 't', '\u{327}') => out.push('\u{326}'),
            _ if unicode_normalization::char::is_combining_mark(c) => out.push(c),
            _ => {
                match c {
                    'ı' => out.push('i'),
                    'æ' => out.extend(['a', 'e']),
                    'œ' | 'ø' => out.extend(['o', 'e']),
                    '\u{671}' => out.push('\u{627}'),
                    '\u{6a9}' | '\u{6aa}' => out.push('\u{643}'),
                    '\u{649}' | '\u{6cc}' => out.push('\u{64a}'),
                    '\u{6c1}' | '\u{6d5}' => out.push('\u{647}'),
                    _ => out.push(digit_value(c).map_or(c, |value| (b'0' + value) as char)),
                }
                (base, at) = (c, out.len());
            }
        }
    }
    for n in 0..out.len().saturating_sub(2) {
        let next = out.get(n + 3);
        let plain = next.is_none_or(|&c| !unicode_normalization::char::is_combining_mark(c));
        if matches!((out[n], out[n + 2]), ('o', 'a' | 'e') | ('u', 'y')) && is_tone(out[n + 1]) && plain {
            out.swap(n + 1, n + 2);
        }
    }
    out
}

/// Whether `mark` is one of the five tone marks of Vietnamese.
fn is_tone(mark: char) -> bool {
    matches!(mark, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}')
}

/// The value of a decimal digit of any script.
fn digit_value(c: char) -> Option<u8> {
    if c.general_category() != GeneralCategory::DecimalNumber {
        return None;
    }
    // The digits of a script are ten code points in a row, in the order of their values, and no two such rows overlap (Unicode
    // Standard, 4.6). Rows that follow each other start at multiples of ten from the first.
    let mut first = c as u32;
    while first > 0 && char::from_u32(first - 1).is_some_and(|c| c.general_category() == GeneralCategory::DecimalNumber)
    {
        first -= 1;
    }
    Some(((c as u32 - first) % 10) as u8)
}

/// Cyrillic and Greek letters that look like Latin ones, in both cases, each with that Latin letter.
const LOOKALIKES: &[(char, char)] = &[
    ('А', 'A'),
    ('В', 'B'),
    ('Е', 'E'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('О', 'O'),
    ('Р', 'P'),
    ('С', 'C'),
    ('Т', 'T'),
    ('У', 'Y'),
    ('Х', 'X'),
    ('І', 'I'),
    ('Ј', 'J'),
    ('Ѕ', 'S'),
    ('а', 'a'),
    ('е', 'e'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('у', 'y'),
    ('х', 'x'),
    ('і', 'i'),
    ('ј', 'j'),
    ('ѕ', 's'),
    ('һ', 'h'),
    ('ԁ', 'd'),
    ('ԛ', 'q'),
    ('ԝ', 'w'),
    ('к', 'k'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Υ', 'Y'),
    ('Χ', 'X'),
    ('α', 'a'),
    ('ι', 'i'),
    ('ν', 'v'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('κ', 'k'),
];

/// `token` in one script, if it mixes Latin with Cyrillic or Greek letters and replacing lookalikes removes one of the scripts.
pub fn unmix(token: &[char]) -> Option<Vec<char>> {
    let scripts = |chars: &[char]| {
        chars.iter().fold((false, false), |(latin, other), c| match c.script() {
            Script::Latin => (true, other),
            Script::Cyrillic | Script::Greek => (latin, true),
            _ => (latin, other),
        })
    };
    if scripts(token) != (true, true) {
        return None;
    }
    let swap = |to_latin: bool, script: Option<Script>| -> Vec<char> {
        let swapped = |c: char| {
            LOOKALIKES.iter().find_map(|&(other, latin)| match to_latin {
                true => (other == c).then_some(latin),
                false => (latin == c && Some(other.script()) == script).then_some(other),
            })
        };
        token.iter().map(|&c| swapped(c).unwrap_or(c)).collect()
    };
    let latin = swap(true, None);
    if !scripts(&latin).1 {
        return Some(latin);
    }
    let foreign = token.iter().map(|c| c.script()).find(|s| matches!(s, Script::Cyrillic | Script::Greek));
    let other = swap(false, foreign);
    (!scripts(&other).0).then_some(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_folds_agree_with_the_general_rule() {
        for c in ('\0'..='\u{2ffff}').filter(|&c| entry(c).folded().1 > 0) {
            let folded: Vec<char> = fold_chars(std::iter::once(c)).collect();
            let (letters, length) = entry(c).folded();
            assert_eq!(folded.iter().collect::<String>().as_bytes(), &letters[..length]);
        }
    }

    #[test]
    fn case_is_folded_as_the_general_rule_folds_it() {
        let all: String = ('\0'..='\u{2ffff}').flat_map(|c| ['A', c]).collect();
        let mut folded = Vec::new();
        fold_case(&all, &mut folded);
        assert_eq!(String::from_utf8(folded).unwrap(), caseless::default_case_fold_str(&all));
    }

    #[test]
    fn mixed_scripts_become_one() {
        let latin: Vec<char> = "раssport".chars().collect();
        assert_eq!(unmix(&latin).unwrap().iter().collect::<String>(), "passport");
        let cyrillic: Vec<char> = "Mосква".chars().collect();
        assert_eq!(unmix(&cyrillic).unwrap().iter().collect::<String>(), "Москва");
        assert_eq!(unmix(&['a', 'b']), None);
    }
}
