"""Writes measurements into a page between two markers, and leaves the rest of it as it is."""

from __future__ import annotations

from pathlib import Path

from benchmarks.errors import BenchError


def write(page: Path, begin: str, end: str, content: str) -> None:
    """Put ``content`` between the markers.

    Args:
        page: a Markdown file; one that is not there yet gets nothing but the markers.
        begin: the line before it.
        end: the line after it.
        content: of any lines.

    Raises:
        BenchError: the page has not both markers.
    """
    text = page.read_text() if page.exists() else f"{begin}\n{end}\n"
    before, first, rest = text.partition(begin)
    _, last, after = rest.partition(end)
    if not first or not last:
        raise BenchError(f"{page} has not both markers, {begin} and {end}: put them in")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"{before}{begin}\n\n{content}\n\n{end}{after}")
