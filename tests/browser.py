"""Chromium for the tests of pages: `launch()` opens it, or skips the test and says why. `axe()` is the axe-core script."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def launch() -> Iterator[Any]:
    """Yield a Playwright browser: the one that `DEDUP_CHROMIUM` names, or the one on the path."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    chromium = os.environ.get("DEDUP_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        pytest.skip("no Chromium: install one, or name it in DEDUP_CHROMIUM")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def axe() -> str:
    """Return the script of axe-core, which `DEDUP_AXE` names."""
    path = os.environ.get("DEDUP_AXE")
    if not path:
        pytest.skip("no axe-core: name its axe.min.js in DEDUP_AXE")
    return Path(path).read_text(encoding="utf-8")
