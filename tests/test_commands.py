"""The reference of commands, the manual pages, and the completion of shells: all say what `--help` says."""

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "docs" / "commands.py"
DEDUP = f"{sysconfig.get_path('scripts')}/dedup"
_spec = importlib.util.spec_from_file_location("commands", SCRIPT)
assert _spec is not None
assert _spec.loader is not None
commands = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(commands)


def test_the_reference_is_what_the_help_says_now() -> None:
    assert commands.PAGE.read_text(encoding="utf-8") == commands.page(), "run: python docs/commands.py"


def test_every_command_has_a_manual_page_that_a_pager_formats_without_a_warning(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SCRIPT), "--man", str(tmp_path)], check=True, cwd=ROOT)
    made = sorted(tmp_path.iterdir())
    assert {path.stem for path in made} == {entry.name.replace(" ", "-") for entry in commands.entries()}
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    for path in made:
        done = subprocess.run(
            ["groff", "-man", "-Tutf8", "-ww", "-rHY=0", "-P-cbou", str(path)], capture_output=True, text=True, check=True
        )
        assert not done.stderr
        assert "SYNOPSIS" in done.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("dedup sc", "scan"),
        ("dedup index ver", "verify"),
        ("dedup scan --form", "--format"),
        ("dedup tree --format me", "mermaid"),
    ],
)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_options_and_their_values(shell: str, words: str, expected: str) -> None:
    count = str(len(words.split()) - 1)
    asked = {"_DEDUP_COMPLETE": f"complete_{shell}", "COMP_WORDS": words, "COMP_CWORD": count}
    asked |= {"_TYPER_COMPLETE_ARGS": words, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    done = subprocess.run([DEDUP], capture_output=True, text=True, check=True, env=os.environ | asked)
    assert expected in done.stdout
    assert not done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_program_writes_the_completion_script_of_a_shell(shell: str) -> None:
    asked = os.environ | {"_DEDUP_COMPLETE": f"source_{shell}"}
    done = subprocess.run([DEDUP], capture_output=True, text=True, check=True, env=asked)
    assert f"complete_{shell}" in done.stdout
