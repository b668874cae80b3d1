"""What ``file.*`` fails with, by the names of workflows."""

from __future__ import annotations


class FileError(Exception):
    """Base: the class's name is the error's name in the workflow."""


class FileInvalidError(FileError):
    """The content is not what it should be, or the inputs do not fit it (the workflow's fault)."""


class FileMissingError(FileError):
    """There is no such file (the workflow's fault)."""


class FileTooLargeError(FileError):
    """There is more of it than may be read, unpacked, kept or given back (the workflow's fault)."""


class FileConflictError(FileError):
    """There is one of that name, or the workspace's files become too large (look first)."""


class FileUnavailableError(FileError):
    """The store does not answer (transient)."""


FileInvalidError.__name__ = "File.Invalid"
FileMissingError.__name__ = "File.NotFound"
FileTooLargeError.__name__ = "File.TooLarge"
FileConflictError.__name__ = "File.Conflict"
FileUnavailableError.__name__ = "File.Unavailable"

ERRORS = tuple(error.__name__ for error in FileError.__subclasses__())
