"""The ``grader`` command.

Process: your shell.
"""

from grader.cli.group import main

__all__ = ["main"]
