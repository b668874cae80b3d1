"""What ``sam package`` does, for LocalStack: uploads artefacts and writes where they are.

Two things are changed on the way, since LocalStack cannot take them as they are; docs/localstack.md
lists both. Everything else of the templates is deployed as written.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from localcloud.template import read
from tests.support.server import ROOT

BUCKET = "artefacts"
_FOLDERS = ("CodeUri", "ContentUri", "DefinitionUri")


def packaged(folder: Path, environment: Mapping[str, str]) -> str:
    """Uploads the whole project into the bucket and returns the top template's text."""
    top, out = _prepared(ROOT / "template.yaml", folder), folder / "packaged.json"
    command = [str(Path(sys.executable).with_name("aws")), "cloudformation", "package"]
    command += ["--use-json", "--template-file", str(top), "--s3-bucket", BUCKET]
    subprocess.run(
        [*command, "--output-template-file", str(out)],
        check=True,
        env=dict(environment),
        capture_output=True,
    )
    return json.dumps(json.loads(out.read_text()), separators=(",", ":"))


def _prepared(path: Path, folder: Path) -> Path:
    """A copy of a template and of those nested in it, with absolute paths."""
    template = read(path)
    for parameter in template.get("Parameters", {}).values():
        _with_default(parameter)
    for resource in template["Resources"].values():
        _locate(resource, path.parent, folder)
    copy = folder / path.relative_to(ROOT).with_suffix(".json")
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(json.dumps(template, default=str))
    return copy


def _with_default(parameter: dict[str, Any]) -> None:
    """LocalStack takes an empty value for none, and a parameter without any spoils conditions."""
    parameter.setdefault("Default", "" if parameter["Type"] == "String" else 0)


def _locate(resource: dict[str, Any], here: Path, folder: Path) -> None:
    properties = resource.get("Properties", {})
    for name in _FOLDERS:
        if isinstance(properties.get(name), str):
            properties[name] = str((here / properties[name]).resolve())
    match resource["Type"]:
        case "AWS::Serverless::Application":
            properties["Location"] = str(_prepared(here / properties["Location"], folder))
        case "AWS::Serverless::Api":
            include = properties["DefinitionBody"]["Fn::Transform"]["Parameters"]
            include["Location"] = str(here / include["Location"])
