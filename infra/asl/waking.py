"""Steps the executions whose time has come, as many as there are at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from asl.commands import Command, for_map_runs
from asl.execution import Execution
from asl.ports import Commit
from asl.step import Step


class Woken:
    """The steps that time makes, while they are being made.

    Args:
        step: moves one execution by the present moment.
    """

    def __init__(self, step: Callable[[Execution], Step]):
        self._step = step
        self.commits: list[Commit] = []
        self.commands: list[list[Command]] = []
        """What is to be done once each commit has been written."""
        self.failures: list[Exception] = []

    def each(self, due: Iterable[Execution]) -> Iterator[Commit]:
        """Makes the steps one by one, each just before it is asked for."""
        for execution in due:
            try:
                moved, entries, commands = self._step(execution)
            except Exception as error:  # it must not hold up the others
                self.failures.append(error)
                continue
            self.commits.append(Commit(moved, entries, execution.turn, for_map_runs(commands)))
            self.commands.append(commands)
            yield self.commits[-1]
