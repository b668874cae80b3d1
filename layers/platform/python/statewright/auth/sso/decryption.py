"""Encrypted assertions, decrypted without touching what is signed in them.

python3-saml puts a decrypted assertion into its place with lxml, which renames its namespace
prefixes to those of the message around it; a signature inside no longer fits where the two differ
(as with pysaml2's providers). Here only the wrapper's tags are taken away from the text.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from statewright.auth.sso.assertion import SignInRefusedError


class Response(OneLogin_Saml2_Response):
    """A response whose assertion may be encrypted."""

    def _decrypt_assertion(self, xml: Any) -> Any:
        wrappers = OneLogin_Saml2_XML.query(xml, "//saml:EncryptedAssertion")
        data = OneLogin_Saml2_XML.query(
            xml, "/samlp:Response/saml:EncryptedAssertion/xenc:EncryptedData"
        )
        if len(wrappers) != 1 or len(data) != 1:
            raise SignInRefusedError("The SAML response does not hold exactly one assertion.")
        # xmlsec puts the plain element where the encrypted one was, as it was written.
        key = self._settings.get_sp_key()
        OneLogin_Saml2_Utils.decrypt_element(data[0], key, inplace=True)
        return OneLogin_Saml2_XML.to_etree(_unwrapped(xml, wrappers[0]))


def _unwrapped(xml: Any, wrapper: Any) -> bytes:
    name = f"{wrapper.prefix}:EncryptedAssertion" if wrapper.prefix else "EncryptedAssertion"
    text = etree.tostring(xml)
    tags = re.compile(rf"</?{re.escape(name)}(\s[^>]*)?>".encode())
    if len(tags.findall(text)) != 2:
        raise SignInRefusedError("The SAML response does not hold exactly one assertion.")
    return tags.sub(b"", text)


class Auth(OneLogin_Saml2_Auth):
    """python3-saml with our decryption."""

    response_class = Response
