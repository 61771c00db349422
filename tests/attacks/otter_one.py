"""Grades one notebook with Otter-Grader's API, in Otter's environment, by this file's path.

``python otter_one.py AUTOGRADER NOTEBOOK POINTS``: the points go to the file POINTS.
"""

import json
import sys
from pathlib import Path

if __name__ == "__main__":
    from otter.api import grade_submission

    autograder, notebook, points = sys.argv[1:]
    results = grade_submission(notebook, autograder, quiet=True)
    Path(points).write_text(json.dumps(float(results.total)))
