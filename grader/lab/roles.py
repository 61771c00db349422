"""The two roles of the lab: where each JupyterLab starts, and what of nbgrader it shows.

nbgrader tells students apart by the name of their account. In the lab all are one account, so the
student's configuration names the student. Everything that a JupyterLab keeps stands in the lab's
folder: the settings of this account and of the machine are neither used nor changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import kernelspec
from grader.lab.folder import STUDENT, Lab
from grader.settings import Settings

# What JupyterLab shows of nbgrader, and the server part behind it where there is one.
_FORMGRADER = ("formgrader", "nbgrader.server_extensions.formgrader")
_ASSIGNMENTS = ("assignment-list", "nbgrader.server_extensions.assignment_list")
_COURSES = ("course-list", "nbgrader.server_extensions.course_list")
_AUTHORING = ("create-assignment", None)

# Else long hints in test cells end at the window's edge.
_SETTINGS = {"@jupyterlab/notebook-extension:tracker": {"codeCellConfig": {"lineWrap": True}}}

# JupyterLab's own news: they would be fetched from the web, after asking.
_NEWS = "@jupyterlab/apputils-extension:announcements"


@dataclass(frozen=True)
class Role:
    """One of the two JupyterLabs.

    Attributes:
        name: ``instructor`` or ``student``.
        title: how it is called in front of a person.
        folder: where it starts, and below which it shows files.
        state: where it keeps what is its own.
        hidden: the parts of nbgrader that this role does not use.
        opened: what of nbgrader is open at the first start, as JupyterLab's layout calls it.
        files: whether the list of files is shown at the first start.
        nbgrader: text of the nbgrader configuration beside the course's.
    """

    name: str
    title: str
    folder: Path
    state: Path
    hidden: tuple[tuple[str, str | None], ...]
    opened: str
    files: bool
    nbgrader: str = ""

    @property
    def environment(self) -> Mapping[str, str]:
        """Makes any program of Jupyter's use what ``write`` has written, and nothing else."""
        return {
            "JUPYTER_CONFIG_PATH": str(self.state),
            "JUPYTER_CONFIG_DIR": str(self.state),
            "JUPYTER_DATA_DIR": str(self.state / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.state / "runtime"),
            "JUPYTER_PATH": str(self.state / "share" / "jupyter"),
            "IPYTHONDIR": str(self.state / "ipython"),
        }

    def write(self, course: Settings) -> None:
        """Write this role's settings and its kernel, which reads the course's data sets."""
        servers = {server: False for _, server in self.hidden if server}
        plugins = {f"@jupyter/nbgrader:{part}": True for part, _ in self.hidden}
        _write(
            self.state / "jupyter_server_config.json",
            {"ServerApp": {"jpserver_extensions": servers}},
        )
        _write(
            self.state / "labconfig" / "page_config.json",
            {"disabledExtensions": plugins | {_NEWS: True}},
        )
        _write(self.state / "labconfig" / "default_setting_overrides.json", _SETTINGS)
        (self.state / "nbgrader_config.py").write_text(self.nbgrader)
        self._open_at_first_start()
        kernelspec.install(course.data, prefix=self.state, language=course.language)

    def _open_at_first_start(self) -> None:
        """Leave a layout for JupyterLab to restore; it keeps its own from then on."""
        folder = self.state / "lab" / "workspaces"
        if not folder.exists():
            dock = {"type": "tab-area", "currentIndex": 0, "widgets": [self.opened]}
            files = {
                "collapsed": not self.files,
                "current": "filebrowser" if self.files else None,
                "widgets": ["filebrowser"],
            }
            layout = {"main": {"dock": dock, "current": self.opened}, "left": files}
            _write(
                folder / "default-37a8.jupyterlab-workspace",
                {
                    "data": {"layout-restorer:data": layout, self.opened: {"data": {}}},
                    "metadata": {"id": "default"},
                },
            )


def roles(lab: Lab) -> tuple[Role, Role]:
    """The instructor's JupyterLab and the student's."""
    return _instructor(lab), _student(lab)


def _instructor(lab: Lab) -> Role:
    return Role(
        name="instructor",
        title="instructor",
        folder=lab.course.root,
        state=lab.state("instructor"),
        # Students' own: it would fetch into the course's folder.
        hidden=(_ASSIGNMENTS, _COURSES),
        opened="nbgrader-formgrader:nbgrader-formgrader",
        files=False,  # the formgrader needs the width
    )


def _student(lab: Lab) -> Role:
    seconds = max(lab.course.limits(name).cell_seconds for name in lab.course.assignments)
    return Role(
        name="student",
        title=f"student {STUDENT}",
        folder=lab.student,
        state=lab.state(STUDENT),
        hidden=(_FORMGRADER, _COURSES, _AUTHORING),
        opened="nbgrader-assignment-list:nbgrader-assignment-list",
        files=True,
        nbgrader=f"""from grader.student.validation import use_in_nbgrader

c = get_config()
c.CourseDirectory.course_id = {lab.course.config.CourseDirectory.course_id!r}
c.CourseDirectory.student_id = {STUDENT!r}
c.Exchange.root = {str(lab.exchange)!r}
# The Validate button: as long as grading gives a cell. nbgrader's own 30 s are over in a training.
c.Execute.timeout = {int(seconds)}
# ... and what it shows: a table of all claims.
use_in_nbgrader()
""",
    )


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n")
