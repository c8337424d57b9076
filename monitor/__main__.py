"""The way in: ``monitor`` and ``python -m monitor``.

Worker processes import this module as their parent's main module. They need none of the commands,
so it loads them only when it is run.
"""


def main() -> None:
    """Run one command and exit with its code."""
    from monitor.cli import main as run  # noqa: PLC0415 - see above

    run()


if __name__ == "__main__":
    main()
