"""The packages that dedup needs, and those of each extra, with what the extra makes possible.

`pyproject.toml` states them for pip, with versions; a test holds the two equal. They are written here because a package that
runs from a checkout has no metadata to read.
"""

from typing import NamedTuple

REQUIRED = (
    *("ijson", "jinja2", "msgspec", "networkx", "numpy", "publicsuffixlist", "pyyaml", "rich", "typer", "tzdata"),
    *("webencodings", "xxhash"),
)
"""The distributions without which no command is sure to work."""


class Extra(NamedTuple):
    """What pip installs for an extra: its distributions, the modules that they bring, and what the extra makes possible."""

    packages: tuple[str, ...]
    modules: tuple[str, ...]
    enables: str


EXTRAS: dict[str, Extra] = {
    "datasketch": Extra(("datasketch",), ("datasketch",), "signatures as datasketch objects"),
    "frames": Extra(("pandas", "polars"), ("pandas", "polars"), "tables as data frames"),
    "html": Extra(
        ("charset-normalizer", "feedparser", "lxml_html_clean", "trafilatura"),
        ("feedparser", "lxml_html_clean", "trafilatura"),
        "reading web pages, RSS and Atom",
    ),
    "office": Extra(("pypdfium2", "python-docx"), ("docx", "pypdfium2"), "reading PDF and DOCX"),
    "parquet": Extra(("pyarrow",), ("pyarrow",), "reading Parquet, Arrow and .lz4; --format parquet"),
    "mcp": Extra(("mcp",), ("mcp",), "dedup mcp: answers for writing assistants"),
    "server": Extra(("fastapi", "python-multipart", "uvicorn"), ("fastapi", "uvicorn"), "dedup serve: an index over HTTP"),
    "spark": Extra(("pyspark",), ("pyspark",), "dedup spark: scans on a Spark cluster"),
    "warc": Extra(("brotli", "fastwarc"), ("fastwarc",), "reading WARC, WET and WACZ"),
    "zstd": Extra(("backports.zstd",), ("backports.zstd",), "reading .zst"),
}
"""Each extra by its name. What an extra takes over from another one is listed only there."""
