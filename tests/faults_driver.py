"""Run a command of dedup once for each change of a file that it makes, and make that change fail.

It reads what to do from standard input, as JSON, and writes one row for each run. It is started with `faults_shim.c` as
LD_PRELOAD, and with FAULTS_FOLDER, the folder in which changes count. Each run is a fork of this process, so that it costs no
start.
"""

import ctypes
import hashlib
import json
import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

import dedup
import dedup.index.index
import dedup.pipeline.dedupe_files
import dedup.report.scan_json
import dedup.sources.reader
from dedup import _native, cli

SHIM = ctypes.CDLL(None)
SHIM.faults_count.restype = ctypes.c_long
SHIM.faults_record.argtypes = [ctypes.c_char_p]


def state(path: Path) -> str:
    """Return a digest of what an index holds, or of a file's bytes; what is wrong with it, in words; or "none"."""
    if not path.exists():
        return "none"
    if path.suffix != ".dedup":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    with dedup.Index(path) as index:
        if damage := index.verify():
            return f"damaged: {damage}"
        held = [(d.id, d.text) for d in index.documents()]
    return hashlib.sha256(json.dumps(sorted(held)).encode()).hexdigest()


def run(command: list[str], n: int, error: int, lasting: bool) -> dict[str, Any]:
    """Run `command` in a fork with its n-th change failing (0: none); return its exit code, its messages and its count."""
    with tempfile.TemporaryFile() as messages, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as counted:
        child = os.fork()
        if not child:
            code: object = 99
            os.dup2(messages.fileno(), 2)
            os.dup2(output.fileno(), 1)
            sys.argv = ["dedup", *command]
            SHIM.faults_arm(ctypes.c_long(n), error, int(lasting))
            try:
                cli.main()
                code = 0
            except SystemExit as end:
                code = end.code
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                os.write(counted.fileno(), str(SHIM.faults_count()).encode())
                os._exit(code if isinstance(code, int) else 0)
        _, status = os.waitpid(child, 0)
        for stream in (messages, counted):
            stream.seek(0)
        text = messages.read().decode("utf-8", "replace")
        return {"n": n, "code": os.waitstatus_to_exitcode(status), "stderr": text, "count": int(counted.read() or 0)}


def tell(answer: object) -> None:
    """Write one line of JSON."""
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()


def main() -> None:
    """Run every case."""
    asked = json.load(sys.stdin)
    folder = Path(os.environ["FAULTS_FOLDER"])
    _native.set_threads(1)
    os.chdir(folder)

    def fresh() -> None:
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(asked["template"], folder, dirs_exist_ok=True)

    def states() -> list[str]:
        return [state(folder / name) for name in asked["watched"]]

    if "record" in asked:
        fresh()
        SHIM.faults_record(os.fsencode(asked["record"]))
        tell(run(asked["command"], 0, 0, False))
        SHIM.faults_record(None)
        return
    fresh()
    tell(states())
    for error, lasting in asked["faults"]:
        n = 0
        while True:
            fresh()
            row = run(asked["command"], n, error, lasting)
            row |= {"error": error, "lasting": lasting, "states": states()}
            row["left"] = sorted(path.name for path in folder.iterdir())
            if asked.get("again"):
                row["again"] = run(asked["command"], 0, 0, False)
                row["then"] = states()
            tell(row)
            n += asked["step"] if n else 1
            if n > 1 and row["code"] >= 0 and row["count"] < row["n"]:
                break


if __name__ == "__main__":
    main()
