"""setup/debian-packages, with fake programs: who may install bubblewrap, and what else is said."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "setup" / "debian-packages"
ROOT, ORDINARY = "echo 0", "echo 1000"
INSTALLS = 'echo "$DEBIAN_FRONTEND: $*" >> "$LOG"; : > "$BIN/bwrap"; chmod +x "$BIN/bwrap"'
NEEDS_LISTS = f'case "$*" in *update*) : > "$BIN/lists";; esac; [ -e "$BIN/lists" ]; {INSTALLS}'
OFFLINE = "exit 100"
SUDO = 'shift; echo "sudo" >> "$LOG"; "$@"'
NO_SUDO = "echo 'sudo: a password is required' >&2; exit 1"


@pytest.fixture
def run(tmp_path: Path):
    """Run the script where there are only the fake programs that the test names."""

    def run(**programs: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        for name in ("env", "cat", "chmod"):
            (tmp_path / name).symlink_to(shutil.which(name))
        for name, text in programs.items():
            path = tmp_path / name.replace("_", "-")
            path.write_text(f"#!/bin/sh\nset -e\n{text}\n")
            path.chmod(0o755)
        log = tmp_path / "log"
        log.touch()
        environment = {"PATH": str(tmp_path), "BIN": str(tmp_path), "LOG": str(log)}
        done = subprocess.run(
            [SCRIPT], env=environment, capture_output=True, text=True, check=False
        )
        return done, log.read_text().splitlines()

    return run


def test_nothing_is_done_where_bubblewrap_is(run) -> None:
    done, log = run(bwrap="", apt_get=INSTALLS, id=ROOT)
    assert (done.returncode, done.stdout, log) == (0, "", [])


def test_root_installs_without_questions(run) -> None:
    done, log = run(apt_get=INSTALLS, id=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    (call,) = log
    assert call.startswith("noninteractive: --yes")
    assert call.endswith("install --no-install-recommends bubblewrap")


def test_package_lists_are_fetched_where_they_are_missing(run) -> None:
    done, log = run(apt_get=NEEDS_LISTS, id=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert ["update" in call for call in log] == [True, False]


def test_an_ordinary_account_asks_sudo_which_must_not_ask_back(run) -> None:
    done, log = run(apt_get=INSTALLS, id=ORDINARY, sudo=f'[ "$1" = -n ]; {SUDO}')
    assert (done.returncode, done.stderr) == (0, "")
    assert "sudo" in log
    assert any(call.startswith("noninteractive:") for call in log)


@pytest.mark.parametrize(
    "programs",
    [
        {"id": ROOT},
        {"id": ROOT, "apt_get": OFFLINE},
        {"id": ORDINARY, "apt_get": INSTALLS},
        {"id": ORDINARY, "apt_get": INSTALLS, "sudo": NO_SUDO},
    ],
    ids=["no apt-get", "offline", "no sudo", "a password"],
)
def test_where_it_cannot_be_installed_people_are_told_and_setting_up_goes_on(run, programs) -> None:
    done, log = run(**programs)
    assert (done.returncode, log) == (0, [])
    assert "Grading needs it" in done.stderr
    assert "apt-get install bubblewrap" in done.stderr
