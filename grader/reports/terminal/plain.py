"""Text from elsewhere for a terminal."""

from __future__ import annotations

from rich.text import Text


def plain(text: str, style: str = "") -> Text:
    """Text in which names from elsewhere are neither markup nor terminal commands."""
    return Text("".join(char if char.isprintable() else ascii(char)[1:-1] for char in text), style)


def lines(text: str, style: str = "") -> Text:
    """As ``plain``, with line ends kept."""
    return Text("\n").join(plain(line, style) for line in text.expandtabs(4).split("\n"))
