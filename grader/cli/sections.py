"""Lists the commands by what people do, and not by the alphabet."""

from __future__ import annotations

import click

# Heading to commands, in the order in which people need them.
SECTIONS = {
    "Begin": ("doctor", "data", "kernel", "packages", "lab", "demo"),
    "Write exercises": ("new", "try", "vary", "release"),
    "Grade a class": ("grade", "status", "mark", "feedback", "report", "export", "watch"),
    "When a student disagrees": ("explain", "override"),
    "Trainings, and other machines": ("referee", "runs", "scheduler", "worker"),
    "For students": ("check",),
}


class SectionedGroup(click.Group):
    """A group whose help has a heading for each kind of work."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Called by click for ``--help``."""
        column = max(map(len, self.commands))
        width = formatter.width - 6 - column
        for heading, names in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl(
                    [
                        (name.ljust(column), self.commands[name].get_short_help_str(width))
                        for name in names
                    ]
                )
