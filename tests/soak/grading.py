"""The process that grades: one engine for all submissions, as long as it is told of some.

``python -m tests.soak.grading COURSE`` reads a JSON object a line, assignment to students. It
writes a line for each result, student to outcomes and problem, and ``{}`` once all are recorded.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from grader import settings as course_settings
from grader.engines.local import LocalEngine
from grader.engines.scheduling import Capacity
from grader.notebook import autograde
from grader.reports.terminal.class_table import MARKS

CAPACITY = Capacity(workers=2, most_open=4)


def main() -> None:
    """Grade what is named on stdin."""
    course = course_settings.load(Path(sys.argv[1]))
    with LocalEngine(CAPACITY) as engine:
        for line in sys.stdin:
            for name, students in json.loads(line).items():
                for result in autograde.grade(course, name, students, engine=engine):
                    verdicts = result.graded.verdicts if result.graded else ()
                    letters = "".join(MARKS[verdict.outcome][0] for verdict in verdicts)
                    print(json.dumps({result.student: [letters, result.problem]}), flush=True)
            print("{}", flush=True)


if __name__ == "__main__":
    main()
