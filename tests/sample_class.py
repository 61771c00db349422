"""A class made of sample submissions, graded on slices: what the pictures in docs/ are made of.

``python -m tests.sample_class FOLDER`` makes the course in a new folder and grades mnist_998
there, which takes some minutes; then ``grader --course FOLDER report mnist_998`` reports on it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from grader.notebook import autograde, samples
from grader.notebook.submission import paths
from tests import slices
from tests.conftest import ROOT
from tests.courses import refereed

ASSIGNMENT = "mnist_998"
CLASS = {
    "ada": "reference_on_slice",
    "ben": "network_too_small",
    "cleo": "two_convolutions",
    "dan": "never_stops",
    "eve": "untouched",
    "finn": "syntax_error",
    "gus": "functional",
    "hana": "early_stopping",
    "ivo": "message_misspelt",
    "jo": "stops_at_99",
    "kim": "average_pooling",
    "lea": "learning_rate_reduced",
    "max": "too_few_epochs",
    "nora": "scaled_by_a_layer",
    "otto": "callback_forgotten",
    "pia": "warnings_on_stderr",
    "quinn": "wrong_key",
    "rosa": "nested",
}


def make(folder: Path) -> None:
    """Make a course on slices in ``folder``, which must be new, and grade the class."""
    folder.mkdir(parents=True)
    data = folder / "slices"
    slices.write_slices(ROOT / "data", data)
    data.chmod(0o755)  # student code may run as nobody
    with refereed(folder, data) as course:
        for student, case in CLASS.items():
            sample = samples.load(ROOT / "tests" / "submissions" / ASSIGNMENT / case)
            samples.hand_in(course, ASSIGNMENT, sample, student)
        refused = paths.submission(course, "sam", ASSIGNMENT).notebook
        refused.parent.mkdir(parents=True)
        refused.write_text("I wrote it in a word processor.")
        for result in autograde.grade(course, ASSIGNMENT):
            score = f"{result.graded.score:g}" if result.graded else result.problem
            print(f"{result.student}: {score}", flush=True)


if __name__ == "__main__":
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    make(Path(sys.argv[1]).resolve())
