"""The names of errors that HTTP calls of steps fail with: ``failures`` has the errors themselves.

A module of its own, so that whoever only names them does not load what makes calls.
"""

from __future__ import annotations

HTTP_ERRORS = (
    "Http.ClientError",
    "Http.ServerError",
    "Http.Timeout",
    "Http.Unreachable",
    "Http.TooLarge",
    "Http.RateLimited",
    "Http.InvalidRequest",
    "Http.InvalidAnswer",
    "Http.Refused",
)
GRAPHQL_ERRORS = ("GraphQL.Error", "GraphQL.Invalid", "GraphQL.Unauthorized", "GraphQL.RateLimited")
