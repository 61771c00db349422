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
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import traitlets
from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeCollect

from grader.errors import SubmissionError
from grader.notebook import notebook_json
from grader.notebook.submission import file_rules
from grader.notebook.submission.file_rules import printable_path

Record = dict[str, Any]

_REFUSED = ""  # no student has this name


class CarefulCollect(ExchangeCollect):
    """Collects a folder only if it holds ordinary files and belongs to its student's account.

    Set ``c.ExchangeCollect.check_owner = False`` where all students share one account.
    """

    only = traitlets.List(
        traitlets.Unicode(), help="Names of the folders that may be collected; empty: all."
    ).tag(config=True)

    src_records: list[Record]

    def init_src(self) -> None:
        """Called by nbgrader: choose for each student the last submission that is not refused."""
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"] != _REFUSED]

    def _path_to_record(self, path: str) -> Record:
        """Called by nbgrader with everything that lies in the exchange for the assignment."""
        folder = Path(path)
        # nbgrader needs a student and a time; init_src removes these records.
        refused = {"username": _REFUSED, "filename": folder.name, "timestamp": datetime.min}
        if self.only and folder.name not in self.only:
            return refused
        try:
            file_rules.check(folder, self.coursedir.ignore)
            self._require_size(folder)
            record: Record = super()._path_to_record(path)
            if self.check_owner:
                _require_owner(folder, record["username"])
            return record
        except (SubmissionError, ExchangeError, ValueError, OverflowError) as error:
            self._refuse(folder, error)
            return refused

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
                copy = partial(_copy, os.lstat(src).st_uid)
                shutil.copytree(src, private, symlinks=True, copy_function=copy)
                file_rules.check(private, self.coursedir.ignore)
            except (SubmissionError, OSError) as error:
                self._refuse(Path(src), error)
            else:
                self._write_time(Path(src), private)
                super().do_copy(str(private), dest)

    def _write_time(self, source: Path, private: Path) -> None:
        """Write the time by which the submission was chosen: a file may hold any other.

        Late penalties are computed from it.
        """
        stated: datetime = super()._path_to_record(str(source))["timestamp"]
        (private / file_rules.TIMESTAMP).write_text(f"{stated:%Y-%m-%d %H:%M:%S.%f} UTC")

    def _refuse(self, folder: Path, error: Exception) -> None:
        told = error if isinstance(error, SubmissionError) else notebook_json.one_line(error)
        self.log.error("Not collected: %s: %s", printable_path(Path(folder.name)), told)


def _require_owner(folder: Path, student: str) -> None:
    try:
        owner = pwd.getpwuid(os.lstat(folder).st_uid).pw_name
    except KeyError:
        owner = f"account {os.lstat(folder).st_uid}, which has no name"
    if owner != student:
        raise SubmissionError(
            f"it is handed in for {printable_path(Path(student))} and belongs to {owner}: expected "
            f"a folder of the student's own; ask {owner} about it"
        )


def _copy(owner: int, source: str, target: str) -> None:
    """Copy a file, if its owner is the folder's.

    A folder in the path may have become a link since the check; the opened file then belongs to
    someone else.
    """
    with file_rules.opened(Path(source), file_rules.CAPS.file) as file:
        if os.fstat(file.fileno()).st_uid != owner:
            raise SubmissionError(
                f"{printable_path(Path(source))} belongs to another account than the folder it is "
                "in; ask the student to hand it in again"
            )
        Path(target).write_bytes(file.read())
