"""The API's description: of every endpoint, right, and a page that needs nothing from elsewhere."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from statewright.auth.roles import PERMISSIONS
from statewright_cli import openapi
from tests.support.server import ROOT, Client, until

METHODS = ("get", "post", "put", "patch", "delete")
SPECTRAL = "@stoplight/spectral-cli@6.16.3"


@pytest.fixture(scope="module")
def document(owner: Client) -> dict[str, Any]:
    def fresh() -> Any:  # the server may still be making the one for this version of the code
        return None if openapi.is_stale() else owner.http.get("/openapi.json").json()

    found: dict[str, Any] = until(fresh, "the description")
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(p, m, o) for p, item in document["paths"].items() for m, o in item.items()]


def test_it_describes_exactly_the_routes(document: dict[str, Any], owner: Client) -> None:
    body = yaml.load((ROOT / "infra" / "api.yaml").read_text(), yaml.CSafeLoader)
    left_out = {"head", "x-amazon-apigateway-any-method"}
    routes = {(p, m) for p, item in body["paths"].items() for m in item.keys() - left_out}
    greedy = [p for p in body["paths"] if p.endswith("+}")]  # any method, to one function
    routes |= {(p.replace("+}", "}"), m) for p in greedy for m in METHODS}
    assert {(path, method) for path, method, _ in operations(document)} == routes
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": f"http://localhost:{owner.server.port}"}]


def test_every_operation_says_who_may_and_what_is_refused(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for *_, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    for path, method, operation in operations(document):
        assert operation["summary"], path
        assert operation["description"], path
        refusals = {status for status in operation["responses"] if status[0] in "45"}
        assert {"429", "500"} <= refusals
        if operation["security"]:
            assert operation["x-permission"] in PERMISSIONS
            assert operation["x-permission"] in operation["description"]
            assert {"401", "403"} <= refusals
        if method == "get" and operation["security"]:
            assert "200" in operation["responses"] or "302" in operation["responses"], path


def test_every_body_has_an_example_that_is_valid(document: dict[str, Any]) -> None:
    import jsonschema_rs

    seen = 0
    for path, _, operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None or "example" not in content:
            continue
        schema = {**content["schema"], "components": document["components"]}
        found = [str(e) for e in jsonschema_rs.Draft202012Validator(schema).iter_errors(content["example"])]  # fmt: skip
        assert not found, (path, found)
        seen += 1
    assert seen > 60


def test_models_of_one_name_are_told_apart(document: dict[str, Any]) -> None:
    """Two services may each have a model `Target`: neither takes the other's place."""
    text = json.dumps(document)
    schemas = document["components"]["schemas"]
    assert set(re.findall(r'"#/components/schemas/([^"]+)"', text)) <= schemas.keys()
    made = document["paths"]["/v1/auth/api-keys"]["post"]["responses"]["201"]
    assert "AuthApiKey" in json.dumps(made)
    assert schemas["AuthApiKey"] != schemas["IntegrationsApiKey"]


def test_the_command_prints_what_the_server_serves(
    document: dict[str, Any], tmp_path: Path
) -> None:
    openapi.write(tmp_path / "api.json")
    printed = json.loads((tmp_path / "api.json").read_text())
    assert {**printed, "servers": document["servers"]} == document


@pytest.mark.skipif(shutil.which("npm") is None, reason="Spectral needs npm")
def test_spectral_finds_no_error(document: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text(json.dumps(document))
    (tmp_path / ".spectral.yaml").write_text('extends: ["spectral:oas"]\n')
    command = ["npm", "exec", "--yes", "--prefer-offline", "--package", SPECTRAL, "--", "spectral"]
    ready = subprocess.run([*command, "--version"], cwd=tmp_path, capture_output=True, check=False)
    if ready.returncode:
        pytest.skip("npm cannot get Spectral here")
    asked = [*command, "lint", "api.json", "--ruleset", ".spectral.yaml", "--format", "json"]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False)
    errors = [found for found in json.loads(done.stdout) if found["severity"] == 0]
    assert errors == []
    assert done.returncode == 0, done.stderr


def test_the_page_loads_nothing_from_elsewhere(owner: Client) -> None:
    anybody = httpx.Client(verify=False, base_url=owner.server.url)
    page = anybody.get("/docs", headers={"accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "script-src 'self';" in page.headers["content-security-policy"]
    parts = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(parts) == 3
    for part in parts:
        answer = anybody.get(f"/{part}")
        assert answer.status_code == 200, part
        assert answer.headers["content-type"].split(";")[0] in {"text/javascript", "text/css"}
    assert anybody.get("/docs/none.js").status_code == 404
    assert anybody.get("/docs/..%2fopenapi.json").status_code == 404
