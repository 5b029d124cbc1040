"""`dedup.scan` and `dedup.trace` on Spark: the tables of a report, from a data frame of documents.

1. map: documents to word counts, which are summed; and to postings, which are fingerprints and bands of paragraphs
2. shuffle: postings of one key are joined to windows of two documents, and to marks of words that recur; no text is moved
3. dense groups are thinned, on numbers of documents only
4. reduce: the windows of two blocks of documents are aligned in one task, which holds the texts of these blocks
5. documents that alignments connect are gathered in one task: families, kinds of text, who copied whom

Alignments connect nothing across tasks, and what a task must know of the rest of the corpus (how common words are, which runs
of words recur, who prints first) is computed before. So the tables are those of a scan on one machine.
"""

import pickle
from collections import Counter
from collections.abc import Mapping
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sf

from dedup.align import word_weights
from dedup.arrays import components
from dedup.candidates import dense
from dedup.errors import UsageError
from dedup.params import MatchParams, Reading, match_preset
from dedup.report.table_schema import TABLES
from dedup.spark import scan_stages as stages
from dedup.spark.frames import (
    Sent,
    blocks_for,
    by_key,
    check_ids,
    documents_of,
    in_blocks,
    in_tasks,
    numbered,
    numpy_of,
    settled,
    shuffle_tasks,
    stage,
)
from dedup.trace_params import TraceParams, trace_preset

TABLE_NAMES = (
    *("documents", "matches", "changes", "parts", "families", "passages", "edges", "trees"),
    *("versions", "sources", "stories", "origins", "warnings"),
)
"""The tables of a report, as `docs/tables.md` describes them."""
_GATHERED = 1000
"""Documents that a task gathers at least, if there are so many."""
_ON_DRIVER = 100_000_000
"""Pairs of documents that the driver holds, 16 bytes each. Until so few are left, those with few neighbours are left out."""
_TYPES = {"int64": "long", "float64": "double", "bool": "boolean", "timestamp[us, UTC]": "timestamp", "string": "string"}


def scan_frame(
    df: DataFrame,
    *,
    preset: str | MatchParams = "news",
    trace: str | TraceParams | None = "news",
    id: str = "id",  # noqa: A002 what the column is called
    text: str = "text",
) -> dict[str, DataFrame]:
    """Return the tables of the report of `df`, by name: what documents share, and who copied whom.

    `id` and `text` name columns; the other fields of a document are found under their usual names. `preset` is as in
    `dedup.scan`, `trace` as `preset` in `dedup.trace`; with None nobody is traced. The numbers of matches and versions are
    distinct, but do not count from 0. UsageError for an unknown preset, and where several rows have one id.
    """
    return scan_documents(df, Reading(fields={"id": id, "text": text}), preset=preset, trace=trace)


def scan_documents(
    df: DataFrame, reading: Reading, *, preset: str | MatchParams, trace: str | TraceParams | None
) -> dict[str, DataFrame]:
    """Return what `scan_frame` does, of rows whose fields are where `reading` says."""
    match = preset if isinstance(preset, MatchParams) else match_preset(preset)
    traced = trace_preset(trace) if isinstance(trace, str) else trace
    if traced is not None and traced.parents.main_share == 0.0:
        raise UsageError("trace 'retelling' compares all documents at once; use dedup.trace on one machine")
    documents = settled(numbered(documents_of(df, reading)))
    count, tasks, context = check_ids(documents), shuffle_tasks(documents), documents.sparkSession
    corpus = Sent(context, _corpus(documents, match))
    windows, marks = _windows(documents, corpus, match, tasks)
    windows, in_dense = _thinned(windows, documents, match)
    known = settled(_known(documents, marks, in_dense))
    alignments = settled(
        in_blocks(windows, known, blocks_for(count, tasks), partial(stages.align_block, corpus, match), stages.ALIGNED)
    )
    of_task = _tasks(alignments, documents, count)
    sides = alignments.join(of_task.withColumnRenamed("n", "a"), "a")
    reports = in_tasks(sides, known.join(of_task, "n"), partial(stages.gather, corpus, match, traced), stages.REPORTS)
    reports = settled(reports)
    shared = Sent(context, _habits(reports, documents, traced))
    rows = settled(stage(reports.select("task", "report"), partial(stages.write_tables, shared, traced), stages.ROWS))
    return {name: _table(rows, name) for name in TABLE_NAMES}


def _corpus(documents: DataFrame, match: MatchParams) -> stages.CorpusCounts:
    """Return what the corpus says of words. Only words that are common enough come to the driver: a few thousand."""
    counted = stage(documents, partial(stages.count_batch, match), stages.COUNTS)
    summed = settled(counted.groupBy("hash").agg(sf.sum("documents").alias("documents"), sf.sum("tokens").alias("tokens")))
    total, tokens = summed.agg(sf.coalesce(sf.sum("documents"), sf.lit(0)), sf.coalesce(sf.sum("tokens"), sf.lit(0))).collect()[
        0
    ]
    kept = stage(
        summed.where("documents > 0").select("hash", "documents"),
        partial(stages.keep_common, total, match),
        "hash long, documents long",
    ).toArrow()
    hashes = numpy_of(kept, "hash").astype(np.int64).view(np.uint64)
    order = np.argsort(hashes)
    counts = word_weights.Counts(hashes[order], numpy_of(kept, "documents").astype(np.uint32)[order], int(total))
    return stages.CorpusCounts(counts, int(tokens))


def _windows(documents: DataFrame, corpus: Sent, match: MatchParams, tasks: int) -> tuple[DataFrame, DataFrame]:
    """Return the windows of documents that share fingerprints or have similar paragraphs, and the marks of recurring words."""
    postings = stage(documents, partial(stages.post, match), stages.POSTINGS)
    placed = by_key(postings, ["kind", "key"], ["n", "at"], tasks)
    found = settled(stage(placed, partial(stages.join_postings, corpus, match), stages.FOUND))
    return settled(found.where("b >= 0").distinct()), found.where("b < 0")


def _thinned(windows: DataFrame, documents: DataFrame, match: MatchParams) -> tuple[DataFrame, DataFrame]:
    """Return the windows that are looked at, and the documents (n) of dense groups.

    A document with few neighbours is in no dense group. What is left is a graph of numbers, and fits the driver.
    """
    pairs = settled(windows.select("a", "b").distinct())
    degrees = settled(_degrees(pairs))
    left, able, count = pairs, degrees, 0
    while True:
        left = settled(_within(left, able.where(sf.col("neighbours") >= match.dense_neighbours).select("n")))
        count, before = left.count(), count
        if count <= _ON_DRIVER or count == before:
            break
        able = _degrees(left)
    edges = left.toArrow()
    names, places = np.unique(np.stack([numpy_of(edges, side) for side in ("a", "b")], axis=1), return_inverse=True)
    columns = places.reshape(-1, 2)[np.lexsort(places.reshape(-1, 2).T[::-1])]
    flat = np.hstack([columns, np.zeros((len(columns), 4), np.int64)]).astype(np.uint32)
    core = names[dense.core(flat, len(names), match.dense_neighbours)].astype(np.int64)
    held = _frame(documents.sparkSession, {"n": core})
    beside = _degrees(pairs, held).withColumnRenamed("neighbours", "inside").join(degrees, "n").where("2 * inside > neighbours")
    in_dense = settled(held.unionByName(beside.select("n")).distinct())
    if not len(core):
        return windows, in_dense
    marked = windows.join(sf.broadcast(in_dense.withColumnRenamed("n", "a").withColumn("one", sf.lit(True))), "a", "left")
    marked = marked.join(sf.broadcast(in_dense.withColumnRenamed("n", "b").withColumn("other", sf.lit(True))), "b", "left")
    columns_of = windows.columns
    marked = marked.withColumn("inside", sf.col("one").isNotNull() & sf.col("other").isNotNull())
    ranked = documents.join(sf.broadcast(in_dense), "n").select("n", sf.get_json_object("about", "$.published").alias("time"))
    order = ranked.orderBy(sf.col("time").cast("timestamp").asc_nulls_last(), "n").select("n").toArrow()
    by_time = numpy_of(order, "n").astype(np.int64)
    thin = partial(_thin, by_time, match)
    inside = marked.where("inside").select(*columns_of, sf.lit(0).alias("task"))
    thinned = inside.groupBy("task").applyInArrow(thin, stages.FOUND)
    return marked.where("not inside").select(columns_of).unionByName(thinned.select(columns_of)), in_dense


def _thin(order: npt.NDArray[np.int64], match: MatchParams, table: pa.Table) -> pa.Table:
    """Return the windows of dense documents that are looked at; `order` are the numbers of these documents by time."""
    names = np.sort(order)
    rank = np.empty(len(names), np.int64)
    rank[np.searchsorted(names, order)] = np.arange(len(order))
    columns = ["a", "b", "a_from", "a_to", "b_from", "b_to"]
    rows = np.stack([numpy_of(table, name).astype(np.int64) for name in columns], axis=1)
    rows[:, :2] = np.searchsorted(names, rows[:, :2])
    windows = rows[np.lexsort(rows.T[::-1])].astype(np.uint32)
    kept = dense.thinned(windows, np.ones(len(names), np.bool_), rank, match.dense_partners).astype(np.int64)
    kept[:, :2] = names[kept[:, :2]]
    types = [pa.int64(), pa.int64(), *[pa.int32()] * 4]
    return pa.table({name: pa.array(kept[:, n]).cast(types[n]) for n, name in enumerate(columns)})


def _degrees(pairs: DataFrame, among: DataFrame | None = None) -> DataFrame:
    """Return how many neighbours each document has, of all or of those `among` (n)."""
    turned = pairs.select(sf.col("b").alias("a"), sf.col("a").alias("b"))
    both = pairs.select("a", "b").unionByName(turned)
    if among is not None:
        both = both.join(sf.broadcast(among.withColumnRenamed("n", "b")), "b", "left_semi")
    return both.groupBy(sf.col("a").alias("n")).agg(sf.count("b").alias("neighbours"))


def _within(pairs: DataFrame, able: DataFrame) -> DataFrame:
    """Return the pairs of which both documents are `able`."""
    for side in ("a", "b"):
        pairs = pairs.join(able.withColumnRenamed("n", side), side, "left_semi")
    return pairs


def _known(documents: DataFrame, marks: DataFrame, in_dense: DataFrame) -> DataFrame:
    """Return the documents with the marks of their tokens, and whether they are dense."""
    none = documents.select("n", *(sf.lit(0).alias(name) for name in ("first", "last", "mark")))
    every = none.unionByName(marks.selectExpr("a as n", "a_from as first", "a_to as last", "b_from as mark"))
    listed = every.groupBy("n").agg(sf.collect_list(sf.array("first", "last", "mark")).alias("marks"))
    held = documents.select("n", "text", "about").join(listed, "n")
    return held.join(in_dense.withColumn("dense", sf.lit(True)), "n", "left").fillna({"dense": False})


def _tasks(alignments: DataFrame, documents: DataFrame, count: int) -> DataFrame:
    """Return the task of each document (n): documents that alignments connect have one task. Numbers only, on the driver."""
    pairs = alignments.select("a", "b").distinct().toArrow()
    names, places = np.unique(np.stack([numpy_of(pairs, side) for side in ("a", "b")], axis=1), return_inverse=True)
    group = components(len(names), places.reshape(-1, 2))
    _, group, sizes = np.unique(group, return_inverse=True, return_counts=True)
    # Groups in their order fill a task.
    task = (np.cumsum(sizes) - sizes) // _GATHERED
    placed = _frame(documents.sparkSession, {"n": names.astype(np.int64), "task": task[group].astype(np.int64)})
    used, rest = int(task.max(initial=-1)) + 1, max(1, -(-count // _GATHERED))
    alone = sf.pmod(sf.xxhash64("n"), sf.lit(rest)) + used
    return documents.select("n").join(placed, "n", "left").select("n", sf.coalesce("task", alone).alias("task"))


def _frame(session: SparkSession, columns: Mapping[str, npt.NDArray[np.int64]]) -> DataFrame:
    """Return numbers as a data frame."""
    table = pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()})
    return session.createDataFrame(table, ", ".join(f"{name} long" for name in columns))


def _habits(reports: DataFrame, documents: DataFrame, traced: TraceParams | None) -> object:
    """Return the habits of the newsrooms of the corpus, and its outlets."""
    if traced is None:
        return None
    from dedup.provenance.common_source import habits  # noqa: PLC0415 only where copies are traced

    first: Counter[tuple[str, str]] = Counter()
    for row in reports.select("firsts").toLocalIterator():
        first.update(pickle.loads(row["firsts"]))
    named = documents.select(sf.get_json_object("about", "$.outlet").alias("outlet")).distinct().toLocalIterator()
    return habits(first, traced), frozenset(row["outlet"] for row in named if row["outlet"])


def _table(rows: DataFrame, name: str) -> DataFrame:
    schema = ", ".join(f"`{column.name}` {_type(column.type)}" for column in TABLES[name].columns)
    return rows.where(sf.col("name") == name).select("rows").mapInArrow(stages.stored_rows, schema)


def _type(name: str) -> str:
    return f"array<{_type(name[len('list<') : -1])}>" if name.startswith("list<") else _TYPES[name]
