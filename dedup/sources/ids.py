"""Ids: one for each text. Documents with one id and one text are one; those with one id and several texts get new ids."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from dedup.sources.common import File, Notices, Record
from dedup.sources.encoding import escape_undecodable
from dedup.types import Document


def document_of(file: File, record: Record) -> Document:
    """Return the document of a record, under the id that it states, or else its file's name, with its line if it has one."""
    name = escape_undecodable(record.file_name)
    made = name if record.line is None else f"{name}:{record.line}"
    origins = tuple(record.origins.items())
    return Document(record.id or made, record.text, file.path, record.number, origins=origins, **record.fields)


def with_distinct_ids(documents: Iterable[Document], notices: Notices) -> list[Document]:
    """Return `documents` with distinct ids, whatever their order.

    Of documents with one id and one text, the first by path and record is kept. Documents with one id and several texts become
    `ID#` and eight digits of the text's SHA-256. Both add a notice.
    """
    groups: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        groups[document.id].append(document)
    kept: list[Document] = []
    for name, group in groups.items():
        if len(group) == 1:
            kept += group
            continue
        by_text: dict[str, Document] = {}
        for document in sorted(group, key=lambda d: (d.path or "", d.record)):
            by_text.setdefault(document.text, document)
        _report_repeated(name, len(group), len(by_text), notices)
        if len(by_text) == 1:
            kept.extend(by_text.values())
        else:
            kept.extend(replace(d, id=_id_with_hash(name, d.sha256)) for d in by_text.values())
    return kept


def stream_with_distinct_ids(documents: Iterable[Document], notices: Notices, renamed: dict[str, str]) -> Iterator[Document]:
    """Yield what `with_distinct_ids` returns, one by one, without keeping any text.

    The first document of an id has been yielded before a second text with that id is read. At the end, `renamed` holds the new
    ids of such first documents, by the id under which they were yielded.
    """
    first: dict[str, bytes] = {}
    repeated: dict[str, Counter[bytes]] = {}
    for document in documents:
        digest = bytes.fromhex(document.sha256[:32])
        if document.id not in first:
            first[document.id] = digest
            yield document
            continue
        texts = repeated.setdefault(document.id, Counter([first[document.id]]))
        texts[digest] += 1
        if texts[digest] == 1:
            yield replace(document, id=_id_with_hash(document.id, digest.hex()))
    for name, texts in repeated.items():
        _report_repeated(name, texts.total(), len(texts), notices)
        if len(texts) > 1:
            renamed[name] = _id_with_hash(name, first[name].hex())


def _id_with_hash(name: str, digest: str) -> str:
    """The id of one of several texts with the id `name`; `digest` is its SHA-256."""
    return f"{name}#{digest[:8]}"


def _report_repeated(name: str, count: int, distinct: int, notices: Notices) -> None:
    """Add the notices about `count` documents with the id `name` and `distinct` texts."""
    if extra := count - distinct:
        notices.add("repeated-document", f"{name}: occurs {extra + 1} times with one text; read once", document=name)
    if distinct > 1:
        message = f"{name}: {distinct} different texts have this id; each is now {name}#, followed by a part of its hash"
        notices.add("repeated-id", message, document=name)
