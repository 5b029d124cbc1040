"""The references of commands and of Python, manual pages, completion and the site: all say what the help and docstrings say."""

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "docs" / "commands.py"
DEDUP = f"{sysconfig.get_path('scripts')}/dedup"


def script(name: str) -> Any:
    """Import a script of `docs/`."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


commands, api, build_site = script("commands"), script("api"), script("build_site")


def test_the_reference_of_python_is_what_the_docstrings_say_now() -> None:
    assert api.PAGE.read_text(encoding="utf-8") == api.page(), "run: python docs/api.py"


def test_the_site_has_every_page_and_is_built_without_a_warning(tmp_path: Path) -> None:
    pages = {page for listed in build_site.NAVIGATION.values() for page in listed.values()}
    assert {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")} <= pages
    pytest.importorskip("zensical")
    build_site.build(tmp_path / "site")
    assert (tmp_path / "site" / "index.html").exists()
    assert (tmp_path / "site" / "docs" / "fairness" / "index.html").exists()


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
