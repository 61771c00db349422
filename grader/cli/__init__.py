"""The ``grader`` command."""

from grader.cli.group import main

__all__ = ["main"]
