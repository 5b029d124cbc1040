"""How many documents were kept and dropped, for people."""

from rich.console import Console

from dedup.language.counting import counted
from dedup.types import DedupeCounts


def render_counts(found: DedupeCounts, console: Console) -> None:
    """Print the counts of a run."""
    dropped = found.documents - found.kept
    console.print(f"{counted(found.documents, 'document')} · {found.kept:,} kept · {dropped:,} dropped", markup=False)
    kinds = {"exact": "the same text", "near": "near-duplicates", "contained": "contained in a longer document"}
    for kind, words in kinds.items():
        if count := getattr(found, kind):
            console.print(f"  {count:,} {kind} ({words})", markup=False)
