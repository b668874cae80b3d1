"""What ``db.*`` fails with, by the names of workflows, and who retries."""

from __future__ import annotations


class DatabaseError(Exception):
    """Base: the class's name is the error's name in the workflow."""


class DatabaseInvalidError(DatabaseError):
    """The statement or its parameters are wrong (the workflow's fault)."""


class DatabaseRefusedError(DatabaseError):
    """The database, or the connection, does not allow it (the workflow's fault)."""


class DatabaseConflictError(DatabaseError):
    """A constraint is in the way, or somebody else changes the same (look, or try again)."""


class DatabaseUnavailableError(DatabaseError):
    """There is no database at the address, or it hangs up (transient)."""


class DatabaseTimeoutError(DatabaseError):
    """It takes longer than it may (transient)."""


class DatabaseTooLargeError(DatabaseError):
    """There are more rows or bytes than may be."""


DatabaseInvalidError.__name__ = "Database.Invalid"
DatabaseRefusedError.__name__ = "Database.Refused"
DatabaseConflictError.__name__ = "Database.Conflict"
DatabaseUnavailableError.__name__ = "Database.Unavailable"
DatabaseTimeoutError.__name__ = "Database.Timeout"
DatabaseTooLargeError.__name__ = "Database.TooLarge"

ERRORS = tuple(error.__name__ for error in DatabaseError.__subclasses__())
