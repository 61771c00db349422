"""Attacks by files: links, pipes and devices, and notebooks that no reader could hold."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

from nbformat import NotebookNode

from tests.attacks import exercise
from tests.attacks.changed_notebooks import cell_of
from tests.attacks.submissions import PEER, Attack, HandedIn, notebook_in, placing


def large_output(notebook: NotebookNode) -> None:
    """Saved with five megabytes of output, as a picture in a loop leaves them."""
    output = {"output_type": "stream", "name": "stdout", "text": "0123456789" * 500_000}
    cell_of(notebook, "add").outputs = [NotebookNode(output)]


def link_to_peer(folder: Path) -> None:
    notebook_in(folder).unlink()
    notebook_in(folder).symlink_to(Path("../..", PEER, exercise.NAME, f"{exercise.NAME}.ipynb"))


def hard_link_to_source(folder: Path) -> None:
    notebook_in(folder).unlink()
    source = folder.parents[2] / "source" / exercise.NAME
    notebook_in(folder).hardlink_to(source / f"{exercise.NAME}.ipynb")


def link_to_source(folder: Path) -> None:
    source = folder.parents[2] / "source" / exercise.NAME
    (folder / "data.txt").symlink_to(source / f"{exercise.NAME}.ipynb")


def pipe_notebook(folder: Path) -> None:
    notebook_in(folder).unlink()
    os.mkfifo(notebook_in(folder))


def pipe_beside(folder: Path) -> None:
    os.mkfifo(folder / "data.txt")


def socket_beside(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        descriptor = os.open(folder, os.O_DIRECTORY)  # an address is at most 107 bytes long
        sock.bind(f"/proc/self/fd/{descriptor}/data.txt")
        os.close(descriptor)


def device_beside(folder: Path) -> None:
    """/dev/zero; an ordinary user cannot make one, and then cannot attack with one."""
    os.mknod(folder / "data.txt", stat.S_IFCHR | 0o666, os.makedev(1, 5))


def file_beside(folder: Path) -> None:
    (folder / "data.txt").write_text("3")


def nest(folder: Path) -> None:
    notebook_in(folder).write_text('{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}")


def swell(folder: Path) -> None:
    """500 MB, without taking them from the disk."""
    with notebook_in(folder).open("r+b") as file:
        file.truncate(500 << 20)


def start_up_files(folder: Path) -> None:
    """What IPython would run before the sandbox is closed; and a module that it looks for."""
    profile = folder / ".ipython" / "profile_default"
    (profile / "startup").mkdir(parents=True)
    (profile / "startup" / "00.py").write_text("import time\ntime.sleep(1000)")
    (profile / "ipython_kernel_config.py").write_text("raise SystemExit(3)")
    (folder / "curio.py").write_text("raise SystemExit(3)")


def nest_folders(folder: Path) -> None:
    (folder / "/".join(["a"] * 200)).mkdir(parents=True)


# Twins of several attacks.
BESIDE, LARGE = placing(file_beside), HandedIn(change=large_output)

ATTACKS = (
    Attack(
        8,
        "linked_to_peer",
        "the notebook is a symbolic link to a classmate's",
        placing(link_to_peer),
        BESIDE,
        "",
        "is a symbolic link",
    ),
    Attack(
        8,
        "linked_to_source",
        "a link beside the notebook to the instructor's",
        placing(link_to_source),
        BESIDE,
        "",
        "is a symbolic link",
    ),
    Attack(
        9,
        "piped",
        "the notebook is a named pipe",
        placing(pipe_notebook),
        BESIDE,
        "",
        "is a named pipe",
    ),
    Attack(
        9,
        "pipe_beside",
        "a named pipe beside the notebook",
        placing(pipe_beside),
        BESIDE,
        "",
        "is a named pipe",
    ),
    Attack(
        9,
        "socket_beside",
        "a socket beside the notebook",
        placing(socket_beside),
        BESIDE,
        "",
        "is a socket",
    ),
    Attack(
        9,
        "device_beside",
        "an endless device beside the notebook",
        placing(device_beside),
        BESIDE,
        "",
        "is a device",
        dangerous=True,
    ),
    Attack(
        9,
        "hard_linked",
        "the notebook is a hard link to the instructor's",
        placing(hard_link_to_source),
        BESIDE,
        "",
        "is a hard link",
    ),
    Attack(
        9,
        "start_up_files",
        "settings of IPython that would run before the sandbox is closed",
        placing(start_up_files),
        BESIDE,
    ),
    Attack(
        9,
        "nested_folders",
        "200 folders within one another",
        placing(nest_folders),
        BESIDE,
        "",
        "is over a limit",
    ),
    Attack(
        11,
        "nested",
        "JSON nested 100,000 deep",
        placing(nest),
        LARGE,
        "",
        "is over a limit",
    ),
    Attack(
        11,
        "swollen",
        "a notebook of 500 MB",
        placing(swell),
        LARGE,
        "",
        "is over a limit",
    ),
)
