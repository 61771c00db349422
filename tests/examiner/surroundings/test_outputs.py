"""What student code writes to stderr, warns of and logs, as a test sees it."""

from __future__ import annotations

import logging
import sys
import warnings
from typing import Any

import numpy as np
import pytest

from grader.examiner.examiner import Finding
from grader.examiner.surroundings.outputs import Outputs
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder
from tests.examiner.surroundings.conftest import Make


def noisy() -> int:
    print("printed")
    print("to stderr", file=sys.stderr)
    warnings.warn("it is old", DeprecationWarning, stacklevel=1)
    return 3


TEST = """
import contextlib, io, sys, warnings, pytest
out, err = io.StringIO(), io.StringIO()
with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
    with pytest.warns(DeprecationWarning, match="old"):
        assert noisy() == 3
assert (out.getvalue(), err.getvalue()) == ("printed\\n", "to stderr\\n")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    noisy(), noisy()
assert [str(each.message) for each in caught] == ["it is old"] * 2
sys.stderr = io.StringIO()
noisy()
assert sys.stderr.getvalue().startswith("to stderr")
with warnings.catch_warnings():
    warnings.simplefilter("error")
    with pytest.raises(DeprecationWarning):
        noisy()
"""


def test_stderr_and_warnings_are_seen_as_in_a_notebook(both: Make) -> None:
    assert both(noisy=noisy).tested(TEST) == Finding()


def test_a_warning_costs_nothing_by_itself(both: Make, capsys: pytest.CaptureFixture[str]) -> None:
    assert both(noisy=noisy).tested("assert noisy() == 3") == Finding()
    assert capsys.readouterr() == ("", "")


def answered(**reply: Any) -> None:
    """Pass on an answer with warnings or records."""
    encoder = Encoder(lambda *_: {})
    encoded = {name: encoder.encode(value) for name, value in reply.items()}
    Outputs().answered(encoded, Decoder(encoder.buffers, lambda *_: None))


@pytest.mark.parametrize(
    ("names", "kind", "name"),
    [
        (("builtins.UserWarning", "builtins.Warning"), UserWarning, "UserWarning"),
        (("numpy.exceptions.RankWarning",), np.exceptions.RankWarning, "RankWarning"),
        (("__main__.Low", "builtins.FutureWarning"), FutureWarning, "Low"),
        (("__main__.Low",), UserWarning, "Low"),
        (("not_imported.Low", "builtins.print"), UserWarning, "Low"),
        (("builtins.ValueError",), UserWarning, "ValueError"),
        (("<b>",), UserWarning, "Warning"),
    ],
)
def test_a_warning_has_the_class_of_its_name(
    names: tuple[str, ...], kind: type[Warning], name: str
) -> None:
    with pytest.warns(kind, match="look") as caught:
        answered(warned=[(names, "look", None)])
    assert caught[0].category.__name__ == name


def test_a_warning_that_a_test_makes_an_error_has_the_students_text(both: Make) -> None:
    test = "import warnings\nwarnings.simplefilter('error')\nnoisy()"
    finding = both(noisy=noisy).tested(test)
    assert (finding.error, finding.message) == ("DeprecationWarning", "it is old")
    assert finding.quoted == "it is old"


def test_a_class_of_the_students_is_not_called_here() -> None:
    class Called(type):
        def __call__(cls, *_: Any) -> Any:
            raise AssertionError("it would ask the kernel")

    class Low(UserWarning, metaclass=Called):
        pass

    encoder = Encoder(lambda value, _: {"class": value.__name__})
    encoded = {"warned": encoder.encode([(("__main__.Low",), "look", Low)])}
    with pytest.warns(Low, match="look"):
        Outputs().answered(encoded, Decoder(encoder.buffers, lambda *_: Low))


def test_records_reach_the_tests_handlers(caplog: pytest.LogCaptureFixture) -> None:
    answered(
        logged=[("bank", logging.INFO, "paid %d", None, {}), ("grader.worker", 40, "no", None, {})]
    )
    assert [(r.name, r.levelname, r.getMessage()) for r in caplog.records] == [
        ("bank", "INFO", "paid %d")
    ]


def test_a_record_has_its_arguments_and_the_text_that_it_had(
    caplog: pytest.LogCaptureFixture,
) -> None:
    parts = {"msg": "%0999999999d", "args": (3,), "user": "Ada", "funcName": "pay"}
    answered(logged=[("bank", 40, "paid 3", None, parts)])
    (record,) = caplog.records
    assert (record.args, record.msg, record.funcName) == ((3,), "%0999999999d", "pay")
    assert vars(record)["user"] == "Ada"
    assert record.getMessage() == caplog.messages[0] == "paid 3"  # its format is not used here


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("builtins.KeyError", "builtins.LookupError"), KeyError),
        (("shop.NoTea", "builtins.LookupError"), LookupError),
        (("builtins.KeyboardInterrupt",), Exception),
        (("builtins.print",), Exception),
    ],
)
def test_a_record_has_the_exception_that_was_logged(
    caplog: pytest.LogCaptureFixture, names: tuple[str, ...], kind: type
) -> None:
    answered(logged=[("bank", logging.ERROR, "no", (names, "'tea'", None), {})])
    (record,) = caplog.records
    assert record.exc_info
    assert issubclass(record.exc_info[0], kind)
    assert isinstance(record.exc_info[1], kind)
    assert str(record.exc_info[1]) == "'tea'"


def test_a_students_names_make_no_loggers(caplog: pytest.LogCaptureFixture) -> None:
    known = len(logging.root.manager.loggerDict)
    answered(logged=[(f"made.up.{n}", logging.ERROR, "no", None, {}) for n in range(9)])
    assert (len(caplog.records), len(logging.root.manager.loggerDict)) == (9, known)


def test_levels_that_a_test_sets_are_sent_and_do_not_outlive_it() -> None:
    outputs, question, bank = Outputs(), dict[str, Any](), logging.getLogger("bank")
    before = bank.level, logging.root.level
    with outputs.held():
        outputs.ask(question, Encoder(lambda *_: {}))
        assert question == {}
        bank.setLevel("INFO")
        logging.basicConfig(level=logging.DEBUG, force=False)
        outputs.ask(question, Encoder(lambda *_: {}))
    assert ["bank", {"int": logging.INFO}] in question["levels"]["dict"]
    assert (bank.level, logging.root.level) == before


def test_a_handler_that_a_test_adds_does_not_outlive_it() -> None:
    before, handler, bank = list(logging.root.handlers), logging.Handler(), logging.getLogger("b")
    with Outputs().held():
        bank.addHandler(handler)
        logging.basicConfig(force=False)
        logging.getLogger().addHandler(handler)
        assert bank.handlers == [handler]
    assert (bank.handlers, logging.root.handlers) == ([], before)


@pytest.mark.parametrize(
    "reply",
    [
        {"warned": 3},
        {"warned": [3]},
        {"warned": [((), "a", None)]},
        {"warned": [("UserWarning", "a", None)]},
        {"warned": [(("builtins.UserWarning",), 3, None)]},
        {"warned": [(("builtins.UserWarning",), "a", None)] * 1001},
        {"logged": [("a", "INFO", "b", None, {})]},
        {"logged": [("a", 20)]},
        {"logged": [("a", 20, "b", "ValueError", {})]},
        {"logged": [("a", 20, "b", ((), "no", None), {})]},
        {"logged": [("a", 20, "b", None, [])]},
        {"logged": [("a", 20, "b", None, {"getMessage": "c"})]},
        {"logged": [("a", 20, "b", None, {"_text": "c"})]},
        {"logged": [("a", 20, "b", None, {"levelno": 3})]},
        {"logged": [("a", 20, "b", None, {"args": ([],)})]},
    ],
)
def test_what_is_no_warning_or_record_is_refused(reply: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        answered(**reply)
