"""`Index`: documents and their fingerprints in one file, asked what a text shares with them.

What is stored is what stages 2 to 5 make of a document. A query finds the documents that a scan would look at beside the text,
and scans the text with them, by what words are worth in the whole index: so it finds the passages that a scan of all would.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from dedup.align import word_weights
from dedup.arrays import distinct
from dedup.errors import SourceError, UsageError
from dedup.index.drafts import DRAFT, Unverified, clusters, of_draft, together
from dedup.index.encode import make, spoken
from dedup.index.lookup import candidates, joined
from dedup.judge.passages import Case, Known, judge, shares
from dedup.params import CheckRules, IndexParams, MatchParams
from dedup.params import preset as preset_named
from dedup.pipeline.common import Corpus
from dedup.pipeline.scan import scan
from dedup.press.credit_lines import line_credits
from dedup.press.credits import credited
from dedup.press.names import agencies, agency_of, display_name
from dedup.sources.common import Notices, mend
from dedup.storage.segments import Kind, Memory, Postings, Run
from dedup.storage.sqlite import Store, refuse_unknown
from dedup.text.tokens import tokenise
from dedup.types import Checked, Document, Match, Report

_BATCH = 2_000
"""Documents made ready at a time."""
_HELD = 1 << 22
"""Postings of an add that are held in memory before they are set aside."""
_KINDS: tuple[Kind, ...] = ("fingerprint", "band")


class Added(NamedTuple):
    """What an add did: ids `added` and `replaced`, how many were `passed` over, and notices of those."""

    added: list[str]
    replaced: list[str]
    passed: list[str]
    notices: Notices


class Index:
    """An index of documents in one file. Many processes may read it while one writes.

    A file that is not there is made by the first `add`, without texts if `text` is false. A second writer waits for `wait`
    seconds. All methods raise SourceError for a file that is none of ours, is damaged or cannot be read or written.
    """

    def __init__(self, path: str | Path, *, text: bool = True, wait: float = 0.0) -> None:
        """Nothing is opened before it is used."""
        self.path = Path(path)
        self._text, self._wait = text, wait
        self._reader: Store | None = None
        self._params = IndexParams()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._reader:
            self._reader.close()
            self._reader = None

    def __len__(self) -> int:
        with self._store().reading():
            return int(self._store().get("documents"))

    def __contains__(self, name: str) -> bool:
        with self._store().reading():
            return name in self._store().known([name])

    def _store(self) -> Store:
        if self._reader is None:
            self._reader = Store(self.path)
        return self._reader

    def add(self, documents: Iterable[Document], *, replace: bool = False, renamed: Mapping[str, str] | None = None) -> Added:
        """Add `documents`, all of them or, if anything fails, none.

        They are taken as they come, and no more than some thousands are held. `renamed`, looked at in the end, are ids among
        them that have become others (`sources.Reader.distinct`).

        One that is there already with the same text is passed over; with another text too, and a notice says so, unless
        `replace` is true.
        """
        store = Store(self.path, write=True, text=self._text, wait=self._wait)
        done = Added([], [], [], Notices())
        try:
            if replace:
                store.db.execute("PRAGMA secure_delete = ON")
            with store.writing():
                self._add(store, iter(documents), done, replaced=replace)
                stored = {*done.added, *done.replaced} if renamed else set()
                names = {old: new for old, new in (renamed or {}).items() if old in stored}
                store.rename(names)
                done.added[:] = [names.get(name, name) for name in done.added]
                done.replaced[:] = [names.get(name, name) for name in done.replaced]
        except BaseException:
            store.close()
            if store.fresh:
                self.path.unlink(missing_ok=True)
            raise
        _settle(store)
        return done

    def _add(self, store: Store, documents: Iterator[Document], done: Added, *, replaced: bool) -> None:
        runs: dict[Kind, list[Run]] = {kind: [] for kind in _KINDS}
        held: dict[Kind, list[Postings]] = {kind: [] for kind in _KINDS}
        first = store.get("documents") == 0
        words: list[word_weights.Counts] = []
        while batch := list(islice(documents, _BATCH)):
            fresh = self._fresh(store, batch, done, replaced=replaced)
            if not fresh:
                continue
            made = make(fresh, self._params, places=not store.has_text)
            number = store.insert(fresh, made.laid, np.diff(made.tokens.offsets).tolist())
            own: Postings
            for kind, own in zip(_KINDS, (made.fingerprints, made.bands), strict=True):
                held[kind].append(own._replace(docs=own.docs + np.uint32(number)))
                if sum(len(part.keys) for part in held[kind]) > _HELD:
                    runs[kind].append(store.set_aside(kind, Memory(kind, held[kind])))
                    held[kind].clear()
            if first:
                words.append(word_weights.counted(made.tokens))
                if sum(len(part.hashes) for part in words) > _HELD:
                    words = [word_weights.summed(words)]
        if words:
            store.freeze(word_weights.frozen(word_weights.summed(words), MatchParams()))
        for kind in _KINDS:
            if held[kind]:
                runs[kind].append(Memory(kind, held[kind]))
            if runs[kind]:
                store.merge(kind, runs[kind])

    def _fresh(self, store: Store, batch: Sequence[Document], done: Added, *, replaced: bool) -> list[Document]:
        """The documents of `batch` that are to be stored; older ones with their ids are removed where they are `replaced`."""
        known = store.known([d.id for d in batch])
        fresh: dict[str, Document] = {}
        for document in batch:
            name, own = mend(document.id), mend(document.text)
            as_is = name is document.id and own is document.text
            whole = document if as_is else replace(document, id=name, text=own)
            old = known.get(whole.id)
            same = old is not None and old[1].hex() == whole.sha256
            if same or whole.id in fresh or (old and not replaced):
                done.passed.append(whole.id)
                code, what = ("known-document", "there already") if same else ("known-id", "there already with another text")
                way = "" if same else "; `dedup index replace` takes the new one"
                done.notices.add(code, f"{whole.id}: {what}; passed over{way}", document=whole.id)
            else:
                fresh[whole.id] = whole
        dead = [known[name][0] for name in fresh if name in known]
        if dead:
            store.delete(dead)
            done.replaced.extend(name for name in fresh if name in known)
        done.added.extend(name for name in fresh if name not in known)
        return list(fresh.values())

    def remove(self, ids: Sequence[str]) -> None:
        """Remove documents, all or none. UsageError, and nothing removed, for an id that is not there."""
        if isinstance(ids, str):
            raise UsageError("remove takes many ids, not one; put it in a list")
        self._store()
        store = Store(self.path, write=True, wait=self._wait)
        try:
            store.db.execute("PRAGMA secure_delete = ON")
            with store.writing():
                known = store.known(ids)
                refuse_unknown(store, ids, known)
                store.delete(sorted({number for number, _ in known.values()}))
        finally:
            _settle(store)

    def compact(self) -> None:
        """Write all postings anew without what was removed, count words again, and make the file as small as it can be."""
        self._store()
        store = Store(self.path, write=True, wait=self._wait)
        try:
            with store.writing():
                if store.has_text and store.get("documents"):
                    words = [word_weights.counted(spoken(batch)[0]) for batch in _batches(store)]
                    store.freeze(word_weights.frozen(word_weights.summed(words), MatchParams()))
                for kind in _KINDS:
                    store.merge(kind, [], everything=True)
                store.forget_removed()
            with store.told():
                store.db.execute("VACUUM")
        finally:
            _settle(store)

    def query(self, text: str, *, preset: str | MatchParams = "news") -> list[Match] | list[Unverified]:
        """Return the passages that `text` shares with documents of the index, by their place in it; side a is `text`.

        They are those of a scan of the index with the text. An index without texts gives `Unverified` ones.
        """
        if not self.has_text:
            return self.unverified(Document("", text))
        return [replace(m, a=m.a._replace(doc=None)) for m in self.report(Document("", text), preset=preset).matches]

    @property
    def has_text(self) -> bool:
        """Whether the index keeps texts."""
        with self._store().reading():
            return self._store().has_text

    def report(self, document: Document, *, preset: str | MatchParams = "news", but: str | None = None) -> Report:
        """Return the report of `document` and what shares passages with it, all but the document `but`; it is side a of all.

        UsageError for an index without texts.
        """
        match = preset if isinstance(preset, MatchParams) else preset_named(preset)
        draft = replace(document, id=DRAFT + mend(document.id), text=mend(document.text))
        store = self._store()
        with store.reading():
            if not store.has_text:
                raise UsageError(f"{self.path} keeps no texts; what it shares with a text cannot be verified")
            words = store.words()
            made = make([draft], self._params)
            numbers = candidates(store, made, word_weights.word_bits(made.tokens, match, words), match, self._params)
            found = [other for _, other in store.documents(numbers) if other.id != but]
            within = Corpus(words, int(store.get("tokens")) + len(made.tokens.ids))
        name = draft.id.removeprefix(DRAFT)
        own = f"{name}#draft" if any(other.id == name for other in found) else name
        return of_draft(scan([draft, *found], preset=match, within=within), draft, own)

    def check(self, document: Document, *, rules: CheckRules | None = None, preset: str | MatchParams = "news") -> Checked:
        """Return the passages of a draft that stand in the index, each judged by `rules`. UsageError as `report`."""
        rules = rules or CheckRules()
        found = self.report(document, preset=preset)
        draft, *others = found.documents
        standing = {
            span: [other for other in family.passages if other.doc != draft.id]
            for family in found.families
            if family.kind == "boilerplate"
            for span in family.passages
            if span.doc == draft.id
        }
        licensed = frozenset(map(display_name, rules.licensed))
        # Whose copy a source is, and whom a draft credits, is asked only where something depends on it.
        sources = {other.id: Known(other, _agency(other) if licensed or draft.author else None) for other in others}
        tokens = tokenise([draft.text])
        credited = _credited(draft) if licensed else set()
        draft = replace(draft, id=document.id)
        case = Case(draft, tokens, found.matches, standing, sources, credited, replace(rules, licensed=licensed))
        passages = tuple(judge(case))
        return Checked(draft, len(tokens.ids), passages, shares(passages, tokens), tuple(others), found.notices)

    def reuse(self, ids: Sequence[str], *, preset: str | MatchParams = "news") -> Report:
        """Return the report of what documents of the index share with any others. UsageError for an id that is not there."""
        return together([self.report(document, preset=preset, but=document.id) for document in self.documents(ids)])

    def unverified(self, document: Document) -> list[Unverified]:
        """Return where `document` shares two or more fingerprints with an indexed one, of an index without texts."""
        store = self._store()
        made = make([document], self._params)
        own = made.fingerprints
        with store.reading():
            hits = store.find("fingerprint", distinct(own.keys))
            hit, mine = joined(hits.keys, own.keys)
            names = dict(store.ids(distinct(hits.docs).tolist()))
        starts = made.tokens.starts[made.places[mine]].tolist()
        ends = made.tokens.ends[made.places[mine] + self._params.fingerprint - 1].tolist()
        rows = sorted(zip(hits.docs[hit].tolist(), starts, ends, hits.extras[hit].tolist(), strict=True))
        out: list[Unverified] = []
        for number, name in names.items():
            out.extend(clusters([row[1:] for row in rows if row[0] == number], document.id or None, name))
        return sorted(out, key=lambda m: (m.a.start, m.a.end, m.b.doc or "", m.b.start))

    def documents(self, ids: Sequence[str] | None = None) -> Iterator[Document]:
        """Yield the documents of the index, or those with `ids`, in the order added. UsageError for one that is not there."""
        store = self._store()
        with store.reading():
            if ids is not None:
                refuse_unknown(store, ids, store.known(ids))
            for _, document in store.documents(ids=ids):
                yield document

    def readable(self, notices: Notices) -> Iterator[Document]:
        """Yield the documents that can be read, in the order added; a notice tells of each that cannot."""
        store = self._store()
        with store.reading():
            for number in store.numbers():
                try:
                    with store.told():
                        found = list(store.documents([number]))
                except SourceError:
                    notices.add("damaged-document", f"{self.path}: document {number} is damaged; left out", path=str(self.path))
                    continue
                yield from (document for _, document in found)

    def stats(self) -> dict[str, object]:
        """Return what the index holds: `documents`, `tokens`, `bytes` of the file, `segments`, `postings`, and the like."""
        store = self._store()
        with store.reading():
            own = [segment for kind in _KINDS for segment in store.segments_of(kind)]
            return {
                "documents": store.get("documents"),
                "tokens": store.get("tokens"),
                "removed": len(store.removed()),
                "text": store.has_text,
                "bytes": self.path.stat().st_size,
                "segments": len(own),
                "postings": sum(segment.postings for segment in own),
                "version": store.get("dedup"),
                "hash_version": store.get("hash_version"),
            }

    def verify(self) -> list[str]:
        """Return what is damaged in the file, in words; an empty list where every row and block is as it was written."""
        store = self._store()
        with store.reading():
            return list(dict.fromkeys(store.verify()))


def check(text: str | Document, index: Index | str | Path, *, rules: CheckRules | None = None, preset: str = "news") -> Checked:
    """Return the passages of a draft that stand in an index, each judged: quoted, credited, licensed, own, or none of these.

    `rules` say what a newsroom may print and what is its own. SourceError and UsageError as `Index.report`.
    """
    document = Document("draft", text) if isinstance(text, str) else text
    if isinstance(index, Index):
        return index.check(document, rules=rules, preset=preset)
    with Index(index) as opened:
        return opened.check(document, rules=rules, preset=preset)


def _agency(document: Document) -> str | None:
    """The agency whose copy a document is: as it is told, by its outlet, or, of a wire's copy, by its own credit."""
    if document.agency:
        return display_name(document.agency)
    if own := agency_of(document.outlet or ""):
        return own
    named = credited(document.text)
    return named[0] if named else None


def _credited(draft: Document) -> set[str]:
    """The agencies that a draft credits."""
    own = {display_name(draft.agency)} if draft.agency else set()
    return {*credited(draft.text), *line_credits(draft.text, agencies())} | own


def _batches(store: Store) -> Iterator[list[Document]]:
    every = (document for _, document in store.documents())
    while batch := list(islice(every, _BATCH)):
        yield batch


def _settle(store: Store) -> None:
    """Close a store that was written: what its log holds goes into the file."""
    try:
        with store.told():
            store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        store.close()
