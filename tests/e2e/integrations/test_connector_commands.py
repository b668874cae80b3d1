"""The commands for connectors, as somebody who makes one uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.test_cli import statewright
from tests.support.server import Client, Server
from tests.support.web import Reply, web

SWAGGER = """
swagger: "2.0"
info: {title: Old, version: "3"}
host: old.example.com
paths:
  /a: {get: {operationId: a, responses: {"200": {description: ok}}}}
  /b: {get: {$ref: "missing.yaml"}}
"""


def test_a_dry_run_reports_what_would_be_imported(tmp_path: Path) -> None:
    file = tmp_path / "old.yaml"
    file.write_text(SWAGGER)
    done = statewright("connectors", "import", str(file), "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["operations"] == {"imported": 1, "total": 2}
    assert [problem["fatal"] for problem in report["problems"]] == [True]
    assert report["seconds"] > 0
    assert report["peak_memory_mb"] > 1
    told = statewright("connectors", "import", str(file), "--dry-run").stdout
    assert "1 of 2 operations" in told


@pytest.mark.parametrize("text", ["a: [", "a: 1"])
def test_what_is_no_description_is_said_in_a_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(text)
    done = statewright("connectors", "import", str(file), "--dry-run", "--json")
    assert done.returncode == 1
    assert "x.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_connector_is_made_tried_and_installed(tmp_path: Path, server: Server) -> None:
    made = statewright("connector", "new", "shop", "--folder", str(tmp_path))
    assert made.returncode == 0, made.stderr
    file = str(tmp_path / "shop.yaml")
    assert statewright("connector", "new", "shop", "--folder", str(tmp_path)).returncode == 1
    assert statewright("connector", "test", file).stdout == "shop: 2 operations, no mistakes\n"
    answer = Reply(200, {"Content-Type": "application/json"}, b'[{"id": "one"}]')
    with web(lambda asked: answer) as there:
        call = ("connector", "test", file, "--operation", "items_list", "--server", there.url)
        tried = statewright(*call, STATEWRIGHT_CONNECTOR_TOKEN="a-token-to-try")
        assert tried.returncode == 0, tried.stderr
        assert there.asked[0].headers["authorization"] == "Bearer a-token-to-try"
    assert '"one"' in tried.stdout
    owner = Client(server, "owner@connector-commands.example").register()
    where = ("--url", server.url, "--key", owner.session["token"])
    assert statewright("connector", "install", file, *where).returncode == 0
    assert owner.ok("GET", "/v1/connectors/shop")["kind"] == "declared"
    old = tmp_path / "old.yaml"
    old.write_text(SWAGGER)
    sent = statewright("connectors", "import", str(old), *where)
    assert sent.returncode == 0, sent.stderr
    assert owner.ok("GET", "/v1/connectors/old")["total"] == 2


def test_a_mistake_in_a_connector_is_shown_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(
        "connector: bad\ntitle: B\nserver: https://x\noperations: {go: {title: G, request: GO /x}}\n"
    )
    done = statewright("connector", "test", str(file))
    assert done.returncode == 1
    assert "/operations/go/request" in done.stderr
