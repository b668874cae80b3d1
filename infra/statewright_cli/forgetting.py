"""Where tests record which function asks AWS for what, no function keeps an answer for others."""

from __future__ import annotations

from collections.abc import Callable


def forgetting() -> Callable[[], None]:
    """Forgets what AWS said to other functions: on Lambda each has a process of its own."""
    from statewright.aws import envelope, secrets
    from statewright.integrations import external_secrets
    from statewright.workflows.triggers import verification

    kept = [
        value.cache_clear
        for module in (secrets, envelope, external_secrets, verification)
        for value in vars(module).values()
        if hasattr(value, "cache_clear") and value.__module__ == module.__name__
    ]

    def forget() -> None:
        for clear in kept:
            clear()

    return forget
