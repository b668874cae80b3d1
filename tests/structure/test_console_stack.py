"""The console on AWS is served as it is locally, and the API's addresses reach the API."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest
import quickjs
import yaml

from localcloud.site import HEADERS
from tests.structure.test_structure import read
from tests.support.server import ROOT

STACK = read(ROOT / "infra" / "stacks" / "console.yaml")["Resources"]
PATHS = yaml.safe_load((ROOT / "infra" / "api.yaml").read_text())["paths"]
BEHAVIOURS = STACK["Site"]["Properties"]["DistributionConfig"]["CacheBehaviors"]


@pytest.mark.parametrize("path", sorted(PATHS))
def test_every_address_of_the_api_reaches_it(path: str) -> None:
    address = path.replace("{", "").replace("}", "").replace("+", "")
    assert any(fnmatchcase(address, each["PathPattern"]) for each in BEHAVIOURS)


def test_no_behaviour_is_left_over() -> None:
    known = [path.replace("{", "").replace("}", "").replace("+", "") for path in PATHS]
    for each in BEHAVIOURS:
        assert any(fnmatchcase(path, each["PathPattern"]) for path in known), each["PathPattern"]
        assert each["TargetOriginId"] == "api"


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/", "/index.html"),
        ("/workflows/01a2", "/index.html"),
        ("/apis", "/index.html"),
        ("/assets/index-1a.js", "/assets/index-1a.js"),
        ("/icon.svg", "/icon.svg"),
    ],
)
def test_pages_are_the_index_and_files_are_files(asked: str, given: str) -> None:
    engine = quickjs.Context()
    engine.eval(STACK["Pages"]["Properties"]["FunctionCode"])
    assert engine.eval(f"handler({{request: {{uri: '{asked}'}}}}).uri") == given


def test_pages_have_the_headers_that_they_have_locally() -> None:
    told: dict[str, Any] = STACK["Headers"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]  # fmt: skip
    local = dict(HEADERS)
    policy = told["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    policy = policy.replace(" https://${FilesHost}", "")
    assert policy.replace("wss://${LiveHost}", "ws: wss:") == local["Content-Security-Policy"]
    assert told["FrameOptions"]["FrameOption"] == local["X-Frame-Options"]
    assert told["ReferrerPolicy"]["ReferrerPolicy"] == local["Referrer-Policy"]
    assert told["ContentTypeOptions"]["Override"]
