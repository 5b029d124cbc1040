"""Damage the files that dedup keeps, and see what it makes of them: indexes, LSH files, reports, checks, settings.

    python fuzz/files.py index|lsh|report|settings [--runs 1000] [--seed 0]

Each run changes one file, which was made here, and asks all that a user could ask. A finding is any error that is not one of
dedup's own, a text that differs from the one that was stored without an error, or an answer that takes over a minute. The first
finding is raised with the number of its run; `--seed` with that number repeats it.
"""

import argparse
import json
import random
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import mutate

import dedup
from dedup import Document
from dedup.sources.common import Notices

TEXTS = [f"The mayor of town {n} said on Monday that bridge {n * 7} over the river will be closed. " * 2 for n in range(9)]
QUERY = TEXTS[3] + " It was said in another place."
Target = Callable[[Path, random.Random], None]


def index(folder: Path, draw: random.Random) -> None:
    """Change bytes of an index; ask it everything."""
    path, base = folder / "news.dedup", folder / "base.dedup"
    if not base.exists():
        with dedup.Index(base) as made:
            made.add([Document(f"d{n}", text, outlet=f"o{n % 3}.com") for n, text in enumerate(TEXTS)])
            made.remove(["d8"])
    for ending in ("-wal", "-shm"):
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)
    path.write_bytes(mutate.bytes_of(base.read_bytes(), draw))
    asked: list[Callable[[dedup.Index], object]] = [
        lambda i: i.query(QUERY),
        lambda i: i.check(Document("t", QUERY)),
        lambda i: i.stats(),
        lambda i: list(i.documents()),
        lambda i: i.verify(),
        lambda i: i.verify(every_row=False),
        lambda i: i.add([Document("new", QUERY)]),
        lambda i: i.remove(["d1"]),
        lambda i: i.compact(),
    ]
    draw.shuffle(asked)
    for one in asked:
        with suppress(dedup.DedupError), dedup.Index(path) as opened:
            one(opened)
    with suppress(dedup.DedupError), dedup.Index(path) as opened:
        for document in opened.readable(Notices()):
            number = document.id.removeprefix("d")
            assert document.id == "new" or document.text == TEXTS[int(number)], "a text was altered without an error"


def lsh(folder: Path, draw: random.Random) -> None:
    """Change bytes of a file of signatures; load and ask it."""
    base, path = folder / "base.lsh", folder / "news.lsh"
    if not base.exists():
        made = dedup.LSH()
        made.add([f"d{n}" for n in range(9)], TEXTS)
        made.save(base)
    path.write_bytes(mutate.bytes_of(base.read_bytes(), draw))
    for check in (True, False):
        with suppress(dedup.DedupError):
            loaded = dedup.LSH.load(path, check=check)
            loaded.query(QUERY)
            loaded.pairs()
            list(loaded)
            loaded.add(["new"], [QUERY])


def report(folder: Path, draw: random.Random) -> None:
    """Change values of a report; show, trace and export it."""
    base, path = folder / "base.json", folder / "report.json"
    if not base.exists():
        dedup.trace([Document(f"d{n}", f"{TEXTS[0]} Line {n}.\n\n{text}") for n, text in enumerate(TEXTS)]).save(base)
    if draw.random() < 0.3:
        path.write_bytes(mutate.bytes_of(base.read_bytes(), draw))
    else:
        path.write_text(json.dumps(mutate.json_of(json.loads(base.read_text(encoding="utf-8")), draw)), encoding="utf-8")
    commands = (["tree"], ["tree", "--format", "html"], ["tree", "--format", "graphml"], ["sources"], ["outlets"], ["scan"])
    command = draw.choice(commands)
    called([*command[:1], str(path), *command[1:]])


def settings(folder: Path, draw: random.Random) -> None:
    """Change bytes of a file of settings; check a draft with it."""
    whole = (
        b'fail-on = "30w"\nmin-words = 9\nlicensed = ["Reuters"]\nignore-phrases = ["/a+b/", "one two"]\noutlet = "The Daily"\n'
    )
    name, start = draw.choice((("dedup.toml", b""), ("pyproject.toml", b"[tool.dedup]\n")))
    for other in ("dedup.toml", "pyproject.toml"):
        (folder / other).unlink(missing_ok=True)
    (folder / "draft.txt").write_text(QUERY, encoding="utf-8")
    (folder / name).write_bytes(mutate.bytes_of(start + whole, draw))
    called(["check", str(folder / "draft.txt"), "--against", str(folder / "draft.txt")])


def called(command: list[str]) -> None:
    """Run the command line in this process. AssertionError if it ends otherwise than with a message."""
    from dedup import cli  # noqa: PLC0415 only two targets
    from dedup.cli.output import EXPECTED  # noqa: PLC0415

    sys.argv = ["dedup", *command]
    messages = StringIO()
    try:
        with redirect_stderr(messages), redirect_stdout(TextIOWrapper(BytesIO(), "utf-8")):
            cli.app()
    except (*EXPECTED, SystemExit):
        pass
    assert "Traceback" not in messages.getvalue()


TARGETS: dict[str, Target] = {"index": index, "lsh": lsh, "report": report, "settings": settings}


@contextmanager
def limited(seconds: int) -> Any:
    """Raise TimeoutError after `seconds`, where the system has such a signal."""
    if hasattr(signal, "alarm"):

        def late(*_: object) -> None:
            raise TimeoutError(f"no answer after {seconds} s")

        signal.signal(signal.SIGALRM, late)
        signal.alarm(seconds)
    try:
        yield
    finally:
        if hasattr(signal, "alarm"):
            signal.alarm(0)


def fuzz(name: str, runs: int, seed: int = 0) -> None:
    """Run a target `runs` times, from the run `seed` on."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(seed, seed + runs):
            try:
                with limited(60):
                    TARGETS[name](Path(folder), random.Random(number))
            except Exception as error:
                raise AssertionError(f"{name}, --seed {number}: {type(error).__name__}: {error}") from error


def main() -> None:
    """Run one target."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    fuzz(asked.target, asked.runs, asked.seed)
    print(f"{asked.target}: {asked.runs:,} runs, no finding")


if __name__ == "__main__":
    main()
