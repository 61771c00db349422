"""What a sandbox holds, as data: which files it sees, what is withheld, and its limits."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.errors import SandboxError
from grader.model import Limits

HOME = "/home/student"  # the scratch folder: where the kernel starts, and all it may write
DATA = "/data"  # the course's data sets
SOCKETS = "/run/kernel"  # where the kernel binds its sockets; gone before student code runs
CONNECTION = "/run/connection.json"
UID = 1000  # inside; nobody of that number need exist outside

# The grader's own code: its checks hold reference answers.
COURSE_PACKAGES = ("grader", "nbgrader")
# With these withheld too, numpy is the only package left that can convolve an image.
CONVOLVING_PACKAGES = (
    "PIL",
    "cv2",
    "jax",
    "jaxlib",
    "keras",
    "numba",
    "pandas",
    "scipy",
    "skimage",
    "sklearn",
    "tensorflow",
    "torch",
)


@dataclass(frozen=True)
class Python:
    """The Python that student code runs on.

    Attributes:
        executable: the interpreter, as the host calls it.
        folders: what it needs to see, at the host's own places: installation and environment.
        packages: folders that packages are imported from.
    """

    executable: str
    folders: tuple[str, ...]
    packages: tuple[str, ...]

    @classmethod
    def running(cls) -> Python:
        """The Python that runs now: students get the packages that the course was tried with."""
        folders = dict.fromkeys((sys.base_prefix, sys.prefix))
        packages = [*site.getsitepackages(), *site.getsitepackages([sys.base_prefix])]
        packages.append("/usr/lib/python3/dist-packages")  # Debian's, in reach of sys.path.append
        return cls(
            sys.executable,
            tuple(folder for folder in folders if not Path(folder).is_relative_to("/usr")),
            tuple(dict.fromkeys(folder for folder in packages if Path(folder).is_dir())),
        )


def newest_font_cache() -> Path | None:
    """The newest list of fonts that matplotlib has left for this user; None before its first run.

    Where it lies is in https://matplotlib.org/stable/install/environment_variables_faq.html
    """
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get("MPLCONFIGDIR") or Path(cache) / "matplotlib")
    lists = sorted(folder.glob("fontlist-v*.json"), key=lambda path: path.stat().st_mtime)
    return lists[-1] if lists else None


@dataclass(frozen=True)
class Policy:
    """What one sandbox holds.

    Attributes:
        limits: what it may use up.
        files: copied into the scratch folder: relative name inside to file on the host.
        data: the course's data folder, read-only inside, named by ``COURSE_DATA``; or None.
        readable: more of the host, read-only: absolute path inside to file or folder on the host.
        environment: variables beside ``HOME``, ``PATH``, ``LANG``, ``USER`` and ``COURSE_DATA``.
        withheld: names of top-level packages that cannot be imported.
        python: the interpreter.
        font_cache: matplotlib's list of fonts, without which each sandbox spends a second on it.

    Raises:
        SandboxError: a name in ``files`` or ``readable`` leads out of its place.
    """

    limits: Limits = field(default_factory=Limits)
    files: Mapping[str, Path] = field(default_factory=dict)
    data: Path | None = None
    readable: Mapping[str, Path] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    withheld: tuple[str, ...] = COURSE_PACKAGES
    python: Python = field(default_factory=Python.running)
    font_cache: Path | None = field(default_factory=newest_font_cache)

    def __post_init__(self) -> None:
        for name in self.files:
            if not name or PurePosixPath(name).is_absolute() or _wanders(name):
                raise SandboxError(
                    f"a submission's file is called {name!r}: a name below its folder was expected"
                )
        for path in self.readable:
            if not PurePosixPath(path).is_absolute() or _wanders(path):
                raise SandboxError(f"a sandbox shows files at absolute paths, not at {path!r}")

    @property
    def variables(self) -> dict[str, str]:
        """The whole environment inside; nothing of the host's comes along."""
        folders = [str(Path(self.python.executable).parent), "/usr/bin", "/bin"]
        own = {
            "HOME": HOME,
            "TMPDIR": f"{HOME}/.tmp",
            "USER": "student",
            "LANG": "C.UTF-8",
            "PATH": ":".join(folders),
        }
        # There is no display and no GPU inside; a search for them only writes warnings.
        own |= {"MPLBACKEND": "agg", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
        if self.data is not None:
            own["COURSE_DATA"] = DATA
        return own | dict(self.environment)


def _wanders(path: str) -> bool:
    """Whether a path is written so that it may lead elsewhere."""
    return ".." in PurePosixPath(path).parts or "\0" in path
