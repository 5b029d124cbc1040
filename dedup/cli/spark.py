"""`dedup spark`: scan and dedupe on a Spark cluster, from files to files that all of its machines reach."""

from typing import Annotated

import typer

from dedup.cli.options import Purpose, Quiet, choice, command, format_option, reads
from dedup.cli.output import deliver, say
from dedup.errors import UsageError, install_hint
from dedup.params import THRESHOLD, Reading

app = typer.Typer(no_args_is_help=True, help="Scan and dedupe on a Spark cluster: the same answers, from files to files.")

Input = Annotated[str, typer.Argument(metavar="INPUT", help="JSON Lines (by its suffix) or Parquet, that all machines reach.")]
Into = Annotated[str, typer.Argument(metavar="OUTPUT", help="The folder to write, that all machines reach.")]
Master = Annotated[
    str | None,
    typer.Option("--master", metavar="URL", help="The cluster: spark://HOST:7077, yarn, local[8]; else spark-submit's."),
]
Work = Annotated[
    str | None,
    typer.Option("--work", metavar="FOLDER", help="For intermediate results, that all machines reach; needed on a cluster."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace what OUTPUT holds.")]


def _installed() -> None:
    """UsageError where pyspark is not installed."""
    try:
        import pyspark  # noqa: F401, PLC0415 an extra
    except ImportError as error:
        raise UsageError(f"dedup spark {install_hint('pyspark', 'spark')}") from error


@command(
    app, "scan", "dedup spark scan articles.jsonl tables", "dedup spark scan s3a://news/2026 s3a://out --master spark://h:7077"
)
@reads
def scan(
    where: Input,
    into: Into,
    fmt: Annotated[str, format_option("outcome")] = "rich",
    master: Master = None,
    work: Work = None,
    preset: Purpose = "news",
    trace: Annotated[str, choice(("news", "none"), "--trace", "Whether to infer who copied whom: news, or none.")] = "news",
    replace: Force = False,
    quiet: Quiet = False,
    *,
    reading: Reading,
) -> None:
    """Write the tables of a scan: OUTPUT/matches, OUTPUT/families, OUTPUT/edges and so on, as Parquet.

    They are those of `dedup scan --format parquet` and `dedup tree --format parquet`. Each document needs an id.
    """
    _installed()
    from dedup.report.index_json import Outcome  # noqa: PLC0415 --help stays fast
    from dedup.spark.jobs import scan_files, spark_session  # noqa: PLC0415 an extra

    with spark_session(master, work) as session:
        traced = None if trace == "none" else trace
        counts = scan_files(session, where, into, reading, preset=preset, trace=traced, force=replace)
    if counts["warnings"] and not quiet:
        say(f"{counts['warnings']:,} warnings: see {into}/warnings")
    told = f"{counts['documents']:,} documents · {counts['matches']:,} matches · {counts['families']:,} families: {into}"
    deliver("outcome", fmt, Outcome(told, dict(counts)), None)


@command(app, "dedupe", "dedup spark dedupe articles.jsonl unique", "dedup spark dedupe corpus.parquet unique --keep longest")
@reads
def dedupe(
    where: Input,
    into: Into,
    fmt: Annotated[str, format_option("dedupe")] = "rich",
    master: Master = None,
    work: Work = None,
    threshold: Annotated[
        float, typer.Option("--threshold", metavar="J", help="Jaccard similarity of 5-word shingles of near-duplicates.")
    ] = THRESHOLD,
    keep: Annotated[
        str, typer.Option("--keep", metavar="WHICH", help="Which one to keep: earliest, longest, first, FIELD or FIELD:min.")
    ] = "earliest",
    replace: Force = False,
    *,
    reading: Reading,
) -> None:
    """Write the rows that `dedup dedupe` keeps to OUTPUT/kept, as they were read, and a table of the others to OUTPUT/dropped.

    Of documents with equal preference the one with the least id is kept. Each document needs an id.
    """
    _installed()
    from dedup.spark.jobs import dedupe_to_files, spark_session  # noqa: PLC0415 an extra

    with spark_session(master, work) as session:
        found = dedupe_to_files(session, where, into, reading, threshold=threshold, keep=keep, force=replace)
    deliver("dedupe", fmt, found, None)
