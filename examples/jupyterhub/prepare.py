"""Prepares this machine for the class of class.toml: accounts, homes, exchange.

To be run as root, by the Python that the Hub will run on; twice does no harm:

    /srv/grader/.venv/bin/python /srv/hub/prepare.py
"""

import os
import pwd
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main():
    """Prepare the machine, or say why not."""
    people = tomllib.loads((HERE / "class.toml").read_text())
    if os.geteuid() != 0:
        sys.exit("prepare: it makes accounts: run it as root")
    for name in (people["instructor"], *people["students"]):
        make_account(name)
        try_software(name)
    make_exchange(Path(people["exchange"]), people["course"], people["instructor"])


def make_account(name):
    """An account, if there is none, whose home nobody else may enter. It has no password yet."""
    try:
        home = Path(pwd.getpwnam(name).pw_dir)
    except KeyError:
        subprocess.run(["useradd", "--create-home", "--shell", "/bin/bash", name], check=True)
        home = Path(pwd.getpwnam(name).pw_dir)
    home.chmod(0o700)


def try_software(name):
    """Every person's server runs this Python, so each must be able to."""
    command = ["runuser", "--user", name, "--", sys.executable, "-c", "import grader.checks"]
    if subprocess.run(command, check=False).returncode:
        sys.exit(
            f"prepare: {name} cannot use {sys.executable} ({Path(sys.executable).resolve()}): set "
            "the course up in a folder, and with a Python, that everybody may read: "
            "make clean hub PYTHON=/usr/bin/python3"
        )


def make_exchange(root, course, instructor):
    """The exchange as nbgrader wants it, made beforehand so that no student can make it instead.

    The sticky bit (1000) leaves names to who made them: otherwise a student could put a folder
    aside and another in its place. What is in inbound and feedback cannot be listed; it is found by
    who knows its name, and that holds nine random bytes, or is made from a secret of 64.
    """
    root.mkdir(parents=True, exist_ok=True)
    root.chmod(0o1777)
    for name, mode in (("", 0o755), ("outbound", 0o755), ("inbound", 0o3733), ("feedback", 0o711)):
        folder = root / course / name
        folder.mkdir(exist_ok=True)
        shutil.chown(folder, instructor, pwd.getpwnam(instructor).pw_gid)
        folder.chmod(mode)


main()
