"""A referee in front of a person: ``grader referee``."""

from __future__ import annotations

import logging
from pathlib import Path

from rich.console import Console
from rich.logging import RichHandler

from grader import datasets
from grader.referee import addresses, worker
from grader.referee.child import Setup


def run(setup: Setup, address: str, key: Path | None, console: Console) -> None:
    """Serve at ``address`` until Ctrl-C or SIGTERM, telling ``console`` what goes on.

    Args:
        setup: what it trains with.
        address: where to listen.
        key: the file of the secret key for ``tcp``; None: ``referee.key`` among the runs.
        console: where to say it.

    Raises:
        DataError: the data sets are not there, or not the real ones.
        ConfigurationError: nobody can listen there, or the key cannot be used.
    """
    addresses.check(address)
    datasets.verify(setup.data)
    secret = ""
    console.print(f"Referee at {address}, trainings in {setup.runs}", soft_wrap=True)
    if addresses.socket_file(address) is None:
        public, secret = addresses.key_pair(key or setup.runs / "referee.key")
        console.print(f'c.Course.referee_key = "{public}"', soft_wrap=True, highlight=False)
    log = logging.getLogger("grader.referee")
    handler = RichHandler(console=console, show_path=False, show_level=False)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        with console.status(f"Starting {setup.backend} ...") as status:
            worker.serve(address, secret, setup, status.update)
    finally:
        log.removeHandler(handler)
