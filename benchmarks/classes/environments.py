"""Virtual environments for the other graders, made from their locks below ``build/bench``."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.errors import BenchError

ROOT = Path(__file__).parents[2]
LOCKS = Path(__file__).parent / "peers"
PEERS = ("nbgrader", "otter")

Say = Callable[[str], None]


def python(folder: Path, peer: str) -> Path:
    """The Python of a peer's environment."""
    return folder / peer / "bin" / "python"


def make(folder: Path, peer: str, say: Say) -> Path:
    """Make a peer's environment, if it is not there as its lock describes it.

    Args:
        folder: where environments stand; a few gigabytes each.
        peer: one of ``PEERS``.
        say: told what takes minutes.

    Returns:
        Its Python.

    Raises:
        BenchError: pip failed.
    """
    lock = LOCKS / f"{peer}.lock"
    stamp, described = folder / peer / ".made", _description(lock)
    if stamp.exists() and stamp.read_text() == described:
        return python(folder, peer)
    say(f"Installing {peer} into an environment of its own (about 2 GB, some minutes) ...")
    shutil.rmtree(folder / peer, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(folder / peer)])
    pip = [str(python(folder, peer)), "-m", "pip", "install", "--quiet"]
    _run([*pip, "--require-hashes", "--requirement", str(lock)])
    # Claims import grader.checks, and the notebooks' kernel is grader.kernel.
    _run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    # The list of this machine's fonts, which matplotlib would make during the first measurement.
    _run([str(python(folder, peer)), "-c", "import matplotlib.font_manager"])
    stamp.write_text(described)
    return python(folder, peer)


def install_kernel(interpreter: Path, data: Path) -> None:
    """Install the course's kernel into an environment; its notebooks read ``data``."""
    code = (
        "import sys; from pathlib import Path; from grader.kernelspec import install; "
        "install(Path(sys.argv[1]))"
    )
    _run([str(interpreter), "-c", code, str(data)])


def variables(interpreter: Path) -> dict[str, str]:
    """The variables of a process that runs in an environment: its programs come first."""
    path = os.pathsep.join([str(interpreter.parent), os.environ["PATH"]])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"}


def _description(lock: Path) -> str:
    """What an environment is made of: another one has another description."""
    return f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {ROOT} {sys.version}\n"


def _run(command: list[str]) -> None:
    """Run a command that must succeed."""
    environment = variables(Path(command[0]))
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        last = "\n".join(ran.stderr.strip().splitlines()[-8:])
        raise BenchError(f"{' '.join(command[:5])} ... ended with code {ran.returncode}:\n{last}")
