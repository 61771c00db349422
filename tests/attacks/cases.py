"""The attacks as data: what each student hands in, what must come of it, and a harmless twin.

Texts may name places of a ``world.World``: ``@COURSE@``, ``@OUTSIDE@``, ``@PORT@``, ``@MARK@``.
"""

from __future__ import annotations

from tests.attacks import (
    changed_notebooks,
    forged_answers,
    listening,
    live_outputs,
    odd_files,
    reached_out,
    used_up,
)

ATTACKS = tuple(
    sorted(
        (
            *changed_notebooks.ATTACKS,
            *odd_files.ATTACKS,
            *forged_answers.ATTACKS,
            *used_up.ATTACKS,
            *reached_out.ATTACKS,
            *live_outputs.ATTACKS,
            *listening.ATTACKS,
        ),
        key=lambda attack: attack.number,
    )
)
