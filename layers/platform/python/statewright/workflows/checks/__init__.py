"""Static checks: what is wrong with a definition, before anything is published."""

from statewright.workflows.checks.check import check
from statewright.workflows.checks.findings import Finding
from statewright.workflows.checks.surroundings import ANYWHERE, Surroundings

__all__ = ["ANYWHERE", "Finding", "Surroundings", "check"]
