from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.examiner.cells.finding import FindingKind
from grader.examiner.examiner import examine
from grader.examiner.proxies import Proxies
from grader.notebook.judging.cell_runs import CellRun, CellStatus, Ended
from tests.fuzzing import changes, texts, values
from tests.fuzzing.changes import changed
from tests.fuzzing.running import tried, within
from tests.students import alone

_ABLE = "len iter next getitem setitem delitem contains call eq lt enter exit hash repr"
_CLASS = {
    "class": 7,
    "name": "Stack",
    "module": "__main__",
    "number": 7,
    "able": [*_ABLE.split()],
    "bases": [],
    "form": "object",
}
_NAMED = _CLASS | {"class": 9, "form": "named tuple", "fields": ["x", "y"]}
_ENUM = _CLASS | {
    "class": 11,
    "form": "enumeration",
    "enumeration": "Enum",
    "members": {"list": [{"tuple": ["red", {"int": 1}]}]},
}
_DATA = _CLASS | {"class": 13, "form": "dataclass", "fields": ["x"], "compared": ["x"]}
_ERROR = _CLASS | {"class": 15, "form": "exception", "bases": [{"builtin": "ValueError"}]}
_RAISED = {
    "exception": 21,
    "of": _ERROR,
    "arguments": {"list": ["no"]},
    "message": "no",
    "bare": False,
    "cause": None,
}
_HANDLE = {"handle": 1, "type": "function"}
_VALUES = (
    {"int": 3},
    {"float": 3.0},
    {"list": [{"int": 3}], "as": 1},
    {"handle": 3, "type": "Stack", "of": _CLASS},
    {"named": {"list": [{"int": 1}, {"int": 2}]}, "of": _NAMED},
    {"member": "red", "of": _ENUM},
    {"handle": 5, "type": "Point", "of": _DATA},
    {"view": "keys", "items": {"dict": [["a", {"int": 1}]]}},
    {"array": [0], "dtype": "<f8", "shape": [1]},
    {"own": 0},
    _HANDLE,
    _CLASS,
    _RAISED,
)
_REPLIES = (
    *({"value": value} for value in _VALUES),
    {"value": None, "changed": {"0": {"list": [{"int": 1}]}}, "kept": [0, 1]},
    {"error": "ValueError", "message": "no", "line": "line 1, `x`", "raised": _RAISED},
    {"error": "Malformed", "message": "no", "again": 0, "raised": {"own": 0, "notes": ["n"]}},
    {"callback": "__call__", "of": 0, "arguments": [{"int": 1}], "named": {}},
    {"callback": "get", "of": 0, "arguments": ["append"], "named": {"a": {"int": 1}}},
    {
        "value": None,
        "printed": "3",
        "stderr": "no",
        "warned": {"list": [{"tuple": [{"tuple": ["builtins.UserWarning"]}, "no", None]}]},
        "logged": {"list": [{"tuple": ["root", {"int": 20}, "no"]}]},
        "files": {"dict": [["work/a.txt", {"bytes": [0], "size": 8}]]},
    },
)
_LOOK = {
    "value": {"dict": [["add", _HANDLE], ["total", {"handle": 3, "type": "Stack", "of": _CLASS}]]}
}
_BUFFERS = [b"\0" * 8]

TESTS = (
    "assert add(1, 2) == 3, f'add is {add(1, 2)}'",
    "rows = [1, 2]\nadd(rows)\nassert rows == [1, 2], rows",
    "import numpy as np\nnp.testing.assert_array_equal(add(np.zeros(1)), np.zeros(1))",
    "assert total.items[0] == 3 and len(total) == 3 and 3 in total and not total == 3",
    "for _, each in zip(range(5), total): print(each, repr(each), hash(each))",
    "seen = []\nadd(lambda x: seen.append(x), seen.append)\nassert seen == [1], seen",
    "try:\n    add(1)\nexcept ValueError as error:\n    assert str(error) == 'no', error.args",
    "with total as found:\n    assert isinstance(found, type(add)), found",
    "total[0] = add; total.x = 3; del total[1]\nassert total.x + 1 == 4 and total < 3",
    "from grader.checks.answers import array\nassert array(add(1), what='answer').shape == (1,)",
    "from copy import deepcopy\nassert deepcopy(add(1)) == add(1)\nassert sorted(add(2)) == [3]",
)


class Kernel:
    """A kernel that says what it likes, and then nothing more."""

    def __init__(self, replies: Sequence[Any]) -> None:
        self._left = list(replies)

    def ask(self, _: dict[str, Any], __: Sequence[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """The next reply; what is no object does not come so far (``kernel_stdin``)."""
        if not self._left:
            raise Ended(CellRun(CellStatus.LIMIT))
        reply = self._left.pop(0)
        return (reply if type(reply) is dict else {}), _BUFFERS


_values = (
    texts.anything
    | values.hostile
    | st.sampled_from(_VALUES)
    | st.sampled_from(
        [
            "object",
            "exception",
            "enumeration",
            "named tuple",
            "dataclass",
            "Flag",
            "int",
            "__class__",
        ]
    )
)
_replies = st.builds(changed, st.sampled_from(_REPLIES), changes.of(_values))


@pytest.mark.lengthy
@tried(200)
@given(
    test=st.sampled_from(TESTS),
    look=st.just(_LOOK) | st.builds(changed, st.just(_LOOK), changes.of(_values)),
    replies=st.lists(_replies, max_size=6),
)
def test_what_a_kernel_says_comes_to_a_finding(test: str, look: Any, replies: list[Any]) -> None:
    proxies = Proxies(Kernel([look, *replies]).ask, alone)
    with within(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            finding = examine(test, proxies)
        except Ended:
            return
    assert finding.kind is not FindingKind.TEST_FAULT, finding
    for text in (finding.error, finding.message, finding.note, finding.quoted or ""):
        text.encode()
