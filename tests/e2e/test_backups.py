"""A backup of a running server, restored elsewhere: nothing that was durable is gone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.server import ROOT, Client, Server, until

ASKS = {
    "name": "Asks",
    "triggers": [{"id": "h", "type": "webhook"}],
    "steps": [
        {"id": "answer", "use": "human.approval", "with": {"assignees": ["ada@example.com"], "title": "May we?"}},
    ],
    "output": "{% $answer.decision %}",
}  # fmt: skip


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "statewright_cli", *map(str, arguments)]
    return subprocess.run(
        command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=120
    )


def test_a_running_server_is_backed_up_and_goes_on_elsewhere(data_root: Path) -> None:
    first, archive = Server(data_root / "first"), data_root / "backup.tar.gz"
    try:
        client = Client(first.start()).register()
        workflow = client.publish(ASKS)
        waiting = client.call_webhook(workflow, {}).json()["execution_id"]
        link = client.approval_link("May we?")
        until(lambda: (client.execution(waiting) or {}).get("status"), "its record")
        done = run("backup", archive, "--data", first.data)
        assert done.returncode == 0, done.stderr
        assert client.http.get("/healthz").status_code == 200, "the server goes on"
    finally:
        first.stop()
    assert archive.stat().st_mode & 0o077 == 0, "it holds keys"
    second = Server(data_root / "second")
    done = run("restore", archive, "--data", second.data)
    assert done.returncode == 0, done.stderr
    try:
        again = Client(second.start())
        who = {"email": again.email, "password": "long enough pw"}
        again.use(again.ok("POST", "/v1/auth/sessions", who))
        assert again.ok("GET", f"/v1/workflows/{workflow['id']}")["name"] == "Asks"
        assert again.http.post(link, json={"decision": "approved"}).status_code == 200
        assert again.ended(waiting)["output"] == "approved"
    finally:
        second.stop()
    refused = run("restore", archive, "--data", second.data)
    assert refused.returncode == 1
    assert "not empty" in refused.stderr + refused.stdout


def test_what_is_no_backup_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.tar.gz"
    wrong.write_bytes(b"not an archive")
    for arguments in (("restore", wrong, "--data", tmp_path / "new"), ("backup", tmp_path / "b", "--data", tmp_path)):  # fmt: skip
        assert run(*arguments).returncode == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["wrong.tar.gz"]
