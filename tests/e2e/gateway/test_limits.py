"""Limits hold for parallel clients and parallel processes: never more, and hardly less."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import Any

import httpx
import psycopg
import pytest

from tests.support.server import ROOT, Client, Server, until

_PROCESS = """
import sys, time
from statewright.errors import RateLimitedError
from statewright.gateway.limits import Limiter
from statewright.gateway.plans import Rate

limiter, rate, granted = Limiter(), Rate(100, 50), 0
sys.stdin.readline()
first = last = time.time()
while time.time() < first + 3:
    try:
        limiter.spend(("workspace", sys.argv[1], rate))
        granted += 1
    except RateLimitedError:
        time.sleep(0.002)
print(granted, first, time.time())
"""


def database(server: Server) -> str:
    folder = (server.data / "postgres" / "postmaster.pid").read_text().splitlines()[4]
    return f"postgresql://postgres@/postgres?host={folder}"


def test_processes_share_a_bucket(server: Server) -> None:
    environment = {"STATEWRIGHT_DATABASE_URL": database(server), "PATH": "", "HOME": "/tmp"}
    command = [sys.executable, "-c", _PROCESS, "shared-by-processes"]
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdin=-1, stdout=-1)
        for _ in range(4)
    ]
    for process in processes:  # all have imported what they need before any begins
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate()[0].split() for process in processes]
    granted = sum(int(count) for count, *_ in told)
    lasted = max(float(end) for *_, end in told) - min(float(begin) for _, begin, _ in told)
    assert 0.95 * (50 + 100 * 2.9) <= granted <= 50 + 100 * lasted


@pytest.fixture(scope="module")
def small(server: Server) -> Client:
    """The owner of a workspace on the small plan: 10 requests a second, 50 at once."""
    small = Client(server, "small@gateway.example").register()
    with psycopg.connect(database(server)) as connection:
        connection.execute("INSERT INTO workspace_plans VALUES (%s, 'small', now())", [small.session["workspace_id"]])  # fmt: skip
    until(lambda: small.ok("GET", "/v1/usage")["plan"] == "small", "the plan")
    return small


def test_parallel_clients_get_the_limit_and_no_more(small: Client) -> None:
    """The bucket is emptied first, then eight clients ask for three seconds as fast as they can."""
    _empty(small)
    answers: list[tuple[float, httpx.Response]] = []
    begun = time.monotonic()

    def ask() -> None:
        with httpx.Client(
            verify=False, base_url=small.server.url, headers=small.http.headers
        ) as http:
            while time.monotonic() < begun + 3:
                answers.append((time.monotonic(), http.get("/v1/usage")))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted = time.monotonic() - begun
    granted = [answer for _, answer in answers if answer.status_code == 200]
    refused = [answer for _, answer in answers if answer.status_code == 429]
    assert len(granted) + len(refused) == len(answers)
    assert 0.95 * 10 * 2.8 <= len(granted) <= 10 * lasted + 2
    for answer in refused:
        assert answer.json()["type"] == "urn:statewright:problem:rate-limited"
        assert int(answer.headers["retry-after"]) >= 1
        assert '"principal";r=0' in answer.headers["ratelimit"]


def _empty(client: Client) -> None:
    until(lambda: client.http.get("/v1/usage").status_code == 429, "an empty bucket")


def test_one_workspaces_limit_is_not_anothers(small: Client, owner: Client) -> None:
    _empty(small)
    answer = owner.http.get("/v1/usage")
    assert answer.status_code == 200
    assert '"workspace";q=4000;w=10' in answer.headers["ratelimit-policy"]


def test_usage_counts(owner: Client) -> None:
    def used() -> Any:
        return owner.ok("GET", "/v1/usage")

    before = used()
    for _ in range(200):
        assert owner.http.get("/v1/workspace").status_code == 200
    after = used()
    assert (after["plan"], after["per_day"]) == ("standard", 5_000_000)
    assert 200 - 64 <= after["used_today"] - before["used_today"] <= 201 + 64
    assert after["principal"]["remaining"] <= 2_000


def test_strangers_are_counted_by_address(server: Server) -> None:
    answer = httpx.get(f"{server.url}/healthz")
    assert answer.headers["ratelimit-policy"] == '"address";q=4000;w=20'
    assert answer.headers["ratelimit"].startswith('"address";r=')
