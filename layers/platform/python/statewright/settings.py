"""Settings, validated once. The only module that reads the environment."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a deployment decides. ``template.yaml`` sets each as an environment variable."""

    model_config = SettingsConfigDict(env_prefix="STATEWRIGHT_", frozen=True)

    database_url: str = "postgresql://localhost/statewright"
    database_pool: int = 2
    """Connections per process: two are enough in a Lambda, which serves one request at a time."""
    base_url: str = "http://localhost:8000"
    """Where people reach the API: links in e-mails start with it."""
    prefix: str = "statewright"
    """Begins the name of every function and state machine."""
    region: str = "us-east-1"
    account: str = "000000000000"
    workflow_role_arn: str = "arn:aws:iam::000000000000:role/statewright-workflow"
    event_bus: str = "default"
    scheduler_role_arn: str = "arn:aws:iam::000000000000:role/statewright-scheduler"
    files_bucket: str = "filesbucket"
    """The bucket of workspaces' files and of what is made of their figures."""
    api_calls_group: str = "/statewright/api-calls"
    """The log group of the API's access log."""
    files_quota: int = 100_000_000_000
    """The most bytes that a workspace's files may have together."""
    secret_id: str = "statewright/signing"
    """The Secrets Manager secret whose text signs links."""
    data_key_arn: str = "alias/statewright"
    """The KMS key that seals small secrets."""
    report_machine_arn: str = (
        "arn:aws:states:us-east-1:000000000000:stateMachine:statewright_platform-build-report"
    )
    """The state machine that makes files of figures."""
    auth_queue_url: str = "https://sqs.us-east-1.amazonaws.com/000000000000/statewright-auth-events"
    registration: Literal["open", "mail"] = "mail"
    """Whether who registers is let in at once, or confirms the e-mail address first. Only the
    latter hides who has an account."""
    pepper_secret_id: str = "statewright/pepper"
    """The Secrets Manager secret that every password is hashed with, beside its own salt."""
    provider_keys_seconds: float = 30
    """How soon an identity provider's keys are read again when a token fits none of them."""
    mail_from: str = "statewright@localhost"
    mail_configuration_set: str = "statewright-notifications"
    """The SES configuration set whose events tell what became of e-mails."""
    notifications_topic_arn: str = "arn:aws:sns:us-east-1:000000000000:statewright-notifications"
    notification_queues_url: str = (
        "https://sqs.us-east-1.amazonaws.com/000000000000/statewright-notifications"
    )
    """Begins the URL of every channel's queue."""
    without_provider: Literal["refuse", "keep"] = "refuse"
    """Whether a message for a channel that the workspace has no account for fails, or is kept where
    it can be read."""
    outbound_allow: str = ""
    """Addresses besides the public ones that workflows may call, such as
    ``10.0.0.0/8,crm.internal:8080``; an entry for one workspace begins with its id and ``@``."""
    imported_calls: str = ""
    """What imported state machines may call: patterns of ARNs with commas between them."""
    live_endpoint: str = "http://localhost:8000/live"
    """The WebSocket API's address, as its management API is called."""
    execution_jobs_queue_url: str = (
        "https://sqs.us-east-1.amazonaws.com/000000000000/statewright-execution-jobs"
    )
    webhooks_queue_url: str = (
        "https://sqs.us-east-1.amazonaws.com/000000000000/statewright-webhooks"
    )
    """The queue of messages to workspaces' own endpoints."""
    retention_days: int = 90
    """For how many days executions are kept where neither workspace nor workflow says it: as long
    as Step Functions keeps their histories."""
    aws_actions: str = ""
    """The AWS API calls that workflows may make, such as ``sqs:*,s3:getObject``: they are made with
    the workflows' role, whichever workspace asks."""
    http_step_limit: int = 200_000
    """The most bytes of a response that ``http.request`` takes into an execution."""

    @property
    def imported_call_patterns(self) -> tuple[str, ...]:
        """The patterns one by one."""
        return tuple(part.strip() for part in self.imported_calls.split(",") if part.strip())

    @property
    def express_group(self) -> str:
        """The log group of all Express executions. CloudWatch lets services write to groups whose
        names begin so without a policy that names each of them."""
        return f"/aws/vendedlogs/states/{self.prefix}-express"

    @property
    def express_group_arn(self) -> str:
        """As a state machine's logging names it."""
        return f"arn:aws:logs:{self.region}:{self.account}:log-group:{self.express_group}:*"

    @property
    def schedule_group(self) -> str:
        """The EventBridge Scheduler group of workflows' schedules."""
        return f"{self.prefix}-triggers"

    @property
    def trigger_queue_arn(self) -> str:
        """The queue of what schedules and rules fire."""
        return f"arn:aws:sqs:{self.region}:{self.account}:{self.prefix}-trigger-firings"

    @property
    def poll_queue_arn(self) -> str:
        """The queue of polls that are due."""
        return f"arn:aws:sqs:{self.region}:{self.account}:{self.prefix}-trigger-polls"

    @property
    def trigger_dead_letters_arn(self) -> str:
        """The queue of firings that could not be delivered, or not be taken."""
        return f"arn:aws:sqs:{self.region}:{self.account}:{self.prefix}-trigger-dead"

    @property
    def poll_dead_letters_arn(self) -> str:
        """The queue of polls that could not be delivered, or not be taken."""
        return f"arn:aws:sqs:{self.region}:{self.account}:{self.prefix}-trigger-polls-dead"

    def notification_queue_url(self, channel: str) -> str:
        """The queue of a channel."""
        return f"{self.notification_queues_url}-{channel.replace('_', '-')}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """This process's settings."""
    return Settings()
