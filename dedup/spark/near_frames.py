"""`dedup.dedupe` on Spark: one of each group of near-duplicate documents, and a table of what was dropped and why.

Going through all documents in order of preference gives one answer, but is not the only way to it: a document whose
near-duplicates of better rank are all dropped is kept, whatever the rest is (Blelloch, Fineman and Shun 2012). So the answer is
found in rounds:

1. in each bucket (documents that share a band), each document is paired with the leaders that its signature agrees with
2. what leads in all of its buckets is kept
3. what is paired with a document that was kept is compared with it exactly, and dropped if it is similar enough

What is left goes into the next round. A dropped document stays in its buckets without leading, so that in the end it has been
compared with all kept ones, and is dropped for the most similar. Of documents with equal preference the least id is the best.
"""

from collections.abc import Iterator
from functools import partial, reduce

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as sf

from dedup import _native
from dedup.arrays import among
from dedup.errors import UsageError
from dedup.hashing.bands import least_agreement
from dedup.params import MISSED_AT, SHINGLE, THRESHOLD, Reading
from dedup.pipeline import near
from dedup.pipeline.dedupe import KEEPS, check_dedupe, check_keep, unshared_passages, worth_of
from dedup.sources.common import Record
from dedup.spark.frames import (
    ROW_ID,
    Batches,
    Sent,
    blocks_for,
    by_key,
    byte_rows,
    check_ids,
    documents_of,
    fixed_width,
    groups,
    in_blocks,
    numbered,
    numpy_of,
    settled,
    shuffle_tasks,
    stage,
    with_ids,
)
from dedup.storage.row_files import values_of
from dedup.types import Document

_SIGNED = "n long, worth double, hash binary, filled boolean, signature binary"
_BUCKETS = "band int, key long, n long, worth double, signature binary"
_PAIRS = "a long, b long"
_COMPARED = "a long, b long, similarity double"
_PASSAGES = "a long, b long, similarity double, differs string, keeper_differs string"
_DROPPED = ("id", "keeper", "similarity", "kind", "differs", "keeper_differs", "path", "record")
"""The columns of the table of what was dropped, as `dedup.types.Dropped` has them."""


def dedupe_frame(
    df: DataFrame,
    *,
    threshold: float = THRESHOLD,
    contained: float | None = None,
    keep: str = "earliest",
    id: str = "id",  # noqa: A002 what the column is called
    text: str = "text",
) -> tuple[DataFrame, DataFrame]:
    """Return the rows of `df` that `dedup.dedupe` keeps of them in the order of their ids, and the table of the others.

    `id` and `text` name columns; the other fields of a document are found under their usual names. `threshold` and `keep` are
    as in `dedup.dedupe`; `first` keeps the least id. UsageError for values outside their range, for `contained`, which runs on
    one machine only, and where several rows have one id.
    """
    check_dedupe(threshold, contained)
    check_keep(keep)
    if contained is not None:
        raise UsageError("contained is not offered on Spark; run `dedup dedupe --contained` on what this keeps")
    return dedupe_rows(df, Reading(fields={"id": id, "text": text}), threshold, keep)


def dedupe_rows(df: DataFrame, reading: Reading, threshold: float, keep: str) -> tuple[DataFrame, DataFrame]:
    """Return what `dedupe_frame` does, of rows whose fields are where `reading` says."""
    documents = settled(numbered(documents_of(df, reading, partial(_worth, keep))))
    count, tasks = check_ids(documents), shuffle_tasks(documents)
    signed = settled(stage(documents.select("n", "text", "worth"), _sign, _SIGNED))
    exact = _equal(signed)
    compared = signed.join(exact.select("n"), "n", "left_anti").where("filled").select("n", "worth", "signature")
    near_ones = _near(compared, documents, threshold, blocks_for(count, tasks), tasks)
    dropped = _table(documents, near_ones, exact, blocks_for(count, tasks))
    # Rows without text are no documents, and are not kept either, as where files are read.
    kept = documents.select("id").join(dropped.select("id"), "id", "left_anti").withColumnRenamed("id", ROW_ID)
    return with_ids(df, reading).join(kept, ROW_ID, "left_semi").select(*df.columns), dropped


def _worth(keep: str, document: Document, record: Record) -> float:
    return worth_of(document, {} if keep in KEEPS or record.row is None else values_of(record.row), keep)


def _sign(batches: Batches) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        signed = near.sign(batch.column("text").to_pylist())
        columns = {"n": batch.column("n"), "worth": batch.column("worth"), "hash": byte_rows(signed.hashes)}
        columns |= {"filled": pa.array(signed.filled), "signature": byte_rows(signed.signatures)}
        yield pa.record_batch(columns)


def _equal(signed: DataFrame) -> DataFrame:
    """Return the documents (n, head) whose text the better `head` has. Only hashes are by_key, first on each machine."""
    best = sf.min(sf.struct("worth", "n"))
    heads = signed.groupBy("hash").agg(best["n"].alias("head"), sf.count("n").alias("copies")).where("copies > 1")
    return settled(signed.select("n", "hash").join(heads, "hash").where("n != head").select("n", "head"))


def _near(compared: DataFrame, documents: DataFrame, threshold: float, blocks: int, tasks: int) -> DataFrame:
    """Return each document that is dropped as near-duplicate: a, the keeper b, and their similarity.

    Between rounds the driver holds the numbers of the documents that agree with others, and what became of them.
    """
    agreeing = least_agreement(threshold, MISSED_AT / 10, near.NEAR_SLOTS)
    every = stage(compared, partial(_buckets, threshold), _BUCKETS)
    shared = every.groupBy("band", "key").count().where("count > 1").select("band", "key")
    shared_rows = every.join(shared, ["band", "key"], "left_semi")
    buckets = settled(by_key(shared_rows, ["band", "key"], ["worth", "n"], tasks))
    texts, session = documents.select("n", "text"), documents.sparkSession
    found: list[DataFrame] = []
    kept = dropped = np.empty(0, np.int64)
    while True:
        fates = Sent(session, (kept, dropped))
        pairs = settled(stage(buckets, partial(_pair, agreeing, fates), _PAIRS + ", waits boolean").distinct())
        waiting, leading = _numbers(pairs.where("waits"), "a"), _numbers(pairs, "b")
        leading = np.setdiff1d(leading, waiting, assume_unique=True)
        asked = stage(pairs, partial(_asked, Sent(session, leading)), _PAIRS)
        alike = settled(in_blocks(asked, texts, blocks, partial(_compare, threshold), _COMPARED))
        found.append(alike)
        kept, dropped = np.union1d(kept, leading), np.union1d(dropped, _numbers(alike, "a"))
        if np.isin(waiting, dropped, assume_unique=True).all():
            break
    ranked = compared.select(sf.col("n").alias("b"), "worth")
    best = Window.partitionBy("a").orderBy(sf.desc("similarity"), "worth", "b")
    placed = reduce(DataFrame.unionByName, found).join(ranked, "b").withColumn("place", sf.row_number().over(best))
    return settled(placed.where("place = 1").select("a", "b", "similarity"))


def _numbers(df: DataFrame, name: str) -> npt.NDArray[np.int64]:
    """The distinct values of a column, sorted."""
    return np.sort(numpy_of(df.select(name).distinct().toArrow(), name).astype(np.int64))


def _buckets(threshold: float, batches: Batches) -> Iterator[pa.RecordBatch]:
    number, rows = near.bands(threshold)
    for batch in batches:
        table = pa.Table.from_batches([batch])
        signatures = fixed_width(table, "signature", np.uint16, near.NEAR_SLOTS)
        for band in range(number):
            keys = near.band_keys(signatures, band, rows).view(np.int64)
            held = [batch.column(name) for name in ("n", "worth", "signature")]
            yield pa.record_batch(
                [pa.array(np.full(len(keys), band, np.int32)), pa.array(keys), *held],
                ["band", "key", "n", "worth", "signature"],
            )


def _pair(agreeing: int, fates: Sent, batches: Batches) -> Iterator[pa.RecordBatch]:
    """The pairs (member, leader) of all buckets; `waits` says whether the member is not decided before the leader."""
    kept, dropped = fates.value
    for table, starts in groups(batches, ["band", "key"]):
        every = numpy_of(table, "n")
        left = ~among(every, kept)
        numbers, offsets = every[left], np.append(0, np.cumsum(left))[starts].astype(np.int64)
        signatures = fixed_width(table.filter(pa.array(left)), "signature", np.uint16, near.NEAR_SLOTS)
        passive = among(numbers, dropped)
        found = _native.bucket_leaders(offsets, signatures, passive, agreeing)
        columns = {"a": pa.array(numbers[found[:, 0]]), "b": pa.array(numbers[found[:, 1]])}
        yield pa.record_batch(columns | {"waits": pa.array(~passive[found[:, 0]])})


def _asked(leading: Sent, batches: Batches) -> Iterator[pa.RecordBatch]:
    """The pairs whose second document leads."""
    for batch in batches:
        chosen = pa.array(among(numpy_of(batch, "b"), leading.value))
        yield batch.select(["a", "b"]).filter(chosen)


def _places(own: pa.Table, held: pa.Table) -> tuple[np.ndarray, list[str]]:
    """The pairs as places among the texts that are held, and these."""
    numbers = numpy_of(held, "n")
    pairs = np.stack([np.searchsorted(numbers, numpy_of(own, side)) for side in ("a", "b")], axis=1)
    return pairs, held.column("text").to_pylist()


def _compare(threshold: float, own: pa.Table, held: pa.Table) -> pa.Table:
    pairs, texts = _places(own, held)
    similarity = _native.jaccards(texts, SHINGLE, pairs.astype(np.uint32)) if len(pairs) else np.empty(0)
    found = own.select(["a", "b"]).append_column("similarity", pa.array(similarity, pa.float64()))
    return found.filter(pa.array(similarity >= threshold))


def _differ(own: pa.Table, held: pa.Table) -> pa.Table:
    pairs, texts = _places(own, held)
    sides = [[texts[place] for place in side] for side in pairs.T.tolist()]
    rounded = pa.array([round(similarity, 4) for similarity in own.column("similarity").to_pylist()], pa.float64())
    found = own.select(["a", "b"]).append_column("similarity", rounded)
    for name, (one, other) in (("differs", sides), ("keeper_differs", sides[::-1])):
        found = found.append_column(name, pa.array(unshared_passages(one, other), pa.string()))
    return found


def _table(documents: DataFrame, near_ones: DataFrame, exact: DataFrame, blocks: int) -> DataFrame:
    """Return the table of what was dropped. What equals a dropped document follows it."""
    passages = in_blocks(near_ones, documents.select("n", "text"), blocks, _differ, _PASSAGES)
    dropped = passages.withColumn("kind", sf.lit("near"))
    after = exact.join(dropped.withColumnRenamed("a", "head"), "head", "left")
    followers = after.select(
        sf.col("n").alias("a"),
        sf.coalesce("b", "head").alias("b"),
        sf.coalesce("similarity", sf.lit(1.0)).alias("similarity"),
        *(sf.coalesce(name, sf.lit("")).alias(name) for name in ("differs", "keeper_differs")),
        sf.coalesce("kind", sf.lit("exact")).alias("kind"),
    )
    named = documents.select("n", "id")
    return settled(
        dropped.unionByName(followers)
        .join(named.withColumnRenamed("n", "a"), "a")
        .join(named.select(sf.col("n").alias("b"), sf.col("id").alias("keeper")), "b")
        .withColumn("path", sf.lit(None).cast("string"))
        .withColumn("record", sf.lit(0).cast("long"))
        .select(*_DROPPED)
    )
