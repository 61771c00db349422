"""How long a question of a test cell takes, by its kind, in a graded submission.

    python -m benchmarks.questions --repeat 3

Makes a course of one exercise, whose claims ask many questions each, and grades its solution: in a
sandbox, as any submission. A question's time is a claim's, over the number of its questions. The
column *of a call* sets it beside the plainest question, a call with a number, which is measured
in the same grading. A claim ``memory`` tells the peak of judge and kernel after the array, and one
``processor`` what a call takes of processor time, which other work on the machine changes little.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from rich.console import Console
from rich.table import Table

from grader import settings as course_settings
from grader.engines.base import Silent
from grader.model import Verdict
from grader.notebook.assignment import load_assignment
from grader.notebook.judging.judge_submission import judge_submission, submission_work
from grader.notebook.submission import paths
from grader.notebook.submission.submitted_files import files_of
from grader.settings import Settings

ROOT = Path(__file__).parent.parent
NAME = "questions"
SECONDS_WANTED = 30.0  # for the 3,000 questions of the first kind

_CONFIG = f"""
c.Course.assignments = ["{NAME}"]
c.Course.limits = {{"*": {{"cell_seconds": 600, "submission_seconds": 3600}}}}
"""

_SOLUTION = """\
import numpy as np

class Account:
    def __init__(self, balance):
        self.balance = balance
    def deposit(self, amount):
        self.balance += amount
        return self.balance

def double(x):
    return 2 * x

def numbers(n):
    yield from range(n)

def each(function, n):
    return sum(function(i) for i in range(n))

TABLE = [[n] for n in range(1000)]

def table():
    return TABLE

def append(values):
    values.append(0)

def peak():
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

def used():
    import time
    return time.process_time()
"""

_MEMORY = """\
import resource
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
raise AssertionError(f"judge {own // 1024} MB, kernel {peak() // 1024} MB")
"""

_PROCESSOR = """\
import time
before = time.process_time(), used()
for i in range(2000):
    assert double(i) == 2 * i
judge, kernel = time.process_time() - before[0], used() - before[1]
raise AssertionError(f"judge {judge / 2:.2f} ms, kernel {kernel / 2:.2f} ms")
"""

_TOLD = {"memory": _MEMORY, "processor": _PROCESSOR}


@dataclass(frozen=True)
class Kind:
    """A kind of question.

    Attributes:
        name: of its claim.
        about: for the table.
        count: how many are asked.
        test: the test cell; ``{n}`` is the count.
    """

    name: str
    about: str
    count: int
    test: str


KINDS = (
    Kind("calls", "call with a number", 3000,
         "for i in range({n}):\n    assert double(i) == 2 * i"),
    Kind("held", "call, while both sides hold 1,000 lists", 300,
         "held = table()\nfor i in range({n}):\n    assert double(i) == 2 * i"),
    Kind("attributes", "attribute of an object", 1000,
         "account = Account(1)\nfor _ in range({n}):\n    assert account.balance == 1"),
    Kind("methods", "method of an object", 1000,
         "account = Account(0)\nfor i in range({n}):\n    assert account.deposit(1) == i + 1"),
    Kind("items", "item of a generator", 1000, "assert sum(1 for _ in numbers({n})) == {n}"),
    Kind("callbacks", "call of a function of the test's", 1000,
         "assert each(lambda x: 2, {n}) == 2 * {n}"),
    Kind("changes", "list of 1,000 numbers, changed in place", 100,
         "for _ in range({n}):\n    values = [1] * 1000\n    append(values)\n"
         "    assert len(values) == 1001"),
    Kind("arrays", "array of 160 MB, there and back", 1,
         "import numpy as np\na = np.ones(20_000_000)\nassert double(a).shape == a.shape"),
)  # fmt: skip


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=3, help="gradings; medians are shown")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    with tempfile.TemporaryDirectory() as folder:
        course = make_course(Path(folder))
        gradings = [graded(course, f"student{number}") for number in range(asked.repeat)]
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    Console().print(table(gradings))
    for name in _TOLD:
        print(f"{name}: " + "; ".join(grading[name].message for grading in gradings))


def make_course(root: Path) -> Settings:
    """A course of the one exercise."""
    for name in ("course_config.py", "nbgrader_config.py"):
        shutil.copy(ROOT / name, root)
    with (root / "course_config.py").open("a") as config:
        config.write(_CONFIG)
    folder = root / "source" / NAME
    folder.mkdir(parents=True)
    nbformat.write(_source(), folder / f"{NAME}.ipynb")
    return course_settings.load(root)


def graded(course: Settings, student: str) -> Mapping[str, Verdict]:
    """The verdicts on the solution, by claim."""
    assignment = load_assignment(course, NAME)
    submission = paths.submission(course, student, NAME)
    submission.submitted.mkdir(parents=True)
    nbformat.write(assignment.source, submission.notebook)
    work = submission_work(course, assignment, submission, files_of(course, submission))
    judged = judge_submission(work, Silent())
    return {verdict.claim: verdict for verdict in judged.graded.verdicts}


def table(gradings: Sequence[Mapping[str, Verdict]]) -> Table:
    """A row for each kind of question: medians of all gradings."""
    shown = Table(caption=f"Wanted: 3,000 calls in at most {SECONDS_WANTED:g} s.")
    shown.add_column("question")
    for heading in ("questions", "s", "ms each", "of a call", "verdict"):
        shown.add_column(heading, justify="right")
    call = _each(gradings, KINDS[0])
    for kind in KINDS:
        seconds, verdicts = _each(gradings, kind), {str(g[kind.name].outcome) for g in gradings}
        shown.add_row(
            kind.about,
            f"{kind.count:,}",
            f"{seconds * kind.count:.1f}",
            f"{1000 * seconds:.1f}",
            f"{seconds / call:.1f}",
            ", ".join(sorted(verdicts)),
        )
    return shown


def _each(gradings: Sequence[Mapping[str, Verdict]], kind: Kind) -> float:
    """Seconds of one question: the median of all gradings."""
    return statistics.median(grading[kind.name].seconds for grading in gradings) / kind.count


def _source() -> NotebookNode:
    """The instructor's notebook."""
    solution = f"### BEGIN SOLUTION\n{_SOLUTION}### END SOLUTION"
    cells = [new_code_cell(solution, id="solution", metadata=_nbgrader("solution", solution=True))]
    tests = {kind.name: kind.test.replace("{n}", str(kind.count)) for kind in KINDS}
    for name, test in {**tests, **_TOLD}.items():
        text = f"# Claim: {name}.\n# Hint: This is measured.\n{test}"
        cells.append(new_code_cell(text, id=name, metadata=_nbgrader(name, grade=True, points=1)))
    kernelspec = {"name": "course", "display_name": "course", "language": "python"}
    notebook: NotebookNode = new_notebook(cells=cells, metadata={"kernelspec": kernelspec})
    return notebook


def _nbgrader(name: str, **more: object) -> dict[str, object]:
    known = {"grade": False, "solution": False, "task": False, "schema_version": 3}
    return {"nbgrader": known | {"grade_id": name, "locked": "grade" in more} | more}


if __name__ == "__main__":
    main()
