//! Any text is cut into tokens and paragraphs that lie inside it, in order; both cutters agree; nothing panics.
#![no_main]

use _native::jaccard::longest_unshared;
use _native::paragraphs::{paragraphs, Limits, Rule};
use _native::spelling::{key, similarity};
use _native::tokens::{hash_words, tokenise, TokenBuffer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|texts: (String, String)| {
    let (mut cut, mut hashed) = (TokenBuffer::default(), TokenBuffer::default());
    for text in [&texts.0, &texts.1] {
        tokenise(text, &mut cut);
        hash_words(text, &mut hashed);
        assert_eq!(cut.hashes, hashed.hashes);
        let length = text.chars().count() as u32;
        let spans: Vec<_> = cut.starts.iter().zip(&cut.ends).collect();
        assert!(spans.iter().all(|&(start, end)| start < end && *end <= length));
        assert!(spans.windows(2).all(|pair| pair[0].1 <= pair[1].0));
        key(text);
    }
    similarity(&texts.0, &texts.1);
    longest_unshared(&texts.0, &texts.1, 5);
    let limits = Limits {
        column_least: 45,
        column_most: 85,
        column_share: 0.5,
        column_lines: 3,
        column_indent: 4,
        closing_signs: 2,
        repeated_characters: 200,
    };
    let rule = Rule { enders: vec!['.', '!', '?'], closers: vec!['"', '”'], limits };
    let found = paragraphs(&[&texts.0, &texts.1], &rule);
    for (doc, text) in [&texts.0, &texts.1].into_iter().enumerate() {
        let own = found.offsets[doc] as usize..found.offsets[doc + 1] as usize;
        let length = text.chars().count() as i64;
        assert!(own.clone().all(|i| found.starts[i] < found.ends[i] && found.ends[i] <= length));
        assert!(own.clone().skip(1).all(|i| found.ends[i - 1] <= found.starts[i]));
    }
});
