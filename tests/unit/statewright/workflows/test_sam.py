"""Exported applications: their functions and their state machine run by themselves."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from asl.commands import Dispatch
from asl.definition import check_definition
from statewright.errors import InvalidError
from statewright.workflows.checks import ANYWHERE
from statewright.workflows.exporting import application_of
from tests.support.definitions import outcome
from tests.support.engine import Fails, Run

DEFINITION = {
    "name": "Prices, alone",
    "triggers": [
        {"id": "order_hook", "type": "webhook"},
        {"id": "nightly", "type": "schedule", "cron": "0 3 * * 1-5", "timezone": "Europe/Berlin", "body": {"id": 2}},
        {"id": "ask", "type": "event", "event": "price.wanted"},
    ],
    "settings": {"concurrency": {"limit": 2}, "timeout": "1h"},
    "steps": [
        {"id": "price", "use": "http.request", "with": {"url": "{% $vars.shop & '/prices/' & $trigger.body.id %}"}},
        {"id": "table", "use": "data.csv_parse", "with": {"text": "{% $price.body.csv %}"}},
        {"id": "told", "use": "event.publish", "with": {"type": "priced", "data": {"id": "{% $trigger.body.id %}"}}},
        {"id": "stock", "use": "workflow.run", "with": {"workflow": "Stock, too", "input": 1}, "when": "{% false %}"},
        {"id": "loud", "use": "email.send", "with": {"to": "a@example.com", "subject": "S", "text": "T"}, "when": "{% false %}"},
    ],
    "output": {"table": "{% $table %}", "sum": "{% $sum($table.total.$number()) %}", "odd": "{% $vars.odd %}"},
}  # fmt: skip
RUN = """
import importlib, json, sys
import statewright
assert statewright.__file__.startswith(sys.argv[1]), statewright.__file__
module, _, name = sys.argv[2].rpartition(".")
try:
    print(json.dumps({"result": getattr(importlib.import_module(module), name)(json.load(sys.stdin), None)}))
except Exception as error:
    print(json.dumps({"error": type(error).__name__, "cause": str(error)}))
"""


class Shop(BaseHTTPRequestHandler):
    """Tells the price of anything but 404."""

    def do_GET(self) -> None:
        found = self.path != "/prices/404"
        body = json.dumps({"csv": "id,total\na,1\nb,2\n"}).encode()
        self.send_response(200 if found else 404)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, shop: str) -> Path:
    found = tmp_path_factory.mktemp("application")
    variables = {"shop": shop, "odd": "{% not %} an expression"}
    for path, text in application_of(DEFINITION, ANYWHERE, variables).items():
        (found / path).parent.mkdir(parents=True, exist_ok=True)
        (found / path).write_text(text)
    return found


def template_of(folder: Path) -> dict[str, Any]:
    template: dict[str, Any] = yaml.safe_load((folder / "template.yaml").read_text())
    return template


def called(folder: Path, resource: str, payload: Any) -> Any:
    """What a function of the application answers, in a process that has none of the platform."""
    properties = template_of(folder)["Resources"][resource]["Properties"]
    code = folder / properties["CodeUri"]
    environment = {**os.environ, "PYTHONPATH": str(code), "STATEWRIGHT_OUTBOUND_ALLOW": "127.0.0.0/8"}  # fmt: skip
    ran = subprocess.run([sys.executable, "-c", RUN, str(code), properties["Handler"]], cwd=code, env=environment,
                         input=json.dumps(payload), capture_output=True, text=True, check=False, timeout=60)  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def run(folder: Path, value: Any) -> Run:
    """The application's state machine on the engine, with the application's own functions."""
    text = (folder / "statemachine.asl.json").read_text()
    names = template_of(folder)["Resources"]["Workflow"]["Properties"]["DefinitionSubstitutions"]
    assert set(re.findall(r"\$\{(\w+)\}", text)) == set(names), (
        "each is filled in, and none besides"
    )
    for name in names:
        text = text.replace(f"${{{name}}}", name)
    machine, findings = check_definition(text)
    assert machine is not None, findings

    def answer(dispatch: Dispatch) -> Any:
        parameters = dispatch.parameters.value
        if dispatch.resource.service == "events":
            assert parameters["Entries"][0]["EventBusName"] == "default"
            return {"FailedEntryCount": 0}
        found = called(folder, parameters["FunctionName"].removesuffix("Arn"), parameters["Payload"])  # fmt: skip
        if "error" in found:
            raise Fails(found["error"], found["cause"])
        return {"Payload": found["result"]}

    return Run(machine, value, answer).to_end()


def test_it_runs_without_the_platform(folder: Path) -> None:
    rows = [{"id": "a", "total": "1"}, {"id": "b", "total": "2"}]
    wanted = {"table": rows, "sum": 3, "odd": "{% not %} an expression"}
    assert outcome(run(folder, {"id": 7})) == {"status": "succeeded", "output": wanted}
    scheduled = template_of(folder)["Resources"]["Workflow"]["Properties"]["Events"]["Nightly"]
    sent = json.loads(scheduled["Properties"]["Input"])
    assert outcome(run(folder, sent))["status"] == "succeeded"
    failed = outcome(run(folder, {"id": 404}))
    assert (failed["status"], failed["error"]) == ("failed", "Http.ClientError")


def test_the_template(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    template = template_of(folder)
    assert set(template["Parameters"]) == {"StockTooWorkflowArn", "MailFrom"}
    machine = template["Resources"]["Workflow"]["Properties"]
    assert set(machine["Events"]) == {"OrderHook", "Nightly"}
    for resource in template["Resources"].values():
        for field in {"CodeUri", "DefinitionUri"} & set(resource["Properties"]):
            resource["Properties"][field] = "s3://bucket/key"
    translated = Translator({}, Parser()).translate(template, {})
    kinds = {resource["Type"] for resource in translated["Resources"].values()}
    assert "AWS::Scheduler::Schedule" in kinds
    assert not any(kind.startswith("AWS::Serverless") for kind in kinds)
    assert "ask" in (folder / "README.md").read_text()
    requirements = (folder / "functions/http-request/requirements.txt").read_text()
    assert "httpcore==" in requirements
    assert "psycopg" not in requirements, "nothing of the platform's database"


@pytest.mark.parametrize(
    ("step", "pointer"),
    [
        ({"use": "human.approval", "with": {"assignees": ["a@example.com"], "title": "T"}}, "/steps/1/use"),
        ({"use": "http.request", "connection": "crm", "with": {"url": "http://x"}}, "/steps/1/connection"),
        ({"use": "http.request", "with": {"url": "http://x", "save_to": "a.csv"}}, "/steps/1/with/save_to"),
    ],
)  # fmt: skip
def test_what_needs_the_platform_is_not_exported(step: Any, pointer: str) -> None:
    source = {"name": "W", "steps": [{"id": "a", "set": 1}, {"id": "b", **step}]}
    with pytest.raises(InvalidError) as refused:
        application_of(source, ANYWHERE, {})
    assert [issue.pointer for issue in refused.value.issues] == [pointer]


def test_an_imported_state_machine_is_exported_as_it_was() -> None:
    asl = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "${Mine}", "End": True}}}
    files = application_of({"name": "W", "asl": asl}, ANYWHERE, {})
    assert set(files) == {"template.yaml", "statemachine.asl.json", "README.md"}
    assert json.loads(files["statemachine.asl.json"]) == asl
