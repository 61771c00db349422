"""Attacks on machines of a cluster: keys of others, open addresses, names that lead elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grader.cluster import addresses, credentials
from grader.cluster.dask_setup import DASHBOARD, set_up
from grader.errors import GraderError
from grader.notebook.submission.submitted_files import CarriedFiles
from tests.attacks.trials import Carry, Trial

ACCEPTED = "accepted"


def asked(act: Callable[[Path], object]) -> Carry:
    """Do something; says that it was accepted, or what it was refused for."""

    def carry(folder: Path) -> str:
        try:
            act(folder)
        except GraderError as error:
            return f"refused: {str(error).replace(str(folder), '').partition(': ')[0].strip()}"
        return ACCEPTED

    return carry


def key(change: Callable[[Path], object]) -> Carry:
    """Load a cluster's key that was changed."""

    def act(folder: Path) -> None:
        file = folder / "cluster.pem"
        credentials.make(file)
        change(file)
        credentials.load(file)

    return asked(act)


def untouched(_: Path) -> None:
    """An honest key."""


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:200])


def address(*where: str) -> Carry:
    """Use addresses of schedulers."""
    return asked(lambda _: [addresses.check(each) for each in where])


def scheduler(ask: Callable[[str, Path], object]) -> Carry:
    """Ask something of a scheduler with TLS, whose key is in the folder; says how that ended."""

    def carry(folder: Path) -> str:
        import dask
        import distributed

        set_up()
        credentials.make(folder / "cluster.pem")
        # Dask keeps a folder of its own in the temporary one, for the next cluster.
        with (
            dask.config.set({"temporary-directory": str(folder)}),
            distributed.LocalCluster(
                n_workers=0,
                processes=False,
                protocol="tls://",
                host="127.0.0.1",
                security=credentials.load(folder / "cluster.pem"),
                dashboard_address=DASHBOARD,
            ) as cluster,
        ):
            try:
                ask(cluster.scheduler_address, folder)
            except (OSError, TimeoutError, RuntimeError):
                answered = "refused"
            else:
                answered = ACCEPTED
            return f"{answered}, {len(cluster.scheduler.clients) - 1} of its clients"

    return carry


def by_tcp(where: str, _: Path) -> None:
    """Connect as a client that has no key."""
    import distributed

    with distributed.Client(where.replace("tls://", "tcp://"), timeout=1, set_as_default=False):
        pass


def by_another_key(where: str, folder: Path) -> None:
    import distributed

    credentials.make(folder / "other.pem")
    security = credentials.load(folder / "other.pem")
    with distributed.Client(where, security=security, timeout=1, set_as_default=False):
        pass


def by_the_key(where: str, folder: Path) -> None:
    import distributed

    security = credentials.load(folder / "cluster.pem")
    with distributed.Client(where, security=security, timeout=20, set_as_default=False):
        pass


def carried(*names: str) -> Carry:
    """Lay out a submission's files that came from elsewhere; says which came to lie outside."""

    def carry(folder: Path) -> str:
        (folder / "inside").mkdir()
        files = CarriedFiles("sums.ipynb", (), tuple((name, b"3") for name in names))
        try:
            files.lay_out(folder / "inside")
        except GraderError as error:
            return f"refused: {str(error).partition(': ')[0]}"
        outside = [path.name for path in folder.iterdir() if path.name != "inside"]
        return f"outside: {', '.join(outside) or 'nothing'}"

    return carry


UNTOUCHED = key(untouched)
OTHERS = "refused: others may read the cluster's key"

TRIALS = (
    Trial(
        70,
        "key_for_everybody",
        "a cluster's key that every account may read",
        key(lambda file: file.chmod(0o644)),
        OTHERS,
        UNTOUCHED,
        ACCEPTED,
    ),
    Trial(
        70,
        "key_that_is_cut",
        "a cluster's key whose end is missing",
        key(cut),
        "refused: /cluster.pem holds no key of a cluster",
        UNTOUCHED,
        ACCEPTED,
    ),
    Trial(
        70,
        "key_that_is_missing",
        "a node without the cluster's key",
        key(lambda file: file.unlink()),
        "refused: the cluster's key /cluster.pem cannot be read (No such file or directory)",
        UNTOUCHED,
        ACCEPTED,
    ),
    Trial(
        70,
        "address_without_tls",
        "a scheduler on another machine without TLS",
        address("tcp://head.example.org:8786"),
        "refused: tcp://head.example.org:8786 would be open to everybody on the network, who could "
        "then run programs as you",
        address("tls://head.example.org:8786", "tcp://127.0.0.1:8786"),
        ACCEPTED,
    ),
    Trial(
        70,
        "address_that_looks_local",
        "another machine whose name begins as this one's",
        address("tcp://localhost@head.example.org:8786"),
        "refused: tcp://localhost@head.example.org:8786 would be open to everybody on the network, "
        "who could then run programs as you",
        address("tcp://localhost:8786", "tcp://[::1]:8786"),
        ACCEPTED,
    ),
    Trial(
        70,
        "files_that_lead_out",
        "a submission that was sent to a node, with names that lead out of its folder",
        carried("../outside.txt", "a/../../b.txt", "/tmp/absolute.txt"),
        "refused: '../outside.txt' leads out of the submission's folder",
        carried("a/b.txt", "data..txt", "c/..d"),
        "outside: nothing",
    ),
    Trial(
        70,
        "client_without_tls",
        "a client without a key asks a scheduler that has one",
        scheduler(by_tcp),
        "refused, 0 of its clients",
        scheduler(by_the_key),
        "accepted, 0 of its clients",
        kernel=True,
    ),
    Trial(
        70,
        "client_with_another_key",
        "a client with another cluster's key",
        scheduler(by_another_key),
        "refused, 0 of its clients",
        scheduler(by_the_key),
        "accepted, 0 of its clients",
        kernel=True,
    ),
)
