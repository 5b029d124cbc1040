"""The real command: output, exit codes, bad input. Every bug that a user met leaves a test here."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

SEEDS = Path(__file__).parents[1] / "seeds"
COMMAND = shutil.which("dedup", path=sysconfig.get_path("scripts")) or "dedup"
SHAPING = {"COLUMNS", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "GITHUB_ACTIONS"}
"""What of the environment shapes the output."""
A, B = "003_87fcf204060622c7.txt", "004_be81285fb7b3f189.txt"


def dedup(
    *arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command; whatever happens, no traceback may show."""
    done = subprocess.run(
        [COMMAND, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env={k: v for k, v in os.environ.items() if k not in SHAPING} | environment,
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


def report(*arguments: str | Path, stdin: bytes = b"") -> dict:  # type: ignore[type-arg] # JSON
    done = dedup(*arguments, "--format", "json", stdin=stdin)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)  # type: ignore[no-any-return] # JSON


def test_a_scan_of_a_folder_files_and_standard_input_finds_the_same(tmp_path: Path) -> None:
    files = sorted(SEEDS.iterdir())
    rows = [json.dumps({"id": p.name, "text": p.read_bytes().decode()}) for p in files]
    expected = report("scan", SEEDS)
    assert report("scan", *reversed(files))["matches"] == expected["matches"]
    assert report("scan", "-", stdin="\n".join(rows).encode())["matches"] == expected["matches"]
    (tmp_path / "out.json").write_text("old")
    done = dedup("scan", SEEDS, "--format", "json", "-o", tmp_path / "out.json")
    assert (done.returncode, done.stdout) == (0, b"")
    assert json.loads((tmp_path / "out.json").read_text())["families"] == expected["families"]


def test_the_same_bytes_come_out_for_any_number_of_threads() -> None:
    one = dedup("scan", SEEDS, "--format", "json", "--threads", "1").stdout
    assert dedup("scan", SEEDS, "--format", "json", "--threads", "5", PYTHONHASHSEED="7").stdout == one
    assert dedup("scan", SEEDS, "--format", "json", RAYON_NUM_THREADS="999999").stdout == one


def test_without_a_terminal_there_is_no_escape_code_and_no_progress() -> None:
    done = dedup("scan", SEEDS)
    assert done.returncode == 0
    assert b"\x1b" not in done.stdout
    assert done.stderr == b""


@pytest.mark.parametrize("columns", ["80", "200"])
def test_no_line_is_wider_than_the_terminal(columns: str) -> None:
    out = dedup("scan", SEEDS, COLUMNS=columns).stdout.decode()
    assert max(map(len, out.splitlines())) <= int(columns)
    out = dedup("show", SEEDS / A, SEEDS / B, COLUMNS=columns).stdout.decode()
    assert max(map(len, out.splitlines())) <= int(columns)


def test_signs_say_what_colours_would() -> None:
    out = " ".join(dedup("scan", SEEDS).stdout.decode().split())
    assert "[-labeled-]{+labelled+}" in out
    assert "![-270-]{+about 104+}" in out
    assert "! number, quote: 270 → about 104" in out


def test_a_corpus_without_reuse_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One short text of its own.")
    done = dedup("scan", tmp_path)
    assert done.returncode == 0
    assert b"No passage occurs in two of these documents." in done.stdout


def test_top_shows_so_many_families_and_says_how_many_more() -> None:
    out = dedup("scan", SEEDS, "--top", "2").stdout.decode()
    assert "\n2 · " in out
    assert "\n3 · " not in out
    assert re.search(r"14 more passages", out)


def test_boilerplate_is_reported_where_asked_for() -> None:
    footer = "Reproduction of photographs needs the written consent of the Qalamoun Gazette and licensors worldwide."
    rows = [
        {"id": f"d{n}", "outlet": "gazette", "text": " ".join(f"x{n}y{i}" for i in range(60)) + f". {footer}"} for n in range(3)
    ]
    data = "\n".join(map(json.dumps, rows)).encode()
    assert report("scan", "-", stdin=data)["families"] == []
    (family,) = report("scan", "-", "--show", "boilerplate", stdin=data)["families"]
    assert family["kind"] == "boilerplate"


def test_show_puts_two_files_side_by_side_with_their_passages_marked() -> None:
    done = dedup("show", SEEDS / A, SEEDS / B, COLUMNS="160")
    assert done.returncode == 0
    out = done.stdout.decode()
    assert A in out.splitlines()[0]
    assert B in out.splitlines()[0]
    assert out.count("[1|") == out.count("|1]") == 2


def test_show_finds_documents_by_id_in_a_report_or_below_a_path(tmp_path: Path) -> None:
    expected = report("show", SEEDS / A, SEEDS / B)["matches"]
    assert expected
    assert report("show", A, B, "--in", SEEDS)["matches"] == expected
    pretty = json.dumps(json.loads(dedup("scan", SEEDS, "--format", "json", "--with-text").stdout), indent=2)
    (tmp_path / "pretty.json").write_text(pretty)
    assert report("show", A, B, "--in", tmp_path / "pretty.json")["matches"] == expected
    for extra in ([], ["--with-text"]):
        dedup("scan", SEEDS, "--format", "json", *extra, "-o", tmp_path / "report.json")
        assert report("show", A, B, "--in", tmp_path / "report.json")["matches"] == expected


def test_show_refuses_a_text_that_has_changed_since_the_report(tmp_path: Path) -> None:
    shutil.copytree(SEEDS, tmp_path / "seeds")
    dedup("scan", "seeds", "--format", "json", "-o", "report.json", cwd=tmp_path)
    (tmp_path / "seeds" / A).write_text("another text")
    done = dedup("show", A, B, "--in", "report.json", cwd=tmp_path)
    assert done.returncode == 2
    assert b"has changed since the report was made" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "none.txt", "seeds"], b"none.txt"),
        (["show", SEEDS, SEEDS / A], b"5 documents where one is needed"),
        (["show", SEEDS / A, SEEDS / A], b"one document"),
        (["show", "x", A, "--in", SEEDS], b"no document 'x'"),
        (["scan"], b"Missing argument"),
        (["scan", SEEDS, "--format", "yaml"], b"yaml"),
        (["scan", SEEDS, "--preset", "lyrics"], b"lyrics"),
        (["scan", SEEDS, "--threads", "-1"], b"--threads"),
        (["scan", "no/such/folder"], b"no/such/folder: no such file or folder"),
        (["scan", "no*such"], b"no*such: nothing matches"),
        (["scan", SEEDS, "-o", "no/such/folder/out.json"], b"No such file or directory"),
        (["publish"], b"publish"),
        (["scan", SEEDS, "--threads", "100000"], b"--threads"),
        (["scan", SEEDS, "--threads", "99999999999999999999"], b"--threads"),
        (["scan", ""], b"no such file"),
        (["show", "none.txt", SEEDS / A], b"none.txt: no such file"),
        (["show", A, B, "--in", "-"], b"it holds 0"),
    ],
)
def test_bad_usage_is_one_clear_message_and_exit_code_2(arguments: list[str | Path], said: bytes) -> None:
    done = dedup(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == b""


def test_a_missing_path_among_others_is_code_2_and_the_rest_is_reported() -> None:
    done = dedup("scan", SEEDS, "gone.txt", "--format", "json")
    assert done.returncode == 2
    assert b"warning: gone.txt: no such file or folder" in done.stderr
    found = json.loads(done.stdout)
    assert len(found["documents"]) == 5
    assert found["warnings"][0]["code"] == "missing-path"


def test_warnings_do_not_fail_unless_strict_and_are_silent_where_asked(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"caf\xe9")
    (tmp_path / "b.txt").write_bytes(b"")
    done = dedup("scan", tmp_path)
    assert done.returncode == 0
    assert done.stderr.count(b"warning:") == 2
    assert dedup("scan", tmp_path, "--strict").returncode == 2
    assert dedup("scan", tmp_path, "--quiet").stderr == b""


@pytest.mark.parametrize("content", [None, b""])
def test_nothing_readable_is_code_2(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.txt").write_bytes(content)
    done = dedup("scan", tmp_path)
    assert done.returncode == 2
    assert str(tmp_path).encode() in done.stderr


def test_a_reader_that_leaves_early_gets_no_message() -> None:
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {COMMAND} scan {SEEDS} --format json | head -c 10"], capture_output=True, check=False
    )
    assert done.stderr == b""


def test_a_full_disk_is_named() -> None:
    done = subprocess.run(f"{COMMAND} scan {SEEDS} >/dev/full", shell=True, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"No space left on device" in done.stderr


def test_no_output_goes_to_a_device_an_index_or_a_file_that_is_read(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("Lebanese soldiers captured by militants three years ago were buried near the border town of Arsal.")
    assert b"is a device" in dedup("scan", SEEDS, "-o", "/dev/full").stderr
    assert dedup("index", "add", tmp_path / "n.dedup", text).returncode == 0
    index = (tmp_path / "n.dedup").read_bytes()
    (tmp_path / "link").symlink_to(text)
    for command in (
        ("read", text, "-o", text),
        ("read", tmp_path, "-o", text),
        ("read", f"{tmp_path}/*.txt", "-o", tmp_path / "link"),
        ("index", "stats", tmp_path / "n.dedup", "-o", tmp_path / "n.dedup"),
        ("scan", SEEDS, "-o", tmp_path / "n.dedup"),
        ("check", text, "--against", SEEDS, "-o", text),
    ):
        done = dedup(*command)
        assert done.returncode == 2, command
        assert b"--force" in done.stderr
    assert text.read_text().startswith("Lebanese")
    assert (tmp_path / "n.dedup").read_bytes() == index
    assert dedup("read", text, "-o", text, "--force").returncode == 0
    assert not text.read_text().startswith("Lebanese")


def test_a_file_that_is_replaced_keeps_its_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "private.json").write_text("old")
    (tmp_path / "private.json").chmod(0o600)
    (tmp_path / "link.json").symlink_to("private.json")
    assert dedup("scan", SEEDS, "--format", "json", "-o", tmp_path / "link.json").returncode == 0
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "private.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "private.json").read_text().startswith("{")


def test_a_text_that_could_steer_a_terminal_is_shown_without_its_codes(tmp_path: Path) -> None:
    sentence = "Lebanese soldiers captured by \x1b[2Jmilitants three years ago were buried near the border town of Arsal."
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(sentence)
    out = dedup("scan", tmp_path).stdout + dedup("show", tmp_path / "a.txt", tmp_path / "b.txt").stdout
    assert b"soldiers" in out
    assert b"\x1b" not in out


def test_show_tells_of_disguised_words_as_scan_does(tmp_path: Path) -> None:
    sentence = "Lebanese soldiers captured by militants three years ago were buried near the border town of Arsal."
    (tmp_path / "a.txt").write_text(sentence)
    (tmp_path / "b.txt").write_text(sentence.replace("militants", "milit\u0430nts"))
    assert b"letters of two scripts" in dedup("scan", tmp_path).stderr
    assert b"letters of two scripts" in dedup("show", tmp_path / "a.txt", tmp_path / "b.txt").stderr


def test_deeply_nested_json_is_a_bad_line_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a":' + "[" * 60_000 + "\n" + json.dumps({"text": "good"}) + "\n")
    done = dedup("scan", tmp_path / "a.json", "--format", "json")
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["documents"]) == 1


def test_a_file_of_one_enormous_line_is_read(tmp_path: Path) -> None:
    line = ("Lebanese soldiers captured by militants three years ago were buried near Arsal. " * 200_000).encode()
    (tmp_path / "a.txt").write_bytes(line)
    (tmp_path / "b.txt").write_bytes(b"x " + line[:400])
    found = report("scan", tmp_path)
    assert found["documents"][0]["length"] == len(line)
    assert found["matches"]


def test_version() -> None:
    assert dedup("--version").stdout.startswith(b"dedup 0.")


def shell(script: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a script in which `$D` is the command; whatever happens, no traceback may show."""
    done = subprocess.run(["bash", "-c", script], capture_output=True, cwd=cwd, env=os.environ | {"D": COMMAND}, check=False)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("$D scan {seeds} 2>&- | grep -q documents", 0),
        ("$D scan {seeds} gone.txt --format json -o out.json 2>/dev/full; test -s out.json", 0),
        ("$D scan gone.txt 2>&-", 2),
        ("$D scan {seeds} >&-", 2),
        ("$D show {seeds}/{a} {seeds}/{b} --format json >&-", 2),
        ("$D scan - <&-", 2),
        ("COLUMNS=99999999999999999999 $D scan {seeds} | grep -q documents", 0),
        ("COLUMNS=\u00b2 $D scan {seeds} | grep -q documents", 0),
        ("$D scan {seeds} -o - | grep -q documents; test ! -e -", 0),
        ("mkdir f; cp {seeds}/{a} f; mkfifo f/p.txt; timeout 20 $D scan f 2>&1 | grep -q 'p.txt: a pipe or device'", 0),
        ("cp {seeds}/{a} o.txt; ln -s o.txt h.txt; $D scan o.txt h.txt --strict", 2),
        ("$D scan {seeds} $(printf 'a%.0s' {{1..300}}) | grep -q documents", 0),
        ("$D scan {seeds} --format json -o r.json; $D scan r.json 2>&1 | grep -q 'a report of dedup'", 0),
        ("$D scan {seeds} gone --format json -q -o r.json; $D show {a} {b} --in r.json", 0),
        (
            'printf \'{{"schema":"dedup.report/1","x":%s\' $(printf \'[%.0s\' {{1..100000}}) > t.json; $D show a b --in t.json',
            2,
        ),
    ],
)
def test_what_surrounds_the_command_may_be_broken(script: str, code: int, tmp_path: Path) -> None:
    done = shell(script.format(seeds=SEEDS, a=A, b=B), tmp_path)
    assert done.returncode == code, done.stderr.decode()


def test_an_id_that_could_steer_a_terminal_is_shown_without_its_codes(tmp_path: Path) -> None:
    text = (SEEDS / A).read_text(encoding="utf-8")
    rows = [{"id": f"\x1b]0;x\x1b[31m\n{n}", "outlet": "\x1b[2Jo", "text": text} for n in range(2)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    out = dedup("scan", tmp_path).stdout + dedup("show", rows[0]["id"], rows[1]["id"], "--in", tmp_path).stdout
    assert b"\x1b" not in out


def test_words_in_endless_new_orders_end_soon() -> None:
    draw = random.Random(1)
    words = [f"waa{c}" for c in "abcdefghij"]
    sentence = "Lebanese soldiers captured by militants three years ago were buried near Arsal. "
    rows = [{"id": name, "text": sentence + " ".join(draw.choice(words) for _ in range(200_000))} for name in "ab"]
    found = report("scan", "-", stdin="\n".join(map(json.dumps, rows)).encode())
    assert [w["code"] for w in found["warnings"]] == ["clipped-pair"]
    assert found["matches"]


WIRE = (
    "Two people were hurt on Tuesday when a crane fell over beside the new railway bridge in the old harbour of Aarhus."
    " The police said that nobody was on the bridge at the time, and that trains would run again on Wednesday morning."
    " The company that owns the crane has promised to help those who were hurt, and to find out how it could happen."
)


def test_a_report_gives_the_same_tree_as_the_paths_that_it_was_made_from(tmp_path: Path) -> None:
    rows = [
        {"id": f"d{n}", "text": f"{WIRE} {word}", "outlet": f"outlet{n}", "agency": "AP", "kind": "article"}
        for n, word in enumerate(["Aarhus is in Denmark.", "Rain is expected.", ""])
    ]
    (tmp_path / "news.jsonl").write_text("\n".join(map(json.dumps, rows)))
    dedup("scan", "news.jsonl", "--format", "json", "-o", "report.json", cwd=tmp_path)
    for form in ("rich", "json", "html", "dot", "mermaid", "graphml", "gexf"):
        expected = dedup("tree", "news.jsonl", "--format", form, cwd=tmp_path)
        assert expected.stdout
        assert dedup("tree", "report.json", "--format", form, cwd=tmp_path).stdout == expected.stdout
    found = json.loads(dedup("tree", "report.json", "--format", "json", cwd=tmp_path).stdout)
    [source] = found["provenance"]["sources"]
    assert source["agency"] == "AP"
    assert len(source["children"]) == 3
    assert {(d["agency"], d["kind"]) for d in found["documents"]} == {("AP", "article")}


def test_every_json_is_json_by_the_strict_rules(tmp_path: Path) -> None:
    dedup("scan", SEEDS, "--format", "json", "-o", tmp_path / "report.json")
    dedup("index", "add", tmp_path / "news.dedup", SEEDS)
    dedup("index", "add", tmp_path / "bare.dedup", SEEDS, "--no-text")
    commands: list[list[str | Path]] = [
        ["scan", SEEDS],
        ["scan", SEEDS, "--preset", "rewritten"],
        ["scan", SEEDS, "--mode", "signatures"],
        ["show", SEEDS / A, SEEDS / B],
        ["why", A, B, "--in", tmp_path / "report.json"],
        ["tree", tmp_path / "report.json"],
        ["check", SEEDS / A, "--against", SEEDS, "--fail-on", "99999w"],
        ["index", "stats", tmp_path / "news.dedup"],
        ["index", "query", tmp_path / "news.dedup", SEEDS / A],
        ["index", "query", tmp_path / "bare.dedup", SEEDS / A],
    ]
    for command in commands:
        done = dedup(*command, "--format", "json")
        assert done.returncode == 0, done.stderr.decode()
        json.loads(done.stdout, parse_constant=pytest.fail)


@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", SEEDS],
        ["scan", SEEDS, "--format", "json"],
        ["read", SEEDS, "--format", "jsonl"],
        ["tree", SEEDS, "--format", "dot"],
        ["check", SEEDS / A, "--against", SEEDS],
        ["--version"],
        ["--help"],
        ["scan", "--help"],
    ],
)
def test_a_closed_pipe_ends_the_command_as_the_shell_expects(arguments: list[str | Path]) -> None:
    reading, writing = os.pipe()
    os.close(reading)  # nobody reads
    done = subprocess.run([COMMAND, *map(str, arguments)], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize(
    ("option", "environment", "coloured"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"CLICOLOR_FORCE": "1"}, True),
        ([], {"FORCE_COLOR": "", "CLICOLOR_FORCE": "0"}, False),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "auto"], {"FORCE_COLOR": "1"}, True),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours_are_shown_where_they_are_wanted(option: list[str], environment: dict[str, str], coloured: bool) -> None:
    variables = {k: v for k, v in os.environ.items() if k not in SHAPING} | {"TERM": "dumb"} | environment
    done = subprocess.run([COMMAND, *option, "scan", str(SEEDS)], capture_output=True, check=True, env=variables)
    assert (b"\x1b[" in done.stdout) is coloured
    assert (b"[-labeled-]" in done.stdout.replace(b"\n", b"")) is not coloured  # signs only where there is no colour


def test_a_file_gets_no_colours_unless_the_option_says_so(tmp_path: Path) -> None:
    dedup("scan", SEEDS, "-o", tmp_path / "plain.txt", FORCE_COLOR="1")
    assert b"\x1b" not in (tmp_path / "plain.txt").read_bytes()
    dedup("--color", "always", "scan", SEEDS, "-o", tmp_path / "coloured.txt")
    assert b"\x1b[" in (tmp_path / "coloured.txt").read_bytes()


def test_help_follows_the_colour_option() -> None:
    assert b"\x1b" not in dedup("--color", "never", "--help", FORCE_COLOR="1").stdout
    assert b"\x1b[" in dedup("--color", "always", "--help", NO_COLOR="1").stdout


CHINESE = "黎巴嫩军队星期日宣布在叙利亚边境地区对极端组织发动的军事行动已经取得胜利并且停火" * 3


def test_a_check_shows_all_of_a_paragraph_without_spaces(tmp_path: Path) -> None:
    (tmp_path / "archive.txt").write_text(CHINESE)
    (tmp_path / "draft.txt").write_text(CHINESE)
    done = dedup("check", tmp_path / "draft.txt", "--against", tmp_path / "archive.txt", "--fail-on", "99999w", COLUMNS="80")
    # Every line of it, in order, in the left column.
    shown = "".join(re.findall("[\u4e00-\u9fff]+", done.stdout.decode()))
    assert CHINESE in shown


def test_words_are_counted_as_they_are_compared(tmp_path: Path) -> None:
    for name, word in (("a", "停火"), ("b", "休战")):
        (tmp_path / f"{name}.txt").write_text(CHINESE.replace("停火", word, 1))
    out = dedup("scan", tmp_path).stdout.decode()
    assert f"· {len(CHINESE)} words" in out
    assert f"{(len(CHINESE) - 2) / len(CHINESE):.0%} of the words the same" in out


def test_a_soft_hyphen_takes_no_place_in_a_terminal(tmp_path: Path) -> None:
    sentence = "Lebanese sol\u00addiers captured by militants three years ago were buried near the border town of Arsal."
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(sentence)
    outs = [
        dedup("scan", tmp_path).stdout,
        dedup("show", tmp_path / "a.txt", tmp_path / "b.txt").stdout,
        dedup("check", tmp_path / "a.txt", "--against", tmp_path / "b.txt").stdout,
    ]
    for out in outs:
        assert b"Lebanese soldiers captured" in b" ".join(out.split())
    assert b"Arsal. |1]" in b" ".join(outs[1].split())  # marks stand where they did


def test_a_missing_package_is_named_with_a_command_that_brings_it(tmp_path: Path) -> None:
    (tmp_path / "block.py").write_text("import sys\nsys.modules['pyarrow'] = None\n")
    (tmp_path / "a.parquet").write_bytes(b"PAR1" + b"x" * 20)
    code = "import block, sys; from dedup.cli import main; sys.argv = ['dedup', 'scan', 'a.parquet']; main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": "."},
    )
    assert "pip install 'dedup-news[parquet]'" in done.stderr


def test_reading_the_draft_leaves_its_warnings_in_the_json(tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_bytes(b"One story of its own, with a caf\xe9.")
    done = dedup("check", tmp_path / "draft.txt", "--against", SEEDS, "--format", "json")
    assert [w["code"] for w in json.loads(done.stdout)["warnings"]] == ["invalid-encoding"]
