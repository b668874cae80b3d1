"""Roles, callers, and the policy that the authorizer answers."""

from __future__ import annotations

from itertools import pairwise

import pytest

from statewright.auth.gate import allow, bearer_of
from statewright.auth.roles import PERMISSIONS, ROLES, SCOPED, allows, permissions_of, scopable
from statewright.errors import ForbiddenError, UnauthenticatedError
from statewright.http import Caller


def test_roles_allow_known_permissions_and_nothing_by_default() -> None:
    assert all(granted <= PERMISSIONS.keys() for granted in ROLES.values())
    assert not allows("nobody", "workflows:read")
    assert not allows("owner", "no:such")
    assert not allows("viewer", "workflows:write")
    assert permissions_of([]) == permissions_of(["nobody"]) == frozenset()
    assert permissions_of(["own"], {"own": ["workflows:read", "no:such"]}) == {"workflows:read"}


def test_each_role_allows_all_that_a_smaller_one_does() -> None:
    order = ["guest", "viewer", "operator", "editor", "admin", "owner"]
    for smaller, larger in pairwise(order):
        assert ROLES[smaller] < ROLES[larger]


def test_a_built_in_role_cannot_be_redefined() -> None:
    assert permissions_of(["guest"], {"guest": ["workspace:delete"]}) == ROLES["guest"]


def test_grants_on_a_part_never_give_what_concerns_the_whole() -> None:
    given = scopable(ROLES["owner"])
    assert given
    assert {permission.partition(":")[0] for permission in given} == SCOPED
    assert not {"members", "access", "workspace", "variables", "identity", "audit"} & SCOPED


def test_a_caller_has_what_the_authorizer_says_and_no_more() -> None:
    context = {"workspace_id": "w", "user_id": "u", "role": "owner"}
    narrow = Caller.from_authorizer(
        {**context, "permissions": "workflows:read", "scoped": "folders:read"}
    )
    assert narrow.require("workflows:read")
    assert not narrow.require("folders:read")
    for nothing in (
        narrow,
        Caller.from_authorizer({**context, "permissions": ""}),
        Caller("w", "u", "owner"),
    ):
        with pytest.raises(ForbiddenError):
            nothing.require("workspace:delete")
    with pytest.raises(UnauthenticatedError):
        Caller.from_authorizer({})


def test_who_is_confined_to_one_workspace() -> None:
    assert Caller("w", "u", "owner", session_id="s").confined_to is None
    assert Caller("w", "u", "owner", session_id="s", method="oidc").confined_to == "w"
    assert Caller("w", "u", "owner", key_id="k").confined_to == "w"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "abc"])
def test_what_is_no_bearer_token(header: str) -> None:
    with pytest.raises(UnauthenticatedError):
        bearer_of(header)


def test_the_policy_covers_the_stage_and_nothing_else() -> None:
    policy = allow("arn:aws:execute-api:r:1:api/prod/GET/v1/x", {"user_id": "u"})
    (statement,) = policy["policyDocument"]["Statement"]
    assert statement["Resource"] == ["arn:aws:execute-api:r:1:api/prod/*"]
