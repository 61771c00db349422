"""What is replaced in a kernel for one question."""

from __future__ import annotations

import builtins
import contextlib
import json
import pathlib
import platform
import time
from collections.abc import Iterator
from typing import Any

from grader.sandbox.guest.callbacks.patches import Patches, is_used_by_us
from grader.sandbox.guest.data.decoder import Decoder

DECODER = Decoder([], lambda *_: None)


@contextlib.contextmanager
def applied(patches: Patches, **places: Any) -> Iterator[None]:
    patched = {place.replace("__", ":"): value for place, value in places.items()}
    with patches.applied(patched, DECODER, lambda *_: lambda: None, lambda _: None):
        yield


def test_an_attribute_is_replaced_for_the_time_of_a_question() -> None:
    before = platform.node, vars(pathlib.Path).get("is_mount")
    with applied(Patches(), platform__node="here") as _:
        assert platform.node == "here"  # type: ignore[comparison-overlap]
    with Patches().applied(
        {"pathlib:PosixPath.is_mount": "yes"}, DECODER, lambda *_: lambda: None, lambda _: None
    ):
        assert vars(pathlib.PosixPath)["is_mount"] == "yes"
    assert (platform.node, vars(pathlib.Path).get("is_mount")) == before
    assert "is_mount" not in vars(pathlib.PosixPath)


def test_what_the_kernel_has_not_got_is_no_error() -> None:
    with applied(Patches(), no_such_module__name="a", platform__no_such_name="b"):
        assert platform.no_such_name == "b"  # type: ignore[attr-defined]
    assert not hasattr(platform, "no_such_name")


def test_messages_find_what_they_need_and_others_what_is_replaced() -> None:
    patches, before = Patches(), json.dumps
    with applied(patches, json__dumps="text", time__sleep="awake"):
        with patches.lifted():
            assert json.dumps is before
            assert time.sleep == "awake"  # type: ignore[comparison-overlap]
        assert json.dumps == "text"  # type: ignore[comparison-overlap]
    assert json.dumps is before
    assert time.sleep != "awake"  # type: ignore[comparison-overlap]


def test_within_a_callback_an_inner_question_has_its_own() -> None:
    patches, before = Patches(), json.dumps
    with applied(patches, json__dumps="outer"):
        with patches.lifted(), applied(patches, json__dumps="inner"):
            assert json.dumps == "inner"  # type: ignore[comparison-overlap]
        assert json.dumps == "outer"  # type: ignore[comparison-overlap]
    assert json.dumps is before


def test_a_thread_that_ends_later_leaves_nothing_replaced() -> None:
    patches, before = Patches(), json.dumps
    with contextlib.ExitStack() as thread, applied(patches, json__dumps="text"):
        thread.enter_context(patches.lifted())
    assert json.dumps is before


def test_nobody_answers_input_unless_the_test_does() -> None:
    before = builtins.input
    with applied(Patches()):
        assert builtins.input is not before
    assert builtins.input is before


def test_what_no_message_needs_stays_replaced() -> None:
    assert is_used_by_us("json:dumps")
    assert is_used_by_us("time:time")
    assert not is_used_by_us("random:randint")
    assert not is_used_by_us("time:sleep")
