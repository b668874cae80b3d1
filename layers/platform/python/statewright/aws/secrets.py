"""AWS Secrets Manager."""

from __future__ import annotations

from functools import lru_cache

from statewright.aws.clients import client, mapped


@lru_cache(maxsize=32)
def secret_text(secret_id: str) -> str:
    """The secret's text, read once per process."""
    return fresh_text(secret_id)


def fresh_text(secret_id: str) -> str:
    """The secret's text as it is now."""
    with mapped("Secrets Manager"):
        return str(client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"])
