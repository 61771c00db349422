"""Documents and pictures that came with a notebook, which may hold an answer in words.

Where nothing was written into the notebook for a written answer, a person must look at them. What a
cell of code names is data, and no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from nbformat import NotebookNode

_KINDS = re.compile(
    r"\.(?:docx?|odt|rtf|pages|pdf|txt|md|tex|html?|pptx?|odp"
    r"|png|jpe?g|heic|gif|webp|bmp|tiff?)$",
    re.IGNORECASE,
)
_NO_ANSWER = frozenset({"requirements.txt"})


def documents(beside: Iterable[str], cells: Sequence[NotebookNode]) -> tuple[str, ...]:
    """The files that may hold an answer in words, by name.

    Args:
        beside: paths of the student's files beside the notebook.
        cells: the student's cells.
    """
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    return tuple(
        sorted(
            name
            for name in beside
            if _KINDS.search(name)
            and PurePath(name).name not in _NO_ANSWER
            and PurePath(name).name not in code
        )
    )
