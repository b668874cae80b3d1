"""AWS's error answers."""

from __future__ import annotations


class AwsError(Exception):
    """An answer with AWS's error code (boto3 raises it as ClientError)."""

    def __init__(self, code: str, message: str, status: int = 400):
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class TemplateError(ValueError):
    """The template holds something that the local cloud does not do. Says what and where."""
