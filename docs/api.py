"""Write `docs/api.md`: every public name of `dedup` with its signature and its docstring.

    python docs/api.py

A test holds the page equal to what this script writes.
"""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dedup

PAGE = Path(__file__).with_name("api.md")
_HEAD = """# Python API

Made from the docstrings by `docs/api.py`; do not edit. [python](python.md) shows how the parts are used together.
"""


def source_of(found: Any) -> ast.FunctionDef | ast.ClassDef:
    """Return the definition of a function or a class, as its module writes it. Its types are read more easily there."""
    tree = ast.parse(Path(inspect.getfile(found)).read_text(encoding="utf-8"))
    nodes = [one for one in tree.body if isinstance(one, ast.FunctionDef | ast.ClassDef) and one.name == found.__name__]
    return nodes[-1]  # those before it are overloads


def signature(node: ast.FunctionDef) -> str:
    """Return the signature of a function or a method, without `self`."""
    arguments = ast.unparse(node.args)
    for own in ("self", "cls"):
        arguments = arguments.removeprefix(f"{own}, ") if arguments != own else ""
    returns = f" -> {ast.unparse(node.returns)}" if node.returns and node.name != "__init__" else ""
    return f"({arguments}){returns}".replace("'", '"')


def call_of(node: ast.FunctionDef | ast.ClassDef) -> str:
    """Return how a function is called, or a class whose objects a user makes; "" for others."""
    if isinstance(node, ast.FunctionDef):
        return node.name + signature(node)
    made = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
    return node.name + signature(made[0]) if made else ""


def text_of(docstring: str) -> str:
    """Return a docstring as Markdown: its examples become blocks."""
    out: list[str] = []
    example = False
    for line in inspect.cleandoc(docstring).splitlines():
        if line.startswith(">>> ") and not example:
            out.append("```text")  # formatters change blocks of Python
            example = True
        elif example and not line:
            out.append("```")
            example = False
        out.append(line)
    return "\n".join([*out, "```"] if example else out)


def members(node: ast.ClassDef) -> Iterator[str]:
    """Yield a row for each field and each public method of a class."""
    for before, after in zip(node.body, [*node.body[1:], ast.Pass()], strict=True):
        if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name) and not before.target.id.startswith("_"):
            default = f" = {ast.unparse(before.value)}" if before.value else ""
            about = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
            what = f": {' '.join(str(about).split())}" if about else ""
            yield f"- `{before.target.id}: {ast.unparse(before.annotation)}{default}`{what}"
        elif isinstance(before, ast.FunctionDef) and not before.name.startswith("_"):
            first = (ast.get_docstring(before) or "").split("\n\n", 1)[0]
            yield f"- `{before.name}{signature(before)}`: {' '.join(first.split())}"


def section(name: str) -> str:
    """Return the section of a public name."""
    node = source_of(getattr(dedup, name))
    parts = [f"## {name}"]
    if call := call_of(node):
        parts.append(f"    {call}")
    parts.append(text_of(ast.get_docstring(node) or ""))
    if isinstance(node, ast.ClassDef) and (rows := list(members(node))):
        parts.append("\n".join(rows))
    return "\n\n".join(parts)


def page() -> str:
    """Return the text of `docs/api.md`."""
    return "\n\n".join([_HEAD.rstrip(), *map(section, sorted(dedup.__all__, key=str.lower))]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
