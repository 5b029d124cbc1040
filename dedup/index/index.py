"""`Index`: documents and their fingerprints in one file, which reports what a text shares with them.

The file keeps what stages 2 to 5 make of each document. A query looks up the documents that a scan would compare with the text,
and scans the text with them, with word weights of the whole index: so it finds the passages that a scan of all documents would.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from dedup.align import word_weights
from dedup.arrays import Layout, distinct
from dedup.errors import UsageError, VersionError
from dedup.index.drafts import Unverified, clusters, draft_report, free_name, merged_reports
from dedup.index.encode import encode, matchable
from dedup.index.lookup import equal_keys, look_up_candidates
from dedup.params import CheckRules, IndexParams, MatchParams, match_preset
from dedup.pipeline.common import Corpus, cut_documents, kernel_threads, shared_passages
from dedup.sources.common import Notices
from dedup.sources.encoding import replace_surrogates
from dedup.storage.find import FoundDocuments, find_documents
from dedup.storage.pool import StorePool
from dedup.storage.segments import Kind, Memory, Postings, Run
from dedup.storage.sqlite import Store, refuse_unknown
from dedup.storage.verify import damage, readable
from dedup.types import Checked, Document, Match, Report

_BATCH = 2_000
"""How many documents are encoded at a time."""
_HELD = 1 << 22
"""How many postings of an add memory holds before they go to a temporary table."""
_KINDS: tuple[Kind, ...] = ("fingerprint", "band")


class Added(NamedTuple):
    """What an add did: the ids that it added, replaced and passed over, and notices about those."""

    added: list[str]
    replaced: list[str]
    passed: list[str]
    notices: Notices


class Index:
    """An index of documents in one file. Any number of processes may read it while one writes; threads may share one object.

    The first `add` creates a file that is missing, without texts if `text` is false. A second writer waits for `wait` seconds.
    `threads` is how many threads the kernels use, 0 for one a core. The methods raise SourceError for a file that is no index
    or cannot be read or written, and its subclasses DamagedError, LockedError and VersionError.

    >>> import dedup, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> with dedup.Index(folder.name + "/news.dedup") as index:
    ...     added = index.add([dedup.Document("one", "Prices of oil fell sharply on Monday in London, traders said.")])
    ...     for match in index.query("Prices of oil fell sharply on Monday in London, traders said."):
    ...         print(match.b.doc, match.kind)
    one verbatim
    >>> folder.cleanup()
    """

    def __init__(self, path: str | Path, *, text: bool = True, wait: float = 0.0, threads: int | None = None) -> None:
        """Open nothing yet: the file is opened when it is first used."""
        self.path = Path(path)
        self._text, self._wait, self._threads = text, wait, threads
        self._stores = StorePool(self.path)
        self._params = IndexParams()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._stores.close()

    def __len__(self) -> int:
        with self._stores.reading() as store:
            return int(store.get("documents"))

    def __contains__(self, name: str) -> bool:
        with self._stores.reading() as store:
            return replace_surrogates(name) in store.known([replace_surrogates(name)])

    def add(self, documents: Iterable[Document], *, replace: bool = False, renamed: Mapping[str, str] | None = None) -> Added:
        """Add `documents`: all of them or, if anything fails, none.

        They are taken one by one; memory holds a few thousand at a time. A document whose id the index has already is passed
        over, with a notice, unless `replace` is true and its text differs.

        `renamed` maps ids of `documents` to other ids. It is read after the last document, because
        `sources.reader.Reader.distinct` fills it until then.
        """
        done = Added([], [], [], Notices())
        with closing(Store(self.path, write=True, text=self._text, wait=self._wait)) as store:
            if replace:
                store.db.execute("PRAGMA secure_delete = ON")
            with kernel_threads(self._threads), store.writing():
                self._add(store, iter(documents), done, replaced=replace)
                stored = {*done.added, *done.replaced} if renamed else set()
                names = {old: new for old, new in (renamed or {}).items() if old in stored}
                store.rename(names)
                done.added[:] = [names.get(name, name) for name in done.added]
                done.replaced[:] = [names.get(name, name) for name in done.replaced]
            store.fold()
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
            encoded = encode(fresh, self._params, places=not store.has_text)
            number = store.insert(fresh, encoded.layout, np.diff(encoded.tokens.offsets).tolist())
            postings: Postings
            for kind, postings in zip(_KINDS, (encoded.fingerprints, encoded.bands), strict=True):
                held[kind].append(postings._replace(docs=postings.docs + np.uint32(number)))
                if sum(len(part.keys) for part in held[kind]) > _HELD:
                    runs[kind].append(store.set_aside(kind, Memory(kind, held[kind])))
                    held[kind].clear()
            if first:
                words.append(word_weights.count_words(encoded.tokens))
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
        """Return the documents of `batch` to store; if `replaced`, remove the stored documents whose ids they have."""
        whole_batch = list(map(_mended, batch))
        known = store.known([d.id for d in whole_batch])
        fresh: dict[str, Document] = {}
        for whole in whole_batch:
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
        with closing(self._existing()) as store:
            store.db.execute("PRAGMA secure_delete = ON")
            with store.writing():
                names = list(map(replace_surrogates, ids))
                known = store.known(names)
                refuse_unknown(store, names, known)
                store.delete(sorted({number for number, _ in known.values()}))
            store.fold()

    def _existing(self) -> Store:
        """Open the file to write. SourceError where there is none."""
        with self._stores.reading():
            pass
        return Store(self.path, write=True, wait=self._wait)

    def compact(self) -> None:
        """Write all postings again without removed documents, count words again, and make the file as small as possible."""
        with closing(self._existing()) as store:
            with store.writing():
                if store.has_text and store.get("documents"):
                    words = [word_weights.count_words(matchable(batch)[0]) for batch in _batches(store)]
                    store.freeze(word_weights.frozen(word_weights.summed(words), MatchParams()))
                for kind in _KINDS:
                    store.merge(kind, [], everything=True)
                store.forget_removed()
            with store.translated_errors():
                store.db.execute("VACUUM")
            store.fold()

    def query(self, text: str, *, preset: str | MatchParams = "news") -> list[Match]:
        """Return the passages that `text` shares with documents of the index, by their place in `text`, which is side a.

        They are those of a scan of the index together with the text. UsageError for an index without texts, whose answers are
        not verified: `unverified` gives them.
        """
        found = self.report(Document("", text), preset=preset).matches
        return [m.without_name() for m in found]

    @property
    def has_text(self) -> bool:
        """Whether the index keeps texts."""
        with self._stores.reading() as store:
            return store.has_text

    def report(self, document: Document, *, preset: str | MatchParams = "news", but: str | None = None) -> Report:
        """Return the report of `document` and all that shares passages with it, except the document `but`.

        The document is the first of the report and side a of every match. If a document of the index has its id, it gets
        `#draft` behind its own. UsageError for an index without texts.
        """
        match = preset if isinstance(preset, MatchParams) else match_preset(preset)
        draft = replace(document, id=replace_surrogates(document.id), text=replace_surrogates(document.text))
        with kernel_threads(self._threads), self._stores.reading() as store:
            if not store.has_text:
                raise UsageError(f"{self.path} keeps no texts, so nothing can be verified; `Index.unverified` gives candidates")
            words = store.words()
            encoded = encode([draft], self._params)
            bits = word_weights.word_bits(encoded.tokens, match, words)
            candidates = look_up_candidates(store, encoded, bits, match, self._params)
            found = [laid for laid in store.laid_documents(candidates.numbers) if laid[0].id != but]
            others, paragraphs = zip(*sorted(found, key=lambda laid: laid[0].id), strict=True) if found else ((), ())
            corpus = Corpus(words, int(store.get("tokens")) + len(encoded.tokens.ids))
            draft = replace(draft, id=free_name(draft.id, (other.id for other in others)))
            given = cut_documents([draft, *others], match, Layout.of([encoded.layout.of_text(0), *paragraphs]))
            marks = candidates.marks if match.matchable_only else None
            return draft_report(given, shared_passages(given, match, corpus=corpus, marks=marks), match)

    def check(self, document: Document, *, rules: CheckRules | None = None, preset: str | MatchParams = "news") -> Checked:
        """Return the passages of a draft that occur in the index, each judged by `rules`. UsageError as `report`."""
        from dedup.index.check import judged  # noqa: PLC0415 only a check needs the rules of judging

        return judged(self.report(document, preset=preset), document.id, rules or CheckRules())

    def reuse(self, ids: Sequence[str], *, preset: str | MatchParams = "news") -> Report:
        """Return the report of what the documents `ids` share with all others. UsageError for an id that is not there."""
        return merged_reports([self.report(document, preset=preset, but=document.id) for document in self.documents(ids)])

    def unverified(self, text: str | Document) -> list[Unverified]:
        """Return where `text` shares two or more fingerprints with a document of the index; for an index without texts."""
        document = Document("", text) if isinstance(text, str) else text
        encoded = encode([document], self._params)
        own = encoded.fingerprints
        with self._stores.reading() as store:
            hits = store.find("fingerprint", distinct(own.keys))
            hit, mine = equal_keys(hits.keys, own.keys)
            names = dict(store.ids(distinct(hits.docs).tolist()))
        starts = encoded.tokens.starts[encoded.places[mine]].tolist()
        ends = encoded.tokens.ends[encoded.places[mine] + self._params.fingerprint - 1].tolist()
        rows = sorted(zip(hits.docs[hit].tolist(), starts, ends, hits.extras[hit].tolist(), strict=True))
        out: list[Unverified] = []
        for number, name in names.items():
            out.extend(clusters([row[1:] for row in rows if row[0] == number], document.id or None, name))
        return sorted(out, key=lambda m: (m.a.start, m.a.end, m.b.doc or "", m.b.start))

    def documents(self, ids: Sequence[str] | None = None) -> Iterator[Document]:
        """Yield the documents of the index, or those with `ids`, in the order added. UsageError for one that is not there."""
        with self._stores.reading() as store:
            numbers = None
            if ids is not None:
                names = list(map(replace_surrogates, ids))
                known = store.known(names)
                refuse_unknown(store, names, known)
                numbers = [number for number, _ in known.values()]
            for _, document in store.documents(numbers):
                yield document

    def search(self, words: str = "", *, most: int = 50, seconds: float = 60.0) -> FoundDocuments:
        """Return documents that hold every one of `words` in their title, outlet, id, author or text, those added last first.

        It is a plain search for parts of words, in any case of letters; without words all documents match.
        """
        with self._stores.reading() as store:
            return find_documents(store, words.split(), most, seconds)

    def readable(self, notices: Notices) -> Iterator[Document]:
        """Yield the documents that can be read, in the order added, also of a damaged index or one of another version.

        A notice names each document that cannot be read, and whatever else is wrong.
        """
        with closing(Store(self.path, salvage=True)) as store, store.reading():
            for found in readable(store):
                if isinstance(found, Document):
                    yield found
                else:
                    code = "other-version" if isinstance(found, VersionError) else "damaged-index"
                    notices.add(code, str(found), path=str(self.path))

    def stats(self) -> dict[str, object]:
        """Return what the index holds: counts of `documents`, `tokens`, `bytes`, `segments`, `postings` and more."""
        with self._stores.reading() as store:
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

    def verify(self, *, every_row: bool = True) -> list[str]:
        """Return what is damaged in the file, in words; an empty list if every row and block is as it was written.

        Without `every_row`, only the header, the schema, the settings and the list of segments are looked at, in a moment.
        """
        with closing(Store(self.path, salvage=True)) as store, store.reading():
            return list(dict.fromkeys(damage(store, every_row=every_row)))


_STRINGS = ("id", "text", "outlet", "title", "url", "kind", "agency", "author", "path")


def _mended(document: Document) -> Document:
    """Return the document without lone surrogates, which no file can hold."""
    strings = {name: value for name in _STRINGS if (value := getattr(document, name)) is not None}
    changed: dict[str, Any] = {
        name: mended for name, value in strings.items() if (mended := replace_surrogates(value)) is not value
    }
    return replace(document, **changed) if changed else document


def _batches(store: Store) -> Iterator[list[Document]]:
    every = (document for _, document in store.documents())
    while batch := list(islice(every, _BATCH)):
        yield batch
