"""What student code writes to stderr, warns of and logs while it answers a question."""

from __future__ import annotations

import logging
import sys
import warnings

import pytest

from grader.sandbox.guest.protocol import MAX_NOTICES, MAX_PRINTED
from grader.sandbox.guest.surroundings.notices import noticing


class Mine(DeprecationWarning):
    """A student's own warning."""


def test_stderr_is_told_up_to_a_limit() -> None:
    with noticing({}) as notices:
        print("a", file=sys.stderr)
        print("b" * MAX_PRINTED, file=sys.stderr)
    assert notices.told()["stderr"].startswith("a\nb")
    assert len(notices.told()["stderr"]) == MAX_PRINTED


def test_each_warning_is_told_with_its_classes() -> None:
    with noticing({}) as notices:
        for _ in range(2):
            warnings.warn("old", Mine, stacklevel=1)
        warnings.warn("FigureCanvasAgg is non-interactive, and thus cannot be shown", stacklevel=1)
    mine = (f"{__name__}.Mine", "builtins.DeprecationWarning", "builtins.Warning")
    assert notices.told() == {"warned": [(mine, "old", None), (mine, "old", None)]}


def test_a_filter_of_the_students_holds() -> None:
    with noticing({}) as notices, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.warn("old", stacklevel=1)
    assert notices.told() == {}


def test_too_many_are_left_out() -> None:
    with noticing({}) as notices:
        for _ in range(MAX_NOTICES + 1):
            warnings.warn("again", stacklevel=1)
            logging.getLogger("bank").warning("again")
    assert len(notices.warned) == len(notices.logged) == MAX_NOTICES


def test_log_records_are_told_from_the_level_that_the_test_set() -> None:
    bank = logging.getLogger("bank")
    before = bank.level, list(logging.root.handlers)
    with noticing({"bank": logging.DEBUG}) as notices:
        bank.debug("paid %d", 3)
        logging.getLogger("other").debug("unseen")
    ((*told, parts),) = notices.told()["logged"]
    assert told == ["bank", logging.DEBUG, "paid 3", None]
    assert {"msg": "paid %d", "args": (3,)}.items() <= parts.items()
    assert (bank.level, logging.root.handlers) == before


def test_an_exception_that_is_logged_is_told() -> None:
    names = tuple(f"builtins.{name}" for name in ("KeyError", "LookupError", "Exception"))
    with noticing({}) as notices:
        try:
            raise KeyError("tea")
        except KeyError:
            logging.getLogger("bank").exception("no")
        logging.getLogger("bank").error("later", exc_info=True)
    assert [told for *_, told, _ in notices.logged] == [
        ((*names, "builtins.BaseException"), "'tea'", None),
        None,
    ]


def test_loggers_that_keep_to_themselves_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger("alone"), "propagate", False)
    with noticing({}) as notices:
        logging.getLogger("alone").warning("here")
    assert [told[:4] for told in notices.logged] == [("alone", logging.WARNING, "here", None)]
    assert logging.getLogger("alone").handlers == []


def test_of_a_record_plain_data_is_told() -> None:
    bank = logging.getLogger("bank")
    with noticing({}) as notices:
        bank.error("no", extra={"user": "Ada", "account": object()})
        bank.error("%s", object())
        bank.error("%(n)d", {"n": 3})
        bank.error([1])
    parts = [told[4] for told in notices.logged]
    assert (parts[0]["user"], parts[0]["funcName"], "account" in parts[0]) == (
        "Ada",
        "test_of_a_record_plain_data_is_told",
        False,
    )
    assert "msg" not in parts[1]
    assert parts[2]["args"] == {"n": 3}
    assert "msg" not in parts[3]
