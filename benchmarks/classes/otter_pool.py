"""Grades a folder of notebooks with Otter-Grader's API, two processes at a time.

Runs in Otter's environment, by its path: ``python otter_pool.py FOLDER``. The folder holds
``autograder.zip`` and ``submissions/*.ipynb``; points of each student go to ``points.json``.
"""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

PROCESSES = 2


def grade(notebook: str, autograder: str) -> tuple[str, float]:
    """The points of one notebook."""
    from otter.api import grade_submission  # type: ignore[import-not-found]

    results = grade_submission(notebook, autograder, quiet=True)
    return Path(notebook).stem, float(results.total)


def main(folder: Path) -> None:
    """Grade all of them and write their points."""
    notebooks = sorted(str(path) for path in (folder / "submissions").glob("*.ipynb"))
    autograder = str(folder / "autograder.zip")
    with ProcessPoolExecutor(PROCESSES) as pool:
        points = dict(pool.map(grade, notebooks, [autograder] * len(notebooks)))
    (folder / "points.json").write_text(json.dumps(points))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
