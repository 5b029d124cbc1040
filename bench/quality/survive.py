"""What an index survives: kills, a full disk, readers beside a writer, long use, races of processes, and damage.

    python bench/quality/survive.py [--kills 200] [--seconds 60] [--operations 10000] [--rounds 1000] [--copies 2000]

Kills: a process adds, removes or compacts and is killed, in turn at a random moment, at its n-th statement of SQL, and at the
write that would take a file beyond a random size; then the index must open, verify, and hold what was committed: all that the
process was told, and at most the one change that it was at. Full disk: the same limit gives an error, and all is as before.
Readers: eight processes ask while one writes; each answer must be of one state. Operations: random ones beside a dictionary.
Rounds: in each, some processes create one new index at the same time and add, remove and compact, and some are killed; every
document that was reported as added must be there, and the files beside it must be as they were. Copies: each is damaged
somewhere in some way; nothing but an error of ours may come of it, and no altered text without a notice.
"""

import argparse
import datetime
import json
import multiprocessing
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import NoReturn

import dedup
from dedup import Document
from dedup.sources.common import Notices
from dedup.storage.sqlite import Store

RECORDS = Path(__file__).resolve().parents[1] / "records"
KINDS = ("add", "remove", "compact")
MEANS = ("moment", "statement", "size", "full")
BATCH = 20


def text(name: str, draw: random.Random) -> str:
    """A text of some words that are its own and some that are everyone's."""
    return " ".join(f"{name}w{draw.randrange(99)}" if n % 3 else f"word{draw.randrange(2000)}" for n in range(120))


def work(path: str, kind: str, first: int, means: str, at: int) -> None:
    """Change the index until killed; tell each change when it is done."""
    draw = random.Random(at)
    if means == "statement":
        seen = [0]
        connect = Store._connect  # the benchmark is inside

        def counted(self: Store, mode: str, wait: float) -> object:
            db = connect(self, mode, wait)

            def one(_: str) -> None:
                seen[0] += 1
                if seen[0] == at:
                    os.kill(os.getpid(), signal.SIGKILL)

            db.set_trace_callback(one)
            return db

        Store._connect = counted  # type: ignore[method-assign,assignment] # on purpose
    elif means in {"size", "full"}:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL if means == "size" else signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (at, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    print("ready", flush=True)
    index = dedup.Index(path)
    number = first
    while True:
        if kind == "add":
            index.add([Document(f"n{number}-{i}", text(f"n{number}", draw)) for i in range(BATCH)])
        elif kind == "remove":
            index.remove([f"k{number}"])
        else:
            index.compact()
        print(number, flush=True)
        number += 1


def kills(folder: Path, count: int) -> dict[str, int]:
    """Kill `count` writers; return how many by each means. AssertionError where the index holds not what was committed."""
    draw = random.Random(1)
    path = folder / "kills.dedup"
    kept = [Document(f"k{n}", text(f"k{n}", draw)) for n in range(4 * count)]
    dedup.Index(path).add(kept)
    removed = added = 0
    done = dict.fromkeys(MEANS, 0)
    for number in range(count):
        kind, means = KINDS[number % 3], MEANS[number // 3 % 4]
        at = draw.randrange(1, 150) if means == "statement" else path.stat().st_size + draw.randrange(-(1 << 18), 1 << 17)
        if number % 2 and means in {"size", "full"}:
            at = draw.randrange(1 << 14, 1 << 19)  # the log is the file that is too large
        first = removed if kind == "remove" else added
        command = [sys.executable, __file__, "--work", json.dumps([str(path), kind, first, means, at])]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as writer:
            assert writer.stdout
            writer.stdout.readline()
            if means == "moment":
                time.sleep(draw.uniform(0, 0.4))
                writer.kill()
            else:
                try:
                    writer.wait(3)
                except subprocess.TimeoutExpired:
                    writer.kill()
            told = len(writer.stdout.read().splitlines())
        done[means] += 1
        with dedup.Index(path) as index:
            damage = index.verify()
            assert damage == [], (kind, means, at, damage)
            ids = {d.id for d in index.documents()}
        gone = sum(name.startswith("k") and name not in ids for name in (d.id for d in kept))
        new = sum(name.startswith("n") for name in ids) // BATCH
        assert ids == {f"k{n}" for n in range(gone, len(kept))} | {f"n{n}-{i}" for n in range(new) for i in range(BATCH)}
        assert removed + told * (kind == "remove") <= gone <= removed + (told + 1) * (kind == "remove"), (kind, means, at)
        assert added + told * (kind == "add") <= new <= added + (told + 1) * (kind == "add"), (kind, means, at)
        removed, added = gone, new
    return done


def read(path: str, until: float, answers: "multiprocessing.Queue[tuple[int, str]]") -> None:
    """Ask the index until a time; every batch must be there whole or not at all."""
    count = 0
    try:
        with dedup.Index(path) as index:
            while time.time() < until:
                ids = [d.id for d in index.documents()]
                batches: dict[str, int] = {}
                for name in ids:
                    batches[name.split("-")[0]] = batches.get(name.split("-")[0], 0) + 1
                torn = [name for name, size in batches.items() if size != BATCH]
                assert not torn, torn
                index.query(text(ids[count % len(ids)].split("-")[0], random.Random(count)))
                count += 1
    except Exception as error:
        answers.put((count, repr(error)))
    else:
        answers.put((count, ""))


def readers(folder: Path, seconds: float) -> dict[str, int]:
    """One writer and eight readers; return their rounds. AssertionError for an error or a torn read."""
    path = str(folder / "readers.dedup")
    draw = random.Random(2)

    def batch(number: int) -> list[Document]:
        return [Document(f"b{number}-{i}", text(f"b{number}", draw)) for i in range(BATCH)]

    index = dedup.Index(path)
    index.add(batch(0))
    until = time.time() + seconds
    answers: multiprocessing.Queue[tuple[int, str]] = multiprocessing.get_context("spawn").Queue()
    started = [multiprocessing.get_context("spawn").Process(target=read, args=(path, until, answers)) for _ in range(8)]
    for one in started:
        one.start()
    number = 0
    while time.time() < until:
        number += 1
        index.add(batch(number))
        if number % 5 == 0:
            index.remove([f"b{number - 3}-{i}" for i in range(BATCH)])
    found = [answers.get(timeout=60) for _ in started]
    for one in started:
        one.join()
    assert not [error for _, error in found if error], found
    assert dedup.Index(path).verify() == []
    return {"writes": number, "reads": sum(count for count, _ in found)}


def soak(folder: Path, operations: int) -> dict[str, int]:
    """Random operations beside a dictionary; return how many documents are left. AssertionError where the two differ."""
    path = folder / "soak.dedup"
    draw = random.Random(3)
    oracle: dict[str, Document] = {}
    for number in range(operations):
        what = draw.random()
        some = [Document(f"s{draw.randrange(3000)}", text(f"s{draw.randrange(50)}", draw)) for _ in range(draw.randint(1, 4))]
        fresh = {d.id: d for d in reversed(some)}
        if what < 0.4:
            dedup.Index(path).add(some)
            oracle = fresh | oracle
        elif what < 0.6:
            dedup.Index(path).add(list(fresh.values()), replace=True)
            oracle |= fresh
        elif what < 0.9 and oracle:
            gone = draw.sample(sorted(oracle), min(2, len(oracle)))
            dedup.Index(path).remove(gone)
            for name in gone:
                del oracle[name]
        elif path.exists() and oracle:
            with dedup.Index(path) as index:
                name = draw.choice(sorted(oracle))
                assert name in index
                assert len(index) == len(oracle)
                assert name in {m.b.doc for m in index.query(oracle[name].text)}
        if number % 1000 == 999:
            dedup.Index(path).compact()
        if number % 500 == 499:
            with dedup.Index(path) as index:
                assert {d.id: d for d in index.documents()} == oracle
                assert index.verify() == []
    return {"documents": len(oracle)}


def races(folder: Path, rounds: int) -> dict[str, int]:
    """Let processes create and change one new index at once; return the counts. AssertionError where something is lost."""
    draw = random.Random(4)
    done = {"rounds": 0, "added": 0, "killed": 0}
    foreign = {folder / "beside.txt": b"somebody's text", folder / "beside.empty": b""}
    for path, data in foreign.items():
        path.write_bytes(data)
    for number in range(rounds):
        path = folder / f"race{number}.dedup"
        workers = []
        for worker in range(draw.randint(2, 4)):
            reader, writer = os.pipe()
            child = os.fork()
            if not child:
                os.close(reader)
                race(path, f"r{number}-{worker}", random.Random(number * 10 + worker), writer)
            os.close(writer)
            workers.append((child, reader))
        killed = {child for child, _ in workers if draw.random() < 0.3}
        if killed:
            time.sleep(draw.uniform(0, 0.05))
            for child in killed:
                os.kill(child, signal.SIGKILL)
        expected: set[str] = set()
        for child, reader in workers:
            with open(reader, encoding="utf-8") as lines:  # noqa: PTH123 a descriptor
                for line in lines:
                    sign, name = line.rstrip("\n").split(" ")
                    expected.add(name) if sign == "+" else expected.discard(name)
            _, status = os.waitpid(child, 0)
            assert status == 0 or child in killed, (number, status)
        if path.exists():
            with dedup.Index(path) as index:
                assert index.verify() == [], number
                missing = expected - {d.id for d in index.documents()}
            assert not missing, (number, missing)
            path.unlink()
        else:
            assert not expected, number
        for other, data in foreign.items():
            assert other.read_bytes() == data
        for left in [*folder.glob(f"race{number}.dedup*"), *folder.glob(f".race{number}.dedup*")]:
            left.unlink()  # what a killed process was about to put in place
        done["rounds"], done["added"], done["killed"] = number + 1, done["added"] + len(expected), done["killed"] + len(killed)
    return done


def race(path: Path, name: str, draw: random.Random, writer: int) -> NoReturn:
    """Change the index a few times, report what was done, and exit with 1 for any error but that of a lock."""
    code = 0
    try:
        index = dedup.Index(path, wait=60)
        held: list[str] = []
        for number in range(draw.randint(1, 3)):
            added = [Document(f"{name}-{number}-{n}", text(name, draw)) for n in range(draw.randint(1, 3))]
            index.add(added)
            os.write(writer, "".join(f"+ {d.id}\n" for d in added).encode())
            held += [d.id for d in added]
            if draw.random() < 0.2:
                gone = held.pop()
                os.write(writer, f"- {gone}\n".encode())  # told first: a kill may come between
                index.remove([gone])
            if draw.random() < 0.2:
                index.compact()
    except BaseException:
        traceback.print_exc()
        code = 1
    os._exit(code)


def copies(folder: Path, count: int) -> dict[str, int]:
    """Damage `count` copies of an index and read them; return the counts. AssertionError for a silent change."""
    draw = random.Random(5)
    path, copy = folder / "whole.dedup", folder / "copy.dedup"
    documents = [Document(f"c{n}", text(f"c{n % 60}", draw), title=f"Title {n}", outlet="one") for n in range(400)]
    dedup.Index(path).add(documents[:300])
    dedup.Index(path).add(documents[300:])
    dedup.Index(path).remove([f"c{n}" for n in range(0, 400, 25)])
    kept = {d.id: d for d in documents if int(d.id[1:]) % 25}
    whole = path.read_bytes()
    draft = kept["c1"].text
    with dedup.Index(path) as index:
        answer = index.query(draft)
    done = {"damaged": 0, "refused": 0, "unnoticed by a query": 0}
    for number in range(count):
        data = bytearray(whole)
        damage(data, draw)
        copy.write_bytes(data)
        notices = Notices()
        try:
            with dedup.Index(copy) as index:
                damaged = index.verify()
                saved = {d.id: d for d in index.readable(notices)}
        except dedup.DedupError:
            done["refused"] += 1
        else:
            assert damaged or saved == kept, number
            altered = [d.id for d in saved.values() if kept.get(d.id) != d]
            assert not altered, (number, altered)
            assert notices or saved == kept, number
            done["damaged"] += bool(damaged)
        try:
            with dedup.Index(copy) as index:
                assert index.query(draft) == answer, number
                done["unnoticed by a query"] += 1
        except dedup.DedupError:
            pass
        for left in folder.glob("copy.dedup*"):
            left.unlink()
    return done


def damage(data: bytearray, draw: random.Random) -> None:
    """Change some bytes of a file in one of the ways in which disks and people do."""
    size, page = len(data), 32768
    at, length = draw.randrange(size), draw.choice((1, 16, 512, 4096))
    kind = draw.randrange(7)
    if kind == 0:
        data[at] ^= 1 << draw.randrange(8)
    elif kind == 1:
        data[at : at + length] = bytes(min(length, size - at))
    elif kind == 2:
        data[at : at + length] = draw.randbytes(min(length, size - at))
    elif kind == 3:
        one, other = (draw.randrange(1, size // page) * page for _ in range(2))
        data[one : one + page], data[other : other + page] = data[other : other + page], data[one : one + page]
    elif kind == 4:
        one, other = (draw.randrange(size // page) * page for _ in range(2))
        data[one : one + page] = data[other : other + page]
    elif kind == 5:
        del data[draw.randrange(100, size) :]
    else:
        for _ in range(20):
            data[draw.randrange(size)] = draw.randrange(256)


def main() -> None:
    """Run and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--operations", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=1_000)
    parser.add_argument("--copies", type=int, default=2_000)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(*json.loads(options.work))
        return
    lines = ["| what | survived |", "|---|---|"]
    with tempfile.TemporaryDirectory() as name:
        for what, found in (
            ("kills", kills(Path(name), options.kills)),
            (f"readers for {options.seconds:g} s", readers(Path(name), options.seconds)),
            (f"{options.operations:,} operations", soak(Path(name), options.operations)),
            (f"{options.rounds:,} races", races(Path(name), options.rounds)),
            (f"{options.copies:,} damaged copies", copies(Path(name), options.copies)),
        ):
            lines.append(f"| {what} | {', '.join(f'{count:,} {kind}' for kind, count in found.items())} |")
            print(lines[-1], flush=True)
    folder = RECORDS / datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "survive.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
