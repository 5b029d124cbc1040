"""Whatever surrounds a command (terminal, locale, clock, memory, closed streams), it ends with an answer or with one line."""

import json
import os
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import dedup

DEDUP = f"{sysconfig.get_path('scripts')}/dedup"
SEEDS = Path(__file__).parents[1] / "seeds"
DRAFT = SEEDS / "003_87fcf204060622c7.txt"
PLAIN = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
COMMANDS = [
    ["scan", str(SEEDS)],
    ["tree", str(SEEDS)],
    ["sources", str(SEEDS)],
    ["read", str(SEEDS)],
    ["outlets", str(SEEDS)],
    ["show", str(DRAFT), str(SEEDS / "000_16766f05b5cc8635.txt")],
    ["check", str(DRAFT), "--against", str(SEEDS)],
    ["doctor"],
    ["scan", "--help"],
    ["scan", "/nowhere/é"],
]
NAMES = [" ".join(Path(word).name for word in command) for command in COMMANDS]


@pytest.mark.skipif(sys.platform == "win32", reason="terminals are made otherwise there")
@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_a_terminal_of_ascii_and_20_columns_shows_every_answer(command: list[str], tmp_path: Path) -> None:
    import fcntl  # noqa: PLC0415 not on Windows
    import pty  # noqa: PLC0415
    import struct  # noqa: PLC0415
    import termios  # noqa: PLC0415

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 20, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key not in {"COLUMNS", "PYTHONIOENCODING"}}
    with subprocess.Popen(
        [DEDUP, *command], stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL, env=environment | PLAIN, cwd=tmp_path
    ) as running:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # how Linux says that the other side is closed
            pass
        code = running.wait()
    os.close(ours)
    assert b"Traceback" not in shown, shown[-2000:]
    assert code in {0, 1, 2}
    assert shown


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_a_locale_without_utf8_changes_no_byte_of_a_result(command: list[str], tmp_path: Path) -> None:
    def output(**more: str) -> bytes:
        done = subprocess.run([DEDUP, *command], capture_output=True, check=False, env=os.environ | more, cwd=tmp_path)
        assert b"Traceback" not in done.stderr
        return done.stdout

    if command[0] != "doctor" and "--help" not in command:
        assert output(**PLAIN) == output()
    else:
        assert output(**PLAIN)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("scan - <&-", 2),
        ("check - --against {seeds} <&-", 2),
        ("scan {seeds} >&-", 2),
        ("doctor >&-", 2),
        ("scan {seeds} --format json -o out.json >&-", 0),
        ("scan {seeds} -o out.txt 2>&-", 0),
        ("scan {seeds} -o out.txt <&- >&- 2>&-", 0),
        ("index add new.dedup {seeds} <&- >&- 2>&-", 2),
        ("scan {seeds} >/dev/full", 2),
        ("tree {seeds} --format json >/dev/full", 2),
        ("--help >/dev/full", 2),
    ],
)
def test_a_stream_that_is_closed_or_full_gives_one_line(line: str, code: int, tmp_path: Path) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    script = f"'{DEDUP}' " + line.format(seeds=f"'{SEEDS}'")
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 1, done.stderr
    assert done.returncode == code


def test_a_clock_that_runs_backwards_changes_nothing(tmp_path: Path) -> None:
    slow = "import time\nnow = [2e9]\ndef back():\n    now[0] -= 1000\n    return now[0]\ntime.time = back\n"
    (tmp_path / "sitecustomize.py").write_text(slow)
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    for name, more in (("usual", None), ("back", environment)):
        path = tmp_path / f"{name}.dedup"
        for words in (["index", "add", str(path), str(SEEDS)], ["index", "compact", str(path)]):
            subprocess.run([DEDUP, *words], check=True, capture_output=True, env=more)
        assert dedup.Index(path).verify() == []
        out = tmp_path / f"{name}.json"
        subprocess.run([DEDUP, "tree", str(SEEDS), "--format", "json", "-o", str(out)], check=True, env=more)
    assert (tmp_path / "usual.json").read_bytes() == (tmp_path / "back.json").read_bytes()


@pytest.mark.skipif(sys.platform != "linux", reason="ulimit -v is of Linux")
def test_too_little_memory_is_one_line_or_an_answer_or_the_end_of_a_kernel(tmp_path: Path) -> None:
    lines = (json.dumps({"id": f"d{n}", "text": " ".join(f"w{(n * 7 + k) % 9973}" for k in range(400))}) for n in range(20_000))
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    for size in (250_000, 500_000, 800_000):
        script = f"ulimit -v {size}; RAYON_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 '{DEDUP}' scan a.jsonl --threads 1 -o out.txt"
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path)
        assert "Traceback" not in done.stderr, done.stderr
        ended = done.returncode == -signal.SIGABRT and "memory allocation of" in done.stderr
        assert done.returncode in {0, 2} or ended, (size, done.returncode, done.stderr)
