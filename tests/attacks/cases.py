"""The attacks as data: what each student hands in, what must come of it, and a harmless twin.

Texts may name places of a ``world.World``: ``@COURSE@``, ``@OUTSIDE@``, ``@PORT@``, ``@MARK@``.
"""

from __future__ import annotations

import random

from tests.attacks import (
    archive_tricks,
    cell_tricks,
    changed_notebooks,
    computed_answers,
    declared_networks,
    file_tricks,
    forged_answers,
    forged_descriptions,
    forged_messages,
    handed_functions,
    interpreted_texts,
    kernel_processes,
    listening,
    live_outputs,
    missing_values,
    node_tricks,
    notebook_tricks,
    odd_answers,
    odd_files,
    of_judges,
    page_tricks,
    reached_out,
    resources,
    state_files,
    trained_claims,
    used_up,
    watch_tricks,
)
from tests.attacks.trials import Trial

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
            *kernel_processes.ATTACKS,
            *resources.ATTACKS,
            *forged_messages.ATTACKS,
            *odd_answers.ATTACKS,
            *file_tricks.ATTACKS,
            *of_judges.ATTACKS,
            *cell_tricks.ATTACKS,
            *notebook_tricks.ATTACKS,
        ),
        key=lambda attack: attack.number,
    )
)

TRIALS: tuple[Trial, ...] = (
    *archive_tricks.TRIALS,
    *page_tricks.TRIALS,
    *node_tricks.TRIALS,
    *watch_tricks.TRIALS,
    *declared_networks.TRIALS,
    *trained_claims.TRIALS,
    *handed_functions.TRIALS,
    *interpreted_texts.TRIALS,
    *computed_answers.TRIALS,
    *missing_values.TRIALS,
    *forged_descriptions.TRIALS,
    *state_files.TRIALS,
)

# The first corpus, cases 1 to 41, is graded by `make test`, and of all others as many as take a few
# seconds; by `make test-all` and `make siege` every one is.
_FIRST, _SAMPLE, _SEED = 41, 8, 20261127
_LATER = [attack for attack in ATTACKS if attack.number > _FIRST]
SAMPLED = (
    *(attack for attack in ATTACKS if attack.number <= _FIRST),
    *random.Random(_SEED).sample(_LATER, min(_SAMPLE, len(_LATER))),
)
