"""What a test has put in place of attributes of modules, and of classes in them."""

from __future__ import annotations

import functools
import importlib
import io
import os
import pathlib
import platform
import sys
import time
import types
import xml
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest

from grader.errors import CannotTravel
from grader.examiner.examiner import examine
from grader.examiner.handed_in.handed import Handed
from grader.examiner.handed_in.replaced import Replaced
from grader.examiner.proxies import Proxies
from grader.examiner.surroundings.base import Around
from grader.sandbox.guest.data.encoder import Encoder
from tests.in_process import InProcess
from tests.students import alone


def refer(value: Any, _: Encoder) -> dict[str, Any]:
    if type(value) is object:
        raise CannotTravel("it stays")
    return {"own": 1}


def told(source: str, replace: Callable[[], Any]) -> dict[str, Any]:
    """What is told of a test that replaces something; all is put back afterwards."""
    replaced = Replaced()
    with replaced.beside(source, {}, {}):
        assert replaced.encoded(Encoder(refer)) == {}
        replace()
        return replaced.encoded(Encoder(refer))


@pytest.fixture(autouse=True)
def _put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "node", platform.node)


def test_what_a_test_names_and_replaces_is_told_and_put_back() -> None:
    before = platform.node
    text = "import platform\nplatform.node = fake"
    assert told(text, lambda: setattr(platform, "node", "here")) == {"platform:node": "here"}
    assert platform.node is before


def test_what_it_does_not_name_is_none_of_its_doing() -> None:
    assert told("import platform", lambda: setattr(platform, "node", "here")) == {}
    assert told("a = node", lambda: setattr(platform, "node", "here")) == {}


def test_a_method_of_a_class_and_one_that_it_has_from_another() -> None:
    text = "patch.object(pathlib.PosixPath, 'exists')\nimport pathlib"
    assert told(text, lambda: setattr(pathlib.PosixPath, "exists", True)) == {
        "pathlib:PosixPath.exists": True
    }
    assert "exists" not in vars(pathlib.PosixPath)


def test_a_module_is_imported_before_a_test_patches_in_it() -> None:
    sys.modules.pop("colorsys", None)
    text = "with patch('colorsys.rgb_to_hsv', 3) as _: pass\nimport this_is_no_module"

    def replace() -> None:
        sys.modules["colorsys"].rgb_to_hsv = 3  # type: ignore[attr-defined]

    assert told(text, replace) == {"colorsys:rgb_to_hsv": {"int": 3}}


def test_a_file_that_is_named_like_a_module_imports_none() -> None:
    sys.modules.pop("this", None)
    assert told("open('this.txt')\nread_csv('this.csv')", lambda: None) == {}
    assert "this" not in sys.modules
    told("patch.multiple('this', s='')", lambda: None)
    assert "this" in sys.modules


def test_what_is_printed_and_read_goes_another_way() -> None:
    before = sys.stdout
    try:
        text = "import sys\nsys.stdout = io.StringIO()\nsys.argv = []"
        assert told(text, lambda: setattr(sys, "stdout", io.StringIO())) == {}
    finally:
        sys.stdout = before


def test_what_cannot_be_handed_over_is_named() -> None:
    text = "import platform\nplatform.node = object()"
    with pytest.raises(CannotTravel, match=r"in place of platform\.node: it stays"):
        told(text, lambda: setattr(platform, "node", object()))
    with pytest.raises(CannotTravel, match=r"takes platform\.node away: put a function there"):
        told("import platform\ndel platform.node", lambda: delattr(platform, "node"))
    assert platform.node


def test_the_grader_itself_finds_what_was_there() -> None:
    replaced, before, sleeps = Replaced(), time.time_ns, time.sleep
    try:
        with replaced.beside("import time\ntime.time_ns, time.sleep", {}, {}):
            time.time_ns, time.sleep = int, print  # type: ignore[assignment]
            with replaced.lifted():
                assert time.time_ns is before
                assert time.sleep is print  # no message needs it, and threads may
                with replaced.in_force():
                    assert time.time_ns is int
                assert time.time_ns is before
            assert time.time_ns is int
    finally:
        time.sleep = sleeps
    assert time.time_ns is before


def test_a_removed_function_is_a_fault_of_the_test() -> None:
    student = InProcess("import platform\ndef node(): return platform.node()")
    finding = student.tested("import platform\ndel platform.node\nnode()")
    assert finding.kind.name == "TEST_FAULT"
    assert "platform.node" in finding.message
    assert platform.node


HELPER = """
LIMIT, expected = 3, None

class Question:
    last = None

    def ask(self):
        pass

def ask():
    global expected
    expected = Question.last = 5
"""


def test_what_a_helper_of_the_course_keeps_is_not_told(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "helper_beside.py").write_text(HELPER)
    monkeypatch.syspath_prepend(tmp_path)
    helper = importlib.import_module("helper_beside")
    text = "import helper_beside\nhelper_beside.ask(), helper_beside.expected, last"
    assert told(text, helper.ask) == {}  # a student's code would find the answer
    assert (helper.expected, helper.Question.last) == (5, 5)
    told_of = told("import helper_beside.LIMIT", lambda: setattr(helper, "LIMIT", 4))
    assert told_of == {"helper_beside:LIMIT": {"int": 4}}
    replaced = told("import helper_beside", lambda: setattr(helper.Question, "ask", "ask"))
    assert replaced == {"helper_beside:Question.ask": "ask"}
    del sys.modules["helper_beside"]


def test_a_module_that_is_loaded_when_it_is_needed_is_not_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Lazy(types.ModuleType):
        pass

    loaded = importlib.import_module("xml.dom")
    monkeypatch.setattr(xml, "dom", Lazy("dom"))
    text = "import xml\nxml.dom.Node"
    assert told(text, lambda: setattr(xml, "dom", loaded)) == {}
    assert xml.dom is loaded


def test_the_environment_of_this_process_is_not_handed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "environ", os.environ)
    text = "import os\nos.environ = {**os.environ, 'A': '1'}"
    assert told(text, lambda: setattr(os, "environ", {**os.environ, "A": "1"})) == {}


def test_a_module_of_a_package_is_imported_before_a_test_patches_in_it() -> None:
    sys.modules.pop("xml.sax.saxutils", None)
    vars(importlib.import_module("xml.sax")).pop("saxutils", None)
    text = "from xml.sax import saxutils\npatch.object(saxutils, 'escape', 3)"
    assert told(text, lambda: setattr(sys.modules["xml.sax.saxutils"], "escape", 3)) == {
        "xml.sax.saxutils:escape": {"int": 3}
    }


def test_what_passes_for_the_function_that_it_replaces_is_the_tests() -> None:
    @functools.wraps(platform.node)
    def fake() -> str:
        return "here"

    replaced = Replaced()
    with replaced.beside("patch('platform.node')", {}, {}), patch("platform.node", fake):
        told_of = replaced.encoded(Encoder(Handed().refer))
        assert platform.node is fake
    assert told_of["platform:node"]["kind"] == "function"


def test_what_computes_an_attribute_cannot_be_handed_over() -> None:
    student = InProcess("import pathlib\ndef name(): return pathlib.PurePosixPath('a').name")
    finding = student.tested(
        "from unittest.mock import PropertyMock, patch\nimport pathlib\n"
        "with patch.object(pathlib.PurePath, 'name', new_callable=PropertyMock): name()"
    )
    assert finding.kind.name == "TEST_FAULT"
    assert "pathlib.PurePath.name: put the value itself there" in finding.message


SORTED = """
def smallest(values):
    best = values[0]
    for each in values:
        best = each if each < best else best
    return best

def cheats(values):
    return sorted(values)[0] + sum(values) * 0
"""


@pytest.mark.parametrize("name", ["sorted", "sum"])
def test_no_use_of_the_graders_own_counts(name: str) -> None:
    test = (
        "import numpy as np\nfrom unittest.mock import patch\nvalues = np.array([3, 1, 2])\n"
        "assert F(values) == 1\nvalues[0] = 4\n"
        f"with patch('builtins.{name}', side_effect=AssertionError('without {name}')):\n"
        "    assert F(values) == 1"
    )
    student = InProcess(SORTED)
    assert student.tested(test.replace("F", "smallest")).kind.name == "PASSED"
    assert student.tested(test.replace("F", "cheats")).message == f"without {name}"


def test_what_surrounds_a_question_finds_what_was_there() -> None:
    class Looks(Around):
        def ask(self, question: dict[str, Any], encoder: Encoder) -> None:
            assert time.time_ns() > 10

    student = InProcess("import time\ndef taken():\n    return -time.time_ns() + time.time_ns()")
    proxies = Proxies(student.ask, alone, around=Looks())
    test = (
        "from unittest.mock import patch\n"
        "with patch('time.time_ns', side_effect=[2, 5]):\n    assert taken() == 3"
    )
    assert examine(test, proxies).passed


@pytest.mark.parametrize("name", ["get_ident", "current_thread"])
def test_the_kernel_knows_its_threads_where_a_test_replaces_that(name: str) -> None:
    student = InProcess(f"import threading\ndef name_of(): return threading.{name}().name")
    test = (
        f"from unittest.mock import patch\nwith patch('threading.{name}') as asked:\n"
        "    asked.return_value.name = 'one'\n    assert name_of() == 'one', name_of()"
    )
    assert student.tested(test).passed
