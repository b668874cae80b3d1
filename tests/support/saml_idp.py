"""A SAML identity provider in a process of its own: pysaml2's, behind Flask.

pysaml2 wants the program ``xmlsec1`` for XML signatures; here the same library (xmlsec) is called
from Python. Requests must be signed by the service provider, whose metadata are registered first.

Run: python -m tests.support.saml_idp PORT FOLDER
"""

from __future__ import annotations

import base64
import html
import json
import logging
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import flask
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from lxml import etree
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, metadata, sigver
from saml2.config import IdPConfig
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

ENTITY_ID = "https://idp.example/metadata"


class Backend(sigver.CryptoBackend):
    """XML signatures and encryption by python-xmlsec."""

    version = "1.2.37"
    version_nums = (1, 2, 37)

    def sign_statement(self, statement: Any, node_name: str, key_file: str, node_id: str) -> str:
        root = _parsed(statement)
        signed = root if root.get("ID") == node_id else root.find(f".//*[@ID='{node_id}']")
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_file(key_file, xmlsec.KeyFormat.PEM)
        context.sign(signed.find("{http://www.w3.org/2000/09/xmldsig#}Signature"))
        return etree.tostring(root).decode()

    def encrypt_assertion(
        self,
        statement: Any,
        enc_key: str,
        template: Any,
        key_type: str = "",
        node_xpath: str | None = None,
        node_id: str | None = None,
    ) -> str:
        if isinstance(statement, sigver.SamlBase):
            statement = sigver.pre_encrypt_assertion(statement)
        root = _parsed(statement)
        (plain,) = root.xpath(node_xpath or sigver.ASSERT_XPATH)
        encrypted = xmlsec.template.encrypted_data_create(
            root, xmlsec.Transform.AES256, type=xmlsec.EncryptionType.ELEMENT, ns="xenc"
        )
        xmlsec.template.encrypted_data_ensure_cipher_value(encrypted)
        info = xmlsec.template.encrypted_data_ensure_key_info(encrypted, ns="ds")
        key = xmlsec.template.add_encrypted_key(info, xmlsec.Transform.RSA_OAEP)
        xmlsec.template.encrypted_data_ensure_cipher_value(key)
        manager = xmlsec.KeysManager()
        manager.add_key(xmlsec.Key.from_file(enc_key, xmlsec.KeyFormat.CERT_PEM))
        context = xmlsec.EncryptionContext(manager)
        context.key = xmlsec.Key.generate(xmlsec.KeyData.AES, 256, xmlsec.KeyDataType.SESSION)
        context.encrypt_xml(encrypted, plain)
        return etree.tostring(root).decode()

    def validate_signature(
        self, signedtext: Any, cert_file: str, cert_type: str, node_name: str, node_id: str
    ) -> bool:
        raise NotImplementedError("requests come by redirect, signed over their query")


def _parsed(text: Any) -> Any:
    root = etree.fromstring(text if isinstance(text, bytes) else str(text).encode())
    for node in root.iter("*"):
        if "ID" in node.attrib:
            xmlsec.tree.add_ids(node, ["ID"])
    return root


class Idp:
    """The provider, with its key and whom it knows."""

    def __init__(self, base: str, folder: Path):
        self._base, self._folder = base, folder
        self._providers: list[str] = []
        self._pair()
        self.server = self._make()

    def _pair(self) -> None:
        private = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example")])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
        builder = builder.public_key(private.public_key()).serial_number(1)
        builder = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1))
        certificate = builder.sign(private, SHA256())
        pem = serialization.Encoding.PEM
        plain = serialization.NoEncryption()
        kind = serialization.PrivateFormat.TraditionalOpenSSL
        (self._folder / "key.pem").write_bytes(private.private_bytes(pem, kind, plain))
        (self._folder / "cert.pem").write_bytes(certificate.public_bytes(pem))

    def register(self, description: str) -> None:
        """Knows one more service provider."""
        self._providers.append(description)
        self.server = self._make()

    def _make(self) -> Server:
        base = self._base
        config = {
            "entityid": ENTITY_ID,
            "xmlsec_binary": sys.executable,
            "key_file": str(self._folder / "key.pem"),
            "cert_file": str(self._folder / "cert.pem"),
            "metadata": {"inline": self._providers} if self._providers else {},
            "service": {
                "idp": {
                    "endpoints": {
                        "single_sign_on_service": [(f"{base}/sso", BINDING_HTTP_REDIRECT)],
                        "single_logout_service": [(f"{base}/slo", BINDING_HTTP_REDIRECT)],
                    },
                    "want_authn_requests_signed": True,
                    "sign_response": False,
                    "sign_assertion": True,
                    "policy": {"default": {"lifetime": {"minutes": 10}}},
                }
            },
        }
        self.config = IdPConfig().load(config)
        return Server(config=self.config)

    def response(
        self, sp: str, destination: str, request_id: str | None, said: dict[str, Any]
    ) -> str:
        """A response about somebody, as it is posted."""
        options = {"sign_assertion": True, "sign_response": False, **said.get("options", {})}
        response = self.server.create_authn_response(
            said["attributes"],
            request_id,
            destination,
            sp,
            name_id=NameID(
                format=said.get("format", NAMEID_FORMAT_PERSISTENT), text=said["name_id"]
            ),
            authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"},
            sign_alg=SIG_RSA_SHA256,
            digest_alg=DIGEST_SHA256,
            **options,
        )
        return base64.b64encode(str(response).encode()).decode()


app = flask.Flask(__name__)
idp: Idp


@app.get("/metadata")
def _metadata() -> Any:
    return flask.Response(str(metadata.entity_descriptor(idp.config)), mimetype="application/xml")


@app.post("/register")
def _register() -> Any:
    idp.register(flask.request.get_data(as_text=True))
    return {}


@app.route("/sso", methods=["GET", "POST"])
def _sso() -> Any:
    query = flask.request.args
    parsed = idp.server.parse_authn_request(
        query["SAMLRequest"],
        BINDING_HTTP_REDIRECT,
        relay_state=query["RelayState"],
        sigalg=query.get("SigAlg"),
        signature=query.get("Signature"),
    )
    if flask.request.method == "GET":
        return "<form method=post><input name=said><button>Sign in</button></form>"
    told = idp.server.response_args(parsed.message, [BINDING_HTTP_POST])
    said = json.loads(flask.request.form["said"])
    text = idp.response(told["sp_entity_id"], told["destination"], told["in_response_to"], said)
    return _form(told["destination"], text, query["RelayState"])


@app.post("/unsolicited")
def _unsolicited() -> Any:
    said = flask.request.get_json()
    destination = said["sp"].replace("/metadata", "/acs")
    return _form(destination, idp.response(said["sp"], destination, None, said), "")


def _form(action: str, response: str, relay_state: str) -> str:
    return (
        f'<form method="post" action="{html.escape(action)}">'
        f'<input name="SAMLResponse" value="{response}">'
        f'<input name="RelayState" value="{html.escape(relay_state)}"></form>'
    )


@app.get("/slo")
def _slo() -> Any:
    """The service provider signs somebody out here."""
    query = flask.request.args
    parsed = idp.server.parse_logout_request(
        query["SAMLRequest"],
        BINDING_HTTP_REDIRECT,
        relay_state=query.get("RelayState"),
        sigalg=query.get("SigAlg"),
        signature=query.get("Signature"),
    )
    answer = idp.server.create_logout_response(parsed.message, [BINDING_HTTP_REDIRECT])
    destination = answer.destination
    return flask.redirect(
        _bound(str(answer), destination, query.get("RelayState", ""), "SAMLResponse")
    )


@app.post("/end-session")
def _end_session() -> Any:
    """Somebody signs out here: the address that tells the service provider."""
    said = flask.request.get_json()
    destination = said["sp"].replace("/metadata", "/slo")
    _, request = idp.server.create_logout_request(
        destination,
        said["sp"],
        name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text=said["name_id"]),
        session_indexes=said.get("session_indexes"),
    )
    return {"url": _bound(str(request), destination, "", "SAMLRequest")}


def _bound(message: str, destination: str, relay_state: str, kind: str) -> str:
    bound = idp.server.apply_binding(
        BINDING_HTTP_REDIRECT,
        message,
        destination,
        relay_state,
        response=kind == "SAMLResponse",
        sign=True,
        sigalg=SIG_RSA_SHA256,
    )
    return str(dict(bound["headers"])["Location"])


if __name__ == "__main__":
    metadata.algorithm_support_in_metadata = lambda *_: []  # it would ask the program
    sigver._get_xmlsec_cryptobackend = lambda *_, **__: Backend()
    for name in ("werkzeug", "saml2"):
        logging.getLogger(name).setLevel(logging.ERROR)
    idp = Idp(f"http://localhost:{sys.argv[1]}", Path(sys.argv[2]))
    app.run("127.0.0.1", int(sys.argv[1]))
