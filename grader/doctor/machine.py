"""Checks of the machine: Python, disk space, and a sandbox with a bound on memory."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from grader.doctor.findings import Finding, Status
from grader.errors import SandboxError
from grader.notebook.assignment import load_assignment
from grader.notebook.judging.start_kernel import warm_policy
from grader.notebook.judging.warm_kernels import parent_modules
from grader.notebook.preflight import NEEDED_BYTES
from grader.sandbox import host, memory
from grader.settings import Settings

GB = 1 << 30
NEEDED_PYTHON = (3, 11)
ROOMY_DISK = 1 * GB  # autograded notebooks with their pictures, of a class
MEMINFO = Path("/proc/meminfo")

_BY_HAND = (
    "see what `bwrap --unshare-all --ro-bind / / true` says; a container has to let its processes "
    "make user namespaces (--security-opt seccomp=unconfined, or --privileged)"
)


def python(_: Settings) -> Finding:
    """Which Python runs the grader."""
    detail = f"{'.'.join(map(str, sys.version_info[:3]))} at {sys.executable}"
    if sys.version_info[:2] >= NEEDED_PYTHON:
        return Finding(Status.OK, detail)
    needed = ".".join(map(str, NEEDED_PYTHON))
    remedy = f"Python {needed} or newer is needed: make clean demo PYTHON=python{needed}"
    return Finding(Status.MISSING, detail, remedy)


def disk_space(settings: Settings) -> Finding:
    """Whether the course's file system has room for what grading makes."""
    free = shutil.disk_usage(settings.root).free
    detail = f"{free / GB:.1f} GB free at {settings.root}"
    if free < NEEDED_BYTES:
        return Finding(Status.MISSING, detail, f"make room: at least {NEEDED_BYTES >> 20} MB")
    if free >= ROOMY_DISK:
        return Finding(Status.OK, detail)
    return Finding(Status.WEAK, detail, f"make room: {ROOMY_DISK / GB:.0f} GB lasts for a class")


def free_memory(settings: Settings) -> Finding:
    """Whether a submission can have the memory that it may use, as the whole machine counts it."""
    lines = (line.split() for line in MEMINFO.read_text().splitlines())
    free = next(int(words[1]) << 10 for words in lines if words[0] == "MemAvailable:")
    limit = max(settings.limits(name).memory_bytes for name in settings.assignments)
    detail = f"{free / GB:.1f} GB free, {limit / GB:.1f} GB allowed to a submission"
    if free >= limit:
        return Finding(Status.OK, detail)
    return Finding(Status.WEAK, detail, "end other programs before grading, or grade elsewhere")


def sandbox(settings: Settings) -> Finding:
    """Whether a real sandbox starts: bubblewrap, user namespaces, and a kernel inside."""
    if settings.sandbox == "none":
        return Finding(
            Status.WEAK,
            "turned off in course_config.py: student code runs unprotected, as this account",
            'for anything but your own files: c.Course.sandbox = "bubblewrap"',
        )
    try:
        tried = host.try_sandbox()
    except SandboxError as error:
        detail, _, remedy = str(error).rpartition("; ")
        return Finding(Status.MISSING, detail, _BY_HAND if "grader doctor" in remedy else remedy)
    return Finding(Status.OK, f"bubblewrap started a kernel in {tried.seconds:.1f} s")


def warm_kernels(settings: Settings) -> Finding:
    """Whether kernels can be forked from a process that has imported what assignments import."""
    if settings.sandbox == "none" or not settings.warm_kernels:
        return Finding(Status.OK, "turned off: each kernel imports everything itself")
    assignments = [load_assignment(settings, name) for name in settings.assignments]
    modules = parent_modules(settings, assignments)
    try:
        tried = host.try_warm_sandbox(warm_policy(), modules)
    except SandboxError as error:
        if sandbox(settings).status is Status.MISSING:
            return Finding(Status.WEAK, "not tried: no sandbox starts", "see sandbox")
        return Finding(
            Status.WEAK,
            f"kernels start cold, which costs seconds for each submission: {error}",
            "grading works all the same; Linux 5.8 or newer is needed for more, and imports that "
            "can be forked (c.Course.warm_imports names others)",
        )
    return Finding(Status.OK, f"a warm parent gave a kernel in {tried.seconds:.1f} s")


def bound(_: Settings) -> Finding:
    """Whether a submission's memory is held by something that a student cannot get around."""
    bound = memory.memory_bound()
    if bound.robust:
        return Finding(Status.OK, f"held by {bound.kind}")
    return Finding(
        Status.WEAK,
        "only watched, no control group is to be had: a hog can hold more than its share for a "
        "moment, or hide some of it",
        "grade where systemd runs for this account (loginctl enable-linger makes it stay), or in a "
        "container that may write /sys/fs/cgroup",
    )
