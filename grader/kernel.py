"""The course's kernel: an IPython kernel whose ``keras.datasets`` give the course's own data.

Students and graders run the same cells on the same arrays, without a network. Elsewhere (Colab) the
notebooks run too: Keras then downloads the data itself.

`grader.kernelspec` installs it. In the sandbox this module, errors, language, datasets,
tensorflow_log and whole_files are all there is of the package: import nothing else at the top.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from grader import language, tensorflow_log

COURSE_DATA = "COURSE_DATA"
"""The environment variable that names the data folder; it wins over the kernelspec's argument."""
REFEREE, REFEREE_KEY = "COURSE_REFEREE", "COURSE_REFEREE_KEY"
"""The same for a referee that trains in this kernel's place, and for its key."""

# The module of each magic: imported where it is called, since a sandbox has none of them.
_MAGICS = {"check": "grader.student.magic", "hint": "grader.student.hint_magic"}


def main(argv: Sequence[str] | None = None) -> None:
    """Run the kernel; Jupyter calls this with the kernelspec's ``argv``."""
    parser = argparse.ArgumentParser(prog="python -m grader.kernel", allow_abbrev=False)
    parser.add_argument("--data", help=f"the data folder, where {COURSE_DATA} names none")
    parser.add_argument("--referee", help="address of a referee that carries out trainings")
    parser.add_argument("--referee-key", default="", help="its public key, for tcp")
    parser.add_argument("--language", default=language.ENGLISH, help="of messages")
    ours, ipython = parser.parse_known_args(argv)
    language.use(ours.language)
    if ours.data and not os.environ.get(COURSE_DATA):
        os.environ[COURSE_DATA] = ours.data
    # Else TensorFlow reports an error, in red, to every student without a graphics card.
    os.environ.setdefault(tensorflow_log.LEVEL, "3")
    tensorflow_log.install()
    serve_course_data()
    if address := os.environ.get(REFEREE) or ours.referee:
        train_elsewhere(address, os.environ.get(REFEREE_KEY) or ours.referee_key)

    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance(ignore_cwd=True)
    app.initialize(ipython)
    # The notebook's folder, which -P (see kernelspec.install) leaves out. Last: it must hide no
    # package. And no sooner: what a package looks for, and misses, may lie there.
    sys.path.append("")
    for magic in (check, hint):
        app.shell.register_magic_function(magic, "line")
    show_short_messages()
    app.start()


def check(line: str) -> None:
    """Check the claims of this notebook that need no training: ``%check``, or ``%check NAME``."""
    _run_magic("check", line)


def hint(line: str) -> None:
    """Show a hint for a cell: ``%hint NAME``, ``%hint NAME more``; ``%hint`` lists the cells."""
    _run_magic("hint", line)


def _run_magic(name: str, line: str) -> None:
    try:
        module = importlib.import_module(_MAGICS[name])
    except ImportError as error:
        # In the sandbox there is nothing of the package but this: the line must do no harm there.
        if error.name in {"grader.student", _MAGICS[name]}:
            print(f"%{name} does nothing while your work is graded.")
        elif str(error.name).startswith("grader"):
            print(_replaced(name))
        else:
            raise
    else:
        vars(module)[name](line)


def _replaced(name: str) -> str:
    """What is said where this kernel has modules of one version, and finds those of another."""
    return language.gettext(
        "The course's package was replaced after this kernel had started. Restart the kernel, run "
        "your cells, and then %{magic}.",
        magic=name,
    )


def show_short_messages() -> None:
    """Show what a failing claim says in place of its traceback; not in a sandbox."""
    try:
        from grader.cell_messages import shell
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("grader"):
            raise
    else:
        shell.install()


def serve_course_data() -> None:
    """Make ``load_data`` of Keras' two modules read ``$COURSE_DATA``, once keras is imported.

    Nothing is imported now: the kernel starts as quickly as any other.
    """
    import wrapt

    for name in ("mnist", "fashion_mnist"):
        wrapt.when_imported(f"keras.src.datasets.{name}")(_replace_load_data)


def train_elsewhere(address: str, key: str) -> None:
    """Let a referee carry out what ``fit`` is asked for, once keras is imported."""
    import wrapt

    def replace_fit(keras: ModuleType) -> None:
        from grader.student.remote_fit import replace_fit as replace

        replace(keras, address, key, Path(os.environ.get(COURSE_DATA, "")))

    wrapt.when_imported("keras")(replace_fit)


def _replace_load_data(module: ModuleType) -> None:
    """Put the course's ``load_data`` into one of Keras' modules, with Keras' signature and help."""
    import wrapt

    if isinstance(vars(module)["load_data"], wrapt.FunctionWrapper):
        return  # this kernel was forked from a process that had done so
    name = module.__name__.rpartition(".")[2]

    def load_data(
        wrapped: Callable[..., Any], instance: object, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        from grader import datasets
        from grader.errors import DataError

        inspect.signature(wrapped).bind(*args, **kwargs)  # a wrong call fails as Keras' would
        folder = os.environ.get(COURSE_DATA)
        if not folder:
            raise DataError(
                f"{COURSE_DATA} names no data folder: set it, or run `grader kernel`, "
                "then restart the kernel"
            )
        return datasets.load(Path(folder), name)

    wrapt.wrap_function_wrapper(module, "load_data", load_data)


if __name__ == "__main__":
    main()
