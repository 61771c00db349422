"""What cells said in earlier releases: a file beside the source, which ``grader release`` keeps.

Students hand in notebooks of the release that they got. A given cell of it that nobody touched is
no student's work, also where the course has changed it since. nbgrader's checksums tell that of its
own cells alone, and only where the metadata were not lost.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from grader import whole_files
from grader.errors import CourseError
from grader.notebook import notebook_json

_FORMAT = 1


def beside(source: Path) -> Path:
    """Where the file of an assignment is: beside the folder of its source, so nobody gets it."""
    return source.parent.with_name(f"{source.parent.name}.earlier.json")


def load(path: Path) -> dict[str, str]:
    """Digest of each text that a cell had in an earlier release, to that cell's id.

    Raises:
        CourseError: the file is damaged.
    """
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != _FORMAT:
            raise ValueError(f"found format {content['format']}, expected {_FORMAT}")
        return {str(digest): id_ for id_, digests in content["cells"].items() for digest in digests}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        said = notebook_json.one_line(error)
        raise CourseError(
            f"{path} does not list the texts of earlier releases ({said}): restore it "
            "from your version control, or remove it"
        ) from error


def write(path: Path, earlier: Mapping[str, str]) -> None:
    """Write the file; cells and digests are sorted, so that versions compare well."""
    cells = defaultdict(list)
    for digest, id_ in sorted(earlier.items()):
        cells[id_].append(digest)
    content = {"format": _FORMAT, "cells": dict(sorted(cells.items()))}
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    whole_files.write(path.resolve(), text.encode())
