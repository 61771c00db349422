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
    error = _described(reply, callbacks, resolve)
    if callbacks.has_raised(error):
        return error
    if not callbacks.is_own(error):
        error.by_student = True  # type: ignore[attr-defined]  # its text is theirs
    if line := str(reply.get("line", ""))[:MAX_LINE]:
        add_note(error, f"It was raised in {line}.")
    return error


def _described(reply: Mapping[str, Any], callbacks: Callbacks, resolve: Resolve) -> Exception:
    """The exception that a reply tells of: one of the test's own, or one that is made here."""
    name = str(reply["error"])[:MAX_ERROR_NAME]
    own = callbacks.error(reply.get("again"))
    if "raised" in reply and name.strip() and (own or name not in exceptions.OF_THE_AGENT):
        with contextlib.suppress(Malformed):
            error = Decoder([], resolve).decode(reply["raised"])
            if error is own or exceptions.kept_exception(error) is not None:
                return error  # type: ignore[no-any-return]
    return own or exceptions.from_name(name, str(reply.get("message"))[:MAX_MESSAGE])
