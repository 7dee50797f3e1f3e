"""A provider of OpenID Connect on this machine, with keys of its own: for tests alone."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "portal", "known to both"
KEY, ANOTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))

Claims = dict[str, Any]


def signed(claims: Claims, *, key: Any = KEY, algorithm: str = "RS256", kid: str = "first") -> str:
    return jwt.encode(claims, key, algorithm, headers={"kid": kid})


class OpenIdProvider:
    """`says` are claims about who signs in; `doctor` makes the token of them, a good one by default."""

    def __init__(self) -> None:
        self.says: Claims = {"sub": "alice", "name": "Alice Carter", "email": "alice@council.example"}
        self.doctor: Callable[[Claims], str] = signed
        self.visits: dict[str, Claims] = {}
        self.asked: list[str] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                self.answer(provider.documents[self.path])

            def do_POST(self) -> None:
                provider.asked.append(self.path)
                sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.answer(provider.token({name: values[0] for name, values in sent.items()}))

            def answer(self, content: Any) -> None:
                body = json.dumps(content).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def documents(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            "/keys": {"keys": [public | {"kid": "first", "use": "sig", "alg": "RS256"}]},
        }

    def let_in(self, asked: dict[str, str]) -> str:
        """Somebody signs in here with what the portal asked in the address; gives the code to go back with."""
        code = f"code-{len(self.visits)}"
        self.visits[code] = {"nonce": asked["nonce"], "challenge": asked["code_challenge"]}
        return code

    def token(self, sent: dict[str, str]) -> dict[str, Any]:
        visit = self.visits[sent["code"]]
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == visit["challenge"]
        assert (sent["client_id"], sent["client_secret"]) == (CLIENT, SECRET)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": visit["nonce"], **self.says}
        return {"access_token": "of no use here", "token_type": "Bearer", "id_token": self.doctor(claims)}

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
