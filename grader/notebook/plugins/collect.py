"""What ``nbgrader collect`` takes from the exchange; named in course_config.py.

Students write to the exchange themselves. nbgrader follows links there as the instructor,
stops for the whole class at a malformed name or timestamp, and only warns of a folder in a
classmate's name. This class checks each folder first. A refused folder stays in the exchange and is
named in the log; the rest of the class is collected.
"""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import traitlets
from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeCollect

from grader.errors import SubmissionError
from grader.notebook import notebook_json
from grader.notebook.submission import file_rules
from grader.notebook.submission.file_rules import printable_path
from grader.reports.few_names import few_names
from grader.reports.reasons import by_reason

Record = dict[str, Any]

_REFUSED = ""  # no student has this name
# Of one student and assignment that are looked at, the last ones first: each look takes time.
_FOLDERS = 100
_EXAMPLES = 3  # folders that are named of those that share a reason
_NAMED = 50  # reasons for refusals that the log names


class CarefulCollect(ExchangeCollect):
    """Collects a folder only if it holds ordinary files and belongs to its student's account.

    Set ``c.ExchangeCollect.check_owner = False`` where all students share one account.
    """

    only = traitlets.List(
        traitlets.Unicode(), help="Names of the folders that may be collected; empty: all."
    ).tag(config=True)

    src_records: list[Record]
    duedate: datetime | None
    _refused: list[tuple[str, str]]
    """Name of each refused folder, and why."""

    def init_src(self) -> None:
        """Called by nbgrader: choose for each student the last submission that is not refused."""
        self._refused = []
        super().init_src()
        chosen = [record for record in self.src_records if record["username"] != _REFUSED]
        self.src_records = sorted(chosen, key=lambda record: record["username"])

    def copy_files(self) -> None:
        """Called by nbgrader: copy what was chosen. Last of all the log says what was refused."""
        try:
            super().copy_files()
        finally:
            for line in refused_lines(self._refused):
                self.log.error(line)

    @cached_property
    def _only(self) -> frozenset[str]:
        return frozenset(self.only)

    def _path_to_record(self, path: str) -> Record:
        """Called by nbgrader with everything that lies in the exchange for the assignment.

        Each account that may write there may write thousands of folders, so this opens none.
        """
        folder = Path(path)
        # nbgrader needs a student and a time; init_src removes these records.
        refused = {"username": _REFUSED, "filename": folder.name, "timestamp": datetime.min}
        if self._only and folder.name not in self._only:
            return refused
        try:
            record: Record = super()._path_to_record(path)
            if self.check_owner:
                _require_owner(folder, record["username"])
            return record
        except (SubmissionError, ExchangeError, OSError, ValueError, OverflowError) as error:
            self._refuse(folder, error)
            return refused

    def _sort_by_timestamp(self, records: list[Record]) -> list[Record]:
        """Called by nbgrader with one student's folders, of which it takes the first one."""
        if records[0]["username"] == _REFUSED:
            return records[:1]
        latest_first: list[Record] = super()._sort_by_timestamp(records)
        if self.before_duedate and self.duedate is not None:
            latest_first.sort(key=lambda record: record["timestamp"] > self.duedate)
        for record in latest_first[:_FOLDERS]:
            if self._is_acceptable(Path(self.inbound_path) / record["filename"]):
                return [record]
        return [latest_first[0] | {"username": _REFUSED}]

    def _is_acceptable(self, folder: Path) -> bool:
        try:
            file_rules.check(folder, self.coursedir.ignore)
            self._require_size(folder)
        except (SubmissionError, ValueError, OverflowError) as error:
            self._refuse(folder, error)
            return False
        return True

    def _require_size(self, folder: Path) -> None:
        """nbgrader looks at the size after it has removed the former submission, and then ends."""
        most = self.coursedir.max_dir_size
        if self.get_size(str(folder)) > 1000 * most:
            raise SubmissionError(
                f"it is over a limit: more than {most} kB (c.CourseDirectory.max_dir_size); "
                "ask the student to hand in less"
            )

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Called by nbgrader for each chosen folder, which may have changed since."""
        with tempfile.TemporaryDirectory() as work:
            private = Path(work) / "submission"
            try:
                copy = _Copy(os.lstat(src).st_uid)
                shutil.copytree(src, private, symlinks=True, copy_function=copy)
                file_rules.check(private, self.coursedir.ignore)
            except (SubmissionError, OSError) as error:
                self._refuse(Path(src), error)
            except RecursionError:
                said = "it is over a limit: it holds too many folders within folders"
                self._refuse(Path(src), SubmissionError(said))
            else:
                self._write_time(Path(src), private)
                self._put(private, Path(dest))

    def _put(self, private: Path, dest: Path) -> None:
        """Let the submission be there at once: a time without the notebook counts as collected."""
        unfinished = dest.with_name(f".{dest.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)  # of a process that was killed
        try:
            super().do_copy(str(private), str(unfinished))
            unfinished.rename(dest)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)

    def _write_time(self, source: Path, private: Path) -> None:
        """Write the time by which the submission was chosen: a file may hold any other.

        Late penalties are computed from it.
        """
        stated: datetime = super()._path_to_record(str(source))["timestamp"]
        (private / file_rules.TIMESTAMP).write_text(f"{stated:%Y-%m-%d %H:%M:%S.%f} UTC")

    def _refuse(self, folder: Path, error: Exception) -> None:
        told = str(error) if isinstance(error, SubmissionError) else notebook_json.one_line(error)
        self._refused.append((printable_path(Path(folder.name)), told))


def refused_lines(refused: Sequence[tuple[str, str]]) -> Iterator[str]:
    """A line for each reason why folders were not collected, and one for all others.

    Args:
        refused: the name of a folder, and a reason, which may name a file in it.
    """
    reasons = by_reason((name, _in_folder(told, name)) for name, told in sorted(refused))
    for told, names in [*reasons.items()][:_NAMED]:
        folders = f"{len(names)} folders: " if len(names) > 1 else ""
        yield f"Not collected: {folders}{few_names(names, most=_EXAMPLES)}: {told}"
    if others := sum(len(names) for names in [*reasons.values()][_NAMED:]):
        yield f"Not collected: {others} more folders"


def _in_folder(told: str, name: str) -> str:
    """A reason without the path of the folder, whose name the line has already."""
    _, found, rest = told.partition(f"/{name}") if told.startswith("/") else ("", "", "")
    if not found:
        return told
    return rest.removeprefix("/") if rest.startswith("/") else f"the folder{rest}"


def _require_owner(folder: Path, student: str) -> None:
    try:
        owner = pwd.getpwuid(os.lstat(folder).st_uid).pw_name
    except KeyError:
        owner = f"account {os.lstat(folder).st_uid}, which has no name"
    if owner != student:
        raise SubmissionError(
            f"it belongs to {owner}: expected the account of the student in its name; ask {owner} "
            "about it. Where all students share one account, write "
            "c.ExchangeCollect.check_owner = False into course_config.py"
        )


class _Copy:
    """Copies files, if they belong to the folder's owner, up to the limits of a submission.

    Since the check a folder in the path may have become a link: the opened file then belongs to
    someone else. And files may have grown, or become more.
    """

    def __init__(self, owner: int) -> None:
        self._owner = owner
        self._count = self._total = 0

    def __call__(self, source: str, target: str) -> None:
        caps, path = file_rules.CAPS, Path(source)
        with file_rules.opened(path, caps.file) as file:
            if os.fstat(file.fileno()).st_uid != self._owner:
                raise SubmissionError(
                    f"{printable_path(path)} belongs to another account than the folder it is in; "
                    "ask the student to hand it in again"
                )
            content = file_rules.content(file, caps.file, path)
        self._count, self._total = self._count + 1, self._total + len(content)
        if self._count > caps.count or self._total > caps.total:
            raise SubmissionError(
                f"{printable_path(path.parent)} is over a limit: it grew while it was collected; "
                "ask the student to hand it in again"
            )
        Path(target).write_bytes(content)
