"""Lines of magics that this kernel does not know do nothing here: they are tools of an editor's.

Colab has ``%tensorflow_version``, and a student's own machine extensions such as a profiler. The
code around such a line does not rest on it.
"""

from __future__ import annotations

from typing import Any

_LOADS = ("load_ext", "reload_ext")


def pass_over_unknown(shell: Any) -> None:
    """Have a line with an unknown magic, or extension, print that it has no effect."""
    from IPython.core.error import UsageError

    run = shell.run_line_magic

    def run_line_magic(magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        try:
            return run(magic_name, line, _stack_depth + 1)
        except ModuleNotFoundError:
            if magic_name not in _LOADS:
                raise
        except UsageError as error:
            if not str(error).startswith(f"Line magic function `%{magic_name}` not found"):
                raise
        print(f"%{magic_name} {line}".rstrip(), "has no effect here: it is not installed.")
        return None

    shell.run_line_magic = run_line_magic
