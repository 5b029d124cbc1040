"""The command `dedup`, and `python -m dedup`."""

import sys


def main() -> None:
    """Run the command line. Ctrl-C ends it with 130, also while its modules are loaded; what cannot be loaded is one line."""
    try:
        from dedup.cli.program import main as run  # noqa: PLC0415 the time of loading is long enough for a Ctrl-C
    except KeyboardInterrupt:
        sys.exit(130)
    except ImportError as error:
        sys.exit(_cannot_load(error))
    run()


def _cannot_load(error: ImportError) -> int:
    """Say what cannot be loaded, and the way out; return the exit code. Nothing of the package is sure to work here."""
    what = str(error).split("\n", 1)[0]
    print(f"dedup: cannot start: {what}; install it again: pip install --force-reinstall dedup-news", file=sys.stderr)  # noqa: T201
    return 2


if __name__ == "__main__":
    main()
