"""The settings of a newsroom: their names and types, and the rules of a check that they make.

They come from a file, the environment, or a request; whoever reads them names the place in `where`.
"""

import difflib
import re
from collections.abc import Mapping
from typing import Any

from dedup.errors import UsageError
from dedup.params import CheckRules

SETTING_TYPES: dict[str, type] = {
    "against": list,
    "licensed": list,
    "own-outlets": list,
    "ignore-phrases": list,
    "ignore-sources": list,
    "min-words": int,
    "quote-limit": int,
    "fail-on": str,
}
"""The type of each setting, by its name."""
_TYPE_WORDS = {list: "a list of strings", int: "a whole number", str: "a string"}


def check_setting(name: str, value: object, where: str) -> None:
    """UsageError for an unknown setting, and for a value of the wrong type; `where` is the place that states it.

    >>> check_setting("licensed", ["Reuters"], "dedup.toml")
    """
    if name not in SETTING_TYPES:
        near = difflib.get_close_matches(name.replace("_", "-"), SETTING_TYPES, 1, 0.5)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(SETTING_TYPES)}"
        raise UsageError(f"{where}: no setting {name!r}{hint}")
    kind = SETTING_TYPES[name]
    plain = isinstance(value, kind) and not isinstance(value, bool)
    if not plain or (kind is list and not all(isinstance(one, str) for one in value)):  # type: ignore[attr-defined] # a list
        raise UsageError(f"{where}: {name} must be {_TYPE_WORDS[kind]}, not {value!r}")


def check_rules(values: Mapping[str, Any]) -> CheckRules:
    """Return the rules that settings make. A phrase between slashes is a regular expression; UsageError for an invalid one.

    >>> check_rules({"licensed": ["Reuters"], "min-words": 12}).min_words
    12
    """
    patterns = []
    for phrase in values.get("ignore-phrases", []):
        try:
            patterns.append(re.compile(phrase[1:-1] if is_regular(phrase) else re.escape(phrase), re.IGNORECASE))
        except (re.error, OverflowError, RecursionError) as error:
            raise UsageError(f"ignore-phrases: {phrase!r} is not a regular expression: {error}") from error
    return CheckRules(
        frozenset(values.get("licensed", [])),
        frozenset(values.get("own-outlets", [])),
        frozenset(values.get("ignore-sources", [])),
        tuple(patterns),
        values.get("min-words", CheckRules().min_words),
        quote_limit=values.get("quote-limit", CheckRules().quote_limit),
    )


def is_regular(phrase: str) -> bool:
    """Return whether a phrase of `ignore-phrases` is a regular expression: it is between slashes.

    >>> is_regular("/^Follow us/"), is_regular("Follow us")
    (True, False)
    """
    return len(phrase) > 2 and phrase.startswith("/") and phrase.endswith("/")
