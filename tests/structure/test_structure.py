"""The house rules that a machine can check: everything deployed is indexed, small, and documented."""

from __future__ import annotations

import ast
import importlib.util
import re
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud.resources import attribute_of
from localcloud.template import Resource, Stack, read
from tests.support.server import ROOT, read_json

FUNCTIONS = sorted(
    file for file in (ROOT / "functions").glob("*/*.py") if file.name != "__init__.py"
)
SOURCES = sorted(
    file
    for folder in ("layers/platform/python", "infra", "functions")
    for file in (ROOT / folder).rglob("*.py")
)
TEMPLATES = [ROOT / "template.yaml", *sorted((ROOT / "infra" / "stacks").glob("*.yaml"))]


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def resources() -> list[Resource]:
    values = {
        "AWS::StackName": "statewright",
        "AWS::Region": "us-east-1",
        "AWS::AccountId": "000000000000",
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
        "DatabaseUrl": "postgresql://x",
        "BaseUrl": "https://x",
    }
    return list(Stack(ROOT / "template.yaml", values, attribute_of).resources())


@pytest.fixture(scope="module")
def deployed() -> dict[str, dict[str, Any]]:
    """Service/function → properties of every function in the template."""
    found = {}
    for resource in resources():
        if resource.kind == "AWS::Serverless::Function":
            folder = (resource.folder / resource.properties["CodeUri"]).resolve()
            module = resource.properties["Handler"].removesuffix(".handler")
            found[f"{folder.name}/{module}"] = resource.properties
    return found


def test_every_function_is_deployed_and_every_deployed_function_exists(
    deployed: dict[str, Any],
) -> None:
    assert deployed.keys() == {name_of(file) for file in FUNCTIONS}


def test_a_functions_name_follows_its_file(deployed: dict[str, Any]) -> None:
    for name, properties in deployed.items():
        expected = f"statewright-{name.replace('/', '-').replace('_', '-')}"
        assert properties["FunctionName"] == expected


@pytest.mark.parametrize("file", FUNCTIONS, ids=name_of)
def test_every_function_has_a_sample_event_and_is_documented(file: Path) -> None:
    assert (ROOT / "events" / f"{name_of(file)}.json").exists()
    assert ast.get_docstring(ast.parse(file.read_text()))
    assert f"`{name_of(file)}`" in (ROOT / "docs" / "functions.md").read_text()


def test_no_sample_event_is_left_over() -> None:
    samples = {name_of(file) for file in (ROOT / "events").glob("*/*.json")}
    assert samples == {name_of(file) for file in FUNCTIONS}


@pytest.mark.parametrize("name", ["generate_api", "generate_alarms"])
def test_what_is_generated_is_fresh(name: str) -> None:
    spec = importlib.util.spec_from_file_location(name, ROOT / f"infra/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.text() == module.TARGET.read_text(), "run `make api`"


def test_every_endpoint_declares_its_permission_or_is_known_to_be_open() -> None:
    import yaml

    from statewright.auth.roles import PERMISSIONS

    body = yaml.safe_load((ROOT / "infra" / "api.yaml").read_text())
    open_paths = set()
    for path, methods in body["paths"].items():
        for method, operation in methods.items():
            if method in {"head", "x-amazon-apigateway-any-method"}:
                continue  # HEAD is its GET, the others only say what there is
            if "x-permission" in operation:
                assert operation["x-permission"] in PERMISSIONS
                assert operation["security"] == [{"bearer": []}]
            else:
                open_paths.add(f"{method} {path}")
    assert open_paths == {
        "get /.well-known/jwks.json",
        "get /approvals/{token}",
        "get /docs",
        "get /docs/{asset}",
        "get /forms/{token}",
        "get /healthz",
        "get /openapi.json",
        "get /readyz",
        "get /hooks/{token}",
        "get /hooks/{token}/executions/{execution_id}",
        "get /v1/auth/saml/{provider_id}/metadata",
        "get /v1/auth/saml/{provider_id}/slo",
        "get /v1/auth/sso/callback",
        "get /v1/auth/sso/{provider_id}",
        "get /v1/auth/workspaces/{workspace_id}/sign-in-options",
        "get /shared/dashboards/{token}",
        "get /shared/exports/{token}",
        "get /unsubscribe/{token}",
        "get /v1/oauth/callback",
        "post /approvals/{token}",
        "post /callbacks/twilio/{workspace_id}/inbound",
        "post /callbacks/twilio/{workspace_id}/status",
        "post /forms/{token}",
        "post /hooks/{token}",
        "post /unsubscribe/{token}",
        "post /v1/auth/email-verifications/confirm",
        "post /v1/auth/invitations/accept",
        "post /v1/auth/password-resets",
        "post /v1/auth/password-resets/confirm",
        "post /v1/auth/saml/{provider_id}/acs",
        "post /v1/auth/sessions",
        "post /v1/auth/sessions/exchange",
        "post /v1/auth/sessions/refresh",
        "post /v1/auth/sessions/second-step",
        "post /v1/auth/sessions/second-step/options",
        "post /v1/auth/workspaces",
        "post /v1/auth/workspaces/confirm",
        "delete /hooks/{token}",
        "patch /hooks/{token}",
        "put /hooks/{token}",
    }


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_the_sam_translator_accepts_the_template(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator
    from samtranslator.yaml_helper import yaml_parse

    template = yaml_parse(path.read_text())
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        for field in ("CodeUri", "ContentUri", "DefinitionUri"):
            if field in properties:  # `sam package` uploads the folder and puts its address here
                properties[field] = "s3://bucket/key"
        if "Location" in properties:
            properties["Location"] = "https://s3.amazonaws.com/bucket/nested.yaml"
    translated = Translator({}, Parser()).translate(template, {})
    kinds = {resource["Type"] for resource in translated["Resources"].values()}
    assert not any(kind.startswith("AWS::Serverless") for kind in kinds)
    assert len(translated["Resources"]) < 500


def test_cfn_lint_has_no_findings() -> None:
    from cfnlint.api import lint_file
    from cfnlint.config import ManualArgs

    house = ManualArgs(append_rules=[str(ROOT / "infra" / "lint_rules")])
    assert [str(match) for path in TEMPLATES for match in lint_file(path, config=house)] == []


def test_the_stages_limits_are_of_routes_that_exist() -> None:
    """CloudFormation takes any path, and then limits nothing."""
    import yaml

    body = yaml.safe_load((ROOT / "infra" / "api.yaml").read_text())
    api = next(r for r in resources() if r.kind == "AWS::Serverless::Api")
    settings = api.properties["MethodSettings"]
    limited = [s for s in settings if s["HttpMethod"] != "*"]
    assert limited
    for setting in limited:
        path = setting["ResourcePath"].removeprefix("/").replace("~1", "/")
        assert setting["HttpMethod"].lower() in body["paths"][path]


def test_every_stack_of_functions_is_given_what_it_runs_on() -> None:
    applications = read(ROOT / "template.yaml")["Resources"].values()
    for application in applications:
        location = ROOT / application.get("Properties", {}).get("Location", "template.yaml")
        if location in TEMPLATES[1:] and "Globals" in read(location):
            given = application["Properties"]["Parameters"]
            assert given.keys() >= {"Deployment", "SubnetIds", "SecurityGroupIds"}, location.name


def test_every_alarm_has_its_runbook() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "docs/runbooks.md").read_text(), re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    named = [
        name
        for path in TEMPLATES
        for name in re.findall(r"runbooks\.md#([\w-]+)", path.read_text())
    ]
    assert named
    assert set(named) <= anchors


def test_queues_have_dead_letters_and_time_to_work() -> None:
    found = resources()
    timeouts = {r.properties["FunctionName"]: r.properties["Timeout"] for r in found if "Handler" in r.properties}  # fmt: skip
    queues = [r for r in found if r.kind == "AWS::SQS::Queue" and not r.id.endswith("DeadLetters")]
    assert queues
    for queue in queues:
        assert queue.properties["RedrivePolicy"]["deadLetterTargetArn"]
        assert queue.properties["VisibilityTimeout"] >= 6 * max(
            timeout for name, timeout in timeouts.items() if name.endswith("on-execution-status")
        )


# -- sizes and habits ---------------------------------------------------------------------------


def function_lengths() -> Iterator[tuple[int, str]]:
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                length = node.end_lineno - node.lineno + 1
                yield length, f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"


def test_functions_are_small() -> None:
    lengths = sorted(function_lengths())
    sizes = [length for length, _ in lengths]
    assert statistics.median(sizes) <= 10
    assert sizes[int(len(sizes) * 0.9)] <= 40
    assert [found for found in lengths if found[0] > 60] == []


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_files_are_small_and_say_what_they_are(file: Path) -> None:
    text = file.read_text()
    assert text.count("\n") <= 400
    assert ast.get_docstring(ast.parse(text))


def test_the_environment_is_read_in_one_place() -> None:
    readers = {
        str(file.relative_to(ROOT))
        for file in SOURCES
        if re.search(r"os\.environ|getenv|BaseSettings", file.read_text())
    }
    assert readers == {
        "layers/platform/python/statewright/settings.py",
        "infra/localcloud/boto.py",  # sets the credentials that clients want to see
        "infra/localcloud/cloud.py",  # sets what the template says, as Lambda does
        "infra/localcloud/front.py",  # the same, in the process that answers requests
    }


def test_handlers_only_wire() -> None:
    for file in FUNCTIONS:
        text = file.read_text()
        assert not re.search(r"\b(boto3|psycopg)\b|SELECT |INSERT ", text), file
        assert not re.search(r"from functions\.|^from \.", text, re.MULTILINE), file
        assert text.count("\n") <= 60, file


def test_documentation_names_files_that_exist() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for path in re.findall(r"`((?:infra|functions|layers|examples|tests|bench|events|docs)/[\w./-]+\.\w+)`", page.read_text()):  # fmt: skip
            assert (ROOT / path).exists(), f"{page.name} names {path}"


def test_every_item_of_the_security_page_has_its_test_or_says_what_is_missing() -> None:
    rows = re.findall(
        r"^\| (\d+\.[\d.]+) \|.*$", (page := (ROOT / "docs/security.md").read_text()), re.M
    )
    assert len(rows) >= 70
    for line in re.findall(r"^\| \d.*$", page, re.MULTILINE):
        assert "::" in line or "not applicable" in line or "not met" in line, line
    for file, name in re.findall(r"`((?:e2e|unit)/[\w/]+\.py)::(\w+)`", page):
        assert f"def {name}(" in (ROOT / "tests" / file).read_text(), f"{file} has no {name}"


def test_every_example_has_its_outcome() -> None:
    for file in (ROOT / "examples").glob("*.yaml"):
        assert read_json(file.with_suffix(".json"))["runs"]
