"""``sources discover``: commands around the list of sources; ``sources list`` is in `data`."""

from __future__ import annotations

import typer

from monitor.cli.discover import discover


def register(sources: typer.Typer) -> None:
    """Add these commands to the group ``sources``."""
    sources.command(
        "discover",
        help="Find where a site publishes, and show what is there.\n\n"
        "Example: monitor sources discover https://www.example.org/ --write --id example-news",
    )(discover)
