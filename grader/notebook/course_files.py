"""The course's files beside a source notebook: what students get, and what tests alone may read.

nbgrader hands out all files of the folder but those that ``c.CourseDirectory.ignore`` names. So a
file that a pattern of the course's own keeps back is hidden: no student gets it, and no sandbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files

from grader import whole_files
from grader.errors import CourseError
from grader.settings import Settings

_MOST_HIDDEN = 16 << 20  # bytes: they travel with each submission
_NOTEBOOKS = "*.ipynb"


def public(settings: Settings, name: str, folder: Path) -> tuple[str, ...]:
    """Names of the files that students get and cannot change in grading.

    Args:
        settings: the course.
        name: of the assignment.
        folder: of the source notebook.
    """
    changed = settings.config.get("Autograde", {}).get("exclude_overwriting", {}).get(name, ())
    ignored = CourseDirectory(config=settings.config).ignore
    return tuple(sorted(set(_names(folder, ignored)) - set(changed)))


def hidden(settings: Settings, folder: Path) -> dict[str, bytes]:
    """Names and bytes of the files that only tests may read.

    Raises:
        CourseError: they are too large.
    """
    known = CourseDirectory(config=settings.config)
    usual = CourseDirectory().ignore
    given = set(_names(folder, known.ignore))
    names = sorted(set(_names(folder, usual)) - given) if known.ignore != usual else []
    if (size := sum((folder / name).stat().st_size for name in names)) > _MOST_HIDDEN:
        raise CourseError(
            f"{folder}: found {size >> 20} MB in files that c.CourseDirectory.ignore keeps back, "
            f"expected at most {_MOST_HIDDEN >> 20} MB, since tests may read them: move the rest "
            "out of the folder"
        )
    return {name: (folder / name).read_bytes() for name in names}


def _names(folder: Path, ignored: list[str]) -> Iterator[str]:
    for path in find_all_files(str(folder), [*ignored, _NOTEBOOKS, whole_files.UNFINISHED]):
        yield str(Path(path).relative_to(folder))
