from __future__ import annotations

import pickle

import pytest

from grader import errors


def exceptions() -> list[type[Exception]]:
    found = [getattr(errors, name) for name in dir(errors)]
    return [one for one in found if isinstance(one, type) and issubclass(one, Exception)]


@pytest.mark.parametrize("kind", exceptions(), ids=lambda kind: kind.__name__)
def test_an_error_crosses_a_process_boundary_whole(kind: type[Exception]) -> None:
    copy = pickle.loads(pickle.dumps(kind("what was received")))
    assert type(copy) is kind
    assert str(copy) == "what was received"


@pytest.mark.parametrize("kind", exceptions(), ids=lambda kind: kind.__name__)
def test_every_error_stands_in_the_tree_that_the_module_draws(kind: type[Exception]) -> None:
    assert errors.__doc__ is not None
    assert kind.__name__ in errors.__doc__


def test_what_a_refusal_quotes_stays_in_its_line() -> None:
    refused = errors.DeclarationRefused("no layer is called a\nb\x1b[31m\ud800é")
    assert str(refused) == r"no layer is called a\nb\x1b[31m\ud800é"
    assert str(pickle.loads(pickle.dumps(refused))) == str(refused)


def test_an_exception_that_was_raised_from_itself_has_one_cause() -> None:
    first, last = ValueError("first"), ValueError("last")
    last.__cause__, first.__cause__ = first, last
    assert list(errors.causes(last)) == [last, first]
    assert list(errors.causes(None)) == []
