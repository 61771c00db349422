"""What instructors are told of a test cell's end: its line, and what is wrong with the test.

None of it is for students, since the test may be hidden.
"""

from __future__ import annotations

from grader.examiner.cells.finding import Finding, FindingKind

_INSTALL = "Install the package in the environment that grades."
_REMEDIES = {
    "ModuleNotFoundError": _INSTALL,
    "ImportError": _INSTALL,
    "FileNotFoundError": "Put the file beside the source notebook, or let the test write it.",
    "Unsendable": "Ask with less, or in several calls.",
    "SystemExit": "A test ends by itself, or by an assert: of `unittest.main`, write `assert "
    'unittest.main(argv=[""], exit=False).result.wasSuccessful()`.',
    "TimeUp": "Let the test come to its end.",
}
_MEND = "Correct the test in the source notebook."


def ended_in(finding: Finding) -> str:
    """Where in the test cell it ended, and with what; empty if it ended nowhere in it."""
    if finding.passed or not finding.line:
        return ""
    said = "; ".join((_raised(finding), *finding.came_to[1:]))
    return f"line {finding.line}, `{finding.code}`: {said}"


def fault(finding: Finding) -> str:
    """What is wrong with the test itself, in sentences; empty if nothing is."""
    if finding.kind is FindingKind.TEST_FAULT and not finding.line:
        return f"{finding.message.rstrip('.')}."
    where = f"line {finding.line}, `{finding.code}`"
    if finding.lost_message:
        return f"{where}, in the message of an assert: {finding.lost_message}. {_MEND}"
    if finding.kind is not FindingKind.TEST_FAULT:
        return ""
    return f"{where}: {_raised(finding).rstrip('.')}. {_REMEDIES.get(finding.error, _MEND)}"


def _raised(finding: Finding) -> str:
    if finding.error == "TimeUp":
        return finding.message
    return f"{finding.error}: {finding.lost_message or finding.message}".rstrip(": ")
