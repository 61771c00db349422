"""Where a submission's cells run: in the sandbox, or unprotected for an instructor's own files."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager
from nbformat import NotebookNode

import grader
from grader.errors import ConfigurationError, SandboxError
from grader.notebook.judging.fit_requests import FitRequests
from grader.notebook.judging.kernel_session import StudentKernel
from grader.notebook.judging.kernel_setup import KernelSetup
from grader.sandbox.client import SandboxManager, kernel_command
from grader.sandbox.policy import COURSE, Policy
from grader.settings import Settings

# What the course's kernel and the agent in it need of ours; nothing else of the package is shown in
# a sandbox.
_KERNEL_FILES = (
    "__init__.py",
    "errors.py",
    "kernel.py",
    "language/__init__.py",
    "language/translation.py",
    "datasets",
    "tensorflow_log.py",
    "whole_files.py",
    "sandbox/__init__.py",
    "sandbox/guest",
)


@contextmanager
def started(
    notebook: NotebookNode,
    setup: KernelSetup,
    *,
    requests: FitRequests | None = None,
    seed: int | None = None,
) -> Iterator[StudentKernel]:
    """A student kernel for the cells of ``notebook``, ready; nothing is left of it afterwards.

    Args:
        notebook: whose cells are run.
        setup: what the kernel is started with.
        requests: answers those of ``fit``; see ``StudentKernel``.
        seed: of the kernel's own random draws; see ``StudentKernel``.

    Raises:
        SandboxError: this machine cannot give a sandbox.
    """
    with tempfile.TemporaryDirectory(prefix="grader-") as scratch:

        def make_manager() -> AsyncKernelManager:
            if setup.settings.sandbox == "none":
                return _plain(Path(scratch), setup.settings)
            policy = _policy(setup)
            policy = policy if beside else replace(policy, files={})
            return SandboxManager(policy, kernel_command(policy, ("-P", "-m", "grader.kernel")))

        beside = True
        kernel = StudentKernel(notebook, make_manager, setup.folder, requests, seed)
        try:
            try:
                _start(kernel)
            except (SandboxError, RuntimeError):
                # A student's file may keep it from starting, which is no fault of the grader's.
                if not any(setup.folder.iterdir()):
                    raise
                beside = False
                kernel.start()
            yield kernel
        finally:
            kernel.close()


def _start(kernel: StudentKernel) -> None:
    """Start a kernel; once more where no sandbox came up, as the machine may have lacked room."""
    try:
        kernel.start()
    except SandboxError:
        kernel.start()


def warm_policy(blocked: Sequence[str] = ()) -> Policy:
    """What a warm parent sees: the packages and our files, no submission.

    Args:
        blocked: names of packages that cannot be imported, besides the course's own.
    """
    return Policy(
        readable=_kernel_files(),
        environment={"PYTHONPATH": COURSE},
        blocked=(*Policy().blocked, *blocked),
    )


def _kernel_files() -> dict[str, Path]:
    package = Path(grader.__file__).parent
    return {f"{COURSE}/grader/{name}": package / name for name in _KERNEL_FILES}


def _policy(setup: KernelSetup) -> Policy:
    parent, folder = warm_policy(setup.blocked), setup.folder
    policy = replace(
        parent,
        limits=setup.settings.limits(setup.assignment),
        files={
            str(path.relative_to(folder)): path
            for path in sorted(folder.rglob("*"))
            # A notebook of the assignment's name may be one that was graded, with hidden tests.
            if path.is_file() and path.name != f"{setup.assignment}.ipynb"
        },
        data=_readable(setup.settings.data),
    )
    if not setup.warm:
        return policy
    return replace(policy, warm=Path(setup.warm), warm_blocked=parent.blocked)


def _readable(data: Path) -> Path | None:
    """The data folder, if it exists; root's sandboxes run as nobody, who must be let in."""
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
    os.environ["COURSE_JUDGED"] = "1"  # its errors are read: see grader.cell_messages.shell
    shutil.rmtree(scratch / "sockets", ignore_errors=True)
    (scratch / "sockets").mkdir()
    # TCP could be overheard by every account of the machine.
    return AsyncKernelManager(
        kernel_name="course", transport="ipc", ip=str(scratch / "sockets" / "kernel")
    )
