"""The authorizer in front of the gateway: asked once for a token, and again when its time is over."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud import gateway as module
from localcloud.functions import Function, Outcome
from localcloud.gateway import Gateway, Request

AUTHORIZER = "arn:aws:lambda:r:1:function:authorize/invocations"
BODY = {
    "paths": {
        "/things": {
            "get": {
                "security": [{"bearer": []}],
                "x-amazon-apigateway-integration": {
                    "uri": "arn:aws:lambda:r:1:function:list/invocations"
                },
            }
        }
    },
    "components": {
        "securitySchemes": {
            "bearer": {
                "x-amazon-apigateway-authorizer": {
                    "authorizerUri": AUTHORIZER,
                    "authorizerResultTtlInSeconds": 10,
                }
            }
        }
    },
    "x-amazon-apigateway-gateway-responses": {
        kind: {"statusCode": status, "responseTemplates": {"application/problem+json": "{}"}}
        for kind, status in (("UNAUTHORIZED", 401), ("DEFAULT_5XX", 500), ("ACCESS_DENIED", 403))
    },
}


class Host:
    """Functions that answer who asked, and count how often the authorizer was."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def find(self, name: str) -> Function:
        return Function(name, f"arn:{name}", "", "", 1, 1)

    def invoke_here(self, function: Function, event: Any) -> tuple[Any, Outcome | None]:
        if function.name == "list":
            return {
                "statusCode": 200,
                "body": event["requestContext"]["authorizer"]["user_id"],
            }, None
        token = event["authorizationToken"]
        self.asked.append(token)
        if token == "Bearer bad":
            return None, Outcome(b'{"errorMessage":"Unauthorized"}', "Unhandled")
        if token == "Bearer broken":
            return None, Outcome(b'{"errorMessage":"the database is away"}', "Unhandled")
        statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": ["*"]}
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        return {"principalId": "p", "policyDocument": policy, "context": {"user_id": token}}, None


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    present = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: present[0])
    return present


def get(gateway: Gateway, token: str) -> tuple[int, bytes]:
    headers = [("authorization", f"Bearer {token}")]
    answer = gateway.handle(Request("GET", "/things", "", headers, b"", "192.0.2.1"))
    return answer.status, answer.body


def test_a_policy_is_kept_for_its_token_and_its_time(host: Host, now: list[float]) -> None:
    gateway = Gateway({"DefinitionBody": BODY}, host)  # type: ignore[arg-type]
    assert get(gateway, "a") == get(gateway, "a") == (200, b"Bearer a")
    assert get(gateway, "b") == (200, b"Bearer b")
    assert host.asked == ["Bearer a", "Bearer b"]
    now[0] += 9.9
    get(gateway, "a")
    assert len(host.asked) == 2
    now[0] += 0.1
    get(gateway, "a")
    assert host.asked == ["Bearer a", "Bearer b", "Bearer a"]


@pytest.mark.parametrize(("token", "status"), [("bad", 401), ("broken", 500)])
def test_a_refusal_or_a_failure_is_not_kept(
    host: Host, now: list[float], token: str, status: int
) -> None:
    gateway = Gateway({"DefinitionBody": BODY}, host)  # type: ignore[arg-type]
    for _ in range(2):
        assert get(gateway, token)[0] == status
    assert len(host.asked) == 2
