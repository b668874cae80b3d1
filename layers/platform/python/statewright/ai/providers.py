"""From a connection to the provider that it is for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module

import httpx2

from statewright.ai import errors
from statewright.ai.anthropic_provider import AnthropicProvider
from statewright.ai.chat import Completion, OnText, Prompt, Provider, Usage
from statewright.ai.openai_provider import OpenAIProvider
from statewright.integrations.credentials import Credentials
from statewright.integrations.errors import ConnectionInvalidError
from statewright.integrations.reach import Reach, reach_of
from statewright.integrations.redaction import redact
from statewright.integrations.wire import RefusedAddressError, within

SECONDS = 120.0
"""The most that one question may take, attempts and the pauses between them included."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, in the workspace's currency; None where nobody has said it."""

    input_price: float | None = None
    output_price: float | None = None

    def known(self) -> bool:
        """Whether calls can be paid for from a budget in money."""
        return self.input_price is not None and self.output_price is not None

    def cost_of(self, used: Usage) -> float:
        """What tokens cost; what has no price costs nothing."""
        asked = used.input_tokens * (self.input_price or 0)
        return (asked + used.output_tokens * (self.output_price or 0)) / 1_000_000


@dataclass(frozen=True, slots=True)
class Model:
    """A provider behind a connection, with what is known of it."""

    connection: str
    provider: str
    name: str
    prices: Prices
    secrets: tuple[str, ...]
    port: Provider

    def complete(
        self, prompt: Prompt, on_text: OnText | None = None, seconds: float = SECONDS
    ) -> Completion:
        """Asks, within a time limit.

        Raises:
            AIError: under the name of what went wrong. Its sentence holds no secret.
        """
        with within(seconds), _named(self):
            return self.port.complete(prompt, on_text)


def model_of(connection: Credentials) -> Model:
    """The model that a connection stands for.

    Raises:
        ConnectionInvalidError: the connection is of another kind.
    """
    if connection.kind != "ai_provider":
        sentence = f"The connection '{connection.name}' ({connection.kind}) is no AI provider."
        raise ConnectionInvalidError(sentence)
    settings, key = connection.settings, str(connection.secrets.get("key", ""))
    return Model(
        connection.name,
        settings["provider"],
        settings["model"],
        Prices(settings.get("input_price"), settings.get("output_price")),
        tuple(connection.texts()),
        _port(settings["provider"], key, settings["model"], settings["base_url"],
              reach_of(connection.workspace_id)),
    )  # fmt: skip


def _port(provider: str, key: str, model: str, base_url: str, reach: Reach) -> Provider:
    if provider == "anthropic":
        return AnthropicProvider(key, model, base_url, reach)
    return OpenAIProvider(key, model, base_url, reach)


@contextmanager
def _named(model: Model) -> Iterator[None]:
    """The SDK's failures under their names in workflows. Both SDKs name theirs alike."""
    sdk = import_module(model.provider)
    try:
        yield
    except errors.AIError:
        raise
    except RefusedAddressError as error:
        raise ConnectionInvalidError(f"{model.connection}: {error}") from None
    except sdk.APITimeoutError:
        raise errors.TimedOut(f"{model.connection} did not answer in time") from None
    except sdk.APIConnectionError as error:
        sentence = _told(model, error.__cause__ or error)
        if isinstance(error.__cause__, RefusedAddressError):
            raise ConnectionInvalidError(f"{model.connection}: {sentence}") from None
        raise errors.Unavailable(f"{model.connection}: {sentence}") from None
    except sdk.APIStatusError as error:
        said = _told(model, error.message)
        sentence = f"{model.connection} answered {error.status_code}: {said}"
        raise errors.of_status(error.status_code, sentence) from None
    except (sdk.APIError, httpx2.HTTPError) as error:  # said, or broken, in the middle of a stream
        raise errors.Unavailable(f"{model.connection}: {_told(model, error)}") from None
    except (ValueError, AttributeError, TypeError, RuntimeError, AssertionError) as error:
        # What the SDKs stumble over where a server's answer is not what it should be.
        sentence = f"{model.connection}: the answer cannot be read: {_told(model, error)}"
        raise errors.InvalidAnswer(sentence) from error


def _told(model: Model, error: object) -> str:
    return redact(str(error)[:500], model.secrets)
