"""What must be the same on all machines that grade one class, and what each must have."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import importlib.util
import multiprocessing
import platform
import resource
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_GRADER = "grader"
# With another version of these, a node may give other verdicts.
_PACKAGES = (
    _GRADER,
    "distributed",
    "ipykernel",
    "keras",
    "nbgrader",
    "numpy",
    "tensorflow",
)
_ENOUGH = 4096  # open files and processes: more are not needed
_LIMITS = {"open files": resource.RLIMIT_NOFILE, "processes": resource.RLIMIT_NPROC}


@dataclass(frozen=True)
class Facts:
    """What one machine grades with.

    Attributes:
        versions: name to version: of Python, and of packages.
        course: name to version: of the course's own packages.
        files: digest of the grader's own files.
        limits: what an account may have, where less than enough: name to number.
        daemonic: whether this process may not start others.
    """

    versions: tuple[tuple[str, str], ...]
    course: tuple[tuple[str, str], ...]
    files: str
    limits: tuple[tuple[str, int], ...]
    daemonic: bool


def versions(packages: tuple[str, ...] = _PACKAGES) -> dict[str, str]:
    """The versions of Python and of packages here; what is not installed has none."""
    return {"Python": ".".join(platform.python_version_tuple()[:2])} | _installed(packages)


def facts(backend: str, course: Iterable[str] = ()) -> Facts:
    """The facts of this machine.

    Args:
        backend: Keras', whose package is compared, too.
        course: the packages that the course names.
    """
    packages = tuple(dict.fromkeys((*_PACKAGES, backend)))
    return Facts(
        versions=tuple(versions(packages).items()),
        course=tuple(_installed(course).items()),
        files=_digest_of_grader(),
        limits=tuple((name, _limit(number)) for name, number in _LIMITS.items()),
        daemonic=bool(multiprocessing.current_process().daemon),
    )


def differences(there: Facts, here: Facts) -> list[str]:
    """Why a node may not take part, each as a part of one line; empty where it may."""
    found = [
        f"{name} {version} there, {dict(here.versions).get(name)} here"
        for name, version in there.versions
        if dict(here.versions).get(name) != version
    ]
    found += [
        f"the course's package {name}: {version} there, {wanted} here; install it with "
        f"`pip install {name}=={wanted}` in the environment of that node"
        for name, wanted in here.course
        if (version := dict(there.course).get(name, "none")) != wanted
    ]
    if there.versions == here.versions and there.files != here.files:
        found.append("the grader has the same version, but other files there")
    found += [
        f"its account may have {limit} {name}, yours {dict(here.limits)[name]} or more"
        for name, limit in there.limits
        if limit < dict(here.limits)[name]
    ]
    if there.daemonic:
        found.append(
            "its process may not start others: start it with `grader worker`, or with "
            "DASK_DISTRIBUTED__WORKER__DAEMON=False"
        )
    return found


def _installed(packages: Iterable[str]) -> dict[str, str]:
    """The version of each package; what is not installed has none."""
    found = {}
    for name in packages:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "none"
    return found


def _limit(number: int) -> int:
    hard = resource.getrlimit(number)[1]
    return _ENOUGH if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH)


@functools.cache
def _digest_of_grader() -> str:
    """Of all modules of the package that is imported here."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(package)} {len(content)}\n".encode() + content)
    return digest.hexdigest()
