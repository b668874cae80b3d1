"""Every function takes its sample event, as `sam local invoke -e events/…` would give it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from statewright_cli import openapi
from tests.support.server import ROOT

SAMPLES = sorted((ROOT / "events").glob("*/*.json"))
_SCRIPT = """
import json, os, sys
from pathlib import Path

import psycopg
from localcloud.cloud import LocalCloud, Options

cloud = LocalCloud(Options(Path("template.yaml").resolve(), Path(sys.argv[1]), "http://localhost:1"))
cloud.open()
with psycopg.connect(os.environ["STATEWRIGHT_DATABASE_URL"]) as connection:
    connection.execute(Path(sys.argv[3]).read_text())
found = {}
for file in sorted(Path("events").glob("*/*.json")):
    name = f"statewright-{file.parent.name}-{file.stem.replace('_', '-')}"
    outcome = cloud.host.invoke(name, file.read_bytes())
    found[f"{file.parent.name}/{file.stem}"] = [json.loads(outcome.payload), outcome.error]
cloud.close()
Path(sys.argv[2]).write_text(json.dumps(found))
"""
# The workspace that the samples speak of: an owner, two members, a workflow without executions, and
# one of each thing that a sample changes or removes.
_WORLD = """
INSERT INTO workspaces VALUES ('{0}aa', 'Samples', '{{}}', now());
INSERT INTO users VALUES ('{0}bb', 'owner@example.com', 'O', '{1}', now()),
    ('{0}b2', 'second@example.com', 'S', NULL, now()), ('{0}b3', 'third@example.com', 'T', NULL, now());
INSERT INTO memberships VALUES ('{0}aa', '{0}bb', 'owner', now()), ('{0}aa', '{0}b2', 'viewer', now()),
    ('{0}aa', '{0}b3', 'viewer', now());
INSERT INTO workflows VALUES ('{0}01', '{0}aa', 'First',
    '{{"name": "First", "steps": [{{"id": "a", "set": 1}}]}}', 1, NULL, true, now(), now());
INSERT INTO workflows (id, workspace_id, name, definition, archived_at, created_at, updated_at)
    SELECT ('{0}' || x)::uuid, '{0}aa', x, '{{"name": "N", "steps": [{{"id": "a", "set": 1}}]}}',
        CASE x WHEN '03' THEN now() END, now(), now() FROM unnest(ARRAY['02', '03']) x;
INSERT INTO folders VALUES ('{0}e6', '{0}aa', NULL, 'Sales', now()), ('{0}e7', '{0}aa', NULL, 'Old', now());
INSERT INTO groups VALUES ('{0}e4', '{0}aa', 'Sales', now()), ('{0}e8', '{0}aa', 'Old', now()),
    ('{0}f5', '{0}aa', 'Spare', now());
INSERT INTO roles VALUES ('{0}aa', 'old-role', '', ARRAY['workflows:read'], now());
INSERT INTO service_accounts VALUES ('{0}e2', '{0}aa', 'Old', 'operator', now());
INSERT INTO service_accounts VALUES ('{0}f4', '{0}aa', 'Provisioning', 'provisioner', now());
INSERT INTO provisioning VALUES ('{0}aa', '{0}f4', 'viewer', now());
INSERT INTO grants VALUES ('{0}e5', '{0}aa', '{0}b2', NULL, NULL, 'editor', 'folder', '{0}e6', now());
INSERT INTO invitations VALUES ('{0}e3', '{0}aa', 'old@example.com', 'viewer', NULL, now(), now() + '1 day'),
    ('{0}f3', '{0}aa', 'sample@example.com', 'viewer', NULL, now(), now() + '1 day');
INSERT INTO api_keys (id, workspace_id, name, digest, role, created_by, created_at)
    VALUES ('{0}e1', '{0}aa', 'old', 'x', 'viewer', '{0}bb', now());
INSERT INTO identity_providers VALUES
    ('{0}f6', '{0}aa', 'oidc', 'Own', '{{"oauth": {{"client_id": "c", "issuer": "https://x.example"}},
        "rules": {{}}}}', NULL, true, now()),
    ('{0}f7', '{0}aa', 'oidc', 'Old', '{{"oauth": {{"client_id": "c", "issuer": "https://x.example"}},
        "rules": {{}}}}', NULL, true, now()),
    ('{0}f9', '{0}aa', 'saml', 'Company', '{{"saml": {{"entity_id": "e", "sign_in_url":
        "https://x.example/sso", "certificates": []}}, "rules": {{}}, "certificate": ""}}', NULL, true,
        now()),
    ('{0}f8', '{0}aa', 'github', 'GitHub', '{{"oauth": {{"client_id": "c"}}, "rules": {{}}}}', NULL,
        true, now());
INSERT INTO sessions VALUES ('{0}dd', '{0}aa', '{0}bb', 'password', false, '', '', now(), now(), now() + '1 day'),
    ('{0}de', '{0}aa', '{0}bb', 'password', false, '', '', now(), now(), now() + '1 day'),
    ('{0}d2', '{0}aa', '{0}bb', 'password', false, '', '', now(), now(), now() + '1 day');
INSERT INTO refresh_tokens VALUES (sha256('swr_sample'), '{0}d2', now());
INSERT INTO one_time_tokens VALUES
    (sha256('sample-registration'), 'registration-link', NULL, '{{"email": "new-owner@example.com",
        "name": "N", "workspace": "New", "password_hash": "x"}}', now(), now() + '1 day'),
    (sha256('sample-reset'), 'password-reset', '{0}b2', '{{}}', now(), now() + '1 day'),
    (sha256('sample-verification'), 'email-verification', '{0}b2',
        '{{"email": "second@example.com"}}', now(), now() + '1 day'),
    (sha256('sample-invitation'), 'invitation', NULL, '{{"invitation": "{0}f3"}}', now(), now() + '1 day'),
    (sha256('sample'), 'sign-in-code', '{0}b2', '{{"entry": {{"user_id": "{0}b2", "workspace_id":
        "{0}aa", "role": "viewer", "method": "oidc", "second_factor": false, "must_enrol": false}},
        "provider_id": "{0}f8", "provider_session": null}}', now(), now() + '1 day'),
    (sha256('sample-challenge'), 'second-factor', '{0}bb', '{{"workspace_id": "{0}aa"}}', now(),
        now() + '1 day');
INSERT INTO notification_templates VALUES
    ('{0}c3', '{0}aa', 'welcome', 'template', 'general', '', 1, now(), now()),
    ('{0}c5', '{0}aa', 'old', 'template', 'general', '', 1, now(), now());
INSERT INTO notification_template_versions VALUES ('{0}c3', 1, '{0}aa', NULL, 'en',
    '{{"en": {{"default": {{"text": "Hello {{{{ name }}}}"}}}}}}', NULL, 'user:x', now());
INSERT INTO notifications (id, workspace_id, fingerprint, content, attachments, data, category, priority,
        channels, strategy, recipients, status, created_by, created_at, send_at)
    VALUES ('{0}c0', '{0}aa', '', '{{"text": "T"}}', '[]', '{{}}', 'general', 'normal', ARRAY['in_app'], 'all',
        '[]', 'scheduled', 'user:x', now(), now() + '1 day');
INSERT INTO notification_deliveries (id, workspace_id, notification_id, recipient, user_id, channel, address,
        data, status, due_at, created_at, updated_at)
    SELECT ('{0}' || x)::uuid, '{0}aa', '{0}c0', 'user:{0}bb', '{0}bb', 'in_app', '{0}bb', '{{}}', 'delivered',
        now(), now(), now() FROM unnest(ARRAY['c1', 'c2']) x;
INSERT INTO notification_devices VALUES ('{0}c4', '{0}aa', '{0}bb', 'token', 'ios', now());
INSERT INTO notification_suppressions VALUES ('{0}aa', 'email', 'old@example.com', '*', 'bounce', now());
INSERT INTO notification_providers VALUES ('{0}aa', 'push', 'default', 'firebase', '{{}}', '', now());
INSERT INTO data_tables SELECT ('{0}' || x)::uuid, '{0}aa', y, '{{"number": {{"type": "number", "required": true}}}}',
        ARRAY['number'], 0, now(), now() FROM (VALUES ('a3', 'orders'), ('a4', 'old')) v (x, y);
INSERT INTO data_rows SELECT ('{0}' || x)::uuid, '{0}aa', '{0}a3', y, jsonb_build_object('number', x), now(), now()
    FROM (VALUES ('a5', '[1]'), ('a6', '[2]')) v (x, y);
INSERT INTO files SELECT ('{0}' || x)::uuid, '{0}aa', 'old/' || x, 'text/csv', 5, 'e', now(), 'upload', now(), now()
    FROM unnest(ARRAY['f1', 'f2']) x;
INSERT INTO connections (id, workspace_id, name, title, kind, settings, sealed, created_at, updated_at,
        rotated_at)
    SELECT ('{0}' || x)::uuid, '{0}aa', 'c' || x, '', CASE x WHEN '9c' THEN 'oauth2' ELSE 'bearer' END,
        '{{"base_url": "http://localhost:9", "grant": "authorization_code", "client_id": "c", "scopes": [],
            "authorize_url": "https://x.example", "parameters": {{}}}}', '', now(), now(), now()
    FROM unnest(ARRAY['9a', '9b', '9c']) x;
INSERT INTO human_tasks (id, workspace_id, workflow_id, execution_id, step, title, body, assignees, task_token,
        created_at, expires_at)
    SELECT ('{0}' || x)::uuid, '{0}aa', '{0}01', 'x' || x, 'ask', 'May we?', '', '[]', x, now(), now() + '1 day'
    FROM unnest(ARRAY['a5', 'a6', 'a7']) x;
INSERT INTO human_task_people (id, task_id, workspace_id, user_id, email, name, via, created_at)
    SELECT gen_random_uuid(), ('{0}' || x)::uuid, '{0}aa', '{0}bb', 'owner@example.com', 'O', 'asked', now()
    FROM unnest(ARRAY['a5', 'a6', 'a7']) x;
INSERT INTO reports (id, workspace_id, name, description, query, shared, owner, created_at, updated_at)
    SELECT ('{0}' || x)::uuid, '{0}aa', 'Weekly', '', '{{"dataset": "executions", "measures": ["count"]}}', true,
        '{0}bb', now(), now() FROM unnest(ARRAY['d5', 'd6']) x;
INSERT INTO dashboards (id, workspace_id, name, description, widgets, shared, owner, created_at, updated_at)
    SELECT ('{0}' || x)::uuid, '{0}aa', 'Own', '', '[{{"title": "T",
        "query": {{"dataset": "executions", "measures": ["count"]}}}}]', true, '{0}bb', now(), now() FROM unnest(ARRAY['d7', 'd9']) x;
INSERT INTO dashboard_links VALUES ('{0}f4', '{0}aa', '{0}d7', '{0}bb', now(), now() + '1 day');
INSERT INTO report_exports (id, workspace_id, request, format, status, requested_by, recipients, created_at)
    SELECT ('{0}' || x)::uuid, '{0}aa', '{{"format": "csv", "title": "T", "query": {{"dataset": "executions",
        "measures": ["count"]}}}}', 'csv', 'running', '{0}bb', '["user:{0}bb"]', now() FROM unnest(ARRAY['d8', 'e0']) x;
INSERT INTO ai_tasks (id, workspace_id, kind, request, status, created_by, created_at, ended_at)
    VALUES ('{0}c7', '{0}aa', 'draft', '{{"kind": "draft", "request": "Hello"}}', 'failed', '{0}bb', now(), now());
INSERT INTO webhook_endpoints SELECT ('{0}' || x)::uuid, '{0}aa', 'https://example.com/hooks', '', ARRAY['*'], true,
        NULL, '', NULL, NULL, NULL, now(), now() FROM unnest(ARRAY['e9', 'ea']) x;
INSERT INTO webhook_messages VALUES ('msg_sample', '{0}aa', 'webhook.test', '{{}}', now());
INSERT INTO webhook_sendings (id, workspace_id, endpoint_id, message_id, status, next_at, created_at)
    VALUES ('{0}eb', '{0}aa', '{0}e9', 'msg_sample', 'dead', now(), now());
INSERT INTO inbox_items VALUES ('{0}c1', '{0}aa', '{0}bb', 'general', 'S', 'T', NULL, now());
"""
# What is not there in that workspace; the handler says so.
NOT_THERE = {
    "ai/get_prediction": 409,  # it has no history
    "integrations/delete_connector": 404,
    "integrations/import_rows": 404,  # its file was never uploaded
    "integrations/get_database_schema": 409,  # the sample's connection is no database's
    "workflows/update_workflow": 409,  # its new name is taken by what create_workflow's made
    "workflows/get_version": 404,  # nothing is published yet
    "workflows/roll_back_workflow": 409,  # its version is the live one
    "workflows/get_test_run": 404,
    "workflows/stop_test_run": 404,
    "workflows/get_execution": 404,
    "workflows/list_visits": 404,
    "workflows/get_map_run": 404,
    "workflows/redrive_execution": 404,
    "workflows/rerun_execution": 404,
    "workflows/delete_execution": 404,
    "workflows/get_execution_job": 404,
    "workflows/cancel_execution_job": 404,
    "workflows/get_history": 404,
    "workflows/stop_execution": 404,
    "workflows/receive_webhook": 404,
    "workflows/call_api": 404,
    "workflows/retire_api": 404,
    "workflows/show_webhook_result": 404,
    "workflows/get_webhook_delivery": 404,
    "workflows/replay_webhook_delivery": 404,
    "workflows/set_trigger_state": 404,
    "workflows/create_upload": 404,
    "workflows/create_form_link": 404,
    "workflows/show_form": 404,
    "workflows/submit_form": 404,
    "tasks/show_link": 401,
    "tasks/decide_link": 401,
    "tasks/decide_task": 410,  # no execution waits for the sample's token
    "analytics/fetch_export": 401,
    "analytics/show_shared_dashboard": 401,
    "notifications/receive_sms": 403,
    "notifications/receive_sms_status": 403,
    "notifications/show_unsubscribe": 401,
    "notifications/unsubscribe": 401,
    "auth/change_password": 422,  # where the sample's password is wrong, for what cannot be undone
    "auth/deactivate_account": 422,
    "auth/delete_account": 422,
    "auth/delete_workspace": 422,
    "auth/confirm_second_factor": 409,  # nothing is set up yet
    "auth/renew_recovery_codes": 409,
    "auth/add_security_key": 410,  # nothing was begun
    "auth/ask_security_key": 410,
    "auth/remove_security_key": 404,
    "auth/sign_in_second_step": 401,
    "auth/switch_workspace": 403,  # end_all_sessions came before
    "auth/end_session": 404,
    "auth/refresh_session": 401,
    "auth/get_saml_metadata": 503,  # the sample's provider has no key pair
    "auth/receive_saml_logout": 503,
    "auth/receive_saml_response": 403,
    "auth/sign_out": 404,
    "integrations/end_authorization": 410,
    "auth/end_sign_in": 410,  # nobody was sent away with the sample's state
}
ERRORS = {
    "auth/authorize": "Exception",
    "live/authorize": "Exception",
    "steps/http_request": "Http.Refused",
    "steps/call_connector": "Connection.Invalid",
    "steps/use_database": "Connection.Invalid",
}


@pytest.fixture(scope="module")
def answers(data_root: Path) -> dict[str, list[object]]:
    found = data_root / "answers.json"
    data, world = data_root / "samples", data_root / "world.sql"
    world.write_text(
        _WORLD.format(
            "0190b0a0-0000-7000-8000-0000000000", PasswordHasher().hash("a long sample phrase")
        )
    )
    openapi.make_if_stale()
    command = [sys.executable, "-c", _SCRIPT, str(data), str(found), str(world)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=600)
    return json.loads(found.read_text())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_the_handler_takes_its_sample(sample: Path, answers: dict[str, list[object]]) -> None:
    name = f"{sample.parent.name}/{sample.stem}"
    payload, error = answers[name]
    assert isinstance(payload, dict)
    if name in ERRORS:
        assert error == "Unhandled"
        assert payload["errorType"] == ERRORS[name]
        return
    assert error is None, payload
    if "requestContext" in json.loads(sample.read_text()):
        assert payload["statusCode"] == NOT_THERE.get(name, payload["statusCode"])
        assert name in NOT_THERE or payload["statusCode"] in {200, 201, 202, 204, 302}
