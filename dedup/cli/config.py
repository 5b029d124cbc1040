"""The settings of a newsroom: `[tool.dedup]` of pyproject.toml or dedup.toml, the user's own file, and the environment."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dedup.errors import UsageError
from dedup.judge.settings import SETTING_TYPES, check_setting


class Settings(dict[str, Any]):
    """Settings by key; `files` are the files that they come from."""

    files: tuple[str, ...] = ()


def settings(folder: Path | None = None) -> Settings:
    """Return the settings: those of the project's file in `folder` or the nearest folder above it, else above the current one.

    What that file does not set comes from the user's own file, and then from the environment. Paths in `against` are those
    below the folder of their file. UsageError for a file that is not TOML, for an unknown key, and for a value of the wrong
    type.
    """
    found = Settings()
    files = list(_files(folder or Path.cwd()))
    if folder is not None and not any(path.parent != _home_folder() for path, _, _ in files):
        files = list(_files(Path.cwd()))
    found.files = tuple(str(path) for path, _, _ in files)
    given: list[tuple[Path | None, str, Mapping[str, Any]]] = [*files, (None, "the environment", _environment())]
    for path, where, values in given:
        for key, value in values.items():
            check_setting(key, value, where)
            below = path.parent if key == "against" and path is not None else None
            found.setdefault(key, [str(below / Path(one).expanduser()) for one in value] if below else value)
    return found


def _files(folder: Path) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    """Yield the files of settings, how messages name each, and what it holds."""
    for parent in (folder, *folder.parents):
        own, shared = parent / "dedup.toml", parent / "pyproject.toml"
        tools = _read(shared).get("tool") if shared.is_file() else None
        table = tools.get("dedup") if isinstance(tools, dict) else None
        if not isinstance(table, dict | None):
            raise UsageError(f"{shared}: [tool.dedup] must be a table of settings, not {table!r}")
        if own.is_file() and table is not None:
            raise UsageError(f"{own} and [tool.dedup] in {shared} both set dedup up; keep one of them")
        if own.is_file():
            yield own, str(own), _read(own)
            break
        if table is not None:
            yield shared, f"{shared}, [tool.dedup]", table
            break
    if (home := _home()) is not None and home.is_file():
        yield home, str(home), _read(home)


def setting_files() -> list[Path]:
    """Return the files of settings that there are for the current folder."""
    here = Path.cwd()
    own = [folder / name for folder in (here, *here.parents) for name in ("dedup.toml", "pyproject.toml")]
    return [path for path in (*own, _home()) if path is not None and path.is_file()]


def _home_folder() -> Path | None:
    home = _home()
    return home.parent if home is not None else None


def _home() -> Path | None:
    """The user's own settings; None for a user without a home, as in many containers."""
    try:
        return Path(os.environ.get("XDG_CONFIG_HOME") or Path("~/.config").expanduser()) / "dedup" / "dedup.toml"
    except RuntimeError:
        return None


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except RecursionError as error:
        raise UsageError(f"{path}: nested too deeply") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {error}") from error


def _environment() -> dict[str, Any]:
    """Settings such as `DEDUP_LICENSED=Reuters,AP`; commas separate the items of a list."""
    found: dict[str, Any] = {}
    for key, kind in SETTING_TYPES.items():
        value = os.environ.get(f"DEDUP_{key.upper().replace('-', '_')}")
        if value is None:
            continue
        if kind is list:
            found[key] = [part.strip() for part in value.split(",") if part.strip()]
        elif kind is int:
            found[key] = int(value) if re.fullmatch(r"\s*[0-9]{1,18}\s*", value) else value
        else:
            found[key] = value
    return found
