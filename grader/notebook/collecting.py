"""What ``nbgrader collect`` takes from the exchange; named in course_config.py.

Students write to the exchange themselves. nbgrader follows the links that it finds there, as the
instructor, and gives up on the whole class where a name or a timestamp is not one. Here each folder
is looked at first; what is refused stays in the exchange and is named in the log, and the class
goes on.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime
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
    """Collects folders of ordinary files alone, each for itself."""

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
            return dict(super()._path_to_record(path))
        except (SubmissionError, ExchangeError, ValueError, OverflowError) as error:
            self._refuse(folder, error)
            # nbgrader goes on by student and time, and these are put aside in the end.
            return {"username": _REFUSED, "filename": folder.name, "timestamp": datetime.min}

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Called by nbgrader for each chosen folder, which may have changed since."""
        with tempfile.TemporaryDirectory() as work:
            private = Path(work) / "submission"
            try:
                shutil.copytree(src, private, symlinks=True, copy_function=_copy)
                handed_in.check(private, self.coursedir.ignore)
            except (SubmissionError, OSError) as error:
                self._refuse(Path(src), error)
            else:
                super().do_copy(str(private), dest)

    def _refuse(self, folder: Path, error: Exception) -> None:
        told = error if isinstance(error, SubmissionError) else handed_in.one_line(error)
        self.log.error("Not collected: %s: %s", shown(Path(folder.name)), told)


def _copy(source: str, target: str) -> None:
    Path(target).write_bytes(handed_in.read(Path(source), handed_in.CAPS.file))
