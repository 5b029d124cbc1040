"""Scan the same articles in every format, and record whether the matches are the same.

    python bench/quality/formats.py DOCUMENTS [--articles 600]

DOCUMENTS is a file of JSON Lines with `text`, and if known `outlet` and `published`. The matches of a format are those of plain
text files if they join the same documents by the same words; white space may differ. Formats that give the same documents are
scanned once. The record is `bench/records/<date>/formats.md`.
"""

import argparse
import datetime
import re
import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from file_formats import FOLDERS, WRITERS, Article

import dedup

RECORDS = Path(__file__).resolve().parents[1] / "records"
_ID = re.compile(r"a\d{4}")
Match = tuple[str, str, str, str]


def articles(path: str, most: int) -> list[Article]:
    """Return the articles of a file, with all that `file_formats` needs, and texts of paragraphs."""
    found = []
    for number, document in enumerate(dedup.read([path])[:most]):
        text = "\n\n".join(" ".join(part.split()) for part in document.text.splitlines() if part.strip())
        host = re.sub(r"[^a-z0-9]+", "-", (document.outlet or "none").casefold()).strip("-") or "none"
        time = (document.published or datetime.datetime(2018, 7, 15, tzinfo=datetime.UTC)).replace(microsecond=0)
        name = f"a{number:04}"
        stated = {"title": f"Article {name}", "published": time.isoformat(), "url": f"https://{host}.example/{name}"}
        found.append({"id": name, "text": text, "outlet": f"{host}.example", **stated})
    return found


def documents_of(path: Path) -> tuple[tuple[dedup.Document, ...], list[str]]:
    """Return the documents that are read, without what says from where, and the notices."""
    read = dedup.read([path])
    # In some formats the id is an address. Ids decide between matches that are equally good.
    found = [replace(d, id=_ID.findall(d.id)[-1], title=None, path=None, record=0, origins=()) for d in read]
    return tuple(sorted(found, key=lambda document: document.id)), [notice.message for notice in read.notices]


@lru_cache(8)
def matches(documents: tuple[dedup.Document, ...]) -> frozenset[Match]:
    """Return the matches of documents, as words."""
    text = {document.id: document.text for document in documents}

    def side(span: dedup.Span) -> tuple[str, str]:
        return str(span.doc), " ".join(text[str(span.doc)][span.start : span.end].split())

    found = [sorted((side(match.a), side(match.b))) for match in dedup.scan(documents).matches]
    return frozenset((a, b, words, other) for (a, words), (b, other) in found)


def main() -> None:
    """Write, scan, compare and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents")
    parser.add_argument("--articles", type=int, default=600)
    options = parser.parse_args()
    rows = articles(options.documents, options.articles)
    told = [f"# The same articles in every format, dedup {dedup.__version__}", "", f"{len(rows)} articles.", ""]
    told += ["| format | documents | matches | the same | only here | only in text files | notices |", "|---|" + "---|" * 6]
    expected: frozenset[Match] | None = None
    for name in (*FOLDERS, *WRITERS):
        with tempfile.TemporaryDirectory() as folder:
            files = FOLDERS[name](rows) if name in FOLDERS else {name: WRITERS[name](rows)}
            for file, data in files.items():
                (Path(folder) / file).write_bytes(data)
            documents, notices = documents_of(Path(folder) if name in FOLDERS else Path(folder) / name)
        found = matches(documents)
        expected = found if expected is None else expected
        counts = (len(found), len(found & expected), len(found - expected), len(expected - found), len(notices))
        told.append(f"| {name} | {len(documents):,} | {' | '.join(f'{n:,}' for n in counts)} |")
        print(told[-1], *notices[:3], sep="\n  ", flush=True)
    folder_of_day = RECORDS / datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    folder_of_day.mkdir(parents=True, exist_ok=True)
    (folder_of_day / "formats.md").write_text("\n".join(told) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
