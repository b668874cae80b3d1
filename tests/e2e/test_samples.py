"""Every function takes its sample event, as `sam local invoke -e events/…` would give it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import ROOT

SAMPLES = sorted((ROOT / "events").glob("*/*.json"))
_SCRIPT = """
import json, os, sys
from pathlib import Path

import psycopg
from localcloud.cloud import LocalCloud, Options

cloud = LocalCloud(Options(Path("template.yaml").resolve(), Path(sys.argv[1]), "http://localhost:1"))
cloud.open()
with psycopg.connect(os.environ["STATEWRIGHT_DATABASE_URL"]) as connection:
    connection.execute(Path(sys.argv[3]).read_text())
found = {}
for file in sorted(Path("events").glob("*/*.json")):
    name = f"statewright-{file.parent.name}-{file.stem.replace('_', '-')}"
    outcome = cloud.host.invoke(name, file.read_bytes())
    found[f"{file.parent.name}/{file.stem}"] = [json.loads(outcome.payload), outcome.error]
cloud.close()
Path(sys.argv[2]).write_text(json.dumps(found))
"""
# The workspace that the samples speak of: an owner and a workflow without executions.
_WORLD = """
INSERT INTO workspaces VALUES ('0190b0a0-0000-7000-8000-0000000000aa', 'Samples', '{}', now());
INSERT INTO users VALUES ('0190b0a0-0000-7000-8000-0000000000bb', 'owner@example.com', 'O', '', now());
INSERT INTO memberships VALUES ('0190b0a0-0000-7000-8000-0000000000aa',
    '0190b0a0-0000-7000-8000-0000000000bb', 'owner', now());
INSERT INTO workflows VALUES ('0190b0a0-0000-7000-8000-000000000001',
    '0190b0a0-0000-7000-8000-0000000000aa', 'First',
    '{"name": "First", "steps": [{"id": "a", "set": 1}]}', 1, NULL, true, now(), now());
"""
# What is not there in that workspace; the handler says so.
NOT_THERE = {
    "workflows/update_workflow": 409,  # its new name is taken by what create_workflow's made
    "workflows/get_execution": 404,
    "workflows/get_history": 404,
    "workflows/stop_execution": 404,
    "workflows/receive_webhook": 404,
    "workflows/show_approval": 401,
    "workflows/decide_approval": 401,
}
ERRORS = {
    "auth/authorize": "Exception",
    "steps/http_request": "Http.Unreachable",
}


@pytest.fixture(scope="module")
def answers(data_root: Path) -> dict[str, list[object]]:
    found = data_root / "answers.json"
    data, world = data_root / "samples", data_root / "world.sql"
    world.write_text(_WORLD)
    command = [sys.executable, "-c", _SCRIPT, str(data), str(found), str(world)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=120)
    return json.loads(found.read_text())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_the_handler_takes_its_sample(sample: Path, answers: dict[str, list[object]]) -> None:
    name = f"{sample.parent.name}/{sample.stem}"
    payload, error = answers[name]
    assert isinstance(payload, dict)
    if name in ERRORS:
        assert error == "Unhandled"
        assert payload["errorType"] == ERRORS[name]
        return
    assert error is None, payload
    if "requestContext" in json.loads(sample.read_text()):
        assert payload["statusCode"] == NOT_THERE.get(name, payload["statusCode"])
        assert name in NOT_THERE or payload["statusCode"] in {200, 201, 202}
