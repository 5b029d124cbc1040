"""The command `dedup`, and `python -m dedup`."""

import sys


def main() -> None:
    """Run the command line. Ctrl-C ends it with 130, also while its modules are loaded."""
    try:
        from dedup.cli.program import main as run  # noqa: PLC0415 the time of loading is long enough for a Ctrl-C
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
