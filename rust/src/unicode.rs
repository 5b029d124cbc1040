//! Character classes and folding, looked up in pages of 256 code points, each filled on first use.
//!
//! A token is folded as by Unicode's `toNFKC_Casefold`: NFKC, full case folding, NFKC again, with default-ignorable characters
//! dropped. Most characters fold to one character whatever their neighbours are; the page holds the result for those.

use std::sync::OnceLock;

use caseless::Caseless;
use unicode_normalization::{is_nfkc_quick, IsNormalized, UnicodeNormalization};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
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
/// Bit 29 is set for letters and digits that fold to themselves, bit 30 for characters that case folding does not change.
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

    /// The folded form in UTF-8 (one to three bytes, then zeros), and its length; 0 if the form depends on the neighbours.
    #[inline(always)]
    pub fn folded(self) -> ([u8; 4], usize) {
        ((self.0 & 0xff_ffff).to_le_bytes(), (self.0 >> 24 & 3) as usize)
    }
}

const KEPT: u32 = 1 << 29;
const SMALL: u32 = 1 << 30;

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
    let mut folded = fold_chars(std::iter::once(c));
    if let (Some(one), None) = (folded.next(), folded.next()) {
        if one.len_utf8() < 4
            && is_nfkc_quick(std::iter::once(one)) == IsNormalized::Yes
            && unicode_normalization::char::canonical_combining_class(one) == 0
            && classify(one) == class
        {
            let mut bytes = [0; 4];
            let length = one.encode_utf8(&mut bytes).len();
            value |= u32::from_le_bytes(bytes) | (length as u32) << 24;
            if one == c && matches!(class, Class::Letter | Class::Digit) {
                value |= KEPT;
            }
        }
    }
    value
}

fn classify(c: char) -> Class {
    match c {
        // Hangul and halfwidth fillers are letters by category and invisible on the page.
        '\u{ad}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => return Class::Invisible,
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

/// NFKC, full case folding, NFKC; no character is dropped.
pub fn fold_chars(text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    caseless::default_case_fold_str(&text.nfkc().collect::<String>()).nfkc().collect::<Vec<_>>().into_iter()
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
