"""The tutorial of connectors in Python, done as it is written: every command, and the workflow."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from statewright.aws import functions
from statewright.aws.functions import Answer
from statewright.workflows.definition.triggers import PollTrigger
from statewright.workflows.triggers import polls
from statewright.workflows.triggers.targets import Target
from tests.support.server import ROOT, Client, Server
from tests.support.web import Asked, Reply, Web, web

PAGE = (ROOT / "docs" / "custom-connectors.md").read_text().partition("## In Python")[2]
PARCELS = [
    {"number": 1, "city": "Oslo", "grams": 1500},
    {"number": 2, "city": "Bergen", "grams": 500},
]


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


def warehouse(asked: Asked) -> Reply:
    """The system of the tutorial."""
    if asked.query.get("city") == ["Nowhere"]:
        return Reply(200, {}, b"[]")
    if asked.query.get("city") == ["Broken"]:
        return Reply(500, {}, b"down, t0psecret")
    found = [p for p in PARCELS if p["number"] > int(asked.query.get("after", ["0"])[0])]
    found = [p for p in found if asked.query.get("city", [p["city"]]) == [p["city"]]]
    return Reply(200, {"Content-Type": "application/json"}, json.dumps(found).encode())


@pytest.fixture(scope="module")
def there() -> Iterator[Web]:
    with web(warehouse) as running:
        yield running


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@python-connectors.example").register()


@pytest.fixture(scope="module")
def told(
    owner: Client, server: Server, there: Web, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[str]]:
    """The folder of somebody who follows the tutorial, and what each command said."""
    folder = tmp_path_factory.mktemp("tutorial")
    first, *others = [line[2:] for block in blocks("console") for line in block.splitlines()]
    said = [_command(folder, first, owner, there)]
    (folder / "warehouse.py").write_text(blocks("python")[0])
    for line in others:
        said.append(_command(folder, line.replace(".data", str(server.data)), owner, there))
    return folder, said


def _command(folder: Path, line: str, owner: Client, there: Web) -> str:
    words = shlex.split(line.partition("  #")[0].replace("$SERVER", there.url))
    assert words[0] == "statewright"
    known = {"STATEWRIGHT_URL": owner.server.url, "STATEWRIGHT_API_KEY": owner.session["token"]}
    done = subprocess.run(
        [sys.executable, "-m", "statewright_cli", *words[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **known},
    )
    assert done.returncode == 0, f"{line}: {done.stderr}"
    return done.stdout


def test_every_command_says_what_it_did(told: tuple[Path, list[str]]) -> None:
    new, described, weighed, polled, installed, packed = told[1]
    assert "warehouse.py written" in new
    assert described == "warehouse: 2 operations, 1 of them for polls\n"
    assert '"kilograms": 1.5' in weighed
    assert '"cursor": 2' in polled
    assert "2 operations installed" in installed
    assert "template.yaml written" in packed


def publish(owner: Client, there: Web) -> dict[str, Any]:
    """The tutorial's workflow, with a webhook beside its poll."""
    auth = {"kind": "bearer", "token": "t0psecret", "base_url": there.url}
    owner.request("POST", "/v1/connections", {"name": "warehouse", "auth": auth})
    written = yaml.safe_load(blocks("yaml")[0])
    hook = {"id": "h", "type": "webhook"}
    return owner.publish({"name": f"Loads {len(there.asked)}", **written, "triggers": [*written["triggers"], hook], "output": "{% $load %}"})  # fmt: skip


def test_a_workflow_uses_it(told: tuple[Path, list[str]], owner: Client, there: Web) -> None:
    assert owner.ok("GET", "/v1/connectors/warehouse")["kind"] == "python"
    shown = owner.ok("GET", "/v1/connectors/warehouse/operations/parcels_weigh")
    assert shown["inputs"]["properties"]["state"]["enum"] == ["packed", "sent"]
    workflow = publish(owner, there)

    def outcome(city: str) -> dict[str, Any]:
        return owner.ended(owner.call_webhook(workflow, {"city": city}).json()["execution_id"])

    assert outcome("Oslo")["output"]["kilograms"] == 1.5
    assert there.asked[-1].headers["authorization"] == "Bearer t0psecret"
    nothing = outcome("Nowhere")
    assert (nothing["status"], nothing["error"]) == ("failed", "Connector.Error")
    assert "There is nothing to load." in nothing["cause"]
    broken = outcome("Broken")
    assert broken["error"] == "Http.ServerError"
    assert "t0psecret" not in broken["cause"]


def test_checks_know_its_forms_and_results(told: tuple[Path, list[str]], owner: Client) -> None:
    wrong = {"use": "warehouse.parcels_weigh", "with": {"state": "lost"}}
    definition = {"name": "Wrong", "steps": [{"id": "a", **wrong}]}
    created = owner.ok("POST", "/v1/workflows", {"definition": definition})
    answer = owner.request("POST", f"/v1/workflows/{created['id']}/versions")
    assert answer.status_code == 422
    assert "/steps/0/with/state" in [error["pointer"] for error in answer.json()["errors"]]


def test_one_whose_function_is_not_there(told: tuple[Path, list[str]], owner: Client) -> None:
    operation = {"title": "Go", "inputs": {"type": "object"}, "result": {}}
    manifest = {"connector": "absent", "title": "A", "operations": {"go": operation}}
    owner.ok("POST", "/v1/connectors", {"name": "absent", "manifest": manifest})
    for body in ({"name": "other", "manifest": manifest}, {"name": "absent", "manifest": {**manifest, "operations": {}}}, {"name": "absent", "manifest": manifest, "document": "{}"}):  # fmt: skip
        assert owner.request("POST", "/v1/connectors", body).status_code == 422
    definition = {
        "name": "Absent",
        "triggers": [{"id": "h", "type": "webhook"}],
        "steps": [{"id": "a", "use": "absent.go"}],
    }
    found = owner.ended(owner.call_webhook(owner.publish(definition), {}).json()["execution_id"])
    assert found["error"] == "Connector.NotInstalled"
    assert "statewright-connectors-absent" in found["cause"]


def test_a_poll_asks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    def call(name: str, event: dict[str, Any]) -> Answer:
        asked.append((name, event))
        return Answer({"items": [], "cursor": 9})

    monkeypatch.setattr(functions, "call", call)
    trigger = PollTrigger.model_validate(yaml.safe_load(blocks("yaml")[0])["triggers"][0])
    target = Target("w", "f", "F", "parcel", "poll", "arn", "standard")
    assert polls._ask(target, trigger, 7) == {"items": [], "cursor": 9}
    ((name, event),) = asked
    assert name == "statewright-steps-call-connector"
    assert (event["operation"], event["with"]) == ("warehouse.new_parcels", {"cursor": 7})
    assert event["connection"] == "warehouse"


def test_what_is_packed_for_aws(
    told: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    from localcloud.template import read

    folder = told[0] / "warehouse-on-aws"
    assert (folder / "code" / "warehouse.py").read_text() == blocks("python")[0]
    template = read(folder / "template.yaml")
    template["Resources"]["Connector"]["Properties"]["CodeUri"] = "s3://bucket/key"
    translated = Translator({}, Parser()).translate(template, {})
    role = translated["Resources"]["ConnectorRole"]["Properties"]
    assert "Policies" not in role
    assert len(role["ManagedPolicyArns"]) == 1
    assert "AWSLambdaBasicExecutionRole" in json.dumps(role["ManagedPolicyArns"])
