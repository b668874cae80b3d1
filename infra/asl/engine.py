"""The engine as a whole: durable and Express executions, their log, and the operations on them."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from asl.api import StepFunctions
from asl.execution_log import ExecutionLogger
from asl.express import Express
from asl.map_runs.ports import ObjectStore
from asl.ports import Announcer, Clock, ExecutionLog, Journal, TaskDispatcher
from asl.registry import Machines
from asl.runner import Runner

GC_THRESHOLDS = 20_000, 20, 50
"""Executions are trees without cycles: looking for cycles seldom makes a third more a second."""


def collect_seldom() -> None:
    """Sets the interpreter's collector for a process that serves; called once it has started."""
    gc.freeze()  # what start-up made stays: collections need not look at it again
    gc.set_threshold(*GC_THRESHOLDS)


class Engine:
    """Everything that one process runs. Nothing moves by itself until :meth:`open`.

    Args:
        announcer: hears of the beginnings and ends of durable executions.
        log: where the events of machines with a log group go.
        report: is told of failures of the engine itself.
        objects: where Distributed Maps read items and write results.
        account: and further options of :class:`asl.api.base.Operations`.
    """

    def __init__(
        self,
        journal: Journal,
        machines: Machines,
        dispatcher: TaskDispatcher,
        announcer: Announcer,
        clock: Clock,
        log: ExecutionLog,
        *,
        report: Callable[[Exception], None] | None = None,
        objects: ObjectStore | None = None,
        workers: int = 64,
        **options: Any,
    ):
        logger = ExecutionLogger(machines, log)
        self.runner = Runner(
            journal,
            machines,
            dispatcher,
            announcer,
            clock,
            workers=workers,
            report=report,
            log=logger,
            objects=objects,
        )
        self.express = Express(machines, dispatcher, clock, logger, report=report)
        self.api = StepFunctions(
            self.runner, journal, machines, clock, express=self.express, log=log, **options
        )

    def open(self) -> None:
        """Goes on with what a crash left, and lets time pass."""
        self.runner.open()
        self.express.open()

    def close(self) -> None:
        """Stops taking work and lets what is under way come to its next commit."""
        self.runner.close()
        self.express.close()
