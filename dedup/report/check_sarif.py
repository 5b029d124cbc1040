"""Checked drafts as SARIF 2.1.0 (OASIS, 2020), which code scanners and editors read."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from dedup import __version__
from dedup.report.check_common import level, line_of, message, path_of
from dedup.report.json_values import dumps
from dedup.types import JUDGEMENT_KINDS, Checked, Judged

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_sarif(checked: Sequence[Checked]) -> str:
    """Return checked drafts as one run, with one rule a judgement and one result a passage."""
    rules = [
        {"id": name, "shortDescription": {"text": kind.words.capitalize()}, "defaultConfiguration": {"level": kind.level}}
        for name, kind in JUDGEMENT_KINDS.items()
    ]
    results = [_result(one, passage) for one in checked for passage in one.passages]
    driver = {"name": "dedup", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _result(one: Checked, passage: Judged) -> dict[str, Any]:
    region = {
        "startLine": line_of(one, passage.start),
        "startColumn": _column(one, passage.start),
        "endLine": line_of(one, passage.end),
        "endColumn": _column(one, passage.end),
        "charOffset": passage.start,
        "charLength": passage.end - passage.start,
    }
    place = {"artifactLocation": {"uri": quote(path_of(one), errors="replace")}, "region": region}
    return {
        "ruleId": passage.judgement,
        "level": level(passage.judgement),
        "message": {"text": message(one, passage)},
        "locations": [{"physicalLocation": place}],
    }


def _column(one: Checked, at: int) -> int:
    return at - one.draft.text.rfind("\n", 0, at)
