"""The commands around the list of sources; ``sources list`` is in `data`."""

from __future__ import annotations

import typer

from monitor.cli.discover import discover
from monitor.cli.opml import export_opml, import_opml
from monitor.cli.probing import add, try_out


def register(sources: typer.Typer) -> None:
    """Add these commands to the group ``sources``."""
    for name, command, about, example in (
        ("discover", discover, "Find where a site publishes, and show what is there.",
         "discover https://www.example.org/ --write --id example-news"),
        ("add", add, "Add a source, after one polite fetch of it.",
         "add https://www.example.org/rss.xml --language en"),
        ("test", try_out, "Fetch a source once and tell what it has; nothing is kept.",
         "test example-world"),
        ("import", import_opml, "Add the feeds of an OPML file.",
         "import subscriptions.opml --dry-run"),
        ("export", export_opml, "Write the feeds as OPML, for other readers.",
         "export > subscriptions.opml"),
    ):  # fmt: skip
        sources.command(name, help=f"{about}\n\nExample: monitor sources {example}")(command)
