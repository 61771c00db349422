"""The policy of a sandbox, as data: the files it sees, the blocked packages, and its limits."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.errors import SandboxError
from grader.model import Limits

HOME = "/home/student"  # the scratch folder: the working directory, and the only writable one
COURSE = "/course"  # what of ours a kernel imports, below a folder of its own
DATA = "/data"  # the course's data sets
SOCKETS = "/run/kernel"  # where the kernel binds its sockets; removed before student code runs
CONNECTION = "/run/connection.json"
PROFILE = (
    "/run/ipython"  # where IPython looks for settings: nothing is there, and nothing gets there
)
# Figures are shown in the page. ipykernel says so, too, but after a warm parent imported pyplot.
_INLINE = "module://matplotlib_inline.backend_inline"
UID = 1000  # inside; the host need not have this account

# The grader's own code: its checks contain reference answers.
COURSE_PACKAGES = ("grader", "nbgrader")
# Where these are blocked too, numpy is the only package that can convolve an image.
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
        executable: path of the interpreter on the host.
        folders: installation and environment, shown at the same paths as on the host.
        packages: folders that packages are imported from.
    """

    executable: str
    folders: tuple[str, ...]
    packages: tuple[str, ...]

    @classmethod
    def running(cls) -> Python:
        """The Python of this process, so that students get the packages that were tested."""
        folders = dict.fromkeys((sys.base_prefix, sys.prefix))
        packages = [*site.getsitepackages(), *site.getsitepackages([sys.base_prefix])]
        packages.append(
            "/usr/lib/python3/dist-packages"
        )  # Debian's, which student code could append to sys.path
        return cls(
            sys.executable,
            tuple(folder for folder in folders if not Path(folder).is_relative_to("/usr")),
            tuple(dict.fromkeys(folder for folder in packages if Path(folder).is_dir())),
        )


def newest_font_cache() -> Path | None:
    """This user's newest list of fonts from matplotlib; None before its first run.

    Its folder is documented in https://matplotlib.org/stable/install/environment_variables_faq.html
    """
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get("MPLCONFIGDIR") or Path(cache) / "matplotlib")
    lists = sorted(folder.glob("fontlist-v*.json"), key=lambda path: path.stat().st_mtime)
    return lists[-1] if lists else None


@dataclass(frozen=True)
class Policy:
    """What one sandbox sees, and what it may use.

    Attributes:
        limits: on time, memory, processes, files and output.
        files: copied into the scratch folder: relative name inside to file on the host.
        data: the course's data folder, read-only inside, named by ``COURSE_DATA``; or None.
        readable: more files and folders, read-only: absolute path inside to path on the host.
        environment: variables beside ``HOME``, ``PATH``, ``LANG``, ``USER`` and ``COURSE_DATA``.
        blocked: names of top-level packages that cannot be imported.
        python: the interpreter.
        warm: socket of a warm parent that gives the kernel (``grader.sandbox.warm``); a cold start
            where it is None, where it does not answer, where the kernel is not a module (``-m``),
            and where packages are blocked that the warm parent could import.
        warm_blocked: names of packages that were blocked where the warm parent imported.
        font_cache: matplotlib's list of fonts, which each sandbox would otherwise make in a second.

    Raises:
        SandboxError: a name in ``files`` or ``readable`` could lead outside its folder.
    """

    limits: Limits = field(default_factory=Limits)
    files: Mapping[str, Path] = field(default_factory=dict)
    data: Path | None = None
    readable: Mapping[str, Path] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    blocked: tuple[str, ...] = COURSE_PACKAGES
    python: Python = field(default_factory=Python.running)
    warm: Path | None = None
    warm_blocked: tuple[str, ...] = COURSE_PACKAGES
    font_cache: Path | None = field(default_factory=newest_font_cache)

    def __post_init__(self) -> None:
        for name in self.files:
            if not name or PurePosixPath(name).is_absolute() or _may_lead_outside(name):
                raise SandboxError(
                    f"a submission's file is called {name!r}: a name below its folder was expected"
                )
        for path in self.readable:
            if not PurePosixPath(path).is_absolute() or _may_lead_outside(path):
                raise SandboxError(f"a sandbox shows files at absolute paths, not at {path!r}")

    @property
    def variables(self) -> dict[str, str]:
        """All environment variables inside; none of the host's are passed on."""
        folders = [str(Path(self.python.executable).parent), "/usr/bin", "/bin"]
        own = {
            "HOME": HOME,
            "TMPDIR": f"{HOME}/.tmp",
            "IPYTHONDIR": PROFILE,
            "USER": "student",
            "LANG": "C.UTF-8",
            "PATH": ":".join(folders),
        }
        # There is no GPU inside: looking for one would only print warnings.
        own |= {"MPLBACKEND": _INLINE, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
        if self.data is not None:
            own["COURSE_DATA"] = DATA
        return own | dict(self.environment)


def _may_lead_outside(path: str) -> bool:
    """Whether a path could lead outside its folder."""
    return ".." in PurePosixPath(path).parts or "\0" in path
