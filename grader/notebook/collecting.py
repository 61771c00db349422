"""What ``nbgrader collect`` takes from the exchange; named in course_config.py.

Students write to the exchange themselves. nbgrader follows the links that it finds there, as the
instructor, gives up on the whole class where a name or a timestamp is not one, and only warns of a
folder in a classmate's name. Here each folder is looked at first; what is refused stays in the
exchange and is named in the log, and the class goes on.
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

from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeCollect

from grader.errors import SubmissionError
from grader.notebook import handed_in
from grader.notebook.handed_in import shown

Record = dict[str, Any]

_REFUSED = ""  # no student is called so


class CarefulCollect(ExchangeCollect):
    """Collects folders of ordinary files alone, each for itself, of the account that it is for.

    ``c.ExchangeCollect.check_owner = False`` is for an exchange where all are one account.
    """

    src_records: list[Record]

    def init_src(self) -> None:
        """Called by nbgrader: choose for each student the last submission that is not refused."""
        super().init_src()
        self.src_records = [one for one in self.src_records if one["username"] != _REFUSED]

    def _path_to_record(self, path: str) -> Record:
        """Called by nbgrader with everything that lies in the exchange for the assignment."""
        folder = Path(path)
        try:
            handed_in.check(folder, self.coursedir.ignore)
            record: Record = super()._path_to_record(path)
            if self.check_owner:
                _require_owner(folder, record["username"])
            return record
        except (SubmissionError, ExchangeError, ValueError, OverflowError) as error:
            self._refuse(folder, error)
            # nbgrader goes on by student and time, and these are put aside in the end.
            return {"username": _REFUSED, "filename": folder.name, "timestamp": datetime.min}

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Called by nbgrader for each chosen folder, which may have changed since."""
        with tempfile.TemporaryDirectory() as work:
            private = Path(work) / "submission"
            try:
                copy = partial(_copy, os.lstat(src).st_uid)
                shutil.copytree(src, private, symlinks=True, copy_function=copy)
                handed_in.check(private, self.coursedir.ignore)
            except (SubmissionError, OSError) as error:
                self._refuse(Path(src), error)
            else:
                super().do_copy(str(private), dest)

    def _refuse(self, folder: Path, error: Exception) -> None:
        told = error if isinstance(error, SubmissionError) else handed_in.one_line(error)
        self.log.error("Not collected: %s: %s", shown(Path(folder.name)), told)


def _require_owner(folder: Path, student: str) -> None:
    try:
        owner = pwd.getpwuid(os.lstat(folder).st_uid).pw_name
    except KeyError:
        owner = f"account {os.lstat(folder).st_uid}, which has no name"
    if owner != student:
        raise SubmissionError(
            f"it is handed in for {shown(Path(student))} and belongs to {owner}: expected a folder "
            f"of the student's own; ask {owner} about it"
        )


def _copy(owner: int, source: str, target: str) -> None:
    """Copy a file, if its owner is the folder's.

    A folder on the way may have become a link since it was looked at; the file that is open then
    is somebody else's.
    """
    with handed_in.opened(Path(source), handed_in.CAPS.file) as file:
        if os.fstat(file.fileno()).st_uid != owner:
            raise SubmissionError(
                f"{shown(Path(source))} belongs to another account than the folder it is in; "
                "ask the student to hand it in again"
            )
        Path(target).write_bytes(file.read())
