"""Documents and pictures that came with a notebook, which may hold an answer.

Where nothing was written into the notebook for a written answer, a person must look at them; where
nothing was written at all, also at scripts and archives. What a cell of code names is data, and no
answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from nbformat import NotebookNode

_WORDS = r"docx?|odt|rtf|pages|pdf|txt|md|tex|html?|pptx?|odp|png|jpe?g|heic|gif|webp|bmp|tiff?"
_WORK = r"py|json|zip|rar|7z|tar|gz|tgz"
_IN_WORDS = re.compile(rf"\.(?:{_WORDS})$", re.IGNORECASE)
_OF_ANY_KIND = re.compile(rf"\.(?:{_WORDS}|{_WORK})$", re.IGNORECASE)
_NO_ANSWER = frozenset({"requirements.txt"})


def documents(
    beside: Iterable[str], cells: Sequence[NotebookNode], blank: bool = False
) -> tuple[str, ...]:
    """The files that may hold an answer, by name.

    Args:
        beside: paths of the student's files beside the notebook.
        cells: the student's cells.
        blank: whether nothing was written into the notebook: then scripts and archives count, too.
    """
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    kinds = _OF_ANY_KIND if blank else _IN_WORDS
    return tuple(
        sorted(
            name
            for name in beside
            if kinds.search(name)
            and PurePath(name).name not in _NO_ANSWER
            and PurePath(name).name not in code
        )
    )
