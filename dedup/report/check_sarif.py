"""Checked drafts as SARIF 2.1.0 (OASIS, 2020), which code scanners and editors read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from dedup import __version__
from dedup.report.check_common import finding_level, message, path_of
from dedup.report.file_lines import FileLines
from dedup.report.json_values import dumps
from dedup.types import JUDGEMENT_KINDS, Checked, Extent

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_sarif(checked: Sequence[Checked], files: Mapping[str, str] | None = None) -> str:
    """Return checked drafts as one run, with one rule a judgement and one result a finding.

    `files` are the drafts' files as they are written, by path.
    """
    rules = [
        {"id": name, "shortDescription": {"text": kind.words.capitalize()}, "defaultConfiguration": {"level": kind.level}}
        for name, kind in JUDGEMENT_KINDS.items()
    ]
    results = [result for one in checked for result in _results(one, files or {})]
    driver = {"name": "dedup", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _results(one: Checked, files: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    lines = FileLines(one.draft, files.get(one.draft.path or ""))
    for finding in one.findings:
        places = [_place(one, lines, Extent(one.passages[n].start, one.passages[n].end)) for n in finding.passages]
        result = {
            "ruleId": finding.judgement,
            "level": finding_level(one, finding),
            "message": {"text": message(one, finding)},
            "locations": places[:1],
        }
        if len(places) > 1:
            result["relatedLocations"] = places[1:]
        yield result


def _place(one: Checked, lines: FileLines, place: Extent) -> dict[str, Any]:
    """Return a place of the draft's file, with its lines if these can be known, and columns if the file is the text."""
    where: dict[str, Any] = {"artifactLocation": {"uri": quote(path_of(one), errors="replace")}}
    if (found := lines.lines(place)) is not None:
        where["region"] = {"startLine": found[0], "endLine": found[1]}
        if lines.plain:
            where["region"] = {
                "startLine": found[0],
                "startColumn": _column(one, place.start),
                "endLine": found[1],
                "endColumn": _column(one, place.end),
                "charOffset": place.start,
                "charLength": place.end - place.start,
            }
    return {"physicalLocation": where}


def _column(one: Checked, at: int) -> int:
    return at - one.draft.text.rfind("\n", 0, at)
