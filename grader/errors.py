"""Every exception that the grader raises on purpose.

    GraderError                 one line for a person: received, expected, remedy
    |-- ConfigurationError      course_config.py, or a folder it names, is not usable
    |-- CourseError             an assignment or its source notebook is unknown or malformed
    |   `-- ExchangeUnusableError   nbgrader's exchange is not there or refuses; that may pass
    |-- DataError               a data set is missing or is not the real one
    |-- DeclarationRefused      a network or a training asks for what is not accepted
    |-- RefereeError            the referee failed; no verdict may follow from it
    |-- SandboxError            this machine cannot give a sandbox, or one did not come up
    `-- SubmissionError         what a student handed in cannot be read; the class goes on

    ClaimFailed(AssertionError) a check found the work wrong: its message is for the student
    CannotTravel(TypeError)     a test hands in what a student's kernel cannot be given

All of them are built from their message alone, so they pickle and cross process boundaries whole.
"""

from collections.abc import Iterator

from grader.language import gettext


class GraderError(Exception):
    """Something that a person must put right; the message says what and how."""


class ConfigurationError(GraderError):
    """The course's configuration, or a folder it names, is not usable."""


class CourseError(GraderError):
    """An assignment or its source notebook is unknown or malformed."""


class ExchangeUnusableError(CourseError):
    """nbgrader's exchange is not there, or refuses; that may pass."""


class DataError(GraderError):
    """A data set is missing, partial, or not the real one."""


class DeclarationRefused(GraderError):  # noqa: N818 -- the student's network is refused
    """A network or a training asks for something that is not on the lists or over a budget.

    Args:
        message: as of ``ClaimFailed``.
        **values: may quote the declaration: what cannot be shown in one line is spelled out.

    Attributes:
        template, values: what the message was made of, for a process of another language.
    """

    def __init__(self, message: str = "", /, **values: object) -> None:
        self.template, self.values = message, values
        said = gettext(message, **values)
        super().__init__("".join(c if c.isprintable() else ascii(c)[1:-1] for c in said))


class RefereeError(GraderError):
    """The referee failed or cannot be reached; no verdict may follow from it."""


class SandboxError(GraderError):
    """This machine cannot give a sandbox, or one did not start; no verdict may follow from it."""


class SubmissionError(GraderError):
    """What a student handed in cannot be read.

    Args:
        message: for the instructor, who would ask the student.
        to_student: for a student who checks the file: a template, marked for translation; empty
            where students do not meet this error.
        **values: what goes into the fields of ``to_student``.

    Attributes:
        to_student, values: as above.
    """

    def __init__(self, message: str = "", to_student: str = "", /, **values: object) -> None:
        super().__init__(message)
        self.to_student, self.values = to_student, values


class ClaimFailed(AssertionError):  # noqa: N818 -- it is a finding about the work, no error
    """A check found the work wrong; the message says what was received and expected.

    Args:
        message: in English, with a field in braces for each value; it is translated if the course
            has another language and a catalog holds it.
        **values: what goes into the fields; without any, braces stand for themselves.
    """

    def __init__(self, message: str = "", /, **values: object) -> None:
        super().__init__(gettext(message, **values))


class CannotTravel(TypeError):  # noqa: N818 -- it is a finding about the test
    """A test hands a student's code something that cannot be given to their kernel."""


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception, that from which it was raised, and so on; each once: it may be its own."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__
