"""What keeps the house in order: layers, the public names, light imports, the documentation, the help."""

import ast
import doctest
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

import dedup
from dedup.cli import app

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dedup"
STAGES = ["sources", "text", "hashing", "candidates", "align", "families", "judge", "report"]
LAYERS: list[list[str]] = [
    ["_native"],
    ["types", "arrays", "errors"],
    ["params"],
    ["language"],
    ["press"],
    STAGES,
    ["storage", "provenance"],
    ["pipeline"],
    ["index"],
    ["cli"],
    ["__main__"],
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PATH = sysconfig.get_path("scripts")


def home(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path: Path) -> set[str]:
    """The modules of ours, one level deep, that a file imports anywhere."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"dedup.{alias.name}" for alias in node.names] if node.module == "dedup" else [node.module]
        found |= {name.split(".")[1] for name in names if name.startswith("dedup.")}
    return found - {"__version__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    own = home(path)
    assert own in LEVEL, f"{own} has no layer"
    for other in imported(path) - {own}:
        assert LEVEL[other] < LEVEL[own], f"{own} imports {other}"


def test_the_public_names_are_those_of_all() -> None:
    homes = [name for names in dedup._HOMES.values() for name in names]
    assert len(set(dedup.__all__)) == len(dedup.__all__)
    assert sorted(homes) == sorted(dedup.__all__)  # their order is the linter's
    for name in dedup.__all__:
        assert getattr(dedup, name).__doc__
    assert set(dedup.__all__) <= set(dir(dedup))
    with pytest.raises(AttributeError, match="nothing"):
        dedup.nothing  # noqa: B018 the access is the test


def loaded_by(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"], capture_output=True, text=True, check=True, cwd="/"
    )
    return {name for loaded in done.stdout.split() for name in (loaded, loaded.split(".")[0])}


def test_importing_dedup_loads_nothing_heavy() -> None:
    assert not loaded_by("import dedup") & {"numpy", "rich", "typer", "xxhash", "datasketch"}
    optional = {"datasketch", "pyarrow", "pyspark", "fastapi", "trafilatura", "scipy"}
    assert not loaded_by("import dedup; dedup.scan([])") & optional
    assert not loaded_by("import dedup.cli") & (optional | {"numpy"})


def test_a_check_loads_nothing_that_it_does_not_need(folder: Path) -> None:
    shell("dedup index add news.dedup seeds", folder)
    command = ["check", "seeds/003_87fcf204060622c7.txt", "--against", "news.dedup", "-o", "out.txt"]
    code = f"import os, sys; os.chdir({str(folder)!r}); sys.argv[1:] = {command}; "
    code += "import dedup.cli; dedup.cli.app(standalone_mode=False)"
    loaded = loaded_by(code)
    assert {"numpy", "rich"} <= loaded
    assert not {"jinja2", "networkx", "pydantic", "numpy.ma", "pyarrow"} & loaded


def test_a_missing_kernel_is_one_line_that_names_the_way_out(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "dedup", ignore=shutil.ignore_patterns("*.so", "*.pyd", "__pycache__"))
    done = subprocess.run(
        [sys.executable, "-c", "import dedup; dedup.scan([])"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert "pip install ." in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", sorted(dedup.__all__))
def test_examples_in_docstrings_run(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)  # examples read `seeds`
    runner = doctest.DocTestRunner(verbose=False)
    shown: list[str] = []
    for example in doctest.DocTestFinder().find(getattr(dedup, name), name, module=False, globs={}):
        runner.run(example, out=shown.append)
    assert not shown, "".join(shown)


@pytest.mark.parametrize("name", ["Reading", "read"])
def test_public_functions_have_an_example(name: str) -> None:
    assert ">>> " in str(getattr(dedup, name).__doc__)


def commands() -> list[str]:
    groups = {group.name: group.typer_instance for group in app.registered_groups}
    found = [("", command) for command in app.registered_commands]
    found += [(f"{name} ", command) for name, group in groups.items() if group for command in group.registered_commands]
    return [prefix + str(command.name or getattr(command.callback, "__name__", "")) for prefix, command in found]


@pytest.mark.parametrize("command", commands())
def test_every_command_has_help_an_example_and_a_place_in_the_readme(command: str) -> None:
    run = subprocess.run([f"{PATH}/dedup", *command.split(), "--help"], capture_output=True, text=True, check=True)
    assert "--format" in run.stdout
    assert f"dedup {command} " in run.stdout.split("Examples:")[1]
    assert f"dedup {command} " in README


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    return tmp_path


def shell(script: str, folder: Path) -> str:
    # What is installed is tested; installing it again is not this test's work, nor is testing the tests.
    script = re.sub(r"pip install \S+", "true", script).replace("pytest", "true")
    done = subprocess.run(
        ["bash", "-euc", script], cwd=folder, capture_output=True, text=True, check=False, env={"PATH": f"{PATH}:/usr/bin:/bin"}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("block", blocks("sh"))
def test_shell_blocks_of_the_readme_run(block: str, folder: Path) -> None:
    shell(block, folder)


@pytest.mark.parametrize("block", blocks("python"))
def test_python_blocks_of_the_readme_run(block: str, folder: Path) -> None:
    subprocess.run([sys.executable, "-c", block], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("block", blocks("console"))
def test_the_readme_shows_what_the_command_prints(block: str, folder: Path) -> None:
    command, *shown = block.splitlines()
    rest = iter(shell(command.removeprefix("$ "), folder).splitlines())
    for line in shown:
        if line and line != "…":
            assert line in rest, f"not printed, or not in this order: {line}"


def test_the_package_tells_its_version_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cargo = tomllib.loads((ROOT / "rust" / "Cargo.toml").read_text(encoding="utf-8"))["package"]
    assert dedup.__version__ == project["version"] == cargo["version"]
    assert f"## {dedup.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
