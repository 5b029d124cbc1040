"""Pages of HTML from the templates of this folder: one file each, which asks for nothing from a network."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from dedup.report.printable import on_page


def page(template: str, **values: object) -> str:
    """Return the page that `template` makes of `values`. All text is escaped, and made safe by `on_page`."""
    pages = Environment(
        loader=PackageLoader("dedup.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    return pages.get_template(template).render(values).rstrip("\n")


def _finalized(value: object) -> object:
    return on_page(value) if type(value) is str else value
