"""The kernel agent: the only code of ours inside a student's kernel.

The sandbox shows this package read-only at the same name as outside, and the grader imports it
before any student code runs. So it imports nothing of ours but itself. Nothing in it is secret or
trusted: students who change it change what they say. ``PROTOCOL.md`` lists what both sides may
send.

Process: student kernel, not trusted.
Touches: the kernel that it runs in, and the scratch folder there.
"""

from __future__ import annotations

from .protocol import VERSION


class ProtocolMismatch(RuntimeError):  # noqa: N818 -- named for what happened
    """The grader and the agent in the kernel do not speak the same version of the protocol."""


def install(version: int) -> None:
    """Prepare this kernel: load the agent, and replace ``fit`` once Keras is imported.

    What lies in the working directory now is the course's.

    Args:
        version: of the protocol, as the grader speaks it.

    Raises:
        ProtocolMismatch: this is another version.
    """
    if version != VERSION:
        raise ProtocolMismatch(
            f"the grader speaks version {version} of the protocol, and the agent in the kernel "
            f"version {VERSION}: install one version of the package for both"
        )
    from .agent import AGENT

    AGENT.install()


def answer() -> None:
    """Ask the examiner for questions, and answer them, until no more come."""
    from .agent import AGENT

    AGENT.answer()
