"""Schedule: brings the keys that sign access tokens up to date, once a day."""

from typing import Any

from statewright.auth import signing


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Makes the next key in time and removes keys whose tokens have ended.

    Invoke it with ``{"force": true}`` to have a new key sign at once, and with ``{"revoke": kid}``
    to remove one that is not to be trusted any more, with all tokens that it signed.
    """
    if "revoke" in event:
        signing.revoke(str(event["revoke"]))
    keys = signing.rotate(force=event.get("force") is True)
    return {"keys": [key.kid for key in keys]}
