"""Away to a provider, whatever it speaks."""

from __future__ import annotations

from statewright.auth.sso import flow
from statewright.auth.sso.flow import Departure


def depart(provider_id: str, return_to: str) -> Departure:
    """Sends a browser to a provider.

    Raises:
        NotFoundError: there is none of that id, or it is off.
        InvalidError: the way back is no path of ours.
    """
    provider = flow.find(provider_id)
    if provider.kind == "saml":
        from statewright.auth.sso import saml_flow  # XML libraries only where they are needed

        return saml_flow.depart(provider, return_to)
    return flow.depart(provider, return_to)
