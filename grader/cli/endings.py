"""How a command ends where it cannot go on: one line, with what is kept and what to type."""

from __future__ import annotations

import errno
import sys

INTERRUPTED = 130  # as shells count: 128 and the number of SIGINT

_AGAIN = "run the same command again"
_NOTHING = f"nothing was changed; {_AGAIN}"

# What Ctrl-C leaves behind, and how to go on.
KEPT = {
    "check": f"what was tested is shown; {_AGAIN} for the rest",
    "data": f"files that are whole are kept; {_AGAIN} for the rest",
    "demo": "what was graded is kept in the demo's folder; to go on there: grader --course FOLDER "
    "grade ASSIGNMENT; to begin again, run the same command again",
    "doctor": _NOTHING,
    "explain": _NOTHING,
    "export": f"the file of grades may be missing or not whole; {_AGAIN}",
    "feedback": f"pages that were named are written; {_AGAIN} for all",
    "grade": "what was graded is kept; the same command (without --force) goes on from there",
    "kernel": f"the kernel may be installed in part; {_AGAIN}",
    "lab": f"the lab's folder is kept; {_AGAIN} to go on in it",
    "mark": f"marks and comments that were saved are kept; {_AGAIN} to go on",
    "new": "the exercise may be there in part: look at source/ and course_config.py, then run the "
    "same command again",
    "override": "whether the decision was recorded is shown by: grader override STUDENT ASSIGNMENT",
    "packages": f"packages may be installed in part; {_AGAIN}",
    "referee": f"trained epochs are kept; {_AGAIN} to go on",
    "release": f"assignments that were named are released; {_AGAIN} for the others",
    "report": f"the report may be written in part; {_AGAIN}",
    "runs": f"trainings that were removed are gone, the others whole; {_AGAIN}",
    "scheduler": f"nothing is kept; {_AGAIN}, and nodes connect to it again",
    "status": _NOTHING,
    "try": f"verdicts are not kept, trained epochs are; {_AGAIN}, or name samples with --case",
    "vary": f"source/ is as before, or changed as a whole; {_AGAIN}",
    "watch": f"what was tested is recorded; {_AGAIN} to go on",
    "worker": f"nothing is kept here, and other nodes take the work; {_AGAIN}",
}

_REMEDIES = {
    errno.ENOSPC: "make room on its disk",
    errno.EDQUOT: "make room within the quota of this account",
    errno.EROFS: "its file system may only be read: mount it for writing, or choose another folder",
    errno.EACCES: "let this account use it, or choose another folder",
    errno.EPERM: "let this account use it, or choose another folder",
    errno.ENOENT: "look whether the name is right",
    errno.EAGAIN: "end others, or allow more (ulimit -u, pids.max)",
    errno.EMFILE: "allow more open files (ulimit -n)",
}


def interrupted(command: str | None) -> str:
    """What is said after Ctrl-C.

    Args:
        command: the name of the command that ran; None if none had begun.
    """
    return f"stopped: {KEPT.get(command or '', _NOTHING)}"


def of_system(error: OSError) -> str:
    """What is said where the operating system refused something: which file, what, what to do."""
    unnamed = "a process or thread" if error.errno == errno.EAGAIN else "a file"
    what = str(error.filename2 or error.filename or unnamed)
    what = "".join(char if char.isprintable() else "?" for char in what)
    reason = error.strerror or str(error) or type(error).__name__
    remedy = _REMEDIES.get(error.errno or 0, "see to it")
    return f"{what}: {reason}; {remedy}, then {_AGAIN}"


def of_database(error: Exception) -> str:
    """What is said where the gradebook refused something."""
    from grader.notebook import gradebook_errors  # imported already, where there is such an error

    reason = gradebook_errors.reason(error) or str(error)
    return (
        f"the gradebook cannot be used ({reason}): expected a database that this account may read "
        f"and write, on a disk with room; see to it, then {_AGAIN}"
    )


def database_errors() -> tuple[type[Exception], ...]:
    """What a gradebook raises, if a command has imported it; the command line itself does not."""
    module = sys.modules.get("grader.notebook.gradebook_errors")
    return module.RAISED if module else ()
