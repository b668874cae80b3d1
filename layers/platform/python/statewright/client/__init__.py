"""A typed client of the API, for Python programs."""

from statewright.client.client import Statewright
from statewright.client.errors import ProblemError

__all__ = ["ProblemError", "Statewright"]
