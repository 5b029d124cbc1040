"""Write `docs/licences.md`: the licence of every package that dedup needs, in Python and in the compiled part.

    python docs/licences.py

It reads the metadata of the installed packages (install the extra `all` first) and of the crates in `rust/Cargo.lock`.
"""

import json
import subprocess
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from dedup.extras import EXTRAS, REQUIRED

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).with_name("licences.md")
_HEAD = """# Licences

Made by `docs/licences.py`. `dedup` itself is under the MIT licence; one table of word frequencies is under CC BY-SA 4.0
(`dedup/data/NOTICE`). The wheel contains the crates of the second table, compiled; pip installs the packages of the first.
"""
_LONGEST = 60
"""Characters of a licence's name. Some packages state its whole text instead."""


def licence_of(package: str) -> str:
    """Return the licence that an installed package states: its expression, else its classifiers, else its free text."""
    about = metadata.metadata(package)
    stated = about.get("License-Expression")
    names = [one.rsplit(" :: ", 1)[-1] for one in about.get_all("Classifier") or [] if one.startswith("License ::")]
    free = (about.get("License") or "").strip().split("\n", 1)[0]
    found = stated or ", ".join(name for name in names if name != "OSI Approved")
    return found or (free if len(free) <= _LONGEST else "") or "not stated"


def packages() -> Iterator[tuple[str, str, str]]:
    """Yield each Python package, the extra that needs it, and its licence."""
    for name in REQUIRED:
        yield name, "", licence_of(name)
    for extra, about in EXTRAS.items():
        for name in about.packages:
            yield name, extra, licence_of(name)


def crates() -> Iterator[tuple[str, str]]:
    """Yield each crate that the kernels are built from, and its licence."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--manifest-path", str(ROOT / "rust" / "Cargo.toml")]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    for crate in found["packages"]:
        if crate["source"]:
            yield crate["name"], crate["license"] or "not stated"


def page() -> str:
    """Return the text of `docs/licences.md`."""
    rows = [f"| {name} | {extra} | {licence} |" for name, extra, licence in packages()]
    built = [f"| {name} | {licence} |" for name, licence in sorted(set(crates()))]
    tables = ["| package | extra | licence |\n|---|---|---|", *rows, "", "| crate | licence |\n|---|---|", *built]
    return "\n".join([_HEAD, *tables]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
