"""What the jobs on Spark share: documents in data frames, groups of rows in a stream, and tasks that hold texts.

A task that compares texts holds those of two blocks of documents. A block is a fixed share of all documents, by the hash of
their number. So whichever documents are compared with whichever, and however often one of them, no task holds more texts than
two blocks have. Where rows are gathered by a key that many documents may share, they hold numbers and hashes, and no text.
"""

import atexit
import io
import json
import math
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as sf

from dedup.errors import DedupError, UsageError
from dedup.params import Reading
from dedup.pipeline.common import use_threads
from dedup.sources.common import File, Notices, Position, Record
from dedup.sources.fields import FieldFinder
from dedup.sources.jsonl import JSONL
from dedup.types import Document

if TYPE_CHECKING:
    from pyspark.core.broadcast import Broadcast

Batches = Iterable[pa.RecordBatch]
Stage = Callable[[Batches], Iterator[pa.RecordBatch]]

DOCUMENT_COLUMNS = "id string, text string, about string, worth double"
"""A document: `about` is its other fields, as JSON; `worth` by what it is preferred (`pipeline.dedupe.worth_of`)."""
BLOCK = 20_000
"""Documents in a block at most: with articles of 6 KB, a task holds 240 MB of text."""
_GATHERED = 200_000
"""Rows of whole groups that a kernel gets at once."""
LINES = "value"
"""The column of a data frame of the lines of a JSON Lines file."""


ROW_ID = "dedup_id"
"""The column of the ids of documents beside their own rows."""


class _Rows:
    """Reads rows as files are read. It is the `ReadContext` of their positions."""

    expand_lists = whole_rows = False

    def __init__(self, reading: Reading) -> None:
        self.params, self.notices = reading, Notices()
        self._file = File("data frame", "data frame")
        self._finder = FieldFinder(reading)

    def parse(self, file: File, stream: Any) -> Iterator[Record]:  # noqa: ARG002 of the protocol
        return iter(())

    def claims(self, name: str) -> bool:  # noqa: ARG002 as above
        return False

    def count_unpacked(self, count: int) -> None:
        """Nothing is packed."""

    def document(self, row: Mapping[str, Any]) -> tuple[Document, Record] | None:
        """Return a document and its record; None if it has no text. UsageError if it has no id."""
        if set(row) == {LINES}:
            lines = io.BytesIO(row[LINES].encode("utf-8"))
            record = next(iter(JSONL.records(self._file, lines, self)), None)
        else:
            record = self._finder.record(row, Position(self._file, self))
        if record is None:
            return None
        if record.id is None:
            raise UsageError("a row has no id; give each document its own, in the column that `id` names")
        return Document(record.id, record.text, origins=tuple(record.origins.items()), **record.fields), record


class Sent:
    """A value that is sent to each executor once: as a broadcast, or, where there is none (Spark Connect), with each task."""

    def __init__(self, session: SparkSession, value: Any) -> None:
        self._broadcast: Broadcast[Any] | None = None
        try:
            self._broadcast = session.sparkContext.broadcast(value)
        except (AttributeError, PySparkException):
            self._own = value

    @property
    def value(self) -> Any:
        """The value."""
        return self._own if self._broadcast is None else self._broadcast.value


def stage(df: DataFrame, function: Stage, schema: str) -> DataFrame:
    """Return the batches of `df` after `function`, whose kernels use one thread: Spark runs one task on each core."""
    return df.mapInArrow(partial(_one_thread, function), schema)


def _one_thread(function: Stage, batches: Batches) -> Iterator[pa.RecordBatch]:
    use_threads(1)
    yield from function(batches)


def documents_of(df: DataFrame, reading: Reading, worth: Callable[[Document, Record], float] | None = None) -> DataFrame:
    """Return the documents of `df` in `DOCUMENT_COLUMNS`. Rows without text are left out, as they are where files are read."""
    return stage(df, partial(_read, reading, worth), DOCUMENT_COLUMNS)


def _read(reading: Reading, worth: Callable[[Document, Record], float] | None, batches: Batches) -> Iterator[pa.RecordBatch]:
    rows = _Rows(reading)
    for batch in batches:
        found = [one for row in batch.to_pylist() if (one := rows.document(row)) is not None]
        about = [{name: value for name, value in document.as_row().items() if name != "text"} for document, _ in found]
        yield pa.record_batch(
            {
                "id": pa.array([document.id for document, _ in found], pa.string()),
                "text": pa.array([document.text for document, _ in found], pa.string()),
                "about": pa.array([json.dumps(one, ensure_ascii=False) for one in about], pa.string()),
                "worth": pa.array([worth(*one) if worth else 0.0 for one in found], pa.float64()),
            }
        )


def with_ids(df: DataFrame, reading: Reading) -> DataFrame:
    """Return the rows of `df` with the ids of their documents in the column `ROW_ID`."""
    if df.columns == [LINES]:
        return stage(df, partial(_line_ids, reading), f"{LINES} string, {ROW_ID} string")
    names = FieldFinder(reading).keys_by_field(df.columns)["id"]
    if not names:
        raise UsageError(f"no column holds the id (there are: {', '.join(df.columns)}); name it with `id`, or --fields id=NAME")
    return df.withColumn(ROW_ID, sf.coalesce(*(sf.trim(sf.col(name).cast("string")) for name in names)))


def _line_ids(reading: Reading, batches: Batches) -> Iterator[pa.RecordBatch]:
    rows = _Rows(reading)
    for batch in batches:
        found = [rows.document(row) for row in batch.to_pylist()]
        ids = pa.array([one and one[0].id for one in found], pa.string())
        yield pa.record_batch({LINES: batch.column(LINES), ROW_ID: ids})


def row_documents(table: pa.Table | pa.RecordBatch) -> list[Document]:
    """Return the documents of rows with the columns `about` and `text`."""
    columns = (table.column(name).to_pylist() for name in ("about", "text"))
    return [Document.from_row(json.loads(about) | {"text": text}) for about, text in zip(*columns, strict=True)]


def numbered(df: DataFrame) -> DataFrame:
    """Return documents with numbers `n`, which are in the order of their ids."""
    return df.sort("id").withColumn("n", sf.monotonically_increasing_id())


def settled(df: DataFrame) -> DataFrame:
    """Return `df`, computed and written to the checkpoint folder of the session.

    So a lost executor costs its own tasks only, and a plan holds no plans of earlier stages, of which Spark makes ever longer
    ones. With a local master the folder is a temporary one. UsageError on a cluster without a checkpoint folder. Spark Connect
    has no such setting; there the server's own one is used.
    """
    try:
        context = df.sparkSession.sparkContext
    except (AttributeError, PySparkException):
        return df.checkpoint()
    if context.getCheckpointDir() is None:
        if not str(context.master).startswith("local"):
            way = "spark.sparkContext.setCheckpointDir(FOLDER), or `--work FOLDER` of the command"
            raise UsageError(f"name a folder for intermediate results that all executors reach: {way}")
        folder = tempfile.mkdtemp(prefix="dedup-spark-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        context.setCheckpointDir(folder)
    return df.checkpoint()


def check_ids(documents: DataFrame) -> int:
    """Return how many documents there are. UsageError if several have one id."""
    repeated = documents.groupBy("id").count().where("count > 1").orderBy("id").limit(3).collect()
    if repeated:
        names = ", ".join(repr(row["id"]) for row in repeated)
        raise UsageError(f"several documents have one id: {names}; give each its own")
    return int(documents.count())


def numpy_of(table: pa.Table | pa.RecordBatch, name: str) -> npt.NDArray[Any]:
    """Return a column without nulls as an array."""
    column = table.column(name)
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return np.asarray(column.to_numpy(zero_copy_only=False))


def fixed_width(table: pa.Table, name: str, dtype: npt.DTypeLike, width: int) -> npt.NDArray[Any]:
    """Return a column of byte strings of one length as an array (rows, `width`)."""
    joined = b"".join(table.column(name).to_pylist())
    return np.frombuffer(joined, dtype).reshape(-1, width)


def byte_rows(values: npt.NDArray[Any]) -> pa.Array:
    """Return each row of an array as a byte string."""
    width = values.dtype.itemsize * math.prod(values.shape[1:])
    data = np.ascontiguousarray(values).tobytes()
    return pa.array([data[at : at + width] for at in range(0, len(data), width)], pa.binary())


def groups(batches: Batches, keys: Sequence[str]) -> Iterator[tuple[pa.Table, npt.NDArray[np.int64]]]:
    """Yield tables of whole groups, and where each group starts, then the number of rows.

    The rows with one value of the integers `keys` are a group; they must follow each other in `batches`.
    """
    left: list[pa.Table] = []
    for batch in _in_order(batches, keys):
        left.append(pa.Table.from_batches([batch]))
        if sum(map(len, left)) >= _GATHERED:
            table = pa.concat_tables(left)
            starts = _starts(table, keys)
            if (last := int(starts[-2])) > 0:
                yield table.slice(0, last), starts[:-1]
            left = [table.slice(last)]
    table = pa.concat_tables(left) if left else None
    if table is not None and len(table):
        yield table, _starts(table, keys)


def _in_order(batches: Batches, keys: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Yield the batches. DedupError if their rows are not in the order of `keys`: not every engine keeps what it sorted."""
    last: tuple[int, ...] | None = None
    for batch in batches:
        if not len(batch):
            continue
        columns = [numpy_of(batch, key) for key in keys]
        rises, equal = np.zeros(len(batch) - 1, np.bool_), np.ones(len(batch) - 1, np.bool_)
        for column in columns:
            rises |= equal & (column[1:] > column[:-1])
            equal &= column[1:] == column[:-1]
        first = tuple(int(column[0]) for column in columns)
        if not (rises | equal).all() or (last is not None and first < last):
            raise DedupError("the engine does not keep the order of sorted rows; use Apache Spark 4")
        last = tuple(int(column[-1]) for column in columns)
        yield batch


def _starts(table: pa.Table, keys: Sequence[str]) -> npt.NDArray[np.int64]:
    new = np.zeros(len(table) + 1, np.bool_)
    new[0] = new[-1] = True
    for key in keys:
        values = numpy_of(table, key)
        new[1:-1] |= values[1:] != values[:-1]
    return np.flatnonzero(new)


def by_key(df: DataFrame, keys: Sequence[str], order: Sequence[str], parts: int) -> DataFrame:
    """Return the rows of `df` with those of one key behind each other, in `order`, for `groups`."""
    return df.repartition(parts, *keys).sortWithinPartitions(*keys, *order)


def shuffle_tasks(df: DataFrame) -> int:
    """Return into how many tasks a shuffle is divided."""
    return int(df.sparkSession.conf.get("spark.sql.shuffle.partitions") or 200)


def blocks_for(count: int, tasks: int) -> int:
    """Return into how many blocks `count` documents are divided, so that `tasks` tasks have something to do."""
    return max(1, -(-count // BLOCK), math.isqrt(2 * tasks))


def in_blocks(
    pairs: DataFrame,
    texts: DataFrame,
    blocks: int,
    function: Callable[[pa.Table, pa.Table], pa.Table],
    schema: str,
) -> DataFrame:
    """Return the rows that `function` makes of pairs of documents, and of the texts of these documents.

    `pairs` have the columns `a` and `b`, values of the column `n` of `texts`. `function` gets all pairs of two blocks, and the
    rows of `texts` that they need, in the order of `n`.
    """

    def block(name: str) -> Column:
        return sf.pmod(sf.xxhash64(sf.col(name)), sf.lit(blocks))

    placed = pairs.withColumn("task", block("a") * blocks + block("b"))
    sides = [placed.select("task", sf.col(side).alias("n")) for side in ("a", "b")]
    needed = sides[0].unionByName(sides[1]).distinct().join(texts, "n")
    return in_tasks(placed, needed, function, schema)


def in_tasks(rows: DataFrame, texts: DataFrame, function: Callable[[pa.Table, pa.Table], pa.Table], schema: str) -> DataFrame:
    """Return the rows that `function` makes of the `rows` and the `texts` of each task; both have the column `task`."""

    def work(own: pa.Table, held: pa.Table) -> pa.Table:
        use_threads(1)
        return function(own, held.sort_by("n"))

    texts = texts.withColumn("task", sf.col("task") + 0)  # Spark takes two columns of one origin for one
    return rows.groupBy("task").cogroup(texts.groupBy("task")).applyInArrow(work, schema)
