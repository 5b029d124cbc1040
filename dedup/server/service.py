"""What every adapter asks of the index: a draft checked, a story traced, documents added, removed and read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dedup.index.index import Index
from dedup.index.story import story_report
from dedup.report.index_json import Outcome, outcome_json
from dedup.server.asked import rules_for
from dedup.server.options import ServerOptions
from dedup.server.problems import Problem
from dedup.types import Checked, Document, Progress, Report


class Service:
    """The index of a server, and what is done with it. Its methods run in threads."""

    def __init__(self, options: ServerOptions) -> None:
        """Open nothing yet."""
        self.options = options
        self.index = Index(options.index, wait=options.limits.write_seconds)

    def check(self, draft: Document, outlet: str | None, settings: Mapping[str, Any] | None) -> Checked:
        """Return the judged passages of a draft, as `dedup check` does."""
        own = outlet or self.options.outlet
        rules = rules_for(settings, own, self.options)
        return self.index.check(replace(draft, outlet=draft.outlet or own), rules=rules, preset=self.options.preset)

    def story(self, name: str, progress: Progress | None = None) -> Report:
        """Return the traced report of a document's story. Problem 404 for a document that is not there."""
        self.must_have(name)
        most = self.options.limits.story_documents
        return story_report(self.index, name, preset=self.options.preset, most=most, progress=progress)

    def document(self, name: str) -> Document:
        """Return a document. Problem 404 for one that is not there."""
        self.must_have(name)
        (found,) = self.index.documents([name])
        return found

    def must_have(self, name: str) -> None:
        """Problem 404 for a document that is not there."""
        if name not in self.index:
            raise Problem(404, "the index has no document of this id")

    def add(self, documents: Sequence[Document], *, replacing: bool) -> Mapping[str, int]:
        """Add documents, all or none, and return how many were added, replaced and passed over."""
        done = self.index.add(documents, replace=replacing)
        return {"added": len(done.added), "replaced": len(done.replaced), "passed_over": len(done.passed)}

    def remove(self, name: str) -> Mapping[str, int]:
        """Remove a document. Problem 404 for one that is not there."""
        self.must_have(name)
        self.index.remove([name])
        return {"removed": 1}


def outcome_row_text(row: Mapping[str, int]) -> str:
    """Return an outcome as the command line writes it with `--format json`."""
    return outcome_json(Outcome("", dict(row)))
