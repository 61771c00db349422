"""The folder of a test cell: the course's files, and what test and student's code share by copy.

A test cell runs in a working directory that holds the course's files as the course has them. What
it changes there, or among its temporary files, goes to the kernel ahead of a question; what the
student's code changes comes back with the answer. Never is a file of the course's replaced, or a
hidden one sent.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from grader.examiner.surroundings.course import Course
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from grader.sandbox.guest.protocol import MAX_FILES, MAX_FILES_BYTES
from grader.sandbox.guest.surroundings.shared_files import TEMPORARY, WORK, SharedFiles, is_name

_MOST_KEPT = 4 * MAX_FILES_BYTES  # of a student's files, for one test cell


class ClaimFiles:
    """The folder of one submission's test cells, made again for each of them.

    Args:
        course: whose files they get.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._folder: Path | None = None
        self._files = SharedFiles({})
        self._before: tuple[int, str | None] | None = None
        self._hidden = {f"{WORK}/{name}" for name in course.hidden}
        own = {f"{WORK}/{name}" for name in course.files} | self._hidden
        self._own = own | {f"{parent}/" for name in own for parent in PurePosixPath(name).parents}
        self._arrived: dict[str, int] = {}  # name: size, of what came from the kernel

    @property
    def work(self) -> Path:
        """The working directory of test cells."""
        return self._course.folder if self._folder is None else self._folder / WORK

    def place(self) -> Path | None:
        """Where the working directory and temporary files of test cells are, if they are apart."""
        return self._folder

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Be in a fresh working directory; temporary files are made beside it."""
        if not self._course.one_system:
            self._renew()
        self._enter()
        try:
            yield
        finally:
            self._leave()

    @contextlib.contextmanager
    def suspended(self) -> Iterator[None]:
        """Be where the judge was before, for what the judge does in the midst of a test."""
        if self._before is None:
            yield
            return
        self._leave()
        try:
            yield
        finally:
            self._enter()

    def close(self) -> None:
        """Remove the folder."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def ask(self, question: dict[str, Any], encoder: Encoder) -> None:
        """Add what the test changed; the first question names the folder."""
        if self._folder is None:
            return
        if question["do"] == "look":
            question["folder"] = str(self._folder)
        if here := self._elsewhere():
            question["here"] = here
        if changes := self._files.changes():
            question["files"] = encoder.encode(changes)

    def answered(self, reply: dict[str, Any], decoder: Decoder) -> None:
        """Take in what the student's code changed; raises ``Malformed``."""
        if self._folder is None or "files" not in reply:
            return
        changes = decoder.decode(reply["files"])
        _check(changes)
        taken = {name: content for name, content in changes.items() if name not in self._own}
        for name, content in taken.items():
            self._arrived.pop(name, None)
            if content is not None:
                self._arrived[name] = len(content) if type(content) is bytes else 0
        if len(self._arrived) > MAX_FILES or sum(self._arrived.values()) > _MOST_KEPT:
            raise Malformed(
                f"more than {MAX_FILES} files, or {_MOST_KEPT >> 20} MB of them, were written"
            )
        self._files.apply(taken)

    def arrived(self) -> dict[str, bytes]:
        """The files that came from the student's kernel and are there still, by their names."""
        found = {}
        for name in self._arrived:
            path = self._folder / name if self._folder is not None else Path(name)
            with contextlib.suppress(OSError):  # a folder, or gone
                found[name] = path.read_bytes()
        return found

    def arrived_names(self) -> set[str]:
        """The last parts of the names of what came from the student's kernel."""
        return {PurePosixPath(name).name for name in self._arrived}

    def _elsewhere(self) -> str:
        """Where the test went, by its name; empty where it is in its working directory."""
        with contextlib.suppress(OSError, ValueError):  # a folder that is gone, or not below ours
            if self._folder is not None and (here := Path.cwd()) != self.work:
                return str(here.relative_to(self._folder))
        return ""

    def _renew(self) -> None:
        """Leave nothing of the test cell before, and lay out the course's files."""
        if self._folder is None:
            self._folder = new_folder().resolve()
        for place in (WORK, TEMPORARY):
            shutil.rmtree(self._folder / place, ignore_errors=True)
            (self._folder / place).mkdir()
        lay_out(self._course, self.work)
        for name, content in self._course.hidden.items():
            path = self.work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        places = {WORK: self.work, TEMPORARY: self._folder / TEMPORARY}
        found = SharedFiles(places, skipped=self._hidden.__contains__).states()
        self._files = SharedFiles(places, found, self._hidden.__contains__)
        self._arrived.clear()

    def _enter(self) -> None:
        here = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
        self._before = here, tempfile.tempdir
        os.chdir(self.work)
        if self._folder is not None:
            tempfile.tempdir = str(self._folder / TEMPORARY)

    def _leave(self) -> None:
        if self._before is not None:
            here, tempfile.tempdir = self._before
            self._before = None
            os.fchdir(here)
            os.close(here)


def new_folder() -> Path:
    """A temporary folder with the number of this process, which may be killed before it is gone."""
    return Path(tempfile.mkdtemp(prefix=f"grader-claims-{os.getpid()}-"))


def lay_out(course: Course, folder: Path) -> None:
    """Copy the course's own files, which no student can have changed, into a folder."""
    for name in course.files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # left out where it was carried to
            shutil.copyfile(course.folder / name, target)


def _check(changes: Any) -> None:
    """Raise ``Malformed`` where they are no changes of files, or too many, or too large."""
    if type(changes) is not dict or len(changes) > 2 * MAX_FILES:
        raise Malformed("the changed files are no dict, or too many")
    size = 0
    for name, content in changes.items():
        if not is_name(name) or not (content is None or content is True or type(content) is bytes):
            raise Malformed(f"a file called {name!r:.100}")
        size += len(content) if type(content) is bytes else 0
    if size > MAX_FILES_BYTES:
        raise Malformed(f"files of {size} bytes; at most {MAX_FILES_BYTES} can be sent")
