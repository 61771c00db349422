"""The examiner's side of a question, with answers as a hostile kernel may make them."""

from __future__ import annotations

import contextlib
import io
import json
import threading
from collections.abc import Sequence
from pkgutil import iter_modules
from typing import Any

import numpy as np
import pytest

from grader import checks
from grader.checks.figures import FigureDescription
from grader.checks.protocols import CallbackProxy, FigureProxy, FunctionProxy, capability
from grader.errors import ClaimFailed
from grader.examiner.objects.exceptions import StudentRaised
from grader.examiner.objects.handles import Handle
from grader.examiner.proxies import Proxies
from grader.examiner.sources import sources
from grader.sandbox.guest.data.counted import Malformed
from tests.in_process import InProcess


class Kernel:
    """Gives prepared answers and keeps the questions; each travels as JSON."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = list(answers)
        self.questions: list[dict[str, Any]] = []

    def ask(
        self, question: dict[str, Any], buffers: Sequence[bytes]
    ) -> tuple[dict[str, Any], Sequence[bytes]]:
        """Answer as prepared."""
        self.questions.append(json.loads(json.dumps(question)))
        return json.loads(json.dumps(self.answers.pop(0))), []


def answering(*answers: dict[str, Any]) -> Proxies:
    return Proxies(Kernel(*answers).ask, lambda name, arguments: (name, arguments))


def look(name: str, value: Any) -> dict[str, Any]:
    return {"value": {"dict": [[name, value]]}}


def handle(number: int = 0, kind: str = "function") -> dict[str, Any]:
    return {"handle": number, "type": kind, "callable": True}


def offered(value: Any, kind: Any) -> Any:
    found = capability(value, kind)
    assert found is not None
    return found


def test_a_call_says_what_is_called_with_what() -> None:
    answers = {"value": handle(8, "Box"), "dropped": [0]}, {"value": {"int": 3}}
    kernel = Kernel(look("f", handle(7)), *answers)
    f = Proxies(kernel.ask, lambda *_: None).look(["f"])["f"]
    box = f(1, key=[f])
    assert f(box) == 3
    assert kernel.questions[1:] == [
        {
            "do": "call",
            "of": 7,
            "arguments": [{"int": 1}],
            "named": {"key": {"list": [{"handle": 7}], "as": 0}},
            "kept": [0],
        },
        {"do": "call", "of": 7, "arguments": [{"handle": 8}], "named": {}},
    ]


@pytest.mark.keras
@pytest.mark.parametrize(
    "reference",
    [
        {"handle": "0"},
        {"handle": True},
        {"handle": None},
        {"handle": {"int": 1}},
        {"model": "0"},
        {"model": 1, "parts": []},
        {"history": []},
        {"history": {"history": {"list": []}}},
        {"__class__": 1},
        {"eval": "1"},
        {"": 1},
    ],
)
def test_a_reference_to_nothing_is_no_value(reference: dict[str, Any]) -> None:
    with pytest.raises((Malformed, ClaimFailed)):
        answering(look("f", reference)).look(["f"])


@pytest.mark.parametrize("kind", ["", "<b>", "a b", "x" * 200, None, 3, ["a"], "import", "é"])
def test_a_handle_has_a_class_whatever_its_type_is_called(kind: Any) -> None:
    it = answering(look("f", handle(kind=kind))).look(["f"])["f"]
    assert isinstance(it, Handle)
    assert type(it).__name__.isidentifier()


def test_handles_can_be_kept_in_dicts_and_sets() -> None:
    found = answering({"value": {"dict": [["f", {"set": [handle(1), handle(2)]}]]}}).look(["f"])
    assert len(found["f"]) == 2


@pytest.mark.parametrize(
    "answer", [{}, {"value": 3}, {"value": []}, {"value": {"list": 1}}, {"printed": "x"}]
)
def test_no_answer_is_not_a_value(answer: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        answering(answer).look(["f"])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ValueError", ValueError),
        ("KeyError", KeyError),
        ("UnicodeDecodeError", UnicodeDecodeError),
        ("OSError", OSError),
        ("SyntaxError", SyntaxError),
        ("MemoryError", MemoryError),
        ("ImportError", ImportError),
        ("AssertionError", AssertionError),
        ("UserWarning", UserWarning),
        ("ClaimFailed", ClaimFailed),
        *(
            (name, StudentRaised)
            for name in ("StopIteration", "StopAsyncIteration", "ExceptionGroup")
        ),
        *((name, StudentRaised) for name in ("SystemExit", "KeyboardInterrupt", "GeneratorExit")),
        *(
            (name, StudentRaised)
            for name in ("BaseException", "Ended", "print", "int", "__import__")
        ),
        *((name, StudentRaised) for name in ("SandboxError", "", "a b", "__class__", "\ud800")),
    ],
)
def test_what_was_raised_there_is_an_ordinary_exception_here(
    name: str, kind: type[Exception]
) -> None:
    with pytest.raises(kind) as raised:
        answering({"error": name, "message": "'it'"}).look(["f"])
    assert str(raised.value) == "'it'"
    assert isinstance(raised.value, Exception)
    assert name in (type(raised.value).__name__, getattr(raised.value, "name", None))


@pytest.mark.parametrize("message", [None, 3, ["x"], {"a": 1}, "x" * 100_000])
def test_a_message_is_short_text(message: Any) -> None:
    with pytest.raises(ValueError, match=r"\A.*\Z") as raised:
        answering({"error": "ValueError", "message": message}).look(["f"])
    assert len(str(raised.value)) <= 10_000


@pytest.mark.parametrize(("printed", "heard"), [("a\n", "a\n"), (3, ""), (None, ""), (["x"], "")])
def test_what_was_printed_is_printed(printed: Any, heard: str) -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        answering(look("f", None) | {"printed": printed}).look(["f"])
    assert said.getvalue() == heard


def test_what_is_no_data_is_not_handed_over() -> None:
    f = answering(look("f", handle())).look(["f"])["f"]
    with pytest.raises(TypeError, match="lock cannot be handed"):
        f(threading.Lock())


def test_a_function_is_called_alone_by_its_name() -> None:
    f = answering(look("convolve", handle())).look(["convolve"])["convolve"]
    image = np.zeros(2)
    assert offered(f, FunctionProxy).call_blocked(image, 3) == ("convolve", (image, 3))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            {"tuple": [{"int": 1}, {"int": 2}, {"tuple": []}, {"tuple": []}]},
            FigureDescription(1, 2, ()),
        ),
        (None, None),
        ({"int": 3}, None),
        ({"list": [None]}, None),
    ],
)
def test_a_figure_is_described_or_is_none(answer: Any, expected: Any) -> None:
    f = answering(look("f", handle()), {"value": answer}).look(["f"])["f"]
    assert offered(f, FigureProxy).describe_figure() == expected


def test_a_check_travels_with_what_it_imports_and_no_test() -> None:
    kernel = Kernel(look("f", handle(4)), {"value": None})
    f = Proxies(kernel.ask, lambda *_: None).look(["f"])["f"]
    assert offered(f, FigureProxy).describe_figure() is None
    question = kernel.questions[1]
    asked = (question["module"], question["function"])
    assert asked == ("grader.checks.figures", "_described")
    assert list(question["modules"])[-1] == "grader.checks.figures"
    assert "grader.errors" in question["modules"]


def test_a_dry_run_is_asked_for_and_what_it_printed_comes_back() -> None:
    kernel = Kernel(look("f", handle(4)), {"value": {"list": ["a", "b"]}})
    f = Proxies(kernel.ask, lambda *_: None).look(["f"])["f"]
    assert offered(f, CallbackProxy).dry_run([{"acc": 0.5}, {"acc": 0.6}]) == (None, ["a", "b"])
    assert kernel.questions[1] == {"do": "dry_run", "of": 4, "epochs": 2}
    assert offered(f, CallbackProxy).runs() == ()


@pytest.mark.parametrize("module", [m.name for m in iter_modules(checks.__path__)])
def test_each_text_follows_what_it_needs(module: str) -> None:
    seen: list[str] = []
    for name, text in sources(f"grader.checks.{module}").items():
        needed = [line.split()[1] for line in text.splitlines() if line.startswith("from grader.")]
        assert set(needed) <= set(seen)
        seen.append(name)


def test_a_checks_module_runs_beside_the_students_objects() -> None:
    student = InProcess("def double(number): return 2 * number")
    double = student.has("double")
    assert student.proxies.run("grader.checks.blocked", "call_blocked", double, 4) == 8
    assert double(4) == 8
