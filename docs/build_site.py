"""Build the documentation site from the README, `docs/` and the records of benchmarks.

    pip install zensical && python docs/build_site.py FOLDER

The pages are laid out in the site as in the checkout, so that a link works in both. A link that leads nowhere ends the build.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAVIGATION: dict[str, dict[str, str]] = {
    "Start": {"Overview": "index.md", "Tutorial": "docs/tutorial.md", "What a match means": "docs/fairness.md"},
    "Guides": {
        "For editors": "docs/for-editors.md",
        "For media researchers": "docs/for-researchers.md",
        "For data engineers": "docs/for-engineers.md",
        "For programmers": "docs/for-programmers.md",
    },
    "Tasks": {
        "Check a draft": "docs/check.md",
        "Scan a corpus": "docs/scan.md",
        "Who copied whom": "docs/tracing.md",
        "Outlets": "docs/outlets.md",
        "Indexes": "docs/index.md",
        "Drop near-duplicates": "docs/dedupe.md",
        "Serve a newsroom": "docs/serve.md",
        "On Spark": "docs/spark.md",
        "What is read": "docs/formats.md",
    },
    "Reference": {
        "Commands": "docs/commands.md",
        "Python": "docs/python.md",
        "Python API": "docs/api.md",
        "Signatures": "docs/minhash.md",
        "Tables": "docs/tables.md",
        "The file of an index": "docs/index-format.md",
        "Glossary": "docs/glossary.md",
    },
    "About": {
        "How it works": "docs/how-it-works.md",
        "Quality": "docs/quality.md",
        "Performance": "docs/performance.md",
        "Limits": "docs/limits.md",
        "Faults": "docs/faults.md",
        "Contributing": "CONTRIBUTING.md",
        "Changes": "CHANGELOG.md",
        "Licences": "docs/licences.md",
    },
}
"""The navigation: by section, the title and the file of each page."""
_FILES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "dedup/data/NOTICE")
_FOLDERS = ("docs", "bench", "fuzz", "tests/data")
_LEFT_OUT = shutil.ignore_patterns("*.py", "__pycache__", "*.json")


def settings(source: str, site: str) -> str:
    """Return the settings of the site as TOML."""
    sections = []
    for section, pages in NAVIGATION.items():
        listed = ", ".join(f'{{ "{title}" = "{page}" }}' for title, page in pages.items())
        sections.append(f'{{ "{section}" = [{listed}] }}')
    nav = ",\n  ".join(sections)
    return f"""[project]
site_name = "dedup"
site_description = "Find the passages that news outlets reuse, and show exactly what was changed."
docs_dir = "{source}"
site_dir = "{site}"
nav = [
  {nav},
]

[project.theme]
font = false  # no page loads anything from another server
features = ["navigation.footer", "navigation.sections", "content.code.copy"]
"""


def lay_out(folder: Path) -> None:
    """Copy what the site is made of into `folder`, as it is in the checkout. The README is the first page."""
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=_LEFT_OUT)
    for name in _FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / "README.md").rename(folder / "index.md")


def build(site: Path) -> None:
    """Build the site in the folder `site`. CalledProcessError if a page or a link is wrong."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        lay_out(work / "source")
        (work / "zensical.toml").write_text(settings("source", "site"), encoding="utf-8")
        subprocess.run([sys.executable, "-m", "zensical", "build", "--clean", "--strict"], cwd=work, check=True)
        shutil.copytree(work / "site", site, dirs_exist_ok=True)


def main() -> None:
    """Build the site."""
    parser = argparse.ArgumentParser(description="Build the documentation site.")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    build(parser.parse_args().folder)


if __name__ == "__main__":
    main()
