"""The stages of `pipeline` on a Spark cluster: the same answers from data frames that no machine could hold.

`scan` and `dedupe` take a data frame with a row for each document. Spark reads, shuffles and writes; each stage is the function
of the package that one machine runs, over Arrow batches. pyspark is loaded with the first of these functions.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dedup.spark.near_frames import dedupe_frame as dedupe
    from dedup.spark.scan_frames import scan_frame as scan

__all__ = ["dedupe", "scan"]
_HOMES = {"dedupe": ("near_frames", "dedupe_frame"), "scan": ("scan_frames", "scan_frame")}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'dedup.spark' has no attribute {name!r}")
    module, function = _HOMES[name]
    try:
        return getattr(import_module(f"dedup.spark.{module}"), function)
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("dedup"):
            raise
        from dedup.errors import UsageError, install_hint  # noqa: PLC0415 only where something is missing

        raise UsageError(f"dedup.spark {install_hint(error.name or 'pyspark', 'spark')}") from error
