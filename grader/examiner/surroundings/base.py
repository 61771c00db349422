"""The interface by which ``Proxies`` use the surroundings of a test cell's questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grader.sandbox.guest.data.decoder import Decoder
from grader.sandbox.guest.data.encoder import Encoder


class Around:
    """Adds to questions and takes from answers; this one does neither."""

    def modules(self, names: Sequence[str]) -> dict[str, Any]:
        """Those of ``names`` that the course's own cells import, as they are in this process."""
        return {}

    def ask(self, question: dict[str, Any], encoder: Encoder) -> None:
        """Add to a question what the test changed since the last one."""

    def answered(self, reply: dict[str, Any], decoder: Decoder) -> None:
        """Take from an answer what the student's code changed, wrote, warned of and logged."""

    def decoded(self) -> None:
        """Hear that an answer was decoded: what it is made of is imported by now."""
