"""Jobs on Spark from files to files: what `dedup spark` does."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from py4j.protocol import Py4JError
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession

from dedup.errors import SourceError, UsageError
from dedup.params import Reading
from dedup.pipeline.dedupe import check_dedupe, check_keep, dedupe_params
from dedup.spark.near_frames import dedupe_rows
from dedup.spark.scan_frames import scan_documents
from dedup.types import DedupeCounts

_LINES = (".jsonl", ".ndjson", ".jsonlines", ".jl")
_PACKED = (".gz", ".bz2", ".zst")


@contextmanager
def spark_session(master: str | None, work: str | None) -> Iterator[SparkSession]:
    """Yield a session of the cluster `master`; None: as spark-submit says, else this machine.

    `work` is a folder for intermediate results that all executors reach. What Spark raises becomes a UsageError or SourceError.
    """
    try:
        builder = SparkSession.builder.appName("dedup")
        if master:
            builder = builder.master(master)
        session = builder.getOrCreate()
    except (PySparkException, Py4JError) as error:
        raise UsageError(
            f"Spark did not start: {_told(error)}; it needs Java 17 or later, and a master that answers"
        ) from error
    try:
        session.sparkContext.setLogLevel("ERROR")
        if str(session.sparkContext.master).startswith("local") and not _is_set(session, "spark.sql.shuffle.partitions"):
            session.conf.set("spark.sql.shuffle.partitions", str(2 * session.sparkContext.defaultParallelism))
        # Times with their zone, as the tables of one machine have them.
        session.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        if work:
            session.sparkContext.setCheckpointDir(work)
        yield session
    except (PySparkException, Py4JError) as error:
        raise SourceError(f"Spark: {_told(error)}") from error
    finally:
        session.stop()


def _is_set(session: SparkSession, name: str) -> bool:
    return bool(session.sparkContext.getConf().contains(name))


def _told(error: Exception) -> str:
    """The line of an error that says what is wrong: of one in Python on an executor, the last line of its traceback."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    for line in reversed(lines):
        if line.startswith(("dedup.errors.", "pyspark.errors.", "MemoryError", "ModuleNotFoundError")):
            return line.partition(": ")[2] or line
    return lines[0] if lines else type(error).__name__


def rows_in(session: SparkSession, where: str) -> DataFrame:
    """Return the rows of JSON Lines (as one column of lines) or Parquet files; a folder without a suffix is Parquet."""
    name = where.rstrip("/*").lower()
    for suffix in _PACKED:
        name = name.removesuffix(suffix)
    return session.read.text(where) if name.endswith(_LINES) else session.read.parquet(where)


def _check_free(session: SparkSession, folder: str, *, force: bool) -> None:
    """UsageError if `folder` exists, before hours of work."""
    try:
        # The folder is only looked for.
        session.read.format("binaryFile").load(folder).schema  # noqa: B018 the access is the check
    except AnalysisException:
        return
    if not force:
        raise UsageError(f"{folder} already exists; name another folder, or replace it with --force")


def scan_files(
    session: SparkSession, where: str, output: str, reading: Reading, *, preset: str, trace: str | None, force: bool
) -> dict[str, int]:
    """Write each table of the report of the documents at `where` to a folder in `output`; return their numbers of rows."""
    _check_free(session, f"{output}/documents", force=force)
    mode = "overwrite" if force else "error"
    counts = {}
    for name, table in scan_documents(rows_in(session, where), reading, preset=preset, trace=trace).items():
        table.write.mode(mode).option("compression", "zstd").parquet(f"{output}/{name}")
        counts[name] = session.read.parquet(f"{output}/{name}").count()
    return counts


def dedupe_to_files(
    session: SparkSession, where: str, output: str, reading: Reading, *, threshold: float, keep: str, force: bool
) -> DedupeCounts:
    """Write the rows that are kept to `output`/kept, in their format, and the table of the others to `output`/dropped."""
    check_dedupe(threshold, None)
    check_keep(keep)
    _check_free(session, f"{output}/kept", force=force)
    rows = rows_in(session, where)
    kept, dropped = dedupe_rows(rows, reading, threshold, keep)
    mode = "overwrite" if force else "error"
    if rows.columns == ["value"]:
        kept.write.mode(mode).text(f"{output}/kept")
        left = session.read.text(f"{output}/kept").count()
    else:
        kept.write.mode(mode).option("compression", "zstd").parquet(f"{output}/kept")
        left = session.read.parquet(f"{output}/kept").count()
    dropped.write.mode(mode).option("compression", "zstd").parquet(f"{output}/dropped")
    kinds: dict[str, Any] = {row["kind"]: row["count"] for row in dropped.groupBy("kind").count().collect()}
    exact, near = kinds.get("exact", 0), kinds.get("near", 0)
    params = dedupe_params(threshold, None, keep)
    return DedupeCounts(left + exact + near, left, exact, near, 0, (), params)
