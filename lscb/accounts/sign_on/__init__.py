"""Single sign-on by OpenID Connect, switched on by SIGN_ON_PROVIDERS: through the sign-in of one's own agency.

A person is known by issuer and subject, never by an e-mail address. See docs/sign-on.md.
"""
