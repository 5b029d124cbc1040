"""What `dedup doctor` looks at, area by area. Each look is small, and none of them raises an error."""

import locale
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from dedup import __version__, _native
from dedup.errors import DISTRIBUTION, DedupError
from dedup.extras import EXTRAS, REQUIRED
from dedup.hashing.minhash import shingle_hashes
from dedup.index.index import Index
from dedup.language.counting import counted
from dedup.report.doctor_json import Condition

_LEAST_TEMPORARY = 1 << 28
"""Bytes that should be free for temporary files: the index of a `check` against a folder of some 50,000 articles needs them."""
_AGAIN = f"pip install --force-reinstall {DISTRIBUTION} (pip install . in a checkout)"
_PROBE = (
    "The 1,234 cease-fire talks of 2014-15 ended on Monday, said Reuters' man in Naypyidaw, and 3.5 million people heard of it"
    " at once."
)
_ANSWER = 0xCA46C6A92934AC1D
"""All shingle hashes of `_PROBE`, joined by exclusive or, as version 3 of the hashes has them."""


def diagnosed(indexes: Sequence[Path]) -> list[Condition]:
    """Return all that was found, in the order in which it is shown."""
    looks = (_versions(), _kernels(), _extras(), _terminal(), _places())
    return [condition for look in looks for condition in look] + [one for path in indexes for one in _index(path)]


def _version_of(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _versions() -> Iterator[Condition]:
    yield Condition("versions", "dedup", f"{__version__}, in {Path(__file__).parents[1]}")
    yield Condition("versions", "Python", f"{platform.python_version()}, {platform.platform()}")
    yield Condition("versions", "SQLite", sqlite3.sqlite_version)
    for package in REQUIRED:
        version = _version_of(package)
        if version is None:
            yield Condition("versions", package, "not installed", "broken", _AGAIN)
        else:
            yield Condition("versions", package, version)


def _kernels() -> Iterator[Condition]:
    """With which instructions the kernels run, and whether they give a known answer."""
    level, features = _native.processor()
    asked = os.environ.get("DEDUP_SIMD")
    yield Condition("kernels", "compiled", str(_native.__file__))
    yield Condition("kernels", "instructions", f"{level}, as DEDUP_SIMD={asked} asks" if asked else level)
    yield Condition("kernels", "processor", _features(features))
    yield Condition("kernels", "cores", str(os.cpu_count() or "unknown"))
    if int(np.bitwise_xor.reduce(shingle_hashes(_PROBE))) == _ANSWER:
        yield Condition("kernels", "known answer", "right")
    else:
        yield Condition("kernels", "known answer", "wrong", "broken", "set DEDUP_SIMD=portable, and report the processor")


def _features(features: Sequence[tuple[str, bool]]) -> str:
    has = " ".join(name for name, has in features if has) or "no feature that kernels use"
    lacking = " ".join(name for name, has in features if not has)
    return f"{platform.machine()}: {has}" + (f"; without {lacking}" if lacking else "")


def _extras() -> Iterator[Condition]:
    for name, extra in EXTRAS.items():
        versions = {package: _version_of(package) for package in extra.packages}
        missing = [package for package, version in versions.items() if version is None]
        missing = missing or [module for module in extra.modules if not _can_be_found(module)]
        if missing:
            way = f"pip install '{DISTRIBUTION}[{name}]'"
            yield Condition("extras", name, f"{extra.enables}: without {', '.join(missing)}", "absent", way)
        else:
            found = ", ".join(f"{package} {version}" for package, version in versions.items())
            yield Condition("extras", name, f"{extra.enables}: {found}")


def _can_be_found(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _terminal() -> Iterator[Condition]:
    encoding = getattr(sys.stdout, "encoding", None) or "none"
    stated = next((f"{name}={os.environ[name]}" for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "not set")
    yield Condition("terminal", "locale", f"{stated}; {locale.getpreferredencoding(False)} for files")
    size = shutil.get_terminal_size()
    kind = "a terminal" if sys.stdout is not None and sys.stdout.isatty() else "no terminal"
    yield Condition("terminal", "output", f"{kind}, {size.columns} columns, {encoding}")
    colours = [f"{name}={os.environ[name]}" for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE") if name in os.environ]
    yield Condition("terminal", "colour", ", ".join(colours) or "as the terminal has it")


def _places() -> Iterator[Condition]:
    way = "name another folder with TMPDIR"
    try:
        with tempfile.TemporaryFile() as file:
            file.write(bytes(4096))
            file.flush()
        folder = tempfile.gettempdir()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        yield Condition("temporary files", "folder", error.strerror or str(error), "broken", way)
        return
    few = free < _LEAST_TEMPORARY
    yield Condition("temporary files", folder, f"{free:,} bytes free", "absent" if few else "ok", way if few else "")


def _index(path: Path) -> Iterator[Condition]:
    """What an index holds, and what is damaged of its header, schema, settings and list of segments."""
    area = f"index {path}"
    try:
        with Index(path) as index:
            damage = index.verify(every_row=False)
            stats = index.stats() if not damage else {}
    except (DedupError, OSError) as error:
        yield Condition(area, "state", str(error), "broken")
        return
    for one in damage:
        yield Condition(area, "state", one, "broken", f"dedup index export {path} saves what can be read")
    if not damage:
        words = counted(_number(stats["tokens"]), "word")
        yield Condition(area, "holds", f"{counted(_number(stats['documents']), 'document')}, {words}, {stats['bytes']:,} bytes")
        yield Condition(area, "made by", f"dedup {stats['version']}" + ("" if stats["text"] else ", without texts"))
        yield Condition(area, "state", f"header, schema and settings are whole; dedup index verify {path} checks every row")


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
