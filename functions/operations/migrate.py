"""Brings the database up to date, at every deployment and every start of the local cloud."""

from typing import Any

from statewright.auth import signing
from statewright.db.migrate import migrate


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Applies the migrations that the database has not seen, and sees to it that a key can sign."""
    applied = migrate()
    return {"applied": applied, "signing_keys": len(signing.rotate())}
