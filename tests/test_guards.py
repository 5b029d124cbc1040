"""What keeps the house in order: layers, the public names, light imports, the documentation, the help."""

import ast
import doctest
import inspect
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
import typer

import dedup
from dedup.cli import app
from dedup.report import formats

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dedup"
STAGES = ["sources", "text", "hashing", "candidates", "align", "families", "content", "judge", "report"]
LAYERS: list[list[str]] = [
    ["_native", "_load_native"],
    ["types", "arrays", "errors"],
    ["params", "trace_params", "outlet_types"],
    ["language"],
    ["press"],
    STAGES,
    ["storage", "provenance"],
    ["pipeline"],
    ["index"],
    ["cli"],
    ["__main__"],
]
METHODS = {"types": {"judge", "report", "storage"}, "outlet_types": {"report"}}
"""What a module imports only inside a method: `Report.save` its writer, `Checked.fails` its rule, and so on."""
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PATH = sysconfig.get_path("scripts")


def home(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path: Path, *, in_functions: bool = True) -> set[str]:
    """The modules of ours, one level deep, that a file imports anywhere, or only outside of functions."""
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner = {id(node) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) for node in ast.walk(f)}
    for node in ast.walk(tree):
        if id(node) in inner and not in_functions:
            continue
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
    assert not imported(path, in_functions=False) & METHODS.get(own, set())
    for other in imported(path) - {own} - METHODS.get(own, set()):
        assert LEVEL[other] < LEVEL[own], f"{own} imports {other}"


def test_the_public_names_are_those_of_all() -> None:
    homes = [name for names in dedup._HOMES.values() for name in names]
    assert len(set(dedup.__all__)) == len(dedup.__all__)
    assert len(set(homes)) == len(homes)
    assert set(homes) <= set(dedup.__all__)
    for name, module in dedup._HOME.items():
        assert getattr(dedup, name).__doc__
        assert getattr(dedup, name).__module__ == module
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
    optional = {"datasketch", "pandas", "polars", "pyarrow", "pyspark", "fastapi", "trafilatura", "scipy"}
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


def without_kernel(path: Path) -> Path:
    """Put `dedup/` into `path` as a checkout has it: without its compiled part."""
    shutil.copytree(PACKAGE, path / "dedup", ignore=shutil.ignore_patterns("*.so", "*.pyd", "__pycache__"))
    return path


@pytest.mark.parametrize("form", ["rich", "json"])
def test_a_tree_loads_no_library_of_graphs_or_pages(form: str, folder: Path) -> None:
    command = ["tree", str(folder / "seeds"), "--format", form, "-o", str(folder / "out.txt")]
    loaded = loaded_by(f"import sys; sys.argv[1:] = {command}; import dedup.cli; dedup.cli.app(standalone_mode=False)")
    assert (folder / "out.txt").stat().st_size
    assert not {"jinja2", "networkx"} & loaded


def test_only_what_writes_graphs_and_pages_loads_their_libraries() -> None:
    for result, listed in formats.VIEWS.items():
        for form in listed:
            loaded = loaded_by(f"from dedup.report.formats import view_named; view_named({result!r}, {form.name!r}).load()")
            assert ("networkx" in loaded) == (form.module == "tree_graph")
            assert ("jinja2" in loaded) == (form.name == "html")
            assert ("rich" in loaded) <= form.name.startswith(("rich", "html", "sarif", "github", "line"))


def test_every_format_is_registered_in_one_place() -> None:
    registered = {form.module for listed in formats.VIEWS.values() for form in listed}
    suffixes = ("_terminal", "_json", "_jsonl", "_html", "_graph", "_sarif", "_github", "_line", "_csv", "_parquet")
    written = {path.stem for path in (PACKAGE / "report").glob("*.py") if path.stem.endswith(suffixes)}
    assert registered == written
    for listed in formats.VIEWS.values():
        assert len({form.name for form in listed}) == len(listed)


def test_a_missing_kernel_is_one_line_that_names_the_way_out(tmp_path: Path) -> None:
    # -S: without the folder of installed packages
    command = [sys.executable, "-S", "-c", "from dedup import _native"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=without_kernel(tmp_path))
    assert done.stderr.splitlines()[-1].startswith("ImportError: ")
    assert "pip install ." in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", sorted(name for name in dedup.__all__ if inspect.isfunction(getattr(dedup, name))))
def test_public_functions_have_an_example(name: str) -> None:
    assert ">>> " in str(getattr(dedup, name).__doc__)


def test_the_map_of_the_package_is_its_folder() -> None:
    mapped = re.findall(r"^    (\w+(?:, \w+)*)/?  ", dedup.__doc__ or "", re.MULTILINE)
    named = {name for entry in mapped for name in entry.split(", ")} | set(re.findall(r"\((_\w+):?", dedup.__doc__ or ""))
    found = {home(path) for path in MODULES} | {"_native"}
    assert found - {"__main__", "_load_native"} <= named
    assert named <= found | {"data"}


def test_a_room_says_what_it_is_for_and_holds_nothing_else() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= (200 if path.parent == PACKAGE else 40), path


def test_a_public_name_is_defined_in_one_module() -> None:
    homes: dict[str, set[str]] = {}
    for path in MODULES:
        if home(path) in {"cli", "__main__"}:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = []
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names = [node.name]
            elif isinstance(node, ast.Assign):
                names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                names = [node.target.id]
            for name in names:
                if not name.startswith("_"):
                    homes.setdefault(name, set()).add(str(path.relative_to(PACKAGE)))
    twice = {name: sorted(found) for name, found in homes.items() if len(found) > 1}
    assert not twice


def test_python_started_in_a_checkout_uses_the_installed_kernel(tmp_path: Path) -> None:
    code = "import dedup; from dedup import _native; print(dedup.__file__, _native.__file__, len(dedup.signatures(['a b'])))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=without_kernel(tmp_path))
    package, kernel, count = done.stdout.split()
    assert Path(package).parent == tmp_path / "dedup"
    assert Path(kernel).parent != tmp_path / "dedup"
    assert count == "1"


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


def options_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text))


@pytest.mark.parametrize("command", ["", *commands()])
def test_the_help_of_a_command_loses_nothing_of_its_text(command: str) -> None:
    # So wide that no line is broken.
    run = subprocess.run(
        [f"{PATH}/dedup", *command.split(), "--help"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"COLUMNS": "2000", "NO_COLOR": "1"},
    )
    shown = " ".join(re.sub("[│╭╮╰╯─]", " ", run.stdout).split())
    found = typer.main.get_command(app)
    for word in command.split():
        found = found.commands[word]  # type: ignore[attr-defined] # a group
    callback = inspect.unwrap(found.callback) if command and found.callback else None
    texts = [inspect.getdoc(callback) or ""] if callback else []
    assert all(texts)
    texts += [text for parameter in found.params if (text := getattr(parameter, "help", None))]
    texts += (found.epilog or "").replace("\\[", "[").split("\n\n")
    assert texts
    for text in texts:
        for paragraph in text.split("\n\n"):
            assert " ".join(paragraph.split()) in shown
    for example in (found.epilog or "").split("\n\n")[1:]:
        assert options_in(example) <= options_in(shown), f"an option that {command} has not: {example}"


def test_examples_in_docstrings_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)  # examples read `seeds`, and write
    ran = 0
    for path in MODULES:
        if ">>> " in path.read_text(encoding="utf-8"):
            module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
            failed, count = doctest.testmod(module)
            assert not failed, path
            ran += count
    assert ran


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    return tmp_path


def shell(script: str, folder: Path, *, python_path: str = "", found: bool = False) -> str:
    # What is installed is tested; installing it again is not this test's work, nor is testing the tests.
    script = re.sub(r"pip install \S+", "true", script).replace("pytest", "true")
    variables = {"PATH": f"{PATH}:/usr/bin:/bin", "PYTHONPATH": python_path}
    done = subprocess.run(["bash", "-euc", script], cwd=folder, capture_output=True, text=True, check=False, env=variables)
    assert done.returncode in ({0, 1} if found else {0}), done.stderr
    return done.stdout


# What a reader runs: every block of the README and of docs/, in the root of a checkout after `pip install .`.

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EXTRAS = {
    "datasketch": ["datasketch"],
    "html": ["feedparser", "lxml_html_clean", "trafilatura"],
    "parquet": ["pyarrow"],
    "frames": ["pandas", "polars"],
    "warc": ["fastwarc"],
    "office": ["docx", "pypdfium2"],
    "zstd": ["backports.zstd"],
}
Block = tuple[str, str]


def blocks(page: Path, *languages: str) -> list[Block]:
    """Return the blocks of a page, each with its language."""
    found = re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [(language, block) for language, block in found if language in languages]


def every_block(*languages: str) -> list[object]:
    numbered = [(page.stem, n, block) for page in PAGES for n, block in enumerate(blocks(page, *languages), 1)]
    return [pytest.param(*block, id=f"{page}-{n}") for page, n, block in numbered]


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return without_kernel(tmp_path_factory.mktemp("checkout")) / "dedup"


@pytest.fixture
def checkout(folder: Path, package: Path) -> Path:
    """The root of a checkout: `seeds/` and a `dedup/` without its compiled part, which hides the installed package."""
    (folder / "dedup").symlink_to(package)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def hide_extras(block: str, path: Path) -> str:
    """Make a folder in which the packages of extras that `block` does not name fail to import; return its path."""
    named = re.findall(r"'\.\[([\w,]+)\]'", block)
    for extra in EXTRAS.keys() - set(",".join(named).split(",")) if "all" not in named else ():
        for module in EXTRAS[extra]:
            file = path / f"{module.replace('.', '/')}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"raise ModuleNotFoundError('a block that needs {module} names its extra', name={module!r})")
    return str(path)


def run(language: str, block: str, checkout: Path, *, python_path: str = "") -> str:
    for module in re.findall(r"import (duckdb|pandas|polars)", block):
        pytest.importorskip(module)
    if language == "python":
        command = [sys.executable, "-W", "error", "-c", block]
        variables = {"PATH": f"{PATH}:/usr/bin:/bin", "PYTHONPATH": python_path}
        done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False, env=variables)
        assert done.returncode == 0, done.stderr
        return done.stdout
    script = block if language == "sh" else block.splitlines()[0].removeprefix("$ ")
    return shell(script, checkout, python_path=python_path, found=language == "console" and script.startswith("dedup check"))


@pytest.mark.parametrize(("language", "block"), every_block("sh", "python"))
def test_every_block_of_the_documentation_runs_in_a_checkout(
    language: str, block: str, checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run(language, block, checkout, python_path=hide_extras(block, tmp_path_factory.mktemp("extras")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_blocks_of_a_page_run_one_after_the_other(page: Path, checkout: Path) -> None:
    for language, block in blocks(page, "sh", "python", "console"):
        run(language, block, checkout)


@pytest.mark.parametrize(("language", "block"), every_block("console"))
def test_the_documentation_shows_what_the_command_prints(language: str, block: str, checkout: Path) -> None:
    rest = iter(run(language, block, checkout).splitlines())
    for line in block.splitlines()[1:]:
        if line and line != "…":
            assert line in rest, f"not printed, or not in this order: {line}"


def test_python_blocks_of_the_documentation_pass_the_strict_type_checker(tmp_path: Path) -> None:
    for page in PAGES:
        for number, (_, block) in enumerate(blocks(page, "python")):
            (tmp_path / f"{page.stem.replace('-', '_')}_{number}.py").write_text(block, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"], ids=lambda page: page.stem)
def test_every_link_of_the_documentation_leads_to_a_file_or_a_heading(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}, link


def test_every_file_that_contributors_are_sent_to_exists() -> None:
    rows = re.findall(r"^\|.*\|$", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)
    for name in re.findall(r"`([\w./]+(?:/|\.\w+))`", "\n".join(rows)):
        assert (PACKAGE / name).exists() or (ROOT / name).exists(), name


def test_the_package_states_its_version_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cargo = tomllib.loads((ROOT / "rust" / "Cargo.toml").read_text(encoding="utf-8"))["package"]
    assert dedup.__version__ == project["version"] == cargo["version"]
    assert f"## {dedup.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
