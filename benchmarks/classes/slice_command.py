"""``grader`` on a slice of the data, which the command itself would refuse as not the real data.

``python -m benchmarks.classes.slice_command DATA ARGUMENTS...`` is ``grader ARGUMENTS...`` in all
else: the check of the data costs the same, but looks at the whole data in DATA.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main(arguments: list[str]) -> None:
    """Run the command."""
    from grader import datasets

    verify, data = datasets.verify, Path(arguments[0])

    def verify_whole(folder: Path) -> None:
        verify(data)

    datasets.verify = verify_whole
    from grader.cli import main as command

    sys.argv = ["grader", *arguments[1:]]
    command()


if __name__ == "__main__":
    main(sys.argv[1:])
