"""How long the API's authorizer takes to decide, warm: `make bench`, or this file alone.

The whole decision is measured, without any cache: signature, session or key, roles, groups, grants
of a database with some hundred accounts. The aim is a 95th percentile below 2 ms.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness import arguments, machine, percentile

from localcloud.cloud import LocalCloud, Options

ROOT = Path(__file__).resolve().parent.parent
AIM_MS = 2.0
ACCOUNTS = 200
WARM = 200
ARN = "arn:aws:execute-api:us-east-1:000000000000:api/local/GET/v1/workflows"


def measure(decisions: int, accounts: int) -> list[dict[str, Any]]:
    """A row for each kind of credential."""
    data = Path(tempfile.mkdtemp(prefix="statewright-bench-"))
    cloud = LocalCloud(
        Options(
            ROOT / "template.yaml", data, "http://localhost", parameters={"Registration": "open"}
        )
    )
    try:
        cloud.open()
        token, key = _populate(accounts)
        from functions.auth.authorize import handler

        return [
            {"credential": kind, **_timed(handler, f"Bearer {bearer}", decisions)}
            for kind, bearer in (("access token", token), ("API key", key))
        ]
    finally:
        cloud.close()
        shutil.rmtree(data, ignore_errors=True)


def _populate(accounts: int) -> tuple[str, str]:
    """A workspace whose owner is in groups with grants, among other workspaces."""
    from statewright.auth import accounts as use_cases
    from statewright.auth import api_keys, grants, groups
    from statewright.auth.access_models import GroupContent, NewApiKey, NewGrant
    from statewright.auth.identify import identify
    from statewright.auth.models import Registration, Session
    from statewright.http import Caller, Origin

    sessions = []
    for number in range(accounts):
        new = Registration(
            workspace="W", email=f"u{number}@example.com", name="N", password="a long enough pw"
        )
        sessions.append(use_cases.register(new, Origin(f"10.0.{number // 200}.{number % 200}")))
    session = sessions[accounts // 2]
    assert isinstance(session, Session)
    caller = Caller.from_authorizer(identify(session.token))
    for number in range(10):
        members = [caller.user_id]
        group = groups.create(caller, GroupContent(name=f"g{number}", members=members))
        grants.create(caller, NewGrant(group_id=group.id, role="editor"))
    key = api_keys.create(caller, NewApiKey(name="bench", role="editor"))
    return session.token, key.key


def _timed(handler: Callable[..., Any], bearer: str, decisions: int) -> dict[str, Any]:
    event = {"authorizationToken": bearer, "methodArn": ARN}
    took = []
    for number in range(WARM + decisions):
        begun = time.perf_counter()
        handler(event, None)
        if number >= WARM:
            took.append((time.perf_counter() - begun) * 1000)
    return {
        "decisions": decisions,
        "p50_ms": round(percentile(took, 0.5), 3),
        "p95_ms": round(percentile(took, 0.95), 3),
        "p99_ms": round(percentile(took, 0.99), 3),
    }


def main() -> None:
    options = arguments(__doc__ or "")
    options.add_argument("--decisions", type=int, default=3000)
    options.add_argument("--accounts", type=int, default=ACCOUNTS)
    chosen = options.parse_args()
    rows = measure(chosen.decisions, chosen.accounts)
    for row in rows:
        verdict = "within" if row["p95_ms"] < AIM_MS else "above"
        print(
            f"authorizer, {row['credential']:12}  p50 {row['p50_ms']:.2f} ms  "
            f"p95 {row['p95_ms']:.2f} ms ({verdict} {AIM_MS:.0f} ms)  p99 {row['p99_ms']:.2f} ms"
        )
    if chosen.json:
        print(json.dumps({"bench": "authorizer", "machine": machine(), "rows": rows}))


if __name__ == "__main__":
    main()
