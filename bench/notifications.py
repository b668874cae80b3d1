"""Messages a second through the whole path: request, outbox, topic, queue, sender, provider.

The providers are stand-ins on this machine: Twilio's API, called by Twilio's SDK, and the local cloud's
SES, which writes files and tells what became of them. One request names all recipients. The CPU time
of the server and of its database for each message counts the events of SES until the last one is sent.
Run: python bench/notifications.py [--count 1000] [--json]
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
import harness  # noqa: E402

from tests.support.providers import Providers, running  # noqa: E402

SETTLED = {"sent", "delivered"}


def prepare(server: harness.Server, token: str, providers: Providers) -> None:
    """The workspace's accounts at the stand-ins."""
    twilio = {"kind": "twilio", "account_sid": "AC1", "sender": "+15005550006", "secret": "s", "api_base": providers.url}  # fmt: skip
    path = "/v1/notification-providers/sms/default"
    harness.call(server.url, "PUT", path, {"account": twilio}, token)


def measure(server: harness.Server, token: str, channel: str, count: int) -> dict[str, Any]:
    """One request to ``count`` recipients, until a provider has each message."""
    to = {
        "email": [f"u{i}@example.com" for i in range(count)],
        "sms": [f"+49151{i:08d}" for i in range(count)],
    }[channel]
    body = {"to": to, "channels": [channel], "content": {"subject": "S", "text": "T"}}
    start, before = time.monotonic(), server.cpu_seconds()
    sent = harness.call(server.url, "POST", "/v1/notifications", body, token)
    accepted = time.monotonic() - start
    while True:
        path = f"/v1/notifications/{sent['id']}"
        progress = harness.call(server.url, "GET", path, token=token)["progress"]
        if sum(progress.get(status, 0) for status in SETTLED) == len(to):
            break
        if progress.get("failed"):
            raise RuntimeError(f"{channel}: {progress}")
        time.sleep(0.1)
    took = time.monotonic() - start
    return {
        "channel": channel,
        "messages": len(to),
        "accepted_ms": round(accepted * 1000, 1),
        "messages_per_s": round(len(to) / took, 1),
        **server.cpu_seconds().each(before, len(to)),
    }


def main() -> None:
    parser = harness.arguments(__doc__ or "")
    parser.add_argument("--count", type=int, default=1000)
    options = parser.parse_args()
    rows = []
    with running() as providers, harness.server() as server:
        token = harness.sign_up(server.url)
        prepare(server, token, providers)
        for channel in ("email", "sms"):
            measure(server, token, channel, 20)
            rows.append(measure(server, token, channel, options.count))
        calls = len(providers.sms)
    print(
        f"{'channel':>8} {'messages':>9} {'accepted ms':>12} {'messages/s':>11} {'Python ms':>10} {'PostgreSQL ms':>14}"
    )
    for row in rows:
        print(
            f"{row['channel']:>8} {row['messages']:>9} {row['accepted_ms']:>12} {row['messages_per_s']:>11} {row['python_ms']:>10} {row['postgres_ms']:>14}"
        )
    print(f"{calls} calls of Twilio for {options.count + 20} messages")
    if options.json:
        print(json.dumps({"machine": harness.machine(), "rows": rows, "calls": calls}))


if __name__ == "__main__":
    main()
