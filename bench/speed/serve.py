"""A server on the loopback: checks a second, how long they take, processor time and memory, while documents are added.

    python bench/speed/serve.py --index news.dedup --articles news.jsonl [--workers 2 --requests 2000]

Drafts are the first 600 words of every 50th article of `--articles`. These are in the index already, with all that shares text
with them: no draft costs more. First come as many requests as the server takes, from `--clients` connections; then half as many
a second, at even times, for the percentiles. One document a second is added meanwhile. Memory (without mapped files) and
processor time are those of all processes of the server, as `/proc` states them.
"""

import argparse
import datetime
import http.client
import json
import os
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

RECORDS = Path(__file__).resolve().parents[1] / "records"
WORDS = 600
TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def real_drafts(path: Path, most: int) -> list[bytes]:
    """Bodies of requests: the first 600 words of articles that have so many."""
    found = []
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream):
            if number % 50:
                continue
            text = json.loads(line)["text"]
            words = list(re.finditer(r"\S+", text))
            if len(words) >= WORDS:
                found.append(json.dumps({"text": text[: words[WORDS - 1].end()]}).encode())
            if len(found) == most:
                break
    return found


@contextmanager
def served(index: Path, workers: int, threads: int) -> Iterator[tuple[int, int]]:
    """Start a server of `index`, and yield its port and its process."""
    command = [sys.executable, "-m", "dedup", "serve", str(index), "--port", "0"]
    command += ["--workers", str(workers), "--threads", str(threads)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = re.search(r":(\d+)/", process.stderr.readline())
        assert found
        reader = threading.Thread(target=lambda: [None for _ in process.stderr or ()], daemon=True)
        reader.start()
        port = int(found[1])
        while True:
            try:
                ask(port, "GET", "/health")
                break
            except OSError:
                time.sleep(0.2)
        try:
            yield port, process.pid
        finally:
            process.terminate()


def ask(port: int, method: str, path: str, body: bytes | None = None, *, kept: http.client.HTTPConnection | None = None) -> int:
    """Send a request, and return the status of its answer."""
    connection = kept or http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
    answer = connection.getresponse()
    answer.read()
    if kept is None:
        connection.close()
    return answer.status


def family(root: int) -> list[int]:
    """The processes of the server."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [root]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def seconds_and_mib(root: int) -> tuple[float, float]:
    """Processor seconds and MiB of memory of the server's own."""
    seconds = memory = 0.0
    for one in family(root):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            status = Path(f"/proc/{one}/status").read_text()
        except OSError:
            continue
        seconds += (int(fields[11]) + int(fields[12])) / TICK
        memory += int((re.search(r"RssAnon:\s+(\d+)", status) or ["", "0"])[1]) / 1024
    return seconds, memory


def load(port: int, drafts: list[bytes], count: int, clients: int, rate: float | None) -> tuple[list[float], float]:
    """Send `count` checks from `clients` connections, at `rate` a second or as fast as they go. Return the seconds of each."""
    local, began = threading.local(), time.perf_counter()

    def one(number: int) -> float:
        due = began + number / rate if rate else time.perf_counter()
        time.sleep(max(due - time.perf_counter(), 0))
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        started = time.perf_counter()
        try:
            status = ask(port, "POST", "/v1/check", drafts[number % len(drafts)], kept=local.connection)
        except (http.client.HTTPException, OSError):  # the connection was idle for too long
            local.connection.close()
            status = ask(port, "POST", "/v1/check", drafts[number % len(drafts)])
        assert status == 200, status
        return time.perf_counter() - (due if rate else started)

    with ThreadPoolExecutor(clients) as pool:
        times = sorted(pool.map(one, range(count)))
    return times, time.perf_counter() - began


@contextmanager
def additions(port: int) -> Iterator[Callable[[], int]]:
    """Add a document a second, and yield how many were added."""
    over, added = threading.Event(), 0

    def run() -> None:
        nonlocal added
        while not over.wait(1.0):
            text = f"Report {added} of the harbour: ship {added * 7919} left for port {added * 104729} with {added} tons."
            row = {"documents": [{"id": f"added{time.time_ns()}", "text": text}]}
            added += ask(port, "POST", "/v1/documents", json.dumps(row).encode()) == 200

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield lambda: added
    finally:
        over.set()
        thread.join()


def crowd(index: Path, count: int) -> None:
    """Open `count` connections that send the start of a request and no more, and print whether others are still answered."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(count + 500, most), most))
    with served(index, 1, 2) as (port, root):
        _, before = seconds_and_mib(root)
        held, answered = [], 0
        for _ in range(count):
            try:
                one = socket.create_connection(("127.0.0.1", port), timeout=5)
                one.send(b"GET / HT")
                held.append(one)
            except OSError:
                continue
        started = time.perf_counter()
        while not answered and time.perf_counter() - started < 60:
            try:
                answered = ask(port, "GET", "/health")
            except (OSError, http.client.HTTPException):
                time.sleep(0.25)
        waited = time.perf_counter() - started
        _, after = seconds_and_mib(root)
        print(f"{len(held):,} of {count:,} connections opened; /health gave {answered} after {waited:.1f} s;", end=" ")
        print(f"{before:.0f} MiB before, {after:.0f} MiB now")
        for one in held:
            one.close()


def main() -> None:
    """Run and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--requests", type=int, default=2_000)
    parser.add_argument("--crowd", type=int, metavar="N", help="only open N connections that never ask, and see what happens")
    options = parser.parse_args()
    if options.crowd:
        crowd(options.index, options.crowd)
        return
    drafts = real_drafts(options.articles, 300)
    row: dict[str, float] = {"workers": options.workers, "threads": options.threads, "requests": options.requests}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "served.dedup"
        shutil.copy(options.index, copy)
        with served(copy, options.workers, options.threads) as (port, root), additions(port) as added:
            load(port, drafts, 60, options.clients, None)
            before, memory = seconds_and_mib(root)
            times, wall = load(port, drafts, options.requests // 2, options.clients, None)
            middle, _ = seconds_and_mib(root)
            row["checks_a_second"] = len(times) / wall
            row["processor_ms_a_check"] = (middle - before) * 1e3 / len(times)
            row["cores_that_it_got"] = (middle - before) / wall
            row["full_p50_ms"], row["full_p99_ms"] = statistics.median(times) * 1e3, times[len(times) * 99 // 100] * 1e3
            times, _ = load(port, drafts, options.requests // 2, 2 * options.clients, row["checks_a_second"] / 2)
            row["half_p50_ms"], row["half_p99_ms"] = statistics.median(times) * 1e3, times[len(times) * 99 // 100] * 1e3
            row["mib_before"], row["mib_after"] = memory, seconds_and_mib(root)[1]
            row["documents_added"] = added()
    table = ["| what | |", "|---|---|", *(f"| {name.replace('_', ' ')} | {value:,.1f} |" for name, value in row.items())]
    print("\n".join(table))
    folder_of_day = RECORDS / datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    folder_of_day.mkdir(parents=True, exist_ok=True)
    (folder_of_day / "serve.md").write_text("\n".join(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
