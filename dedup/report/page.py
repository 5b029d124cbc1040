"""Pages of HTML from the templates of this folder: one file each, which asks for nothing from a network.

A page's Content-Security-Policy forbids everything but its own styles and the scripts that this module puts into it, which it
names by their hashes. So no text of a document can run, even if it were not escaped.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dedup.report.json_values import dumps
from dedup.report.printable import flowing, on_page

_IN_SCRIPT = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
"""How JSON writes what could end a script's element."""


class Site(NamedTuple):
    """What a server puts above and below the content of a page: its links and forms."""

    above: Markup
    below: Markup = Markup("")


def page(template: str, *, scripts: Sequence[str] = (), data: object = None, site: Site | None = None, **values: object) -> str:
    """Return the page that `template` makes of `values`. All text is escaped, and made safe by `on_page`.

    `scripts` are names of files beside the templates. They find `data` as JSON in the element with the id `data`, and
    must write its strings with `textContent`. A page of a `site` may send forms to it.
    """
    codes = [script_text(name) for name in scripts]
    return (
        environment()
        .get_template(template)
        .render(
            values,
            scripts=[Markup(code) for code in codes],
            site=site,
            policy=policy(codes, forms=site is not None),
            data=None if data is None else Markup(dumps(_cleaned(data)).translate(_IN_SCRIPT)),
        )
        .rstrip("\n")
    )


@cache
def environment() -> Environment:
    """Return the environment of the templates."""
    pages = Environment(
        loader=PackageLoader("dedup.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    pages.filters["line"] = flowing  # for ids and names, in which a line break could start a line of its own
    return pages


def script_text(name: str) -> str:
    """Return the script in the file `name` beside the templates."""
    return files("dedup.report").joinpath("templates", name).read_text(encoding="utf-8")


def policy(codes: Sequence[str], *, forms: bool = False) -> str:
    """Return the Content-Security-Policy of a page with the scripts `codes`; it sends no forms, or to its own server only.

    >>> policy([])
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    """
    hashes = [base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() for code in codes]
    allowed = "".join(f" 'sha256-{code}'" for code in hashes)
    scripts = f"script-src{allowed}; " if allowed else ""
    target = "'self'" if forms else "'none'"
    return f"default-src 'none'; {scripts}style-src 'unsafe-inline'; base-uri 'none'; form-action {target}"


def _cleaned(data: object) -> object:
    """`data` with each string as `on_page` makes it."""
    if isinstance(data, str):
        return on_page(data)
    if isinstance(data, dict):
        return {key: _cleaned(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_cleaned(value) for value in data]
    return data


def _finalized(value: object) -> object:
    """`value` as it may stand on a page. Markup too: names may have been put into it."""
    if isinstance(value, Markup):
        return Markup(on_page(value))
    return on_page(value) if isinstance(value, str) else value
