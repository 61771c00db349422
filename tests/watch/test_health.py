"""How the service is, as programs read it."""

from __future__ import annotations

import dataclasses
import json
import socket
import threading
import time
import urllib.error
import urllib.request

import pytest

from grader.errors import ConfigurationError
from grader.watch import health_server
from grader.watch.answers import Outcome
from grader.watch.health import STALE_SECONDS, Health, as_json, as_prometheus
from grader.watch.health_server import Board, served

HEALTH = Health(
    time=1000.0,
    waiting=3,
    oldest_waiting_seconds=12.5,
    testing=2,
    ungraded=1,
    unpublished=0,
    answers={Outcome.TESTED: 7, Outcome.UNREADABLE: 1, Outcome.FAULT: 0},
    recorded=6,
    faults=0,
)


def test_it_is_alive_while_it_steps_and_its_referee_answers() -> None:
    assert HEALTH.alive(1000 + STALE_SECONDS - 1)
    assert not HEALTH.alive(1000 + STALE_SECONDS)
    assert dataclasses.replace(HEALTH, referee=True).alive(1000)
    assert not dataclasses.replace(HEALTH, referee=False).alive(1000)


def test_json_holds_every_field() -> None:
    facts = json.loads(as_json(HEALTH, 1001))
    assert facts.keys() == {field.name for field in dataclasses.fields(Health)} | {"alive"}
    assert facts["answers"] == {"tested": 7, "unreadable": 1, "fault": 0}
    assert facts["alive"] is True


def test_prometheus_reads_what_is_written() -> None:
    from prometheus_client.parser import text_string_to_metric_families

    text = as_prometheus(dataclasses.replace(HEALTH, referee=True), 1001)
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert samples == {
        ("grader_watch_waiting",): 3,
        ("grader_watch_oldest_waiting_seconds",): 12.5,
        ("grader_watch_testing",): 2,
        ("grader_watch_ungraded",): 1,
        ("grader_watch_unpublished",): 0,
        ("grader_watch_last_step_timestamp_seconds",): 1000,
        ("grader_watch_alive",): 1,
        ("grader_watch_referee_alive",): 1,
        ("grader_watch_answers_total", "tested"): 7,
        ("grader_watch_answers_total", "unreadable"): 1,
        ("grader_watch_answers_total", "fault"): 0,
        ("grader_watch_recorded_total",): 6,
        ("grader_watch_faults_total",): 0,
    }
    assert "referee" not in as_prometheus(HEALTH, 1001).replace("its referee answers", "")


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.lengthy
def test_it_is_served_over_http() -> None:
    board = Board()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with served(address, board) as port:
        assert get(port, "/health") == (503, "not started yet\n")
        board.health = dataclasses.replace(HEALTH, time=time.time())
        status, text = get(port, "/health")
        assert status == 200
        assert json.loads(text)["waiting"] == 3
        board.health = dataclasses.replace(HEALTH, time=time.time() - STALE_SECONDS)
        assert get(port, "/health")[0] == 503, "it has stopped"
        status, text = get(port, "/metrics")
        assert status == 200
        assert "grader_watch_alive 0.0" in text
        assert get(port, "/etc/passwd")[0] == 404
        with pytest.raises(ConfigurationError, match=r"cannot be used \(Address already in use\)"):
            served(address, board).__enter__()
    with pytest.raises(urllib.error.URLError):
        get(port, "/health")


def test_nobody_waits_for_the_referee(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, asked = threading.Event(), []

    def ask() -> bool:
        asked.append(1)
        return go_on.wait(60)

    board = Board(ask)
    board.health = HEALTH
    for _ in range(3):
        assert board.read() == HEALTH, "not known yet"
    monkeypatch.setattr(health_server, "_SILENT_SECONDS", 0.0)
    assert board.read() == dataclasses.replace(HEALTH, referee=False), "silent for too long"
    go_on.set()
    end = time.monotonic() + 60
    while board.read() != dataclasses.replace(HEALTH, referee=True):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert len(asked) == 1, "it is asked now and then"
