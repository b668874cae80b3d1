"""The local cloud as a whole: reads the template, makes its resources, runs them until closed."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from asl.adapters.postgres_journal import PostgresJournal, create_schema
from asl.adapters.postgres_machines import PostgresMachines
from asl.adapters.s3_objects import S3Objects
from asl.engine import Engine
from localcloud.boto import Plug
from localcloud.calls import Calls
from localcloud.clock import SystemClock
from localcloud.database import EmbeddedDatabase, open_pool
from localcloud.errors import TemplateError
from localcloud.front_process import FrontProcess, Setting
from localcloud.functions import LambdaHost
from localcloud.gateway import Gateway
from localcloud.link import OWN
from localcloud.metrics import Metrics
from localcloud.resources import ACCOUNT, REGION, Resources, add_resource, attribute_of
from localcloud.services import states
from localcloud.services.events import Events
from localcloud.services.feeding import Feeder
from localcloud.services.keys import Kms, Parameters, SecretsManager
from localcloud.services.logs import Logs
from localcloud.services.mail import Ses
from localcloud.services.objects import S3
from localcloud.services.s3_http import PREFIX
from localcloud.services.scheduler import Scheduler
from localcloud.services.sns import Sns
from localcloud.services.sqs import Sqs
from localcloud.services.websockets import SOCKETS, WebSockets
from localcloud.template import Stack

CONNECTIONS = 36
FUNCTION_CONNECTIONS = 40
STACK = "statewright"
_log = logging.getLogger("localcloud")


@dataclass(frozen=True, slots=True)
class Options:
    """Where a local cloud lives. ``database_url`` empty: an embedded PostgreSQL in ``data``."""

    template: Path
    data: Path
    base_url: str
    database_url: str = ""
    smtp: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Values for the template's other parameters."""
    keep_policies: float | None = None
    """Seconds for which the gateway keeps what the authorizer decided; None: as the API says."""
    record_calls: Path | None = None
    """Where to note what each function asks AWS for."""
    forgetting: Callable[[], Callable[[], None]] | None = None
    """Makes what is called before each invocation, in each process: where calls are recorded,
    no function may keep from others what AWS said to it. A function of a module."""


class LocalCloud:
    """One running local cloud."""

    def __init__(self, options: Options):
        self._options = options
        self._closing = contextlib.ExitStack()
        self._deliveries: Resources
        self._plug: Plug
        self._api: dict[str, Any]
        self._front: FrontProcess | None = None
        self.metrics: Metrics
        self.host = LambdaHost()
        if options.forgetting is not None:
            self.host.begin = options.forgetting()
        self.sockets = WebSockets(self.host)

    @cached_property
    def gateway(self) -> Gateway:
        """The API within this process, for whoever measures it: servers answer elsewhere."""
        return Gateway(self._api, self.host, self._options.keep_policies)

    def open(self) -> None:
        """Starts everything. When it returns, requests can be served and lost work goes on."""
        data = self._options.data
        data.mkdir(parents=True, exist_ok=True)
        url = self._options.database_url or self._embedded(data / "postgres")
        pool = open_pool(url, CONNECTIONS)
        self._closing.callback(pool.close)
        create_schema(pool)
        schema = Path(__file__).with_name("schema.sql").read_text()
        with pool.connection() as connection:
            connection.execute(schema.encode())
        self._make(pool, data, url)

    def _embedded(self, folder: Path) -> str:
        database = EmbeddedDatabase(folder)
        self._closing.callback(database.stop)
        url = database.start()
        database.keep()
        return url

    def _make(self, pool: Any, data: Path, url: str) -> None:
        clock = SystemClock()
        sqs = Sqs(pool, clock, Feeder(pool, clock, REGION, self.host))
        sns = Sns(self._deliver, clock)
        events = Events(self._deliver, clock, ACCOUNT, REGION, pool)
        events.rules.load()
        kms = Kms(data / "kms.key", ACCOUNT, REGION)
        ses = Ses(data / "mail", clock, self._options.smtp, sns.announce)
        found = Resources(
            self.host,
            sqs,
            sns,
            events,
            S3(data / "objects", events.announce_object),
            SecretsManager(pool, kms, clock),
            Logs(data / "logs", clock, ACCOUNT, REGION),
            ses,
            self.sockets,
        )
        self._deliveries = found
        tasks = states.Tasks(self.host, sqs, sns, events)
        journal, engine = _engine(pool, tasks, events, clock, found.logs)
        tasks.states = engine.api
        scheduler = Scheduler(pool, clock, self._deliver, ACCOUNT, REGION)
        services = {
            "sfn": states.operations(engine.api),
            "sqs": sqs.operations(),
            "sns": sns.operations(),
            "eventbridge": events.operations(),
            "scheduler": scheduler.operations(),
            "s3": found.s3.operations(),
            "kms": kms.operations(),
            "sesv2": found.ses.operations(),
            "secrets-manager": found.secrets.operations(),
            "ssm": Parameters(pool).operations(),
            "lambda": found.lambda_operations(),
            "cloudwatch-logs": found.logs.operations(),
            SOCKETS: {name: partial(self._post, name) for name in self.sockets.operations()},
        }
        secret = _secret(data / "access.key")
        endpoint = self._options.base_url + PREFIX.rstrip("/")
        self._plug = self._watch_calls(Plug(services, REGION, secret, endpoint))
        self._plug.install()
        self._api = self._deploy(found, url)
        self.metrics = Metrics(pool, sqs.names)
        self.host.watch, events.watch = self.metrics.invocation, self.metrics.event
        self._migrate()
        states.make_machines(engine.api, found.machines)
        found.begin(scheduler)
        engine.open()
        scheduler.open()
        for close in (self.host.close, journal.close, engine.close, sqs.close, scheduler.close):
            self._closing.callback(close)
        # Last of all, so that what is written before the end is delivered still.
        found.logs.open()
        self._closing.callback(found.logs.close)

    def _watch_calls(self, plug: Plug) -> Plug:
        if self._options.record_calls is not None:
            plug.watch = Calls(self._options.record_calls, ACCOUNT, REGION).note
        return plug

    def _migrate(self) -> None:
        migrated = self.host.invoke(f"{STACK}-operations-migrate", b"{}")
        if migrated.error is not None:
            raise TemplateError(f"the database could not be migrated: {migrated.payload.decode()}")

    def _deploy(self, found: Resources, url: str) -> dict[str, Any]:
        """Makes the template's resources and returns the API's properties."""
        root = str(self._options.template.parent)
        if root not in sys.path:
            sys.path.insert(0, root)  # functions are imported by their path in the project
        stack = Stack(
            self._options.template,
            {
                "AWS::StackName": STACK,
                "AWS::Region": REGION,
                "AWS::AccountId": ACCOUNT,
                "AWS::Partition": "aws",
                "AWS::URLSuffix": "amazonaws.com",
                "DatabaseUrl": url,
                "DatabasePool": FUNCTION_CONNECTIONS,
                "BaseUrl": self._options.base_url,
                "LiveUrl": f"{self._options.base_url}/live",
                "MailFrom": "statewright@localhost",
                **self._options.parameters,
            },
            attribute_of,
        )
        api: dict[str, Any] = {}
        for resource in stack.resources():
            if resource.kind == "AWS::Serverless::Api":
                api = resource.properties
            else:
                add_resource(found, resource, self._options.template.parent)
        os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "WARNING")  # on AWS it is INFO
        os.environ.setdefault("POWERTOOLS_METRICS_DISABLED", "true")  # nobody reads them off stdout
        os.environ.update(found.environment)
        found.finish()
        return api

    def _deliver(self, target: str, texts: Sequence[str]) -> None:
        """Takes events or messages to the resource with an ARN; they are durable on return."""
        self._deliveries.deliver(target, texts)

    def answer(self, front: FrontProcess, console: Path | None, hosts: Sequence[str]) -> None:
        """Has requests answered in a process of their own, until this is closed.

        Args:
            console: the console's files.
            hosts: the names that are answered to.
        """
        front.open(self._setting(console, hosts), self._perform)
        self._front = front
        self._closing.callback(front.close)

    def _setting(self, console: Path | None, hosts: Sequence[str]) -> Setting:
        options, found = self._options, self._deliveries
        return Setting(
            environment=dict(os.environ),
            root=str(options.template.parent),
            functions=self.host.functions(),
            api=self._api,
            sockets=found.sockets.resources,
            buckets=found.s3.buckets(),
            objects=found.s3.folder,
            account=ACCOUNT,
            region=REGION,
            secret=os.environ["AWS_SECRET_ACCESS_KEY"],
            s3_url=options.base_url + PREFIX.rstrip("/"),
            keep_policies=options.keep_policies,
            record_calls=options.record_calls,
            forgetting=options.forgetting,
            console=console,
            hosts=hosts,
        )

    def _perform(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Any:
        """What the process that answers requests asks this one for."""
        if service == OWN:
            return self._perform_own(operation, *parameters["arguments"])
        return self._plug.call(service, operation, dict(parameters))

    def _perform_own(self, operation: str, *arguments: Any) -> Any:
        match operation:
            case "count":
                for kind, *values in arguments[0]:
                    getattr(self.metrics, kind)(*values)
            case "log":
                self._deliveries.logs.put(*arguments)
            case "metrics":
                return self.metrics.text(*arguments)
            case "announce":
                self._deliveries.events.announce_object(*arguments)
        return None

    def _post(self, operation: str, **parameters: Any) -> Any:
        """Something for a client of the WebSocket API: the clients are where requests are."""
        if self._front is not None:
            return self._front.call(SOCKETS, operation, parameters)
        return self.sockets.operations()[operation](**parameters)

    def close(self) -> None:
        """Stops everything, in the reverse order of its start."""
        self._closing.close()


def _secret(file: Path) -> str:
    """The secret access key of this data folder, made at its first start."""
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_hex(32))
    return file.read_text()


def _engine(
    pool: Any, tasks: states.Tasks, events: Events, clock: SystemClock, logs: Logs
) -> tuple[PostgresJournal, Engine]:
    machines = PostgresMachines(pool)
    journal = PostgresJournal(pool, machines)
    announcer = states.StatusEvents(events)
    options: dict[str, Any] = {"objects": S3Objects(), "account": ACCOUNT, "region": REGION}
    return journal, Engine(journal, machines, tasks, announcer, clock, logs, **options)
