"""Reasons that many students share: each is said once, with the students whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable


def by_reason(said: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Each reason with its students, in the order in which it was met.

    Where several students share a reason, the folder in it is ``submitted/<student>``.

    Args:
        said: a student, and a reason, which may name a file in the student's folder.
    """
    shared: dict[str, list[tuple[str, str]]] = {}
    for student, reason in said:
        alike = reason.replace(f"submitted/{student}/", "submitted/<student>/")
        shared.setdefault(alike, []).append((student, reason))
    return {
        alike if len(whom) > 1 else whom[0][1]: [student for student, _ in whom]
        for alike, whom in shared.items()
    }
