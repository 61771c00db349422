"""Which processes a class's kernels are forked from."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader import settings as course_settings
from grader.model import Outcome, WorkPart
from grader.notebook import autograde
from grader.notebook.assignment import Assignment, load_assignment
from grader.notebook.judging import start_kernel, warm_kernels
from grader.sandbox.policy import CONVOLVING_PACKAGES
from grader.settings import Settings
from tests import tiny
from tests.conftest import ROOT
from tests.patience import PATIENCE
from tests.sandbox.conftest import Kernel


def assignment(*cells: str) -> Assignment:
    notebook = new_notebook(cells=[new_markdown_cell("import os"), *map(new_code_cell, cells)])
    return Assignment("sums", notebook, notebook, (), sha256="")


def test_modules_are_read_off_the_notebooks_imports() -> None:
    found = warm_kernels.imported(
        assignment(
            "import numpy as np, os.path\nfrom scipy import signal",
            "def f():\n    import json\n    from grader.checks import answers",
            "%matplotlib inline\nimport no_python",
        )
    )
    assert found == ("json", "numpy", "os.path", "scipy")


def test_what_a_solution_imports_is_not_told() -> None:
    both = assignment("import numpy")
    solved = new_notebook(cells=[new_code_cell("import numpy\nfrom itertools import product")])
    assert warm_kernels.imported(dataclasses.replace(both, source=solved)) == ("numpy",)


_STARTED = """
import importlib, json, runpy, sys
names, file = json.loads(sys.argv[1]), sys.argv[2]
for name in names:
    module, _, function = name.partition(":")
    found = importlib.import_module(module)
    if function:
        getattr(found, function)()
before = set(sys.modules)
from ipykernel.kernelapp import IPKernelApp
new = lambda: sorted(sys.modules.keys() - before - set(sys.builtin_module_names))
IPKernelApp.start = lambda _: print("imported", *new(), file=sys.__stdout__)
sys.argv = ["kernel", "-f", file]
runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
"""


@pytest.mark.process
def test_a_kernel_imports_nothing_more_as_it_starts(tmp_path: Path) -> None:
    ports = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
    numbered = {name: number for number, name in enumerate(ports, start=1)}
    file = tmp_path / "connection.json"
    known = {"transport": "ipc", "ip": str(tmp_path / "k"), "key": "k"}
    file.write_text(json.dumps(known | numbered | {"signature_scheme": "hmac-sha256"}))
    command = [sys.executable, "-c", _STARTED, json.dumps(warm_kernels.KERNEL), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    said = [line.split() for line in done.stdout.splitlines() if line.startswith("imported")]
    assert said == [["imported"]], "name these in KERNEL, so that they are imported once a class"


def test_a_figure_is_drawn_ahead_for_notebooks_with_figures(tiny_course: Settings) -> None:
    def last(course: Settings, cell: str) -> str:
        return warm_kernels.parent_modules(course, [assignment(cell)])[-1]

    assert last(tiny_course, "import numpy") == "numpy"
    drawing = last(tiny_course, "import matplotlib.pyplot as plt, numpy")
    assert drawing.endswith(":draw_first")
    named = dataclasses.replace(tiny_course, warm_imports=("matplotlib",))
    assert last(named, "import numpy") == drawing


def test_the_courses_own_notebooks_import_tensorflow() -> None:
    course = course_settings.load(ROOT)
    for name in course.assignments:
        assert "tensorflow" in warm_kernels.imported(load_assignment(course, name))


@pytest.mark.parametrize("change", [{"sandbox": "none"}, {"warm_kernels": False}])
def test_a_course_may_have_no_warm_kernels(
    tiny_course: Settings, change: dict[str, str | bool]
) -> None:
    course = dataclasses.replace(tiny_course, **change)  # type: ignore[arg-type]
    assert warm_kernels.address(course, assignment()) == ""


@pytest.mark.kernel
def test_one_process_gives_the_kernels_of_a_class(tiny_course: Settings) -> None:
    sums = load_assignment(tiny_course, "sums")
    address = warm_kernels.address(tiny_course, sums)
    assert warm_kernels.address(tiny_course, sums) == address != ""
    other = dataclasses.replace(tiny_course, warm_imports=("json",))
    assert warm_kernels.address(other, sums) != address
    warm_kernels.close()
    assert warm_kernels.address(tiny_course, sums) not in ("", address)


@pytest.mark.kernel
def test_kernels_with_numpy_alone_have_a_parent_of_their_own_where_a_claim_asks() -> None:
    course = course_settings.load(ROOT)
    address = warm_kernels.numpy_only_address(
        course, load_assignment(course, "convolution_from_scratch")
    )
    assert address != ""
    assert warm_kernels.numpy_only_address(course, load_assignment(course, "mnist_998")) == ""
    off = dataclasses.replace(course, warm_kernels=False)
    assert warm_kernels.numpy_only_address(off, assignment("x = call_blocked")) == ""
    policy = start_kernel.warm_policy(CONVOLVING_PACKAGES)
    kernel = Kernel(dataclasses.replace(policy, warm=Path(address), warm_blocked=policy.blocked))
    try:
        assert kernel.manager.provisioner.warm
        assert kernel.run("import numpy, sys; print('PIL' in sys.modules)") == "False"
        assert "ModuleNotFoundError" in kernel.run("import scipy")
    finally:
        kernel.close()


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("warm", "part"),
    [(True, WorkPart.KERNEL_START), (False, WorkPart.COLD_KERNEL_START)],
    ids=["warm", "cold"],
)
def test_the_timings_say_how_kernels_started(
    tiny_course: Settings, warm: bool, part: WorkPart
) -> None:
    tiny.hand_in(tiny_course, "ada", tiny.submission(tiny_course, {}))
    course = dataclasses.replace(tiny_course, warm_kernels=warm)
    course.config.Course.warm_kernels = warm
    (result,) = autograde.grade(course, "sums")
    assert result.graded is not None, result.problem
    assert Outcome.GRADER_FAULT not in [verdict.outcome for verdict in result.graded.verdicts]
    starts = (WorkPart.KERNEL_START, WorkPart.COLD_KERNEL_START)
    assert {timing.part for timing in result.timings if timing.part in starts} == {part}
