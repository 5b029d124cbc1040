"""Make the pictures of `docs/pictures/`: each is a real page, as a command writes it from the seeds, in Chromium.

    python docs/pictures.py

needs Playwright and Chromium (`chromium` on the path, or the one that DEDUP_CHROMIUM names). Beside the pictures,
`pages.json` has the SHA-256 of each page. A test compares it with that of the page that the command writes now: if they differ,
make the pictures again.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
PICTURES: dict[str, tuple[str, ...]] = {
    "scan.png": ("scan", "seeds"),
    "show.png": ("show", "seeds/003_87fcf204060622c7.txt", "seeds/000_16766f05b5cc8635.txt"),
}
"""By picture, the command whose page it shows."""
WIDTH, HEIGHT = 1280, 1000
"""Size of a picture in pixels: what a screen shows of a page at first sight."""


def page_of(command: tuple[str, ...]) -> str:
    """Return the page that `command` writes."""
    done = subprocess.run(
        [sys.executable, "-m", "dedup", *command, "--format", "html"], capture_output=True, check=True, cwd=ROOT
    )
    return done.stdout.decode("utf-8")


def digest(page: str) -> str:
    """Return the SHA-256 of `page`."""
    return hashlib.sha256(page.encode()).hexdigest()


def take(page: str, path: Path) -> None:
    """Write a picture of `page` to `path`."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 the test of the pictures does not need it

    browser = os.environ.get("DEDUP_CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder) / "page.html"
        file.write_text(page, encoding="utf-8")
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        opened = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        opened.goto(file.as_uri())
        opened.screenshot(path=path)
        chromium.close()


def main() -> None:
    """Make all pictures, and record the pages that they show."""
    FOLDER.mkdir(exist_ok=True)
    pages = {name: page_of(command) for name, command in PICTURES.items()}
    for name, page in pages.items():
        take(page, FOLDER / name)
    digests = {name: digest(page) for name, page in pages.items()}
    (FOLDER / "pages.json").write_text(json.dumps(digests, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
