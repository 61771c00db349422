"""What --cluster may say."""

from __future__ import annotations

import pytest

from grader.cluster import addresses
from grader.cluster.addresses import LocalNodes, Scheduler
from grader.errors import ConfigurationError


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("local:2", LocalNodes(2)),
        ("tls://head.example.org:8786", Scheduler("tls://head.example.org:8786")),
        ("tcp://127.0.0.1:8786", Scheduler("tcp://127.0.0.1:8786")),
        ("tcp://localhost:8786", Scheduler("tcp://localhost:8786")),
        ("tcp://[::1]:8786", Scheduler("tcp://[::1]:8786")),
    ],
)
def test_a_cluster_is_nodes_to_start_or_a_scheduler(
    where: str, found: LocalNodes | Scheduler
) -> None:
    assert addresses.parse(where) == found


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("local:0", "expected local:1 or more"),
        ("local:two", "expected local:1 or more"),
        ("local:-1", "expected local:1 or more"),
        ("nowhere", "is no cluster"),
        ("http://head:8786", "expected tls://HOST:PORT"),
        ("tls://head", "expected tls://HOST:PORT"),
        ("tls://head:port", "expected tls://HOST:PORT"),
        ("tcp://10.0.0.1:8786", "would be open to everybody"),
        ("tcp://head.example.org:8786", "would be open to everybody"),
        ("tcp://0.0.0.0:8786", "would be open to everybody"),
    ],
)
def test_what_is_none_or_open_to_all_is_refused(where: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        addresses.parse(where)


def test_an_open_one_is_allowed_where_it_is_asked_for() -> None:
    assert addresses.parse("tcp://10.0.0.1:8786", insecure=True) == Scheduler("tcp://10.0.0.1:8786")


def test_tls_needs_the_key() -> None:
    assert Scheduler("tls://head:8786").encrypted
    assert not Scheduler("tcp://localhost:8786").encrypted
