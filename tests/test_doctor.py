"""What `dedup doctor` reports of an installation and of indexes, sound and broken."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

import dedup
from dedup import Document
from dedup.extras import EXTRAS

DEDUP = f"{sysconfig.get_path('scripts')}/dedup"
TEXT = "The mayor said on Monday that the old bridge over the river will be closed for repairs until spring."


def doctor(*words: object, **environment: str) -> tuple[int, dict[tuple[str, str], dict[str, Any]]]:
    """Run `dedup doctor`; return its exit code, and each condition by its area and name."""
    command = [DEDUP, "doctor", *map(str, words), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | environment)
    assert not done.stderr
    answer = json.loads(done.stdout)
    assert answer["schema"] == "dedup.doctor/1"
    assert answer["whole"] == (done.returncode == 0)
    return done.returncode, {(row["area"], row["name"]): row for row in answer["conditions"]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "news.dedup"
    dedup.Index(path).add([Document(f"d{n}", f"{TEXT} It is bridge {n}.") for n in range(20)])
    return path


def test_a_sound_installation_is_described_and_the_exit_code_is_zero() -> None:
    code, found = doctor()
    assert code == 0
    assert found["versions", "dedup"]["found"].startswith(dedup.__version__)
    assert found["kernels", "known answer"]["found"] == "right"
    assert {name for area, name in found if area == "extras"} == set(EXTRAS)
    assert all(row["way"] for row in found.values() if row["state"] != "ok")


@pytest.mark.parametrize("level", ["portable", "avx2"])
def test_the_instructions_that_the_kernels_use_are_named(level: str) -> None:
    features = dict(dedup._native.processor()[1])
    if level == "avx2" and not features.get("avx2"):
        pytest.skip("a processor without AVX2")
    code, found = doctor(DEDUP_SIMD=level)
    assert code == 0
    assert found["kernels", "instructions"]["found"].startswith(level)
    assert found["kernels", "known answer"]["found"] == "right"


def test_the_best_level_has_all_its_features_and_those_below() -> None:
    level, features = dedup._native.processor()
    has = dict(features)
    if level == "avx512":
        assert all(has.values())
    elif level == "avx2":
        assert has["avx2"]
        assert not all(has.values())


def test_an_extra_that_is_not_installed_is_named_with_the_way_to_install_it(tmp_path: Path) -> None:
    hidden = "import importlib.metadata as m, sys\nversion = m.version\ndef without(name):\n"
    hidden += (
        "    if name == 'pyarrow':\n        raise m.PackageNotFoundError(name)\n    return version(name)\nm.version = without\n"
    )
    (tmp_path / "sitecustomize.py").write_text(hidden)
    code, found = doctor(PYTHONPATH=str(tmp_path))
    assert code == 0
    row = found["extras", "parquet"]
    assert row["state"] == "absent"
    assert row["way"] == "pip install 'dedup-news[parquet]'"


def test_a_kernel_or_package_that_cannot_be_loaded_is_one_line_with_the_way_out(tmp_path: Path) -> None:
    package = Path(dedup.__file__).parent
    shutil.copytree(package, tmp_path / "dedup", ignore=shutil.ignore_patterns("*.so", "*.pyd", "__pycache__"))
    (tmp_path / "dedup" / "_native.abi3.so").write_bytes(b"no library")
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "typer.py").write_text("raise ModuleNotFoundError('No module named typer')")
    for folder in (tmp_path, tmp_path / "hidden"):
        code = f"import sys; sys.path.insert(0, {str(folder)!r}); sys.argv = ['dedup', 'doctor']; "
        code += "from dedup.__main__ import main; main()"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert not done.stdout
        assert len(done.stderr.splitlines()) == 1
        assert "pip install --force-reinstall" in done.stderr


def test_a_temporary_folder_that_is_missing_is_broken(tmp_path: Path) -> None:
    code = "import tempfile; tempfile._candidate_tempdir_list = lambda: ['/gone']; import sys; sys.argv = ['dedup', 'doctor']\n"
    code += "from dedup.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert "TMPDIR" in done.stdout


def test_an_index_is_described_and_a_damaged_one_is_broken(path: Path, tmp_path: Path) -> None:
    code, found = doctor(path)
    assert code == 0
    assert found[f"index {path}", "holds"]["found"].startswith("20 documents")
    damaged = tmp_path / "damaged.dedup"
    data = bytearray(path.read_bytes())
    data[data.index(b"CREATE TABLE words") + 15] ^= 3
    damaged.write_bytes(data)
    other = tmp_path / "other.txt"
    other.write_text(TEXT)
    for broken in (damaged, other, tmp_path / "gone.dedup"):
        code, found = doctor(path, broken)
        assert code == 2
        assert found[f"index {broken}", "state"]["state"] == "broken"
        assert found[f"index {path}", "state"]["state"] == "ok"


def test_a_look_without_rows_finds_what_is_wrong_with_the_settings_only(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[data.index(b"It is bridge 9") + 4] ^= 8
    path.write_bytes(data)
    assert dedup.Index(path).verify(every_row=False) == []
    assert dedup.Index(path).verify()
