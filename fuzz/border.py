"""Call the compiled kernels with hostile arguments.

    python fuzz/border.py [--runs 10000] [--seed 0]

Real calls are recorded while a corpus is scanned, traced and indexed. Each run takes one of them and changes some arguments:
arrays of other lengths, shapes, types and orders, values at the limits of their types, NaN, other numbers, other objects. A
kernel may raise ValueError, TypeError, OverflowError, MemoryError, or AttributeError (parameters of another class); it may not
panic, and not end the process. Runs are made in forks of this process, so that a crash is a finding too; the number of its run
is reported, and `--seed` with it repeats it.
"""

import argparse
import os
import random
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import mutate

import dedup
from dedup import Document, _native

ALLOWED = (ValueError, TypeError, OverflowError, MemoryError, AttributeError)
BATCH = 200
MEMORY = 6 << 30
"""Bytes of address space that a run may use."""
Call = tuple[str, tuple[Any, ...], dict[str, Any]]


def recorded() -> list[Call]:
    """Return up to six calls of each kernel, made by real work."""
    found: dict[str, list[Call]] = {}
    kernels = {name: getattr(_native, name) for name in _native.__all__ if callable(getattr(_native, name))}

    def recording(name: str, kernel: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            calls = found.setdefault(name, [])
            if len(calls) < 6:
                calls.append((name, args, named))
            return kernel(*args, **named)

        return call

    for name, kernel in kernels.items():
        setattr(_native, name, recording(name, kernel))
    try:
        work()
    finally:
        for name, kernel in kernels.items():
            setattr(_native, name, kernel)
    return [call for name in sorted(found) for call in found[name]]


def work() -> None:
    """Use every kernel once."""
    texts = [
        f"The mayor of town {n % 3} said on Monday that bridge {n * 7} over the river will be closed. " * 3 for n in range(20)
    ]
    documents = [Document(f"d{n}", text, outlet=f"o{n}.com") for n, text in enumerate(texts)]
    dedup.trace(documents[:8])
    dedup.scan(documents)
    dedup.near_duplicates(texts)
    dedup.shingle_hashes(texts[0])
    for scheme in ("affine32", "affine64"):
        dedup.signatures(texts, scheme=scheme)
    made = dedup.LSH()
    made.add([document.id for document in documents], texts)
    made.query(texts[0])
    made.pairs()
    dedup.dedupe(documents, contained=0.9)
    with tempfile.TemporaryDirectory() as folder, dedup.Index(f"{folder}/i.dedup") as index:
        index.add(documents)
        index.remove(["d1"])
        index.compact()
        index.query(texts[2])


def changed(value: Any, draw: random.Random) -> Any:
    """Return another value in the place of an argument."""
    if draw.random() < 0.03:
        return draw.choice((None, "x", -1, 1.5, [], np.zeros(3), np.zeros((2, 2), np.uint32), object()))
    if isinstance(value, np.ndarray):
        return _array(value, draw)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return draw.choice((*mutate.NUMBERS, value + 1, max(value - 1, 0), value * 2))
    if isinstance(value, float):
        return draw.choice((0.0, -0.0, 1.0, -1.0, float("nan"), float("inf"), -float("inf"), 1e308, 5e-324, value * 1e9))
    if isinstance(value, str):
        return draw.choice(("", "\ud800", "a" * 70_000, "é\u0301\u200b" * 99, value[: len(value) // 2], value * 3))
    if isinstance(value, bytes):
        return mutate.bytes_of(value, draw)
    if is_dataclass(value) and not isinstance(value, type):
        name = draw.choice([one.name for one in fields(value)])
        try:
            return replace(value, **{name: changed(getattr(value, name), draw)})
        except Exception:  # the class itself refuses it
            return value
    if isinstance(value, list | tuple) and value:
        at = draw.randrange(len(value))
        parts = [*value[:at], changed(value[at], draw), *value[at + 1 :]] if draw.random() < 0.8 else list(value[:at])
        return type(value)(parts) if type(value) in (list, tuple) else value
    return value


def _array(value: np.ndarray[Any, Any], draw: random.Random) -> np.ndarray[Any, Any]:
    kind = draw.randrange(7)
    if kind == 0:
        return value[: draw.randrange(len(value) + 1)].copy()
    if kind == 1:
        return np.concatenate([value, value])
    if kind == 2:
        return np.asfortranarray(value) if value.ndim > 1 else value[::2]
    if kind == 3:
        return value.astype(draw.choice(("u1", "u4", "i8", "f8", "u8", "?")))
    if kind == 4:
        return np.empty((0, *value.shape[1:]), value.dtype)
    out = value.copy()
    if not out.size:
        return out
    limits: tuple[Any, ...] = (0, 1)
    if out.dtype.kind in "iu":
        about = np.iinfo(out.dtype)
        limits = (0, 1, about.min, about.max, about.max - 1, about.max // 2)
    elif out.dtype.kind == "f":
        limits = (0.0, -1.0, np.nan, np.inf, -np.inf, 1e308)
    for _ in range(draw.choice((1, 1, 3))):
        out.reshape(-1)[draw.randrange(out.size)] = draw.choice(limits)
    if kind == 6:
        out = np.sort(out.reshape(-1))[::-1].reshape(out.shape).copy()
    return out


def run(call: Call, draw: random.Random) -> None:
    """Make one call with some of its arguments changed."""
    name, args, named = call
    values = list(args)
    for _ in range(draw.choice((1, 1, 2, 3))):
        at = draw.randrange(len(values) + len(named)) if values or named else 0
        if at < len(values):
            values[at] = changed(values[at], draw)
        elif named:
            key = sorted(named)[at - len(values)]
            named = {**named, key: changed(named[key], draw)}
    with suppress(*ALLOWED):
        getattr(_native, name)(*values, **named)


def findings(runs: int, seed: int = 0) -> Iterator[str]:
    """Yield each finding: the number of its run, its kernel, and what happened."""
    calls = recorded()
    last = seed + runs
    while seed < last:
        read, write = os.pipe()
        child = os.fork()
        if not child:
            _batch(calls, range(seed, min(seed + BATCH, last)), write)
        os.close(write)
        with os.fdopen(read) as stream:
            lines = stream.read().splitlines()
        _, status = os.waitpid(child, 0)
        at = int(lines[-1].split(" ", 1)[0])
        yield from (line for line in lines if " " in line)
        if os.WIFSIGNALED(status):
            yield f"{at} {calls[at % len(calls)][0]}: signal {os.WTERMSIG(status)}"
        seed = at + 1


def _batch(calls: list[Call], numbers: range, write: int) -> None:
    """Make some runs, and end the process. The number of a run is written before it, a finding after it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # panics print
    for number in numbers:
        os.write(write, f"{number}\n".encode())
        call = calls[number % len(calls)]
        try:
            run(call, random.Random(number))
        except BaseException as error:
            os.write(write, f"{number} {call[0]}: {type(error).__name__}: {str(error)[:200]!r}\n".encode())
    os._exit(0)


def main() -> None:
    """Run, and print what was found."""
    parser = argparse.ArgumentParser(description="Call the compiled kernels with hostile arguments.")
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    count = 0
    for finding in findings(asked.runs, asked.seed):
        print(finding, flush=True)
        count += 1
    print(f"{asked.runs:,} runs, {count:,} findings")
    sys.exit(count > 0)


if __name__ == "__main__":
    main()
