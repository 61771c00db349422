"""The files of one submission, where they lie or carried along to another machine."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from nbgrader.utils import find_all_files

from grader.errors import SubmissionError
from grader.model import Submission
from grader.notebook.submission import file_rules, parse, paths
from grader.settings import Settings

# Browsers and mail programs add an ending. The files that nbgrader and %hint write are no part of
# the work: they change with each submission, so no code is shown them and no digest holds them.
_NOTEBOOK = re.compile(r"\.ipynb(?:\.txt|\.json)?$", re.IGNORECASE)
HINTS_READ = "hints_read.txt"
_NO_WORK = (file_rules.TIMESTAMP, "submission_secret.txt", HINTS_READ)
_MOST_NOTEBOOKS = 20
_LARGEST = file_rules.CAPS.file

Notebooks = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class FilesOnDisk:
    """A submission's files where the course keeps them.

    Attributes:
        submission: what was handed in, and where.
        source: the folder of the source notebook, whose files replace a student's.
        ignored: patterns of names that nbgrader never copies.
        kept: names of files that students may change (``c.Autograde.exclude_overwriting``).
    """

    submission: Submission
    source: Path
    ignored: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    def check(self) -> None:
        """Look at all files; opens none but nbgrader's timestamp.

        Raises:
            SubmissionError: one that may not be there, or stands in the way of the course's own.
        """
        file_rules.check(self.submission.submitted, self.ignored)
        for name, _ in self._of_the_course():
            path = self.submission.submitted / name
            file_rules.require_place(path, self.submission.submitted)

    def notebooks(self) -> Notebooks:
        """Name and bytes of each notebook, the expected one first, once all files are looked at.

        Raises:
            SubmissionError: a file that may not be there, no notebook, or one that cannot be read.
        """
        folder, expected = self.submission.submitted, self.submission.notebook.name
        self.check()
        names = file_rules.names(folder, self.ignored)
        found = _other_notebooks(names, expected)
        there = [expected] if expected in names or not found else []
        return tuple((name, parse.content(folder / name)) for name in (*there, *found))

    def sha256(self) -> str:
        """Digest of the notebook, or of all notebooks where there are others; as ``notebooks``."""
        return _digest_of_notebooks(self.notebooks(), self.submission.notebook.name)

    def beside(self) -> tuple[str, ...]:
        """Names of the files beside the notebook that are none, the course's own included."""
        return _without_notebooks(name for name, _ in self._others())

    def digest(self) -> str:
        """Digest of the files beside the notebook, as they are laid out."""
        return _digest_of_files({name: file.digest() for name, file in self._others()})

    def lay_out(self, folder: Path) -> None:
        """Put the files beside the notebook into ``folder``, and other notebooks, for ``%run``."""
        submitted, expected = self.submission.submitted, self.submission.notebook.name
        notebooks = _other_notebooks(file_rules.names(submitted, self.ignored), expected)
        helpers = ((n, _Beside(submitted / n, checked=True)) for n in notebooks if _runs(n))
        for name, file in (*helpers, *self._others()):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.content())

    def carried(self) -> CarriedFiles:
        """The same files, read; raises as ``notebook`` does."""
        others = tuple((name, file.content()) for name, file in self._others())
        return CarriedFiles(self.submission.notebook.name, self.notebooks(), others)

    def _others(self) -> Iterator[tuple[str, _Beside]]:
        """The files beside the notebook by name; the course's own come last, and so count.

        A student's hidden files are left out: they could run code before the sandbox is closed.
        """
        skipped = [*self.ignored, "*.ipynb"]
        for path in map(Path, find_all_files(str(self.submission.submitted), skipped)):
            name = str(path.relative_to(self.submission.submitted))
            if name not in _NO_WORK and not _is_hidden(name):
                yield name, _Beside(path, checked=True)
        yield from self._of_the_course()

    def _of_the_course(self) -> Iterator[tuple[str, _Beside]]:
        for path in map(Path, find_all_files(str(self.source), [*self.ignored, "*.ipynb"])):
            name = str(path.relative_to(self.source))
            if name not in self.kept:
                yield name, _Beside(path)


@dataclass(frozen=True)
class _Beside:
    """A file beside the notebook.

    Attributes:
        path: where it is.
        checked: whether it is a student's: it may be a link or a pipe by now, or have grown.
    """

    path: Path
    checked: bool = False

    def content(self) -> bytes:
        """Its bytes.

        Raises:
            SubmissionError: a student's is gone, or no ordinary file any more.
        """
        with self._changes_named():
            return file_rules.read(self.path, _LARGEST) if self.checked else self.path.read_bytes()

    def digest(self) -> str:
        """Digest of its bytes, read again only where something has changed; as ``content``."""
        with self._changes_named():
            status = self.path.lstat() if self.checked else self.path.stat()
            # Students choose the time of modification, and a freed inode is given out again.
            changed = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
            return _digest_of(self, changed)

    @contextlib.contextmanager
    def _changes_named(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if not self.checked:
                raise
            if isinstance(error, PermissionError):
                raise file_rules.unreadable(self.path, error) from error
            raise SubmissionError(
                f"{file_rules.printable_path(self.path)} cannot be read ({error.strerror}): it was "
                "changed while the submission was read; grade it again"
            ) from error


@dataclass(frozen=True)
class CarriedFiles:
    """A submission's files as bytes, for a machine that does not see the course's folder.

    Attributes:
        expected: the notebook's name.
        found: name and bytes of each notebook, the expected one first.
        others: name to bytes of the files beside it; of two with one name the last counts.
    """

    expected: str
    found: Notebooks
    others: tuple[tuple[str, bytes], ...]

    def notebooks(self) -> Notebooks:
        """Name and bytes of each notebook, the expected one first."""
        return self.found

    def sha256(self) -> str:
        """Digest of the notebook, or of all notebooks where there are others."""
        return _digest_of_notebooks(self.found, self.expected)

    def beside(self) -> tuple[str, ...]:
        """Names of the files beside the notebook that are none, the course's own included."""
        return _without_notebooks(name for name, _ in self.others)

    def digest(self) -> str:
        """Digest of the files beside the notebook, as they are laid out."""
        return _digest_of_files(
            {name: sha256(content).hexdigest() for name, content in self.others}
        )

    def lay_out(self, folder: Path) -> None:
        """Put the files beside the notebook into ``folder``, and other notebooks, for ``%run``.

        Raises:
            SubmissionError: a name that leads elsewhere; they came from another machine.
        """
        helpers = ((n, content) for n, content in self.found if n != self.expected and _runs(n))
        for name, content in (*helpers, *self.others):
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts:
                raise SubmissionError(f"{name!r:.100} leads out of the submission's folder")
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    def carried(self) -> CarriedFiles:
        """Itself."""
        return self


Files = FilesOnDisk | CarriedFiles


def _without_notebooks(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, without notebooks to whose names another ending was added."""
    return tuple(dict.fromkeys(name for name in names if not _NOTEBOOK.search(name)))


def _other_notebooks(names: Iterable[str], expected: str) -> list[str]:
    """Those of some files that are notebooks and not the expected one; not too many."""
    found = sorted(name for name in names if _NOTEBOOK.search(name) and name != expected)
    return found[:_MOST_NOTEBOOKS]


def _runs(name: str) -> bool:
    """Whether ``%run`` takes a file for a notebook, and programs do not read it unasked."""
    return name.endswith(".ipynb") and not _is_hidden(name)


def _is_hidden(name: str) -> bool:
    """Whether a file is one of those that programs read as they start, such as ``.ipython/...``."""
    return any(part.startswith(".") for part in PurePosixPath(name).parts)


def _digest_of_notebooks(found: Notebooks, expected: str) -> str:
    """The digest of the only notebook's bytes, as verdict files have always had it."""
    if [name for name, _ in found] == [expected]:
        return sha256(found[0][1]).hexdigest()
    digests = [(name, sha256(content).hexdigest()) for name, content in found]
    return sha256(repr(digests).encode(errors="replace")).hexdigest()


def _digest_of_files(digests: dict[str, str]) -> str:
    return sha256(repr(sorted(digests.items())).encode(errors="replace")).hexdigest()


@functools.lru_cache(maxsize=4096)
def _digest_of(file: _Beside, _changed: tuple[int, ...]) -> str:
    """Digest of a file's bytes; the course's own files are the same for a whole class."""
    return sha256(file.content()).hexdigest()


def files_of(settings: Settings, submission: Submission) -> FilesOnDisk:
    """A submission's files in the course's folder."""
    overwriting = settings.config.get("Autograde", {}).get("exclude_overwriting", {})
    return FilesOnDisk(
        submission,
        settings.root / "source" / submission.assignment,
        tuple(paths.course_directory(settings).ignore),
        tuple(overwriting.get(submission.assignment, ())),
    )
