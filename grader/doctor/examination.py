"""Runs all checks at once: most of them wait for another process to start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from grader import machine
from grader.doctor.findings import Check, Finding
from grader.settings import Settings


def examine(
    checks: Sequence[Check],
    settings: Settings,
    tell: Callable[[Sequence[str]], None] = lambda _: None,
) -> tuple[Finding, ...]:
    """The finding of each check, in their order.

    Args:
        checks: what to look at.
        settings: the course.
        tell: called with the names of what is still being looked at, whenever that changes.
    """
    open_checks = dict.fromkeys(check.name for check in checks)
    tell(tuple(open_checks))
    with ThreadPoolExecutor(machine.cores() + 1) as pool:
        looks = {pool.submit(check.finding, settings): check for check in checks}
        try:
            left = set(looks)
            while left:
                done, left = wait(left, return_when=FIRST_COMPLETED)
                for look in done:
                    open_checks.pop(looks[look].name)
                tell(tuple(open_checks))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return tuple(look.result() for look in looks)
