"""The jobs on Spark give the answers of one machine: in one process, and on a cluster that loses a worker."""

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from test_dedupe import copies

import dedup
from dedup.report.table_schema import TABLES

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pyspark = pytest.importorskip("pyspark", reason="needs pyspark (the extra `spark`)")
if shutil.which("java") is None:
    pytest.skip("needs Java 17 or later", allow_module_level=True)
pytestmark = [  # of pyspark itself
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
ROOT = Path(__file__).parents[1]
DEDUP = Path(sysconfig.get_path("scripts"), "dedup")
SETTINGS = {
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "1g",
    # The tables are tiny: to plan anew, to compile plans and to optimise what is compiled takes longer than to run it.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SparkSession"]:
    from pyspark.sql import SparkSession  # noqa: PLC0415 where it is installed

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    session.sparkContext.setCheckpointDir(str(tmp_path_factory.mktemp("checkpoints")))
    yield session
    session.stop()


def articles(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Articles of several outlets over months: reports that share passages, copies, a box that recurs, and much of its own."""
    draw = random.Random(seed)
    vocabulary = [
        f"{a}{b}{c}" for a in ("ka", "lo", "mi", "ter", "ban") for b in ("ra", "ne", "so", "vi", "dul") for c in "nstrmkel"
    ]

    def sentence() -> str:
        return " ".join(draw.choice(vocabulary) for _ in range(draw.randrange(8, 22))).capitalize() + "."

    box = "Sign up for our newsletter and never miss a story from the harbour and the islands beyond it again."
    out: list[dict[str, Any]] = []
    stories: list[list[str]] = []
    for number in range(count):
        own = [sentence() for _ in range(draw.randrange(4, 9))]
        if stories and draw.random() < 0.4:
            told = draw.choice(stories)
            start = draw.randrange(len(told))
            own[1:1] = told[start : start + draw.randrange(1, 5)]
        if stories and draw.random() < 0.1:
            own = list(draw.choice(stories))
        stories.append(own)
        paragraphs = [" ".join(own[at : at + 3]) for at in range(0, len(own), 3)]
        outlet = f"The {draw.choice(['Daily', 'Evening', 'Island'])} Post {draw.randrange(4)}"
        if outlet.startswith("The Daily"):
            paragraphs.append(box)
        day = f"2026-{draw.randrange(1, 7):02}-{draw.randrange(1, 28):02}T{draw.randrange(24):02}:00:00Z"
        row = {"id": f"a{number:04}", "text": "\n\n".join(paragraphs), "outlet": outlet, "published": day}
        out.append({name: value for name, value in row.items() if name != "published" or draw.random() < 0.9})
    return out


def frame(spark: "SparkSession", rows: list[dict[str, Any]]) -> "DataFrame":
    return spark.createDataFrame(rows, "id string, text string, outlet string, published string")


def read_here(rows: list[dict[str, Any]], tmp_path: Path) -> dedup.Documents:
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return dedup.read(path)


def plain(rows: list[dict[str, Any]]) -> list[str]:
    """Rows in an order of their own, without what says where they were read, and without numbers that only join tables."""
    hidden = {"match", "version", "path", "record"}
    return sorted(json.dumps({k: v for k, v in row.items() if k not in hidden}, sort_keys=True, default=str) for row in rows)


def assert_same_tables(found: Mapping[str, list[dict[str, Any]]], report: dedup.Report) -> None:
    expected = dedup.tables(report)
    for name in found:
        assert plain(found[name]) == plain(expected[name].to_pylist()), name
        assert not found[name] or list(found[name][0]) == [column.name for column in TABLES[name].columns]


def test_a_scan_gives_the_tables_of_one_machine(spark: "SparkSession", tmp_path: Path) -> None:
    import dedup.spark  # noqa: PLC0415 where it is installed

    rows = articles(250)
    seeds = [document.as_row() for document in dedup.read(ROOT / "seeds")]
    rows += [{name: row.get(name) for name in ("id", "text", "outlet", "published")} for row in seeds]
    tables = dedup.spark.scan(frame(spark, rows))
    report = dedup.trace(read_here(rows, tmp_path))
    assert len(report.matches) > 100
    assert report.provenance.edges
    assert report.provenance.stories
    found = {name: table.toArrow().to_pylist() for name, table in tables.items()}
    assert_same_tables(found, report)
    numbers = [row["match"] for row in found["matches"]]
    assert len(set(numbers)) == len(numbers)
    assert {row["match"] for row in found["changes"]} <= set(numbers)


@pytest.mark.parametrize(("threshold", "keep"), [(0.7, "earliest"), (0.5, "size:min")])
def test_dedupe_keeps_and_drops_what_one_machine_does(spark: "SparkSession", threshold: float, keep: str) -> None:
    import dedup.spark  # noqa: PLC0415 where it is installed

    texts = copies(4, groups=15, size=12)
    texts += [*texts[:20], "two words", "three more words"]
    draw = random.Random(2)
    rows: list[dict[str, Any]] = [{"id": f"d{n:03}", "text": text, "size": draw.randrange(5)} for n, text in enumerate(texts)]
    published = [f"2026-01-{draw.randrange(1, 28):02}" for _ in rows]
    held = [{**row, "published": day} for row, day in zip(rows, published, strict=True)]
    df = spark.createDataFrame(held, "id string, text string, size long, published string").repartition(3)
    kept, dropped = dedup.spark.dedupe(df, threshold=threshold, keep=keep)
    if keep == "size:min":
        order = sorted(range(len(rows)), key=lambda n: (rows[n]["size"], n))
        local = dedup.dedupe([dedup.Document(f"d{n:03}", texts[n]) for n in order], threshold=threshold, keep="first")
    else:
        documents = [
            dedup.Document(row["id"], row["text"], published=time_of(day)) for row, day in zip(rows, published, strict=True)
        ]
        local = dedup.dedupe(documents, threshold=threshold, keep=keep)
    assert sorted(row["id"] for row in kept.collect()) == sorted(document.id for document in local.kept)
    assert kept.columns == df.columns
    assert sorted(tuple(row) for row in dropped.collect()) == sorted(tuple(one) for one in local.dropped)
    assert {"exact", "near"} <= {one.kind for one in local.dropped}


def time_of(day: str) -> Any:
    from dedup.sources.times import parse_time  # noqa: PLC0415 only here

    return parse_time(day)


def test_two_rows_with_one_id_and_a_row_without_one_are_told(spark: "SparkSession") -> None:
    import dedup.spark  # noqa: PLC0415 where it is installed

    twice = spark.createDataFrame([("a", "one text"), ("a", "another")], "id string, text string")
    with pytest.raises(dedup.UsageError, match="several documents have one id: 'a'"):
        dedup.spark.dedupe(twice)
    none = spark.createDataFrame([(None, "one text")], "id string, text string")
    with pytest.raises(pyspark.errors.PythonException, match="a row has no id"):
        dedup.spark.dedupe(none)


def test_copies_of_one_text_are_dropped_without_their_texts_in_one_task() -> None:
    from dedup.spark.frames import blocks_for  # noqa: PLC0415 where it is installed

    # A task holds the texts of two blocks, and which documents those are does not depend on what they are compared with.
    assert blocks_for(100, 2) == 2
    assert blocks_for(100_000_000, 64) == 5000


# A cluster: a master and two workers, each a process of its own.


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def configured(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """The environment in which Spark has these settings."""
    conf = folder / "conf"
    conf.mkdir(exist_ok=True)
    (conf / "spark-defaults.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    return {
        "SPARK_CONF_DIR": str(conf),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYTHONWARNINGS": "ignore",
    }


class Cluster:
    """A master and two workers on loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.master = f"spark://127.0.0.1:{self.port}"
        home = Path(pyspark.__file__).parent
        self._variables = os.environ | {
            "SPARK_HOME": str(home),
            "PYSPARK_PYTHON": sys.executable,
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_WORKER_DIR": str(folder / "workers"),
            "SPARK_DAEMON_MEMORY": "256m",
        }
        main = "org.apache.spark.deploy."
        ports = ["--host", "127.0.0.1", "--webui-port", str(free_port())]
        self.processes = [self._start(f"{main}master.Master", *ports, "--port", str(self.port))]
        self._wait_for_port()
        for _ in range(2):
            own = ["--host", "127.0.0.1", "--webui-port", str(free_port()), "--cores", "1", "--memory", "1g"]
            self.processes.append(self._start(f"{main}worker.Worker", *own, self.master))

    def _start(self, *command: str) -> "subprocess.Popen[bytes]":
        script = Path(pyspark.__file__).parent / "bin" / "spark-class"
        log = (self.folder / f"{command[0].rpartition('.')[2]}-{time.monotonic_ns()}.log").open("wb")
        # In a session of its own, so that an executor ends with its worker.
        return subprocess.Popen(
            ["bash", str(script), *command], env=self._variables, stdout=log, stderr=log, start_new_session=True
        )

    def _wait_for_port(self) -> None:
        for _ in range(600):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError((self.folder / "master.log").read_text())

    def run(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start `dedup spark` on the cluster."""
        more = {"spark.executor.memory": "600m", "spark.task.maxFailures": "8", "spark.executor.cores": "1"}
        conf = configured(self.folder, SETTINGS | more)
        command = [str(DEDUP), "spark", *arguments, "--master", self.master, "--work", str(self.folder / "work")]
        variables = self._variables | conf
        return subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def kill(self, number: int) -> None:
        """Kill a process, and what it started."""
        os.killpg(self.processes[number].pid, signal.SIGKILL)

    def stop(self) -> None:
        for number, process in enumerate(self.processes):
            if process.poll() is None:
                self.kill(number)
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    started = Cluster(tmp_path)
    yield started
    started.stop()


def test_a_cluster_that_loses_a_worker_writes_the_tables_of_one_machine(cluster: Cluster, tmp_path: Path) -> None:
    from pyarrow import parquet  # noqa: PLC0415 where it is installed

    rows = articles(200, seed=7)
    documents = read_here(rows, tmp_path)
    out = tmp_path / "out"
    job = cluster.run("scan", str(tmp_path / "articles.jsonl"), str(out), "--format", "json")
    work = cluster.folder / "work"
    # Some stages are done when both workers are known to have worked.
    while job.poll() is None and len(list(work.glob("*/rdd-*"))) < 3:
        time.sleep(0.1)
    cluster.kill(1)
    printed, told = job.communicate(timeout=400)
    assert job.returncode == 0, told
    assert json.loads(printed)["documents"] == len(rows)
    found = {name: parquet.read_table(out / name).to_pylist() for name in TABLES if (out / name).exists()}
    assert {"documents", "matches", "families", "passages", "edges", "stories", "origins"} <= set(found)
    assert_same_tables(found, dedup.trace(documents))
    assert cluster.processes[1].poll() is not None
    assert cluster.processes[2].poll() is None


def test_the_rows_that_are_kept_are_written_as_they_were_read(spark: "SparkSession", tmp_path: Path) -> None:
    from dedup.spark.jobs import dedupe_to_files  # noqa: PLC0415 where it is installed

    lines = [json.dumps({"nr": n, "body": text, "x": [n]}) for n, text in enumerate(copies(3, groups=5, size=5))]
    (tmp_path / "in.jsonl").write_text("\n".join(lines) + "\n")
    where, out = str(tmp_path / "in.jsonl"), str(tmp_path / "out")
    reading = dedup.Reading(fields={"id": "nr", "text": "body"})
    counts = dedupe_to_files(spark, where, out, reading, threshold=0.5, keep="longest", force=False)
    kept = [line for path in sorted((tmp_path / "out" / "kept").glob("*.txt")) for line in path.read_text().splitlines()]
    texts = {str(json.loads(line)["nr"]): json.loads(line)["body"] for line in lines}
    local = dedup.dedupe([dedup.Document(name, texts[name]) for name in sorted(texts)], threshold=0.5, keep="longest")
    assert sorted(kept) == sorted(line for line in lines if str(json.loads(line)["nr"]) in {d.id for d in local.kept})
    assert counts.kept == len(kept) == len(local.kept)
    with pytest.raises(dedup.UsageError, match="already exists"):
        dedupe_to_files(spark, where, out, reading, threshold=0.5, keep="longest", force=False)


def test_the_command_says_what_is_wrong_without_a_traceback(tmp_path: Path) -> None:
    command = [str(DEDUP), "spark", "scan", "nothing.jsonl", "out"]
    variables = os.environ | configured(tmp_path, SETTINGS)
    run = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert "nothing.jsonl" in run.stderr


def test_rows_out_of_order_are_an_error_and_not_a_loss() -> None:
    import pyarrow as pa  # noqa: PLC0415 where it is installed

    from dedup.spark.frames import groups  # noqa: PLC0415 as above

    batches = [pa.record_batch({"key": [1, 1, 2], "n": [1, 2, 3]}), pa.record_batch({"key": [2, 3], "n": [4, 5]})]
    ((_, starts),) = groups(batches, ["key"])
    assert starts.tolist() == [0, 2, 4, 5]
    with pytest.raises(dedup.DedupError, match="order"):
        list(groups(batches[::-1], ["key"]))


def test_the_example_of_the_documentation_runs(tmp_path: Path) -> None:
    (block,) = re.findall(
        r"^```py\n(.*?)^```", (ROOT / "docs" / "spark.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    variables = os.environ | configured(tmp_path, SETTINGS)
    done = subprocess.run(
        [sys.executable, "-c", block], cwd=tmp_path, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "matches" in done.stdout
