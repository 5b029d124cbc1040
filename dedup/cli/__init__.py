"""The command line: one file a command. A command reads its options, calls the library, and writes the result."""

from dedup.cli.program import app, main

__all__ = ["app", "main"]
