//! Character classes and folding, looked up in pages of 256 code points that are filled when first touched.
//!
//! A token is folded as Unicode's `toNFKC_Casefold` does it: NFKC, full case folding, NFKC again, with default-ignorable
//! characters dropped. Most characters fold to one character whatever stands beside them; for those the page holds the answer.

use std::sync::OnceLock;

use unicode_normalization::{is_nfkc_quick, IsNormalized, UnicodeNormalization};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};

/// What a character may do in a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Class {
    /// Parts tokens.
    Other = 0,
    Letter = 1,
    Digit = 2,
    /// A combining mark: continues a token, never starts one.
    Mark = 3,
    /// Vanishes inside a token.
    Invisible = 4,
    /// A letter of a script without spaces: a token of its own, with its marks.
    Ideograph = 5,
}

const SIMPLE: u32 = 1 << 24;
const CLASS_SHIFT: u32 = 25;
const CHAR_MASK: u32 = 0x1f_ffff;

type Page = [u32; 256];
static PAGES: [OnceLock<Box<Page>>; 0x1100] = [const { OnceLock::new() }; 0x1100];

fn entry(c: char) -> u32 {
    let code = c as u32;
    // `char` is at most 0x10ffff, so the page index is below 0x1100.
    let page = PAGES[(code >> 8) as usize].get_or_init(|| {
        let mut page = Box::new([0u32; 256]);
        for (low, slot) in page.iter_mut().enumerate() {
            if let Some(c) = char::from_u32((code & !0xff) | low as u32) {
                *slot = describe(c);
            }
        }
        page
    });
    page[(code & 0xff) as usize]
}

fn describe(c: char) -> u32 {
    let class = classify(c);
    let mut value = (class as u32) << CLASS_SHIFT;
    let mut folded = fold_chars(std::iter::once(c));
    if let (Some(one), None) = (folded.next(), folded.next()) {
        if is_nfkc_quick(std::iter::once(one)) == IsNormalized::Yes
            && unicode_normalization::char::canonical_combining_class(one) == 0
            && classify(one) == class
        {
            value |= SIMPLE | one as u32;
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
        // Variation selectors and the combining grapheme joiner are marks that nobody sees.
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
    match entry(c) >> CLASS_SHIFT {
        1 => Class::Letter,
        2 => Class::Digit,
        3 => Class::Mark,
        4 => Class::Invisible,
        5 => Class::Ideograph,
        _ => Class::Other,
    }
}

/// The folded character, where folding needs no look at the neighbours.
pub fn simple_fold(c: char) -> Option<char> {
    let value = entry(c);
    (value & SIMPLE != 0).then(|| char::from_u32(value & CHAR_MASK)).flatten()
}

/// NFKC, full case folding, NFKC, without any dropping of characters.
pub fn fold_chars(text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    caseless::default_case_fold_str(&text.nfkc().collect::<String>()).nfkc().collect::<Vec<_>>().into_iter()
}

/// Cyrillic and Greek letters that pass for Latin ones, both cases, and the Latin letter they pass for.
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

/// If `token` mixes Latin with Cyrillic or Greek letters, the same token in one script, where lookalikes allow it.
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
        for c in ('\0'..='\u{2ffff}').filter(|&c| simple_fold(c).is_some()) {
            let folded: Vec<char> = fold_chars(std::iter::once(c)).collect();
            assert_eq!(folded, vec![simple_fold(c).unwrap()]);
        }
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
