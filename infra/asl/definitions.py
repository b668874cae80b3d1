"""Definitions, parsed once for each revision of a state machine."""

from __future__ import annotations

from functools import lru_cache

from asl.definition import load_definition
from asl.execution import Execution
from asl.machine import Machine, map_state
from asl.registry import Machines

KEPT = 1024


class Definitions:
    """What executions run. Thread-safe."""

    def __init__(self, machines: Machines):
        self._machines = machines
        self.of_revision = lru_cache(maxsize=KEPT)(self._parse)
        """A state machine as of a revision."""
        self._processor = lru_cache(maxsize=KEPT)(self._find_processor)

    def of(self, execution: Execution) -> Machine:
        """The definition that the execution runs: the Map's processor, if it is a child."""
        if execution.map_child is None:
            return self.of_revision(execution.revision)
        return self._processor(execution.revision, execution.map_child.state)

    def _parse(self, revision: int) -> Machine:
        return load_definition(self._machines.revision(revision).definition)

    def _find_processor(self, revision: int, name: str) -> Machine:
        state = map_state(self.of_revision(revision), name)
        assert state is not None
        return state.processor
