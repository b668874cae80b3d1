"""Definition → Amazon States Language. Pure and deterministic: same definition, same bytes."""

from statewright.workflows.compiler.artefact import Artefact, compile_definition

__all__ = ["Artefact", "compile_definition"]
