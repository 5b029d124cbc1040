"""Read damaged files of every format, and report what the reader does not survive.

    python fuzz/damaged_files.py [--files 20000] [--seed 1] [--seconds 10] [--keep FOLDER]

A few articles are written in every format. Each file is then damaged: bits are flipped, parts are cut out, repeated or
overwritten, it is cut off, joined to a file of another format, named as one, or packed in an archive or a compressed file, also
several times. Nothing but documents and notices may come of it: an exception, a file that takes more than `--seconds` of
processor time, and one that takes more memory than `--gigabytes` are findings. `--keep` is where such files are written.

Files are read in processes of their own, a batch in each, so that a crash is a finding, too. Same seed, same files.
"""

import argparse
import bz2
import gzip
import lzma
import multiprocessing
import random
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bench" / "quality"))

from file_formats import FOLDERS, WRITERS, Article, tarred, zipped

BATCH = 100
"""Files that one process reads."""
_MOST_LAYERS = 7
_CODES = ("exception", "crash", "time", "memory")


def seeds() -> dict[str, bytes]:
    """Return files of every format, by their names."""
    sentence = "the mayor said on Monday that “the old bridge” über dem Fluß 橋は閉鎖 will be closed for 2,500 days"
    words = sentence.split()
    draw = random.Random(0)
    articles: list[Article] = [
        {
            "id": f"a{n:04}",
            "text": "\n\n".join(" ".join(draw.choices(words, k=30)) + "." for _ in range(4)),
            "outlet": f"paper{n}.example",
            "title": f"Article {n}",
            "published": f"2018-07-1{n}T09:30:00+02:00",
            "url": f"https://paper{n}.example/a{n:04}",
        }
        for n in range(4)
    ]
    files = {name: write(articles) for name, write in WRITERS.items()}
    for make in FOLDERS.values():
        name, data = next(iter(make(articles).items()))
        files[name] = data
    files["front.md"] = b"---\ntitle: One\ndate: 2018-07-15 09:30\nauthor: [Ann Lee, &a Bob]\n---\n" + files["a0000.txt"]
    files["small.pdf"] = pdf("The mayor said that the old bridge is closed.")
    return files


def pdf(line: str) -> bytes:
    """Return a PDF of one page with one line."""
    content = f"BT /F1 12 Tf 72 720 Td ({line}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", list[int]()
    for number, held in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, held)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (table, start)


def _flipped(data: bytearray, draw: random.Random) -> bytearray:
    for _ in range(draw.choice((1, 2, 8, 64))):
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return data


def _cut_off(data: bytearray, draw: random.Random) -> bytearray:
    return data[: draw.randrange(len(data)) + 1]


def _cut_out(data: bytearray, draw: random.Random) -> bytearray:
    start = draw.randrange(len(data))
    del data[start : start + draw.choice((1, 7, 100, 4096))]
    return data


def _repeated(data: bytearray, draw: random.Random) -> bytearray:
    start = draw.randrange(len(data))
    return data[:start] + data[start : start + 1000] * draw.choice((2, 10, 200)) + data[start:]


def _overwritten(data: bytearray, draw: random.Random) -> bytearray:
    start = draw.randrange(len(data))
    odd = draw.choice(
        (b"\0", b"\xff", b"<", b'"', b"[", b"{", b"9", b"\n", b"\x80", b"&", b"--", b"\xef\xbb\xbf", bytes(range(256)))
    )
    data[start : start + 50] = odd * draw.choice((1, 50, 5000))
    return data


DAMAGES: tuple[Callable[[bytearray, random.Random], bytearray], ...] = (
    *(_flipped, _flipped, _flipped, _cut_off, _cut_off, _cut_out, _repeated, _overwritten, _overwritten),
)
_PACKERS: tuple[tuple[str, Callable[[str, bytes], bytes]], ...] = (
    (".gz", lambda _, data: gzip.compress(data, mtime=0)),
    (".bz2", lambda _, data: bz2.compress(data)),
    (".xz", lambda _, data: lzma.compress(data, preset=0)),
    (".zip", lambda name, data: zipped({name: data, "other.txt": b"Another text."})),
    (".tar", lambda name, data: tarred({name: data, "other.txt": b"Another text."})),
)


def damaged(files: dict[str, bytes], draw: random.Random) -> tuple[str, bytes]:
    """Return the name and the bytes of a file that something was done to."""
    name, other = draw.choices(sorted(files), k=2)
    data = bytearray(files[name])
    kind = draw.random()
    if kind < 0.1:
        data = draw.choice((data + files[other], bytearray(files[other]) + data, data + data))
    elif kind < 0.2:
        name = other  # under the name of another format
    for _ in range(draw.choice((0, 1, 1, 1, 2, 4)) if kind < 0.3 else draw.choice((1, 1, 2, 4))):
        if data:
            data = draw.choice(DAMAGES)(data, draw)
    layers = draw.randrange(_MOST_LAYERS) if draw.random() < 0.2 else 0
    for _ in range(layers):
        ending, pack = draw.choice(_PACKERS)
        packed = bytearray(pack(name, bytes(data)))
        name, data = name + ending, draw.choice(DAMAGES)(packed, draw) if draw.random() < 0.2 else packed
    return (name if draw.random() < 0.9 else name.partition(".")[0]), bytes(data)


class _TooSlowError(BaseException):
    """It is no `Exception`, so that no reader takes it for damage."""


def _stop(*_: object) -> None:
    raise _TooSlowError


def read_batch(seed: int, count: int, seconds: int, bytes_: int, told: "multiprocessing.connection.Connection") -> None:
    """Read `count` damaged files; send the number of each before it is read, and a finding as a pair of code and words."""
    import dedup  # noqa: PLC0415 in the process that reads

    resource.setrlimit(resource.RLIMIT_AS, (bytes_, bytes_))
    signal.signal(signal.SIGVTALRM, _stop)
    files, draw = seeds(), random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            told.send(number)
            name, data = damaged(files, draw)
            path = Path(folder) / name
            path.write_bytes(data)
            signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
            try:
                documents = dedup.read([path])
                if any("memory" in notice.message and notice.code == "unreadable-file" for notice in documents.notices):
                    told.send(("memory", documents.notices[0].message))
            except _TooSlowError:
                told.send(("time", traceback.format_exc(limit=-6)))
            except Exception:
                told.send(("exception", traceback.format_exc(limit=-6)))
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
                path.unlink()
    told.send(None)


def findings(seed: int, count: int, seconds: int, bytes_: int) -> Iterator[tuple[int, str, str]]:
    """Yield the number, the code and the words of each finding in a batch."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=read_batch, args=(seed, count, seconds, bytes_, theirs))
    process.start()
    theirs.close()
    number = 0
    try:
        while (message := ours.recv()) is not None:
            if isinstance(message, int):
                number = message
            else:
                yield number, *message
    except EOFError:
        process.join()
        yield number, "crash", f"the process ended with {process.exitcode}; the files behind it were not read"
    process.join()


def main() -> int:
    """Read, report, and return 1 if something was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--gigabytes", type=float, default=3)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    found = 0
    for start in range(0, options.files, BATCH):
        seed, count = options.seed * 1_000_003 + start, min(BATCH, options.files - start)
        for number, code, words in findings(seed, count, options.seconds, int(options.gigabytes * 1e9)):
            found += 1
            files, draw = seeds(), random.Random(seed)
            for _ in range(number + 1):
                name, data = damaged(files, draw)
            print(f"{code}: file {start + number} ({name}, {len(data):,} bytes)\n{words}", flush=True)
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{start + number}-{name}").write_bytes(data)
    print(f"{options.files:,} files, {found:,} findings")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
