"""What an index answers, for a person at a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from dedup.language.counting import counted
from dedup.report.index_json import Outcome
from dedup.report.printable import flowing


def outcome_text(outcome: Outcome) -> str:
    """Return the outcome in words."""
    return outcome.text


def unverified_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return one line a passage, and their number."""
    lines = [" ".join((_place(row["a"]), "", _place(row["b"]))) for row in rows]
    shares = "shares" if len(rows) == 1 else "share"
    return "\n".join([*lines, f"{counted(len(rows), 'passage')} {shares} fingerprints; the index keeps no text to verify them"])


def _place(span: Mapping[str, Any]) -> str:
    return f"{flowing(str(span['doc']))} {span['start']}-{span['end']}"
