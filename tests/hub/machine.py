"""A machine with accounts of its own, made for a test and gone with it: for tests that run as root.

It is this machine in namespaces of its own (mounts, processes): /etc is a copy, /home, /srv and
/var/lib are empty, /root shows nothing but the Python in it. So the accounts that a test makes were
never on the machine itself, and everything it started ends with its first process, however the
test ends.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

# Whatever else happens, the first process ends when its stdin does, and all others with it.
_MAKE = r"""
set -eu
mount -t tmpfs -o mode=755 none /mnt
mkdir /mnt/etc && cp -a /etc/. /mnt/etc
number=0
for place in "$@"; do  # kept in reach, before what lies above it is hidden
  number=$((number + 1)); mkdir -p "/mnt/kept/$number"; mount --bind "$place" "/mnt/kept/$number"
done
mount --bind /mnt/etc /etc
for folder in /home /srv /var/lib; do mount -t tmpfs -o mode=755 none $folder; done
number=0
for place in "$@"; do
  number=$((number + 1)); above=$place; hidden=
  while [ "$above" != / ]; do
    above=$(dirname "$above")
    case $(stat -c %A "$above") in *[xt]) ;; *) hidden=$above ;; esac
  done
  if [ -n "$hidden" ]; then mount -t tmpfs -o mode=755 none "$hidden"; fi
  mkdir -p "$place"; mount --bind "/mnt/kept/$number" "$place"
done
echo ready
cat >/dev/null
"""


class Machine:
    """The made machine.

    Args:
        process: number of its first process, as this machine counts.
    """

    def __init__(self, process: int) -> None:
        self._process = process

    def popen(
        self, command: Sequence[str | Path], user: str = "root", cwd: str = "", **more: Any
    ) -> subprocess.Popen[str]:
        """Start a program there, as somebody there, in that person's home or in ``cwd``."""
        enter = ("nsenter", f"--target={self._process}", "--mount", "--pid")
        who = () if user == "root" else ("runuser", "--user", user, "--")
        home = cwd or ("/root" if user == "root" else f"/home/{user}")
        command = [*enter, *who, "env", f"--chdir={home}", *map(str, command)]
        return subprocess.Popen(command, env=environment(), text=True, **more)

    def tried(
        self, command: Sequence[str | Path], user: str = "root", cwd: str = "", given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a program there to its end, which may be a bad one."""
        pipe = subprocess.PIPE
        with self.popen(
            command, user, cwd, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT
        ) as process:
            output, _ = process.communicate(given, timeout=120)
        return subprocess.CompletedProcess(command, process.returncode, output)

    def run(
        self, command: Sequence[str | Path], user: str = "root", cwd: str = "", given: str = ""
    ) -> str:
        """Run a program there, which must end well; what it wrote."""
        done = self.tried(command, user, cwd, given)
        assert done.returncode == 0, (
            f"{user}: {command} ended with {done.returncode}:\n{done.stdout}"
        )
        return done.stdout


@contextmanager
def made() -> Iterator[Machine]:
    """Make a machine; needs root."""
    namespaces = ("--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
    with subprocess.Popen(
        ["unshare", *namespaces, "sh", "-c", _MAKE, "sh", *_kept()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as unshare:
        assert unshare.stdin is not None
        assert unshare.stdout is not None
        assert unshare.stderr is not None
        if unshare.stdout.readline() != "ready\n":
            raise RuntimeError(
                f"a machine of its own cannot be made ({unshare.stderr.read().strip()}): root was "
                "expected to be able to mount; in a container, give it --privileged"
            )
        children = Path(f"/proc/{unshare.pid}/task/{unshare.pid}/children").read_text().split()
        try:
            yield Machine(int(children[0]))
        finally:
            unshare.stdin.close()
            _wait(unshare)


def _wait(process: subprocess.Popen[str]) -> None:
    """Wait for the end, but not where a process that was forked meanwhile holds stdin open too."""
    deadline = time.monotonic() + 5
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)


def _kept() -> list[str]:
    """What people there need: this Python, its packages, and the course's own files."""
    places = [sys.base_prefix, sys.prefix, str(ROOT), str((ROOT / "data").resolve())]
    return [place for place in dict.fromkeys(places) if not Path(place).is_relative_to("/usr")]


def environment() -> Mapping[str, str]:
    """Little of ours: these programs, this tree, and whatever a person has."""
    programs = [str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin"]
    return {
        "PATH": os.pathsep.join(programs),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
    }
