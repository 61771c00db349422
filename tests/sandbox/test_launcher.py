"""From policy to bubblewrap's arguments, without a sandbox."""

from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.model import Limits
from grader.sandbox import launcher
from grader.sandbox.bubblewrap_options import Content, HostFile, Source, arguments
from grader.sandbox.launcher import command
from grader.sandbox.memory import WATCHED, BoundKind, MemoryBound
from grader.sandbox.policy import CONNECTION, DATA, HOME, SOCKETS, Policy, Python
from grader.sandbox.sandbox_dir import SandboxDir

HELD = MemoryBound(BoundKind.V1, "/sys/fs/cgroup/memory")
DIRECTORY = SandboxDir(Path("/tmp/grader-sandbox-test"))


def told(policy, bound=HELD):
    return arguments(policy, DIRECTORY, b"{}", bound)


def after(parts, *words):
    """The argument that follows these words."""
    places = [i for i in range(len(parts)) if tuple(parts[i : i + len(words)]) == words]
    assert places, f"{words} not among the arguments"
    return parts[places[0] + len(words)]


def test_nothing_is_shared():
    parts = told(Policy())
    for word in ("user", "ipc", "pid", "net", "uts", "cgroup"):
        assert f"--unshare-{word}" in parts
    assert {"--disable-userns", "--die-with-parent", "--new-session", "--clearenv"} <= {
        part for part in parts if isinstance(part, str)
    }
    assert after(parts, "--cap-drop") == "ALL"


def test_only_the_open_room_is_writable():
    parts = told(Policy(data=Path("/srv/data"), readable={"/run/probe.py": Path("/opt/probe.py")}))
    bound = [parts[i + 1] for i, part in enumerate(parts) if part == "--bind"]
    assert bound == [Source(str(DIRECTORY.exposed))]
    assert after(parts, "--bind", bound[0]) == SOCKETS
    assert after(parts, "--ro-bind", Source("/srv/data")) == DATA
    assert after(parts, "--ro-bind", Source("/opt/probe.py")) == "/run/probe.py"


def test_the_root_is_closed_last():
    assert told(Policy())[-4:] == ["--remount-ro", "/dev", "--remount-ro", "/"]


def test_files_and_sizes():
    limits = Limits(scratch_bytes=12345)
    python = Python("/usr/bin/python3", (), ())
    parts = told(Policy(limits, files={"sub/a.png": Path("/srv/a.png")}, python=python))
    assert after(parts, "--file", HostFile("/srv/a.png")) == f"{HOME}/sub/a.png"
    assert after(parts, "--size", "12345", "--perms", "0700", "--tmpfs") == HOME
    assert after(parts, "--size", "12345", "--perms", "1777", "--tmpfs") == "/dev/shm"
    assert after(parts, "--ro-bind-data", Content(b"{}")) == CONNECTION


def test_tmp_is_the_scratch_folders_or_holds_the_environment():
    below = Python("/tmp/e/bin/python", ("/tmp/e",), ())
    parts = told(Policy(python=below))
    assert after(parts, "--perms", "1777", "--tmpfs") == "/tmp"
    assert parts.index("/tmp") < parts.index("/tmp/e")
    assert (
        after(told(Policy(python=Python("/usr/bin/python3", (), ()))), f"{HOME}/.tmp")
        == "--symlink"
    )


def test_a_blocked_package_says_so(tmp_path):
    (tmp_path / "scipy").mkdir()
    (tmp_path / "scipy.libs").mkdir()
    (tmp_path / "six.py").touch()
    python = Python("/usr/bin/python3", (), (str(tmp_path),))
    parts = told(Policy(python=python, blocked=("scipy", "six", "absent")))
    assert after(parts, "--tmpfs", f"{tmp_path}/scipy") == "--perms"
    assert after(parts, "--tmpfs", f"{tmp_path}/scipy.libs") == "--remount-ro"
    texts = [part.data for part in parts if isinstance(part, Content)]
    assert any(b"scipy is blocked" in text for text in texts)
    assert any(b"six is blocked" in text for text in texts)
    assert not any(b"absent is blocked" in text for text in texts)


def test_limits_of_one_process():
    policy = Policy(Limits(processes=99, file_bytes=77))
    line = command(policy, ["python"], HELD)
    for flag in ("--nproc=99:99", "--fsize=77:77", "--core=0:0"):
        assert line[2].split().count(flag) == 2  # on bubblewrap's process, and on the kernel
    assert line[3:] == ["sh", "python"]
    assert "--as=" not in line[2]


def test_watched_memory_is_held_tighter():
    assert f"--as={8 << 30}:{8 << 30}" in command(Policy(), ["python"], WATCHED)[2]
    loose, tight = (after(told(Policy(), bound), "--seccomp") for bound in (HELD, WATCHED))
    assert len(tight.data) > len(loose.data)


def test_without_bubblewrap_the_remedy_is_named(monkeypatch):
    monkeypatch.setattr(launcher.shutil, "which", lambda name: None)
    with pytest.raises(SandboxError, match="apt-get install bubblewrap"):
        launcher.start(Policy(), ["python"], DIRECTORY, b"{}", HELD)
