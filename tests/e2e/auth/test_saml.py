"""Sign-in with SAML 2.0, against a real identity provider process; and the attacks on it."""

from __future__ import annotations

import base64
import copy
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import xmlsec
from lxml import etree

from tests.e2e.auth.test_accounts import post
from tests.support.process import running
from tests.support.server import Client, Server

DOMAIN = "saml.example"
NS = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("idp")


@pytest.fixture(scope="module")
def idp(folder: Path) -> Iterator[str]:
    with running("tests.support.saml_idp", "/metadata", str(folder)) as url:
        yield url


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, f"owner@{DOMAIN}").register()


def provider(
    owner: Client, idp: str, name: str, rules: dict[str, Any] | None = None, **saml: Any
) -> dict[str, Any]:
    """A SAML provider, known on both sides by the other's metadata."""
    new = {
        "kind": "saml",
        "name": name,
        "saml": {"metadata": httpx.get(f"{idp}/metadata").text, **saml},
        "rules": rules or {"domains": [DOMAIN], "provision": True},
    }
    added: dict[str, Any] = owner.ok("POST", "/v1/identity-providers", new)
    metadata = httpx.get(added["metadata_url"])
    assert metadata.headers["content-type"].startswith("application/samlmetadata+xml")
    httpx.post(f"{idp}/register", content=metadata.text).raise_for_status()
    return added


@pytest.fixture(scope="module")
def strict(owner: Client, idp: str) -> dict[str, Any]:
    return provider(owner, idp, "Company")


@pytest.fixture(scope="module")
def lenient(owner: Client, idp: str) -> dict[str, Any]:
    return provider(owner, idp, "Portal", idp_initiated=True)


def said(name: str, **more: Any) -> dict[str, Any]:
    attributes = {"mail": [f"{name}@{DOMAIN}"], "displayName": [name.title()]}
    return {"name_id": f"id-{name}", "attributes": attributes, **more}


class Browser:
    """Somebody at a browser."""

    def __init__(self, server: Server):
        self._server = server
        self.http = httpx.Client(
            verify=False, base_url=f"http://localhost:{server.port}", timeout=30
        )

    def asked(self, provider_id: str, person: dict[str, Any]) -> dict[str, str]:
        """Begins a sign-in and answers the provider: the form to bring back."""
        away = self.http.get(f"/v1/auth/sso/{provider_id}", params={"return_to": "/workflows"})
        assert away.status_code == 302, away.text
        return form_of(httpx.post(away.headers["location"], data={"said": json.dumps(person)}))

    def bring(self, provider_id: str, form: dict[str, str]) -> httpx.Response:
        return self.http.post(f"/v1/auth/saml/{provider_id}/acs", data=form)

    def session(self, provider_id: str, form: dict[str, str]) -> Client:
        back = self.bring(provider_id, form)
        assert back.status_code == 302, back.text
        code = parse_qs(urlsplit(back.headers["location"]).fragment)["code"][0]
        session = post(self._server, "sessions/exchange", code=code)
        assert session.status_code == 201, session.text
        return Client(self._server).use(session.json())


def form_of(page: httpx.Response) -> dict[str, str]:
    assert page.status_code == 200, page.text
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))


def unsolicited(idp: str, added: dict[str, Any], person: dict[str, Any]) -> dict[str, str]:
    return form_of(httpx.post(f"{idp}/unsolicited", json={**person, "sp": added["metadata_url"]}))


def refused(answer: httpx.Response, because: str) -> None:
    assert answer.status_code == 403, answer.text
    assert answer.json()["type"] == "urn:statewright:problem:sign-in-refused"
    assert because.lower() in answer.json()["detail"].lower(), answer.text


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"sign_response": True},
        {"sign_response": True, "sign_assertion": False},
        {"encrypt_assertion": True},
        {"encrypt_assertion": True, "sign_response": True},
    ],
    ids=["assertion", "both", "response", "encrypted", "encrypted, both"],
)
def test_somebody_signs_in(server: Server, strict: dict[str, Any], options: dict[str, Any]) -> None:
    browser = Browser(server)
    form = browser.asked(strict["id"], said("ada", options=options))
    assert (b"EncryptedAssertion" in base64.b64decode(form["SAMLResponse"])) == (
        "encrypt_assertion" in options
    )
    session = browser.session(strict["id"], form)
    account = session.ok("GET", "/v1/auth/account")
    assert (account["email"], account["name"], account["role"]) == (
        f"ada@{DOMAIN}",
        "Ada",
        "viewer",
    )
    assert session.ok("GET", "/v1/auth/sessions")[0]["method"] == "saml"


def test_the_provider_may_begin_only_where_it_was_allowed(
    server: Server, idp: str, strict: dict[str, Any], lenient: dict[str, Any]
) -> None:
    session = Browser(server).session(lenient["id"], unsolicited(idp, lenient, said("grace")))
    assert session.ok("GET", "/v1/auth/account")["email"] == f"grace@{DOMAIN}"
    refused(
        Browser(server).bring(strict["id"], unsolicited(idp, strict, said("grace"))), "nobody asked"
    )


def test_our_requests_are_signed_and_the_provider_checks_it(
    server: Server, strict: dict[str, Any]
) -> None:
    away = Browser(server).http.get(f"/v1/auth/sso/{strict['id']}").headers["location"]
    assert parse_qs(urlsplit(away).query)["SigAlg"] == [
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    ]
    other = Browser(server).http.get(f"/v1/auth/sso/{strict['id']}").headers["location"]
    signature = parse_qs(urlsplit(other).query)["Signature"][0]
    swapped = httpx.URL(away).copy_set_param("Signature", signature)
    assert httpx.get(swapped).status_code == 500, "pysaml2 throws"


def test_roles_follow_attributes_and_domains_bound_addresses(
    server: Server, owner: Client, idp: str
) -> None:
    rules = {
        "domains": [DOMAIN],
        "provision": True,
        "role_claim": "eduPersonAffiliation",
        "role_mapping": {"staff": "editor"},
    }
    mapped = provider(owner, idp, "Mapped", rules)
    person = said("staffed")
    person["attributes"]["eduPersonAffiliation"] = ["member", "staff"]
    browser = Browser(server)
    assert (
        browser.session(mapped["id"], browser.asked(mapped["id"], person)).session["role"]
        == "editor"
    )
    strange = said("strange")
    strange["attributes"]["mail"] = ["boss@elsewhere.example"]
    refused(browser.bring(mapped["id"], browser.asked(mapped["id"], strange)), "not of a domain")


# -- single logout ------------------------------------------------------------------------------


def over(client: Client) -> bool:
    renewed = post(client.server, "sessions/refresh", refresh_token=client.session["refresh_token"])
    return renewed.status_code == 401


def test_signing_out_here_goes_on_at_the_provider_and_back(
    server: Server, strict: dict[str, Any]
) -> None:
    browser = Browser(server)
    session = browser.session(strict["id"], browser.asked(strict["id"], said("leaves")))
    url = session.ok("POST", "/v1/auth/sign-out")["url"]
    assert over(session)
    back = httpx.get(url)
    assert back.status_code == 302, back.text
    end = httpx.get(back.headers["location"])
    assert (end.status_code, urlsplit(end.headers["location"]).path) == (302, "/sign-in")


def test_signing_out_at_the_provider_ends_the_session_here(
    server: Server, owner: Client, idp: str, strict: dict[str, Any]
) -> None:
    browser = Browser(server)
    sessions = [
        browser.session(strict["id"], browser.asked(strict["id"], said(n)))
        for n in ("out", "stays")
    ]
    request = {"sp": strict["metadata_url"], "name_id": "id-out"}
    url = httpx.post(f"{idp}/end-session", json=request).json()["url"]
    unsigned = httpx.URL(url).copy_remove_param("Signature")
    refused(httpx.get(unsigned), "not signed")
    other = httpx.post(f"{idp}/end-session", json={**request, "name_id": "id-stays"}).json()["url"]
    forged = httpx.URL(url).copy_set_param("SAMLRequest", httpx.URL(other).params["SAMLRequest"])
    refused(httpx.get(forged), "signature")
    assert not any(over(session) for session in sessions[1:])
    answer = httpx.get(url)
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(f"{idp}/slo?SAMLResponse=")
    assert over(sessions[0])
    events = owner.ok("GET", "/v1/audit/events?action=session.ended_by_provider")["items"]
    assert events[0]["details"]["name_id"] == "id-out"


def test_somebody_with_a_password_just_signs_out(server: Server) -> None:
    client = Client(server, "plain@saml.example").register()
    assert client.ok("POST", "/v1/auth/sign-out") == {"url": None}
    assert over(client)


# -- attacks --------------------------------------------------------------------------------------

Change = Callable[[Any], None]


def changed(form: dict[str, str], change: Change) -> dict[str, str]:
    root = etree.fromstring(base64.b64decode(form["SAMLResponse"]))
    change(root)
    return {**form, "SAMLResponse": base64.b64encode(etree.tostring(root)).decode()}


def found(root: Any, path: str) -> Any:
    return root.find(f".//{path}", NS)


def no_signature(root: Any) -> None:
    for signature in root.findall(".//ds:Signature", NS):
        signature.getparent().remove(signature)


def other_person(root: Any) -> None:
    found(root, "saml:NameID").text = "id-admin"


def comment_in_name(root: Any) -> None:
    name = found(root, "saml:NameID")
    name.text = "id-admin"
    comment = etree.Comment("x")
    comment.tail = ".attacker"
    name.append(comment)


def evil_twin(root: Any) -> Any:
    """An assertion about somebody else, without a signature."""
    twin = copy.deepcopy(found(root, "saml:Assertion"))
    twin.remove(twin.find("ds:Signature", NS))
    twin.set("ID", "evil")
    twin.find(".//saml:NameID", NS).text = "id-admin"
    return twin


def wrapped_before(root: Any) -> None:
    signed = found(root, "saml:Assertion")
    signed.addprevious(evil_twin(root))


def wrapped_after(root: Any) -> None:
    found(root, "saml:Assertion").addnext(evil_twin(root))


def wrapped_inside_signature(root: Any) -> None:
    """XSW: the signed assertion hides in an Object of the evil one's signature."""
    twin, signed = evil_twin(root), found(root, "saml:Assertion")
    signature = signed.find("ds:Signature", NS)
    parent = signed.getparent()
    parent.replace(signed, twin)
    signed.remove(signature)
    holder = etree.SubElement(signature, f"{{{NS['ds']}}}Object")
    holder.append(signed)
    twin.insert(1, signature)


def wrapped_in_extensions(root: Any) -> None:
    twin, signed = evil_twin(root), found(root, "saml:Assertion")
    signed.getparent().replace(signed, twin)
    holder = etree.Element(f"{{{NS['samlp']}}}Extensions")
    holder.append(signed)
    root.insert(1, holder)


def same_id_twice(root: Any) -> None:
    twin = evil_twin(root)
    twin.set("ID", found(root, "saml:Assertion").get("ID"))
    found(root, "saml:Assertion").addprevious(twin)


@pytest.mark.parametrize(
    "change",
    [
        no_signature,
        other_person,
        wrapped_before,
        wrapped_after,
        wrapped_inside_signature,
        wrapped_in_extensions,
        same_id_twice,
    ],
)
def test_a_changed_response_lets_nobody_in(
    server: Server, strict: dict[str, Any], change: Change
) -> None:
    browser = Browser(server)
    form = browser.asked(strict["id"], said("mallory"))
    refused(browser.bring(strict["id"], changed(form, change)), "saml response")


def resigned(folder: Path, form: dict[str, str], change: Change) -> dict[str, str]:
    """A response that its provider itself signed after the change: what is in it must be right."""

    def act(root: Any) -> None:
        change(root)
        signed = found(root, "saml:Assertion")
        signature = signed.find("ds:Signature", NS)
        xmlsec.tree.add_ids(signed, ["ID"])
        for value in ("ds:SignatureValue", ".//ds:DigestValue"):
            signature.find(value, NS).text = None
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_file(str(folder / "key.pem"), xmlsec.KeyFormat.PEM)
        context.sign(signature)

    return changed(form, act)


def setting(path: str, attribute: str | None, value: str) -> Change:
    def act(root: Any) -> None:
        node = found(root, path)
        if attribute is None:
            node.text = value
        else:
            node.set(attribute, value)

    return act


def without(path: str, attribute: str) -> Change:
    def act(root: Any) -> None:
        del found(root, path).attrib[attribute]

    return act


def stripped(root: Any) -> None:
    """The message around the signed assertion no longer says what it answers."""
    del root.attrib["InResponseTo"]


def moment(delta: timedelta) -> str:
    return (datetime.now(UTC) + delta).strftime("%Y-%m-%dT%H:%M:%SZ")


CONFIRMATION = "saml:SubjectConfirmationData"


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (setting("saml:Audience", None, "https://elsewhere.example"), "audience"),
        (setting(CONFIRMATION, "Recipient", "https://elsewhere.example"), "SubjectConfirmation"),
        (setting(CONFIRMATION, "InResponseTo", "another"), "SubjectConfirmation"),
        (without(CONFIRMATION, "InResponseTo"), "InResponseTo"),
        (setting(CONFIRMATION, "NotOnOrAfter", moment(timedelta(hours=-1))), "SubjectConfirmation"),
        (setting("saml:Conditions", "NotOnOrAfter", moment(timedelta(hours=-1))), "expired"),
        (setting("saml:Conditions", "NotBefore", moment(timedelta(hours=1))), "not yet valid"),
        (setting("saml:Assertion/saml:Issuer", None, "https://other.example"), "issuer"),
    ],
    ids=[
        "audience",
        "recipient",
        "request",
        "no request",
        "confirmed too late",
        "expired",
        "too early",
        "issuer",
    ],
)
def test_what_is_meant_for_somebody_else_or_another_time(
    server: Server, folder: Path, strict: dict[str, Any], change: Change, because: str
) -> None:
    browser = Browser(server)
    form = browser.asked(strict["id"], said("mallory"))
    refused(browser.bring(strict["id"], resigned(folder, form, change)), because)


def test_a_resigned_response_without_a_change_is_taken(
    server: Server, folder: Path, strict: dict[str, Any]
) -> None:
    """So the refusals above are for what was changed."""
    browser = Browser(server)
    form = browser.asked(strict["id"], said("honest"))
    browser.session(strict["id"], resigned(folder, form, lambda root: None))


def test_a_comment_does_not_shorten_a_name(
    server: Server, owner: Client, folder: Path, strict: dict[str, Any]
) -> None:
    """Comments are outside of what is signed: the name before one must not be all that is read."""
    browser = Browser(server)
    admin = browser.session(strict["id"], browser.asked(strict["id"], said("admin")))
    form = browser.asked(strict["id"], said("admin.attacker"))
    session = browser.session(strict["id"], changed(form, comment_in_name))
    assert session.session["user_id"] != admin.session["user_id"]


def test_a_response_counts_once_and_in_its_browser(
    server: Server, idp: str, strict: dict[str, Any], lenient: dict[str, Any]
) -> None:
    browser = Browser(server)
    form = browser.asked(strict["id"], said("once"))
    refused(Browser(server).bring(strict["id"], form), "another browser")
    form = browser.asked(strict["id"], said("once"))
    browser.session(strict["id"], form)
    refused(browser.bring(strict["id"], form), "nobody asked")
    begun = unsolicited(idp, lenient, said("twice"))
    Browser(server).session(lenient["id"], begun)
    refused(Browser(server).bring(lenient["id"], begun), "used before")


def test_an_answer_to_somebodys_request_is_not_taken_as_unsolicited(
    server: Server, lenient: dict[str, Any]
) -> None:
    form = Browser(server).asked(lenient["id"], said("stolen"))
    for stolen in (form, changed(form, stripped)):
        answer = Browser(server).bring(lenient["id"], {**stolen, "RelayState": ""})
        refused(answer, "InResponseTo")


def test_another_requests_answer_does_not_pass_as_mine(
    server: Server, strict: dict[str, Any]
) -> None:
    mine, theirs = Browser(server), Browser(server)
    own = mine.asked(strict["id"], said("me"))
    other = changed(theirs.asked(strict["id"], said("mallory")), stripped)
    refused(mine.bring(strict["id"], {**other, "RelayState": own["RelayState"]}), "InResponseTo")


def test_a_response_for_one_provider_opens_no_other(
    server: Server, idp: str, strict: dict[str, Any], lenient: dict[str, Any]
) -> None:
    form = unsolicited(idp, strict, said("crossing"))
    refused(Browser(server).bring(lenient["id"], form), "saml response")


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><x>&d;</x>"""
FILE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'


@pytest.mark.parametrize(
    "text", [BOMB, FILE, "", "not xml", "<x/>", "<x" * 10_000, "\x00\xff", '<Response xmlns="x"/>']
)
def test_what_is_no_response_is_refused_and_nothing_worse(
    server: Server, lenient: dict[str, Any], text: str
) -> None:
    form = {"SAMLResponse": base64.b64encode(text.encode()).decode()}
    refused(Browser(server).bring(lenient["id"], form), "saml response")
    refused(Browser(server).bring(lenient["id"], {"SAMLResponse": text}), "saml response")


@pytest.mark.parametrize("metadata", ["", "not xml", "<x/>", BOMB, FILE])
def test_metadata_that_cannot_be_used(owner: Client, metadata: str) -> None:
    new = {"kind": "saml", "name": "Odd", "saml": {"metadata": metadata}}
    assert owner.request("POST", "/v1/identity-providers", new).status_code == 422


def test_certificates_are_checked_and_several_are_taken(
    owner: Client, folder: Path, idp: str
) -> None:
    good = (folder / "cert.pem").read_text()
    saml = {"entity_id": "e", "sign_in_url": f"{idp}/sso", "certificates": [good, "bad"]}
    new = {"kind": "saml", "name": "Certificates", "saml": saml}
    answer = owner.request("POST", "/v1/identity-providers", new)
    assert answer.json()["errors"][0]["pointer"] == "/saml/certificates/1"
    saml["certificates"] = [good, good]
    added = owner.ok("POST", "/v1/identity-providers", new)
    assert "PRIVATE" not in json.dumps(added)
    assert len(added["saml"]["certificates"]) == 2
