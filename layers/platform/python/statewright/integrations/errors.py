"""Failures of calls to other systems. The class's name is the error's name in a workflow."""

from __future__ import annotations


class IntegrationError(Exception):
    """Base: a step's failure that ``retry``, ``on_error`` and ``catch`` can name."""


class ConnectionInvalidError(IntegrationError):
    """The connection does not exist, or is not for this (the workflow's fault)."""


class ConnectionUnauthorizedError(IntegrationError):
    """The other system does not take the credentials any more: a person has to agree again."""


class ConnectionUnavailableError(IntegrationError):
    """The credentials cannot be had right now (transient: try again)."""


ConnectionInvalidError.__name__ = "Connection.Invalid"
ConnectionUnauthorizedError.__name__ = "Connection.Unauthorized"
ConnectionUnavailableError.__name__ = "Connection.Unavailable"

CONNECTION_ERRORS = ("Connection.Invalid", "Connection.Unauthorized", "Connection.Unavailable")
"""What every action that uses a connection can fail with."""
