"""Sign-in through identity providers: OAuth 2.0, OpenID Connect and SAML 2.0."""
