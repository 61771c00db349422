"""The commands of the machines of a cluster: its scheduler and its nodes."""

from __future__ import annotations

from pathlib import Path

import click

_KEY = click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("cluster.pem"),
    show_default=True,
    help="File of the cluster's key: the same on the scheduler, each node, and where one grades.",
)
_INSECURE = click.option(
    "--insecure",
    is_flag=True,
    help="Allow tcp:// on a network. Everybody who reaches it can run programs as you.",
)


@click.command(short_help="Run the scheduler of a cluster that grades.")
@click.option(
    "--listen",
    default="tls://0.0.0.0:8786",
    show_default=True,
    metavar="tls://HOST:PORT",
    help="Where to listen; 0.0.0.0 stands for all addresses of this machine.",
)
@_KEY
@_INSECURE
def scheduler(listen: str, key: Path, insecure: bool) -> None:
    """Connect nodes (grader worker) and those who grade (grader grade --cluster), until Ctrl-C.

    The key is made if it is missing; copy its file to each node.

    Example: grader scheduler --listen tls://0.0.0.0:8786
    """
    from grader.cluster import serve

    serve.scheduler(listen, key, click.echo, insecure=insecure)


@click.command(short_help="Grade on this machine for a cluster.")
@click.argument("address")
@_KEY
@click.option("--name", default="", help="Of this node in messages; default: the machine's.")
@click.option(
    "--resources",
    default="",
    metavar="NAME=NUMBER,...",
    help="What this machine has, as GPU=1: the referee goes where a GPU is. GPUs are found.",
)
@_INSECURE
def worker(address: str, key: Path, name: str, resources: str, insecure: bool) -> None:
    """Grade submissions that a scheduler at ADDRESS sends, until Ctrl-C. No course is needed here.

    Example: grader worker tls://head.example.org:8786 --key cluster.pem
    """
    from grader.cluster import serve

    has = serve.resources_of(resources)
    serve.worker(address, key, click.echo, name=name, resources=has, insecure=insecure)
