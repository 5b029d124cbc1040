"""Writes the same articles in every format that `dedup` reads, for `formats.py` and `fuzz/damaged_files.py`.

An article is a dictionary with `id`, `text`, `outlet` (a host), `title`, `published` (ISO 8601) and `url`, which
ends with the id.
"""

import bz2
import csv
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any

import docx
import pyarrow as pa
from backports import zstd
from pyarrow import feather, parquet

Article = dict[str, str]
Write = Callable[[Sequence[Article]], bytes]


def lines(articles: Sequence[Article]) -> bytes:
    """JSON Lines."""
    return "".join(json.dumps(article, ensure_ascii=False) + "\n" for article in articles).encode()


def table(articles: Sequence[Article], delimiter: str = ",") -> bytes:
    """CSV, or TSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, articles[0], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(articles)
    return out.getvalue().encode()


def arrow(articles: Sequence[Article], write: Callable[[Any, Any], None]) -> bytes:
    """Return a table of Arrow in the format of `write`."""
    out = io.BytesIO()
    write(pa.Table.from_pylist(list(articles)), out)
    return out.getvalue()


def lz4(data: bytes) -> bytes:
    """LZ4."""
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "lz4") as stream:
        stream.write(data)
    return bytes(out.getvalue())


def page(article: Article) -> bytes:
    """Return a web page with a menu and a footer around the article."""
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{escape(article['title'])}</title>"
        f"<meta property='article:published_time' content='{article['published']}'>"
        f"<link rel='canonical' href='{article['url']}'></head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>{escape(article['title'])}</h1>{paragraphs(article)}</article><footer>© Imprint</footer></body></html>"
    ).encode()


def response(article: Article) -> bytes:
    """Return a record of a web archive: the page, and the headers of its server."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page(article)
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {article['url']}\r\nWARC-Date: 2018-07-16T00:00:00Z\r\n"
    kind = "Content-Type: application/http; msgtype=response\r\n"
    return f"{head}{kind}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def paragraphs(article: Article) -> str:
    """Return the text of an article as HTML."""
    return "".join(f"<p>{escape(part)}</p>" for part in article["text"].split("\n\n"))


def rss(articles: Sequence[Article]) -> bytes:
    """Return a feed whose entries are whole articles."""
    entries = "".join(
        f"<item><title>{escape(a['title'])}</title><link>{escape(a['url'])}</link><guid isPermaLink='false'>{a['id']}</guid>"
        f"<pubDate>{format_datetime(datetime.fromisoformat(a['published']))}</pubDate>"
        f"<description>{escape(paragraphs(a))}</description></item>"
        for a in articles
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>All</title>{entries}</channel></rss>".encode()


def atom(articles: Sequence[Article]) -> bytes:
    """Return an Atom feed whose entries are whole articles."""
    entries = "".join(
        f"<entry><title>{escape(a['title'])}</title><link href='{escape(a['url'])}'/><id>{a['id']}</id>"
        f"<published>{a['published']}</published><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
        f"{paragraphs(a)}</div></content></entry>"
        for a in articles
    )
    return f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>All</title>{entries}</feed>".encode()


def word(article: Article) -> bytes:
    """DOCX."""
    made, out = docx.Document(), io.BytesIO()
    for part in article["text"].split("\n\n"):
        made.add_paragraph(part)
    made.save(out)
    with zipfile.ZipFile(out) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()})  # without the time of day


def zipped(files: dict[str, bytes]) -> bytes:
    """ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    """Tar."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def beside(articles: Sequence[Article], ending: str) -> dict[str, bytes]:
    """Return the table with what files of this ending do not say themselves."""
    fields = ("outlet", "title", "published", "url")
    return {"metadata.csv": table([{"file": a["id"] + ending} | {field: a[field] for field in fields} for a in articles])}


def texts(articles: Sequence[Article]) -> dict[str, bytes]:
    """Return text files and the table about them."""
    return {f"{a['id']}.txt": a["text"].encode() for a in articles} | beside(articles, ".txt")


def words(articles: Sequence[Article]) -> dict[str, bytes]:
    """Return Word files and the table about them."""
    return {f"{a['id']}.docx": word(a) for a in articles} | beside(articles, ".docx")


def pages(articles: Sequence[Article]) -> dict[str, bytes]:
    """Return web pages."""
    return {f"{a['id']}.html": page(a) for a in articles}


WRITERS: dict[str, Write] = {
    "all.jsonl": lines,
    "array.json": lambda rows: json.dumps(list(rows)).encode(),
    "wrapped.json": lambda rows: json.dumps({"articles": list(rows)}, indent=1).encode(),
    "all.csv": table,
    "all.tsv": lambda rows: table(rows, "\t"),
    "excel.csv": lambda rows: ("sep=;\r\n" + table(rows, ";").decode()).encode("utf-16"),
    "all.parquet": lambda rows: arrow(rows, parquet.write_table),
    "all.feather": lambda rows: arrow(rows, feather.write_feather),
    "all.jsonl.gz": lambda rows: gzip.compress(lines(rows), mtime=0),
    "all.jsonl.bz2": lambda rows: bz2.compress(lines(rows)),
    "all.jsonl.xz": lambda rows: lzma.compress(lines(rows)),
    "all.jsonl.zst": lambda rows: zstd.compress(lines(rows)),
    "all.jsonl.lz4": lambda rows: lz4(lines(rows)),
    "texts.zip": lambda rows: zipped(texts(rows)),
    "jsonl.tar": lambda rows: tarred({"all.jsonl": lines(rows)}),
    "csv.tar.gz": lambda rows: gzip.compress(tarred({"all.csv": table(rows)}), mtime=0),
    "nested.zip": lambda rows: zipped({"a.tar": tarred({"all.jsonl.gz": gzip.compress(lines(rows), mtime=0)})}),
    "docx.zip": lambda rows: zipped(words(rows)),
    "pages.zip": lambda rows: zipped(pages(rows)),
    "pages.tar": lambda rows: tarred(pages(rows)),
    "all.warc": lambda rows: b"".join(map(response, rows)),
    "all.warc.gz": lambda rows: b"".join(gzip.compress(response(row), mtime=0) for row in rows),
    "all.rss": rss,
    "all.atom": atom,
}
"""By the name of the file, what writes it."""
FOLDERS: dict[str, Callable[[Sequence[Article]], dict[str, bytes]]] = {"texts": texts, "docx": words, "html": pages}
"""By the name of the folder, what returns its files."""
