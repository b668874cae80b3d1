"""The Python client, against the running server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from statewright.auth.access_models import FolderContent
from statewright.client import ProblemError, Statewright
from statewright.client.collections import Listed
from statewright.client.transport import Transport
from tests.support.server import Client, until

GREETS = {
    "name": "Greets",
    "triggers": [{"id": "m", "type": "manual"}],
    "steps": [{"id": "hi", "set": "Hello {% $trigger.body.name %}"}],
    "output": "{% $hi %}",
}


@pytest.fixture(scope="module")
def api(owner: Client) -> Iterator[Statewright]:
    key = owner.ok("POST", "/v1/auth/api-keys", {"name": "client", "role": "editor"})["key"]
    with Statewright(owner.server.url, key) as api:
        yield api


def test_from_a_draft_to_an_ended_execution(api: Statewright) -> None:
    draft = api.workflows.create(GREETS)
    assert draft.version is None
    assert api.workflows.publish(draft.id, "first").version == 1
    assert api.workflows.get(draft.id).definition["name"] == "Greets"
    started = [api.executions.start(draft.id, {"name": f"n{n}"}) for n in range(3)]
    for execution in started:
        until(lambda one=execution: _known(api, one.execution_id), "its record")
    ended = api.executions.ended(started[0].execution_id)
    assert (ended.status, ended.output) == ("succeeded", "Hello n0")
    for execution in started:
        api.executions.ended(execution.execution_id)
    listed = api.executions.list(workflow_id=draft.id, status="succeeded", limit=1)
    assert {e.id for e in listed} == {s.execution_id for s in started}, "every page is read"
    assert "Greets" in {workflow.name for workflow in api.workflows.list(q="greets")}


def _known(api: Statewright, execution_id: str) -> bool:
    try:
        return bool(api.executions.get(execution_id).id)
    except ProblemError as problem:
        if problem.status != 404:
            raise
        return False


def test_each_service_has_its_nouns(owner: Client) -> None:
    """Every list is read and every model fits, and what can be made is made, read and deleted."""
    with Statewright(owner.server.url, owner.session["token"]) as api:
        folder = api.folders.create(FolderContent(name="By the client"))
        assert api.folders.replace(folder.id, {"name": "Renamed"}).name == "Renamed"
        key = api.api_keys.create({"name": "made"})
        assert key.key.startswith("sw_")
        secret = {"kind": "signing_secret", "secret": "s"}
        made = {"name": "by_client", "auth": secret}
        connection = api.connections.create(made)
        assert api.connections.get(connection.id).name == "by_client"
        table = api.tables.create({"name": "clients", "columns": {"n": {"type": "number"}}})
        assert len(api.tables.insert(table.name, [{"n": 1}, {"n": 2}])) == 2
        assert sorted(row.values["n"] for row in api.tables.rows(table.name)) == [1, 2]
        group = api.groups.create({"name": "clients", "members": []})
        for collection, name in (
            (api.folders, folder.id),
            (api.api_keys, key.id),
            (api.connections, connection.id),
            (api.tables, table.name),
            (api.groups, group.id),
        ):
            collection.delete(name)
        listed = [noun for noun in vars(api).values() if isinstance(noun, Listed)]
        assert len(listed) >= 18
        counts = {type(noun).__name__: sum(1 for _ in noun.list()) for noun in listed}
        assert counts["Members"] >= 1
        assert counts["Audit"] > 10
        assert api.apis.all().page.endswith("/docs")
        assert list(api.tasks.mine()) == []


def test_refusals_are_errors_with_their_parts(api: Statewright) -> None:
    with pytest.raises(ProblemError) as refused:
        api.workflows.create({"steps": 7})
    created = refused.value
    assert (created.status, created.kind) == (422, "invalid-input")
    assert created.errors
    assert created.request_id
    with pytest.raises(ProblemError) as denied:
        api.call("PUT", "/v1/cors-origins", {"origins": []})
    assert denied.value.status == 403
    assert len(api.call("GET", "/v1/workspace")) > 1


def test_a_request_that_broke_off_is_sent_again_with_its_key() -> None:
    keys: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        if len(keys) == 1:
            raise httpx.ReadError("gone", request=request)
        if len(keys) == 2:
            return httpx.Response(429, headers={"retry-after": "0"}, json={})
        return httpx.Response(201, json={"id": "x"})

    http = httpx.Client(base_url="http://x", transport=httpx.MockTransport(answer))
    found: Any = Transport(http).send("POST", "/v1/folders", {"name": "n"})
    assert found == {"id": "x"}
    assert len(keys) == 3
    assert len(set(keys)) == 1
