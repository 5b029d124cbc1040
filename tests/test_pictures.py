"""The pictures of the documentation show what the commands write now."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
_SPEC = importlib.util.spec_from_file_location("pictures", ROOT / "docs" / "pictures.py")
assert _SPEC
assert _SPEC.loader
pictures = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(pictures)


@pytest.mark.parametrize("name", sorted(pictures.PICTURES))
def test_a_picture_shows_the_page_that_its_command_writes_now(name: str) -> None:
    assert (FOLDER / name).read_bytes().startswith(b"\x89PNG")
    recorded = json.loads((FOLDER / "pages.json").read_text(encoding="utf-8"))[name]
    page = pictures.page_of(pictures.PICTURES[name])
    assert pictures.digest(page) == recorded, "run python docs/pictures.py"


def test_every_picture_is_in_the_documentation() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    assert all(f"pictures/{name}" in pages for name in pictures.PICTURES)
    assert {path.name for path in FOLDER.glob("*.png")} == {*pictures.PICTURES}
