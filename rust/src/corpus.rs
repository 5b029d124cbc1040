//! Many texts to one set of flat token arrays, and a vocabulary in which every distinct folded token (word) has a number.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use rayon::prelude::*;

use crate::tokens::{tokenise, TokenBuffer};

/// The tokens of `n` texts. `offsets` has `n + 1` entries: text `d` owns the tokens `offsets[d]..offsets[d + 1]`. `breaks` and
/// `capitals` are as in `TokenBuffer`. `ids` are word numbers, in the order of first occurrence. Word `v` is the UTF-8
/// `vocabulary[bounds[v]..bounds[v + 1]]`, its hash `hashes[v]`.
#[derive(Default)]
pub struct Corpus {
    pub offsets: Vec<i64>,
    pub starts: Vec<u32>,
    pub ends: Vec<u32>,
    pub ids: Vec<u32>,
    pub breaks: Vec<bool>,
    pub capitals: Vec<bool>,
    pub vocabulary: Vec<u8>,
    pub bounds: Vec<i64>,
    pub hashes: Vec<u64>,
    /// The text and the start of each token in which letters of two scripts were mixed.
    pub mixed: Vec<(u32, u32)>,
}

/// A hasher for keys that are hashes already: it returns the key.
#[derive(Default)]
pub struct Identity(u64);

impl Hasher for Identity {
    fn write(&mut self, _: &[u8]) {
        unreachable!("only u64 keys are hashed");
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

type Numbers = HashMap<u64, u32, BuildHasherDefault<Identity>>;

/// The tokens of some texts, with words numbered within the block.
#[derive(Default)]
struct Block {
    counts: Vec<usize>,
    starts: Vec<u32>,
    ends: Vec<u32>,
    ids: Vec<u32>,
    breaks: Vec<bool>,
    capitals: Vec<bool>,
    words: Vec<u8>,
    bounds: Vec<usize>,
    hashes: Vec<u64>,
    mixed: Vec<(u32, u32)>,
}

/// Bytes of text in one unit of parallel work.
const BLOCK_BYTES: usize = 1 << 18;
/// Blocks of each thread in a wave. Waves are merged one after another, so that the memory of a block is reused from the cache.
const WAVE: usize = 4;

/// The tokens of `texts`.
pub fn tokenise_all(texts: &[&str]) -> Corpus {
    let mut cuts = vec![0];
    let mut size = 0;
    for (i, text) in texts.iter().enumerate() {
        size += text.len();
        if size >= BLOCK_BYTES {
            cuts.push(i + 1);
            size = 0;
        }
    }
    cuts.push(texts.len());

    // Blocks are merged in text order, so that word numbers do not depend on the cuts.
    let mut numbers = Numbers::default();
    let mut corpus = Corpus { offsets: vec![0], bounds: vec![0], ..Corpus::default() };
    for wave in cuts.windows(2).collect::<Vec<_>>().chunks(WAVE * rayon::current_num_threads()) {
        let mut blocks: Vec<Block> = wave
            .par_iter()
            .map_init(Default::default, |room, w| tokenise_block(&texts[w[0]..w[1]], w[0] as u32, room))
            .collect();
        let maps: Vec<Vec<u32>> = blocks.iter().map(|block| corpus.number(block, &mut numbers)).collect();
        blocks.par_iter_mut().zip(maps.par_iter()).for_each(|(block, map)| {
            for id in &mut block.ids {
                *id = map[*id as usize];
            }
        });
        for block in &blocks {
            corpus.extend(block);
        }
    }
    corpus
}

impl Corpus {
    /// The word number in this corpus of each word of `block`. New words are added.
    fn number(&mut self, block: &Block, numbers: &mut Numbers) -> Vec<u32> {
        let mut from = 0;
        let mut map = Vec::with_capacity(block.hashes.len());
        for (&hash, &to) in block.hashes.iter().zip(&block.bounds) {
            let fresh = self.hashes.len() as u32;
            let number = *numbers.entry(hash).or_insert(fresh);
            if number == fresh {
                self.vocabulary.extend_from_slice(&block.words[from..to]);
                self.bounds.push(self.vocabulary.len() as i64);
                self.hashes.push(hash);
            }
            map.push(number);
            from = to;
        }
        map
    }

    fn extend(&mut self, block: &Block) {
        let mut end = self.offsets.last().copied().unwrap_or(0);
        self.offsets.extend(block.counts.iter().map(|&count| {
            end += count as i64;
            end
        }));
        self.starts.extend_from_slice(&block.starts);
        self.ends.extend_from_slice(&block.ends);
        self.ids.extend_from_slice(&block.ids);
        self.breaks.extend_from_slice(&block.breaks);
        self.capitals.extend_from_slice(&block.capitals);
        self.mixed.extend_from_slice(&block.mixed);
    }
}

/// The number of texts in which each of `words` words occurs; text `d` owns `ids[offsets[d]..offsets[d + 1]]`.
pub fn document_counts(ids: &[u32], offsets: &[i64], words: usize) -> Vec<u32> {
    // Of each word, the last text that has it (counted from 1) and the number of such texts, side by side for the cache.
    let mut seen = vec![(0u32, 0u32); words];
    for (range, doc) in offsets.windows(2).zip(1..) {
        for &id in &ids[range[0] as usize..range[1] as usize] {
            let (last, count) = &mut seen[id as usize];
            *count += u32::from(*last != doc);
            *last = doc;
        }
    }
    seen.into_iter().map(|(_, count)| count).collect()
}

fn tokenise_block(texts: &[&str], first: u32, (buffer, numbers): &mut (TokenBuffer, Numbers)) -> Block {
    let mut block = Block::default();
    numbers.clear();
    for (text, number) in texts.iter().zip(first..) {
        tokenise(text, buffer);
        block.counts.push(buffer.hashes.len());
        block.starts.extend_from_slice(&buffer.starts);
        block.ends.extend_from_slice(&buffer.ends);
        block.breaks.extend_from_slice(&buffer.breaks);
        block.capitals.extend_from_slice(&buffer.capitals);
        block.mixed.extend(buffer.mixed.iter().map(|&start| (number, start)));
        for (i, &hash) in buffer.hashes.iter().enumerate() {
            let fresh = block.hashes.len() as u32;
            let id = *numbers.entry(hash).or_insert(fresh);
            if id == fresh {
                block.words.extend_from_slice(buffer.word(i));
                block.bounds.push(block.words.len());
                block.hashes.push(hash);
            }
            block.ids.push(id);
        }
    }
    block
}
