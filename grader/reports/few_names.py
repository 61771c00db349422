"""Names on one line: all of a few, and the first of many with the number of the others."""

from __future__ import annotations

from collections.abc import Sequence

MOST = 5


def few_names(names: Sequence[str], where: str = "", most: int = MOST) -> str:
    """The first names, separated by commas, and how many more there are.

    Args:
        names: in the order in which they are said.
        where: what names all of them; said only where some are left out.
        most: names that are said.
    """
    more = len(names) - most
    if more <= 0:
        return ", ".join(names)
    told = f" ({where} names all)" if where else ""
    return f"{', '.join(names[:most])} and {more} more{told}"
