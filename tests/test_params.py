"""Parameters: every field says what it is, presets are complete, and reports write them as strict JSON."""

import ast
import dataclasses
import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import dedup
from dedup import params, trace_params
from dedup.params import IndexParams, MatchParams
from dedup.trace_params import TRACE_PRESETS

SOURCES = [Path(str(module.__file__)).read_text(encoding="utf-8") for module in (params, trace_params)]
CLASSES = [node for source in SOURCES for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]


def strict(text: str) -> object:
    """Parse JSON as its standard defines it: Python's parser also takes `NaN` and `Infinity`."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("node", CLASSES, ids=lambda c: c.name)
def test_every_parameter_has_a_docstring_of_its_own(node: ast.ClassDef) -> None:
    for field, text in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            documented = isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
            assert documented, f"{node.name}.{field.target.id}"


@pytest.mark.parametrize("match", [*params.MATCH_PRESETS.values(), MatchParams(threshold_bits=math.inf)])
def test_parameters_are_strict_json_in_which_no_limit_is_null(match: MatchParams) -> None:
    written = params.as_dict(IndexParams(), match)
    assert strict(json.dumps(written)) == written
    unlimited = {name for name, value in dataclasses.asdict(match).items() if value == math.inf}
    assert {name for name, value in written.items() if value is None} == unlimited


@pytest.mark.parametrize("preset", params.MATCH_PRESETS)
@pytest.mark.parametrize("mode", ["passages", "signatures"])
def test_every_report_is_strict_json(preset: str, mode: str, tmp_path: Path) -> None:
    story = " ".join(f"word{n}" for n in range(60))
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"id": name, "text": story}) + "\n" for name in "ab"))
    command = [sys.executable, "-m", "dedup", "scan", "in.jsonl", "--preset", preset, "--mode", mode, "--format", "json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    report = strict(done.stdout)
    assert isinstance(report, dict)
    assert report["params"]["preset"] == preset
    assert report["params"]["threshold_bits"] == params.match_preset(preset).threshold_bits


def test_a_preset_has_the_name_by_which_it_is_found() -> None:
    for name, match in params.MATCH_PRESETS.items():
        assert params.match_preset(name) is match
        assert match.preset == name


def test_an_infinite_cost_or_limit_changes_what_is_found() -> None:
    first = "Lebanese soldiers captured by militants three years ago were buried near the town of Arsal."
    second = "Washington supplied sizeable military equipment worth several hundred million dollars annually."
    texts = f"{first} {second}", f"{second} {first}"
    turned = replace(MatchParams(), near_jump_cost=7.0)
    assert len(dedup.compare(*texts)) == 2
    assert len(dedup.compare(*texts, preset=turned)) == 1


def test_an_unknown_field_of_the_input_is_named_with_those_that_exist() -> None:
    with pytest.raises(dedup.UsageError, match=r"no field 'titel'; did you mean title\? \(the fields are: id, text"):
        dedup.Reading(fields={"titel": "headline"})
    with pytest.raises(dedup.UsageError, match=r"no field 'xyz' \(the fields are: id, text"):
        dedup.Reading(fields={"xyz": "headline"})


def test_the_names_of_the_presets_of_tracing_are_those_of_the_presets() -> None:
    assert tuple(TRACE_PRESETS) == params.TRACE_PRESET_NAMES
