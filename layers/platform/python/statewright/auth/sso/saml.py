"""SAML 2.0: signed requests, responses checked, single logout. python3-saml does the protocol.

Of a response either the whole message or the assertion must be signed; deprecated algorithms, DTDs
and responses to requests that we did not send are refused. What an assertion says is taken once.
https://docs.oasis-open.org/security/saml/v2.0/saml-profiles-2.0-os.pdf
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from statewright.auth.sso.assertion import Assertion, ProviderRow, SignInRefusedError
from statewright.auth.sso.decryption import Auth
from statewright.aws import kms
from statewright.errors import UnavailableError
from statewright.settings import settings

_EMAIL_ATTRIBUTES = (
    "email",
    "mail",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "urn:oid:1.2.840.113549.1.9.1.1",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
)
_NAME_ATTRIBUTES = (
    "displayName",
    "urn:oid:2.16.840.1.113730.3.1.241",
    "name",
    "cn",
    "urn:oid:2.5.4.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
)
_SECURITY = {
    "authnRequestsSigned": True,
    "logoutRequestSigned": True,
    "logoutResponseSigned": True,
    "signMetadata": False,
    "wantNameId": True,
    "wantAttributeStatement": False,
    "signatureAlgorithm": Constants.RSA_SHA256,
    "digestAlgorithm": Constants.SHA256,
    "rejectDeprecatedAlgorithm": True,
    "requestedAuthnContext": False,
    "allowSingleLabelDomains": True,
}


def metadata(provider: ProviderRow) -> str:
    """What to give to the identity provider: who we are, where we listen, our certificate."""
    # Encryption is not required, but with this the metadata offer a certificate for it.
    chosen = _settings(provider, wantAssertionsEncrypted=True)
    described = OneLogin_Saml2_Settings(chosen, sp_validation_only=True)
    text = described.get_sp_metadata()
    return text.decode() if isinstance(text, bytes) else str(text)


def request_url(provider: ProviderRow, relay_state: str) -> tuple[str, str]:
    """Where a browser asks the provider (HTTP-Redirect binding), and the request's id."""
    auth = _auth(provider, "acs")
    url = auth.login(return_to=relay_state)
    return str(url), str(auth.get_last_request_id())


def read(provider: ProviderRow, response: str, request_id: str | None) -> Assertion:
    """Whom a response (HTTP-POST binding) speaks of, and until when it may not come again.

    Args:
        provider: whose response it has to be.
        response: as it was posted.
        request_id: of our request; None where the provider began.

    Raises:
        SignInRefusedError: it does not hold, with the reason.
    """
    auth = _auth(provider, "acs", post={"SAMLResponse": response})
    try:
        auth.process_response(request_id)
    except Exception as error:  # whatever the XML brings about: it is the response's fault
        # Nor is it told what: it could tell about what was encrypted.
        raise SignInRefusedError("The SAML response cannot be read.") from error
    if auth.get_errors() or not auth.is_authenticated():
        raise SignInRefusedError(f"The SAML response does not hold: {_reason(auth)}.")
    _check_request(auth, request_id)
    return _assertion(provider, auth)


def _reason(auth: Any) -> str:
    return str(auth.get_last_error_reason()).rstrip(".")


def _check_request(auth: Any, request_id: str | None) -> None:
    """The response answers the request that was sent, or, where none was, none at all.

    python3-saml compares only what is there, and the message around a signed assertion may be
    changed on the way; so this looks into the assertion that it found valid.
    """
    root = etree.fromstring(auth.get_last_response_xml())
    path = f".//saml:Assertion[@ID='{auth.get_last_assertion_id()}']//saml:SubjectConfirmationData"
    confirmed = {node.get("InResponseTo") for node in root.iterfind(path, Constants.NSMAP)}
    told = confirmed | {root.get("InResponseTo")}
    expected = {None} if request_id is None else {request_id}
    if confirmed != expected or not told <= {*expected, None}:
        raise SignInRefusedError("The SAML response does not hold: its InResponseTo is another's.")


def _assertion(provider: ProviderRow, auth: Any) -> Assertion:
    attributes: dict[str, list[str]] = {
        **auth.get_friendlyname_attributes(),
        **auth.get_attributes(),
    }
    saml, name_id = provider.settings["saml"], str(auth.get_nameid())
    format_ = auth.get_nameid_format()
    chosen = (saml["email_attribute"],) if saml.get("email_attribute") else _EMAIL_ATTRIBUTES
    email = _first(attributes, chosen)
    if not email and format_ == Constants.NAMEID_EMAIL_ADDRESS:
        email = name_id
    named = (saml["name_attribute"],) if saml.get("name_attribute") else _NAME_ATTRIBUTES
    subject = email if format_ == Constants.NAMEID_TRANSIENT else name_id
    if not subject:
        raise SignInRefusedError("The SAML response does not say who somebody is for good.")
    return Assertion(
        subject=subject,
        email=email.strip().lower(),
        # SAML has no word for it: a provider is believed for the domains it was set up for.
        email_verified=bool(provider.rules.domains),
        name=_first(attributes, named),
        claims=attributes,
        provider_session={
            "name_id": name_id,
            "name_id_format": format_,
            "session_index": auth.get_session_index(),
        },
        once=(str(auth.get_last_assertion_id()), _ends(auth)),
    )


def _first(attributes: dict[str, list[str]], names: tuple[str, ...]) -> str:
    found = (attributes[name][0] for name in names if attributes.get(name))
    return str(next(found, ""))


def _ends(auth: Any) -> datetime:
    return datetime.fromtimestamp(auth.get_last_assertion_not_on_or_after(), UTC)


def logout_url(provider: ProviderRow, named: dict[str, Any]) -> str | None:
    """Where a browser goes on to sign out at the provider too; None where it cannot."""
    if not provider.settings["saml"].get("sign_out_url"):
        return None
    url = _auth(provider, "slo").logout(
        name_id=named["name_id"],
        session_index=named["session_index"],
        name_id_format=named["name_id_format"],
    )
    return str(url)


def read_logout(provider: ProviderRow, query: dict[str, str]) -> tuple[dict[str, Any] | None, str]:
    """What a provider says about signing out (HTTP-Redirect binding).

    Returns:
        Whose session it ended (None where it answers our own request), and where to send the
        browser.

    Raises:
        SignInRefusedError: it does not hold; a message without the provider's signature does not.
    """
    auth = _auth(provider, "slo", get=query, wantMessagesSigned=True)
    ended: list[dict[str, Any]] = []
    try:
        url = auth.process_slo(delete_session_cb=lambda: ended.append(_named(auth, provider)))
    except Exception as error:  # whatever the XML brings about: it is the message's fault
        raise SignInRefusedError("The SAML message cannot be read.") from error
    if auth.get_errors():
        raise SignInRefusedError(f"The SAML message does not hold: {_reason(auth)}.")
    asked = ended[0] if ended and "SAMLRequest" in query else None
    return asked, str(url) if url else f"{settings().base_url}/sign-in"


def _named(auth: Any, provider: ProviderRow) -> dict[str, Any]:
    from onelogin.saml2.logout_request import OneLogin_Saml2_Logout_Request as LogoutRequest

    request = auth.get_last_request_xml()
    if request is None:
        return {}
    indexes = LogoutRequest.get_session_indexes(request)
    name_id = LogoutRequest.get_nameid(request, _private_key(provider))
    return {"name_id": name_id, "session_indexes": indexes or [None]}


def _auth(
    provider: ProviderRow,
    service: str,
    get: dict[str, str] | None = None,
    post: dict[str, str] | None = None,
    **security: bool,
) -> Any:
    """python3-saml, told where we are by the settings and not by what a request claims."""
    url = urlsplit(f"{_base(provider)}/{service}")
    request = {
        "https": "on" if url.scheme == "https" else "off",
        "http_host": url.netloc,
        "script_name": url.path,
        "get_data": get or {},
        "post_data": post or {},
    }
    return Auth(request, old_settings=_settings(provider, **security))


def _base(provider: ProviderRow) -> str:
    return f"{settings().base_url}/v1/auth/saml/{provider.id}"


def _settings(provider: ProviderRow, **security: bool) -> dict[str, Any]:
    saml, base = provider.settings["saml"], _base(provider)
    idp: dict[str, Any] = {
        "entityId": saml["entity_id"],
        "singleSignOnService": {"url": saml["sign_in_url"]},
        "x509certMulti": {"signing": saml["certificates"], "encryption": saml["certificates"][:1]},
    }
    if saml.get("sign_out_url"):
        idp["singleLogoutService"] = {"url": saml["sign_out_url"]}
    return {
        "strict": True,
        "sp": {
            "entityId": f"{base}/metadata",
            "assertionConsumerService": {"url": f"{base}/acs"},
            "singleLogoutService": {"url": f"{base}/slo"},
            "NameIDFormat": Constants.NAMEID_UNSPECIFIED,
            "x509cert": provider.settings["certificate"],
            "privateKey": _private_key(provider),
        },
        "idp": idp,
        "security": {**_SECURITY, **security},
    }


def _private_key(provider: ProviderRow) -> str:
    if provider.secret is None:
        raise UnavailableError("This identity provider is not set up completely.")
    return kms.unseal(provider.secret, f"identity_provider:{provider.id}")
