"""Checks of the course: data sets, kernel, gradebook, exchange."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

from grader import datasets, kernelspec
from grader.doctor.findings import Finding, Status
from grader.errors import ConfigurationError
from grader.notebook import gradebook as gradebooks
from grader.notebook.submission import paths
from grader.settings import Settings


def data_sets(settings: Settings) -> Finding:
    """Whether MNIST and Fashion-MNIST are there, whole and real."""
    problems = datasets.problems(settings.data)
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return Finding(Status.MISSING, f"{problems[0]}{more}", "grader data")
    titles = " and ".join(dataset.title for dataset in datasets.DATASETS.values())
    return Finding(Status.OK, f"{titles}, verified in {settings.data}")


def course_kernel(settings: Settings) -> Finding:
    """Whether Jupyter finds the course's kernel, with this Python and the course's data."""
    try:
        spec = KernelSpecManager().get_kernel_spec(kernelspec.NAME)
    except NoSuchKernel:
        detail = f'no Jupyter kernel is called "{kernelspec.NAME}", as the notebooks name it'
        return Finding(Status.MISSING, detail, "grader kernel")
    if spec.argv[0] != sys.executable:
        return Finding(Status.MISSING, f"runs another Python: {spec.argv[0]}", "grader kernel")
    if str(settings.data) not in spec.argv:
        detail = f"reads another data folder than the course's, {settings.data}"
        return Finding(Status.WEAK, detail, "grader kernel")
    return Finding(Status.OK, f"installed in {spec.resource_dir}")


def gradebook(settings: Settings) -> Finding:
    """Whether the gradebook can be read and written, or made; none is made for that."""
    try:
        known = gradebooks.assignments_in(settings)
        gradebooks.require_writable(settings)
    except ConfigurationError as error:
        return Finding(
            Status.MISSING,
            str(error),
            "let this account write there; if another nbgrader made it: nbgrader db upgrade",
        )
    if known is None:
        return Finding(Status.OK, "none yet: made by the first release or grade")
    return Finding(Status.OK, f"may be written; knows {', '.join(known) or 'no assignment yet'}")


def exchange(settings: Settings) -> Finding:
    """Whether nbgrader can hand out and collect through its exchange, if the course has one."""
    folder = paths.exchange(settings)
    if folder is None:
        return Finding(Status.OK, "none configured: what is handed in is put into submitted/")
    if _usable(folder):
        return Finding(Status.OK, f"{folder}")
    return Finding(
        Status.MISSING,
        f"{folder} is not a folder that this account may write to",
        f"as root: install -d -m 0777 {folder}; or change c.Exchange.root in course_config.py",
    )


def _usable(folder: Path) -> bool:
    """What nbgrader asks of its exchange."""
    return folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)
