"""How fast each format is read, beside a scan of the same articles; writes `reading.md`.

    pip install '.[all]' && python bench/speed/reading.py
    python bench/speed/reading.py --stream 2000        also a JSON Lines file of so many MB, with `--mode signatures`

The same articles are written in every format, read three times in turn, and their texts compared with what was written; those
of pages but for white space, as extraction gives it its own. A page has a menu, teasers and scripts, as a news site has.
"""

import argparse
import csv
import datetime
import gzip
import html
import json
import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from corpus import articles
from pyarrow import parquet

import dedup

RECORDS = Path(__file__).resolve().parents[1] / "records"
REPEATS = 3
PAGES = 500
"""Pages of the web archive; extraction takes a hundred times as long as all else."""


def page(text: str) -> bytes:
    """Return an article as a page of a news site."""
    menu = "".join(f"<a href='/s{n}'>Section number {n}</a>" for n in range(60))
    teasers = "".join(f"<div><h3><a href='/t{n}'>Another story {n}</a></h3><p>A short teaser.</p></div>" for n in range(40))
    script = "<script>" + "var x={};for(var i=0;i<10;i++){x[i]=i*2;}\n" * 300 + "</script>"
    body = "".join(f"<p>{html.escape(part)}</p>" for part in text.split("\n\n"))
    return (
        f"<!DOCTYPE html><html><head><title>A story</title>{script}</head><body><nav>{menu}</nav><main><article>{body}"
        f"</article></main><aside>{teasers}</aside><footer>Imprint</footer></body></html>"
    ).encode()


def response(number: int, text: str) -> bytes:
    """Return a record of a web archive."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page(text)
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://www.example.org/{number}\r\n"
    head += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    return gzip.compress(head.encode() + http + b"\r\n\r\n", 1)


def write(folder: Path, rows: list[dict[str, str]]) -> None:
    """Write the articles in all formats."""
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "all.jsonl").write_text(lines, encoding="utf-8")
    (folder / "all.jsonl.gz").write_bytes(gzip.compress(lines.encode(), 6))
    (folder / "all.json").write_text(json.dumps(rows), encoding="utf-8")
    with (folder / "all.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    parquet.write_table(pa.Table.from_pylist(rows), folder / "all.parquet")
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for row in rows:
            archive.writestr(f"{row['id']}.txt", row["text"])
    (folder / "pages.warc.gz").write_bytes(b"".join(response(n, row["text"]) for n, row in enumerate(rows[:PAGES])))


def readings() -> Iterator[tuple[str, str, dedup.Reading]]:
    """Yield a name, a file and how it is read."""
    for name in ("all.jsonl", "all.jsonl.gz", "all.json", "all.csv", "all.parquet", "all.zip"):
        yield name, name, dedup.Reading()
    yield "pages.warc.gz, full", "pages.warc.gz", dedup.Reading()
    yield "pages.warc.gz, fast", "pages.warc.gz", dedup.Reading(extraction="fast")


def stream(folder: Path, megabytes: int) -> str:
    """Scan a long stream by signatures; return what that took."""
    path, count = folder / "long.jsonl", 0
    with path.open("w", encoding="utf-8") as out:
        while out.tell() < megabytes * 1e6:
            for text in articles(10_000, seed=count + 7):
                out.write(json.dumps({"id": f"a{count}", "text": text}) + "\n")
                count += 1
    command = [f"{sysconfig.get_path('scripts')}/dedup", "scan", str(path), "--mode", "signatures", "--format", "json"]
    started = time.perf_counter()
    subprocess.run([*command, "-o", str(folder / "report.json")], check=True)
    took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return f"{count:,} articles, {path.stat().st_size / 1e6:,.0f} MB, `--mode signatures`: {took:.0f} s, {peak:.0f} MiB\n"


def main() -> None:
    """Measure, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=5_000)
    parser.add_argument("--stream", type=int, default=0, metavar="MB")
    options = parser.parse_args()
    texts = articles(options.articles)
    rows = [{"id": f"{n:06}", "text": text} for n, text in enumerate(texts)]
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, rows)
        for _ in range(REPEATS):
            for what, file, reading in readings():
                started = time.perf_counter()
                found = dedup.read(folder / file, reading)
                times.setdefault(what, []).append(time.perf_counter() - started)
                expected = texts[: len(found)] if file.startswith("pages") else texts
                assert [d.text.split() for d in found] == [t.split() for t in expected], what
                assert len(found) == (min(PAGES, len(texts)) if file.startswith("pages") else len(texts)), what
            started = time.perf_counter()
            dedup.scan(dedup.read(folder / "all.jsonl"))
            times.setdefault("scan", []).append(time.perf_counter() - started)
        last = stream(folder, options.stream) if options.stream else ""
    scan = statistics.median(times.pop("scan"))
    out = (
        f"# Reading, dedup {dedup.__version__}\n\n{len(texts):,} articles; a scan of them takes {scan:.2f} s, with reading\n\n"
    )
    out += "| | seconds | documents a second | of a scan's time |\n|---|---|---|---|\n"
    for what, own in times.items():
        took, count = statistics.median(own), PAGES if what.startswith("pages") else len(texts)
        share = "–" if what.startswith("pages") else f"{took / scan:.0%}"
        out += f"| {what} | {took:.3f} | {count / took:,.0f} | {share} |\n"
    record = RECORDS / datetime.datetime.now(datetime.UTC).date().isoformat() / "reading.md"
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(f"{out}\n{last}".rstrip() + "\n", encoding="utf-8")
    sys.stdout.write(out + last)


if __name__ == "__main__":
    main()
