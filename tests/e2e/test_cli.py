"""The command line as a newcomer uses it."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import ROOT, Client, Server, until


def statewright(*arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "statewright_cli", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **options},
    )


def test_compile_prints_the_state_machine() -> None:
    done = statewright("compile", "examples/expense-approval.yaml")
    assert done.returncode == 0
    assert json.loads(done.stdout)["StartAt"] == "Start"


def test_check_says_where_and_what(tmp_path: Path) -> None:
    assert statewright("check", "examples/order-intake.yaml").returncode == 0
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: X\nsteps: [{id: a, set: '{% $trigr.body %}'}]\n")
    done = statewright("check", str(broken))
    assert done.returncode == 1
    assert "/steps/0/set  nothing here is called $trigr (did you mean `$trigger`?)" in done.stderr
    assert statewright("check", "examples/none.yaml").returncode == 2


def test_run_shows_the_steps_and_the_output(crm: str) -> None:
    done = statewright(
        "run",
        "examples/lead-enrichment.yaml",
        *("--input", '{"email": "ada@large.example"}'),
        *("--vars", json.dumps({"crm": crm})),
    )
    assert done.returncode == 0, done.stderr
    assert "Look up company" in done.stdout
    assert '"tier": "enterprise"' in done.stdout


def test_run_fails_with_the_executions_error(tmp_path: Path) -> None:
    failing = tmp_path / "failing.yaml"
    failing.write_text("name: X\nsteps: [{stop: {status: failed, error: Mine, cause: because}}]\n")
    done = statewright("run", str(failing))
    assert done.returncode == 1
    assert "Mine: because" in done.stderr
    assert statewright("run", str(failing), "--input", "{").returncode == 2


def test_executions_lists_what_ran(client: Client, server: Server) -> None:
    definition = {"name": "Listed", "steps": [{"id": "a", "set": 1}]}
    workflow = client.publish(definition)
    client.ok("POST", f"/v1/workflows/{workflow['id']}/executions", {})
    key = client.ok("POST", "/v1/auth/api-keys", {"name": "cli"})["key"]
    path = f"/v1/executions?workflow_id={workflow['id']}&status=succeeded"
    until(lambda: client.ok("GET", path)["items"], "the record")
    done = statewright("executions", "--url", server.url, STATEWRIGHT_API_KEY=key, COLUMNS="160")
    assert done.returncode == 0
    assert "Listed" in done.stdout
    refused = statewright("executions", "--url", server.url, "--key", "sw_wrong")
    assert refused.returncode == 1
    assert "Sign in first" in refused.stderr


def test_a_busy_port_and_an_unusable_folder_are_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        done = statewright("serve", "--port", port, "--data", str(tmp_path / "d"))
    assert done.returncode == 1
    assert "cannot be used" in done.stderr
    assert "make run PORT=" in done.stderr
    assert "Traceback" not in done.stderr
    (tmp_path / "file").write_text("")
    done = statewright("serve", "--port", "0", "--data", str(tmp_path / "file" / "d"))
    assert done.returncode == 1
    assert "make run DATA=" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_server_on_the_same_folder_is_refused(server: Server) -> None:
    done = statewright("serve", "--port", "0", "--data", str(server.data))
    assert done.returncode == 1
    assert "Another server uses the data folder" in done.stderr


def _approve_what_waited(tour: Server, log: str) -> None:
    """The execution from before the stop goes on to its end when its link is used."""
    owner = Client(tour)
    account = json.loads((tour.data / "owner.json").read_text())
    session = owner.ok("POST", "/v1/auth/sessions", account)
    owner.http.headers["Authorization"] = f"Bearer {session['token']}"
    waiting = owner.ok("GET", "/v1/executions?status=running")["items"]
    link = re.findall(r"/approvals/\S+", log)[-1]
    assert owner.http.post(link, data={"decision": "approved"}).status_code == 200
    assert [owner.ended(item["id"])["status"] for item in waiting] == ["succeeded"]


@pytest.mark.parametrize("start", ["first", "second"])
def test_the_tour(data_root: Path, start: str) -> None:
    """`make run`: the first start takes the tour, the second has everything from before."""
    tour = Server(data_root / "tour", "--tour")
    tour.start()
    log = data_root / "tour.log"
    try:
        until(
            lambda: log.read_text().count("Ready.") == ["first", "second"].index(start) + 1,
            "the tour",
        )
        if start == "second":
            _approve_what_waited(tour, log.read_text())
    finally:
        tour.stop()
    text = log.read_text()
    assert "The tour stopped" not in text
    assert "order A-1001: succeeded" in text
    assert "waiting" in text
    assert text.count("order A-1001: succeeded") == 1
    newest = text.rsplit("Ready.", 1)[1]
    assert newest.count("/v1/executions/") == 2
    assert "/approvals/" in newest
