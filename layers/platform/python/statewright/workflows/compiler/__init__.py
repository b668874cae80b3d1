"""Definition → Amazon States Language. Pure and deterministic: same definition, same bytes."""

from statewright.workflows.compiler.artefact import Artefact, compile_definition
from statewright.workflows.compiler.checks import check

__all__ = ["Artefact", "check", "compile_definition"]
