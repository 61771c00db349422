"""What was raised in a student's kernel instead of an answer, as an exception of ours."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from grader.examiner.handed_in.callbacks import Callbacks
from grader.examiner.notes import add_note
from grader.examiner.objects import exceptions
from grader.sandbox.guest.data.counted import Malformed
from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.protocol import MAX_ERROR_NAME, MAX_LINE, MAX_MESSAGE

Resolve = Callable[[str, dict[str, Any], Decoder], Any]


def by_reply(reply: Mapping[str, Any], callbacks: Callbacks, resolve: Resolve) -> Exception:
    """What the student's code raised, or let pass of what the test raised in a callback.

    Args:
        reply: of the kernel, with an error.
        callbacks: know what the test raised.
        resolve: what a reference in the reply stands for.
    """
    if (again := callbacks.error(reply.get("again"))) is not None:
        return again
    name = str(reply["error"])[:MAX_ERROR_NAME]
    message = str(reply.get("message"))[:MAX_MESSAGE]
    error = callbacks.own_error(reply.get("of_test"), message)
    error = error or _raised(reply, name, message, resolve)
    error.by_student = True  # type: ignore[attr-defined]  # its text is theirs
    if line := str(reply.get("line", ""))[:MAX_LINE]:
        add_note(error, f"It was raised in {line}.")
    return error


def _raised(reply: Mapping[str, Any], name: str, message: str, resolve: Resolve) -> Exception:
    if "raised" in reply and name.strip() and name not in exceptions.OF_THE_AGENT:
        with contextlib.suppress(Malformed):
            error = Decoder([], resolve).decode(reply["raised"])
            if exceptions.kept_exception(error) is not None:
                return error  # type: ignore[no-any-return]
    return exceptions.from_name(name, message)
