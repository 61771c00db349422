"""Where a submission's cells run: in the sandbox, or unprotected for an instructor's own files."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager
from nbformat import NotebookNode

import grader
from grader.errors import ConfigurationError
from grader.notebook.kernel import StudentKernel
from grader.notebook.serving import Serving
from grader.sandbox.client import SandboxManager, kernel_command
from grader.sandbox.policy import Policy
from grader.settings import Settings

# What the course's kernel needs of ours; nothing else of the package is to be seen in a sandbox.
_KERNEL_FILES = ("__init__.py", "errors.py", "kernel.py", "datasets")
_INSIDE = "/course"


@contextmanager
def started(
    notebook: NotebookNode,
    folder: Path,
    settings: Settings,
    assignment: str,
    withheld: Sequence[str] = (),
    *,
    serving: Serving | None = None,
) -> Iterator[StudentKernel]:
    """A student kernel for the cells of ``notebook``, ready; nothing is left of it afterwards.

    Args:
        notebook: whose cells are run.
        folder: the public files that lie beside the notebook.
        settings: the course: its data, limits, and kind of sandbox.
        assignment: whose limits hold.
        withheld: names of packages that cannot be imported, besides the course's own.
        serving: answers what ``fit`` asks; see ``StudentKernel``.

    Raises:
        SandboxError: this machine cannot give a sandbox.
    """
    with tempfile.TemporaryDirectory(prefix="grader-") as scratch:

        def make_manager() -> AsyncKernelManager:
            if settings.sandbox == "none":
                return _plain(Path(scratch), settings)
            return _sandboxed(folder, settings, assignment, withheld)

        kernel = StudentKernel(notebook, make_manager, folder, serving)
        try:
            kernel.start()
            yield kernel
        finally:
            kernel.close()


def _sandboxed(
    folder: Path, settings: Settings, assignment: str, withheld: Sequence[str]
) -> AsyncKernelManager:
    package = Path(grader.__file__).parent
    policy = Policy(
        limits=settings.limits(assignment),
        files={
            str(path.relative_to(folder)): path
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix != ".ipynb"
        },
        data=_readable(settings.data),
        readable={f"{_INSIDE}/grader/{name}": package / name for name in _KERNEL_FILES},
        environment={"PYTHONPATH": _INSIDE},
        withheld=(*Policy().withheld, *withheld),
    )
    return SandboxManager(policy, kernel_command(policy, ("-P", "-m", "grader.kernel")))


def _readable(data: Path) -> Path | None:
    """The data folder, if it is there; as root, students run as nobody and must be let in."""
    if not data.is_dir():
        return None
    if os.geteuid() == 0 and data.stat().st_mode & 0o005 != 0o005:
        raise ConfigurationError(
            f"{data} is closed to other accounts, and student code runs as nobody: expected a "
            f"folder that all may read; chmod -R go+rX {data}"
        )
    return data


def _plain(scratch: Path, settings: Settings) -> AsyncKernelManager:
    os.environ["COURSE_DATA"] = str(settings.data)
    shutil.rmtree(scratch / "sockets", ignore_errors=True)
    (scratch / "sockets").mkdir()
    # TCP could be overheard by every account of the machine.
    return AsyncKernelManager(
        kernel_name="course", transport="ipc", ip=str(scratch / "sockets" / "kernel")
    )
