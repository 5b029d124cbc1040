"""A real browser for the tests of pages: Chromium, driven by Playwright. Tests skip and say why, where one is absent."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def launch() -> Iterator[Any]:
    """Yield Chromium: the one that `DEDUP_CHROMIUM` names, or else the one on the path."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    path = os.environ.get("DEDUP_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed; DEDUP_CHROMIUM can name one")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def violations(page: Any) -> list[str]:
    """Return what axe-core finds in `page`, a line each; `DEDUP_AXE` names its file."""
    if "DEDUP_AXE" not in os.environ:
        pytest.skip("DEDUP_AXE does not name the file of axe-core")
    page.evaluate(Path(os.environ["DEDUP_AXE"]).read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]
