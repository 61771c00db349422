from __future__ import annotations

import re
import sys
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import pytest

from grader.doctor import Status, machine
from grader.errors import SandboxError
from grader.sandbox.host import Host
from grader.sandbox.memory import WATCHED, BoundKind, MemoryBound
from grader.sandbox.policy import COURSE
from grader.sandbox.remedies import REMEDIES, remedy
from grader.settings import Settings

V2 = MemoryBound(BoundKind.V2, "/somewhere")


def test_this_python_is_new_enough(tiny_course: Settings) -> None:
    found = machine.python(tiny_course)
    assert found.status is Status.OK
    assert sys.executable in found.detail


def test_an_old_python_is_missing_a_newer_one(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 2, "final", 0))
    found = machine.python(tiny_course)
    assert found.status is Status.MISSING
    assert "3.10.2" in found.detail
    assert "PYTHON=python3.11" in found.remedy


@pytest.mark.parametrize(
    ("free", "status"), [(5 << 30, Status.OK), (5 << 20, Status.WEAK), (1 << 20, Status.MISSING)]
)
def test_disk_space_is_enough_or_little(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch, free: int, status: Status
) -> None:
    usage = namedtuple("usage", "free")(free)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: usage)
    assert machine.disk_space(tiny_course).status is status


@pytest.mark.parametrize(("kilobytes", "status"), [(9 << 20, Status.OK), (1 << 20, Status.WEAK)])
def test_memory_is_free_for_a_submission_or_not(
    tiny_course: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    kilobytes: int,
    status: Status,
) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(f"MemTotal: 99999999 kB\nMemAvailable: {kilobytes} kB\n")
    monkeypatch.setattr(machine, "MEMINFO", meminfo)
    found = machine.free_memory(tiny_course)
    assert found.status is status
    assert f"{kilobytes >> 20}.0 GB free, 4.0 GB allowed" in found.detail


def test_a_sandbox_that_starts_is_timed(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine.host, "try_sandbox", lambda: Host(V2, 0.7))
    found = machine.sandbox(tiny_course)
    assert found.status is Status.OK
    assert "0.7 s" in found.detail


def test_a_sandbox_that_does_not_start_comes_with_its_remedy(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "bwrap: No permissions to create a new namespace"
    refuse(monkeypatch, f"the sandbox did not start python: {words}; {remedy(words)}")
    found = machine.sandbox(tiny_course)
    assert found.status is Status.MISSING
    assert found.detail.endswith(words)
    assert found.remedy == REMEDIES["No permissions to create"]


def test_an_unknown_refusal_does_not_send_people_to_the_doctor(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, f"the sandbox did not start python: bwrap: hm; {remedy('bwrap: hm')}")
    found = machine.sandbox(tiny_course)
    assert "grader doctor" not in found.remedy
    assert "bwrap" in found.remedy


def test_without_bubblewrap_the_remedy_installs_it(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.sandbox.launcher.shutil.which", lambda _: None)
    found = machine.sandbox(tiny_course)
    assert found.status is Status.MISSING
    assert "apt-get install bubblewrap" in found.remedy


def test_a_remedy_is_one_part_of_a_refusal() -> None:
    assert [advice for advice in REMEDIES.values() if "; " in advice] == []


def test_a_sandbox_that_is_turned_off_is_weak(tiny_course: Settings) -> None:
    found = machine.sandbox(replace(tiny_course, sandbox="none"))
    assert found.status is Status.WEAK
    assert "unprotected" in found.detail


@pytest.mark.parametrize(("bound", "status"), [(V2, Status.OK), (WATCHED, Status.WEAK)])
def test_a_control_group_holds_and_watching_is_called_weak(
    tiny_course: Settings,
    monkeypatch: pytest.MonkeyPatch,
    bound: MemoryBound,
    status: Status,
) -> None:
    monkeypatch.setattr(machine.memory, "memory_bound", lambda: bound)
    found = machine.bound(tiny_course)
    assert found.status is status
    assert bool(found.remedy) is (status is Status.WEAK)


@pytest.mark.kernel
def test_a_warm_kernel_of_what_the_course_imports_is_tried(tiny_course: Settings) -> None:
    found = machine.warm_kernels(tiny_course)
    assert found.status is Status.OK, found.detail
    assert "a warm parent gave a kernel" in found.detail


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("m = __import__('mmap').mmap(-1, 4096)", "all kernels of a class could write"),
        (
            "import os, threading, time\n"
            "start = lambda: threading.Thread(target=time.sleep, args=(99,), daemon=True).start()\n"
            "os.register_at_fork(after_in_child=start)",
            "gave no kernel: .*Invalid argument",
        ),
    ],
    ids=["shares memory", "starts threads"],
)
def test_a_module_that_keeps_kernels_cold_is_told(
    tiny_course: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    module: str,
    reason: str,
) -> None:
    file = tmp_path / "odd.py"
    file.write_text(module)
    file.chmod(0o644)
    policy = machine.warm_policy()
    shown = replace(policy, readable={**policy.readable, f"{COURSE}/odd.py": file})
    monkeypatch.setattr(machine, "warm_policy", lambda: shown)
    found = machine.warm_kernels(replace(tiny_course, warm_imports=("odd",)))
    assert found.status is Status.WEAK
    assert re.search(reason, found.detail)
    assert "warm_imports" in found.remedy


def test_without_a_sandbox_warm_kernels_are_not_told_to_need_another_linux(
    tiny_course: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "no sandbox without bubblewrap (bwrap); install it: apt-get install")
    found = machine.warm_kernels(tiny_course)
    assert (found.status, found.remedy) == (Status.WEAK, "see sandbox")


def refuse(monkeypatch: pytest.MonkeyPatch, message: str) -> None:
    """Let no sandbox start."""

    def try_sandbox(*_: object) -> Host:
        raise SandboxError(message)

    monkeypatch.setattr(machine.host, "try_sandbox", try_sandbox)
    monkeypatch.setattr(machine.host, "try_warm_sandbox", try_sandbox)
