"""What ``data.*``, ``table.*``, ``code.*`` and ``file.*`` fail with, by the names of workflows."""

from __future__ import annotations


class DataError(Exception):
    """Base: the class's name is the error's name in the workflow."""


class DataInvalidError(DataError):
    """The data is not what the action takes (the workflow's fault)."""


class DataTooLargeError(DataError):
    """There is more of it than the action takes (the workflow's fault)."""


DataInvalidError.__name__ = "Data.Invalid"
DataTooLargeError.__name__ = "Data.TooLarge"
