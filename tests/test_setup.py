"""setup/debian-packages, with fake programs: who may install what, and what else is said."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "setup" / "debian-packages"
ROOT, ORDINARY = "echo 0", "echo 1000"
INSTALLS = """echo "$DEBIAN_FRONTEND: $*" >> "$LOG"
for name in $*; do
  case $name in bubblewrap) name=bwrap;; chromium) ;; *) continue;; esac
  : > "$BIN/$name"; chmod +x "$BIN/$name"
done"""
NO_CHROMIUM = f'case "$*" in *chromium*) exit 100;; esac; {INSTALLS}'
NEEDS_LISTS = f'case "$*" in *update*) : > "$BIN/lists";; esac; [ -e "$BIN/lists" ]; {INSTALLS}'
OFFLINE = "exit 100"
SUDO = 'shift; echo "sudo" >> "$LOG"; "$@"'
NO_SUDO = "echo 'sudo: a password is required' >&2; exit 1"


@pytest.fixture
def run(tmp_path: Path):
    """Run the script where there are only the fake programs that the test names."""
    calls = itertools.count()

    def run(**programs: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        folder = tmp_path / str(next(calls))
        folder.mkdir()
        for name in ("env", "cat", "chmod"):
            (folder / name).symlink_to(shutil.which(name))
        for name, text in programs.items():
            path = folder / name.replace("_", "-")
            path.write_text(f"#!/bin/sh\nset -e\n{text}\n")
            path.chmod(0o755)
        log = folder / "log"
        log.touch()
        environment = {"PATH": str(folder), "BIN": str(folder), "LOG": str(log)}
        done = subprocess.run(
            [SCRIPT], env=environment, capture_output=True, text=True, check=False
        )
        return done, log.read_text().splitlines()

    return run


@pytest.mark.parametrize("browser", ["chromium", "chromium_browser"])
def test_nothing_is_done_where_everything_is(run, browser: str) -> None:
    done, log = run(bwrap="", **{browser: ""}, apt_get=INSTALLS, id=ROOT)
    assert (done.returncode, done.stdout, log) == (0, "", [])


def test_root_installs_without_questions(run) -> None:
    done, log = run(apt_get=INSTALLS, id=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    (call,) = log
    assert call.startswith("noninteractive: --yes")
    assert call.endswith("install --no-install-recommends bubblewrap chromium")


def test_only_what_is_missing_is_installed(run) -> None:
    for there, missing in (("bwrap", "chromium"), ("chromium", "bubblewrap")):
        done, log = run(**{there: ""}, apt_get=INSTALLS, id=ROOT)
        assert (done.returncode, done.stderr) == (0, "")
        assert log[-1].endswith(f"install --no-install-recommends {missing}")


def test_a_system_without_chromium_still_gets_bubblewrap(run) -> None:
    done, log = run(apt_get=NO_CHROMIUM, id=ROOT)
    assert done.returncode == 0
    assert log[-1].endswith("install --no-install-recommends bubblewrap")
    assert "Chromium could not be installed" in done.stderr
    assert "bubblewrap (the program bwrap)" not in done.stderr


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
    assert "apt-get install chromium" in done.stderr
