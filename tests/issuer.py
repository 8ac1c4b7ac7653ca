"""An OpenID Connect issuer on this machine: discovery, keys, tokens signed with real keys."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

AUDIENCE = "gis-platform"


class Issuer:
    """Signs tokens; ``asked`` counts how often its keys were read."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.asked = 0
        self.keys: dict[str, Any] = {}
        self.add("rsa-1", rsa.generate_private_key(public_exponent=65537, key_size=2048))
        self.add("ec-1", ec.generate_private_key(ec.SECP256R1()))

    def add(self, name: str, key: Any) -> None:
        """Take a key into use."""
        self.keys[name] = key

    def documents(self) -> dict[str, Any]:
        """What is served, by path."""
        found = {"issuer": self.address, "jwks_uri": f"{self.address}/keys"}
        keys = [self._public(name, key) for name, key in self.keys.items()]
        return {"/.well-known/openid-configuration": found, "/keys": {"keys": keys}}

    def _public(self, name: str, key: Any) -> dict[str, Any]:
        is_rsa = isinstance(key, rsa.RSAPrivateKey)
        kind = RSAAlgorithm if is_rsa else ECAlgorithm
        public = json.loads(kind.to_jwk(key.public_key()))
        return public | {"kid": name, "use": "sig", "alg": "RS256" if is_rsa else "ES256"}

    def token(self, name: str | None, scope: str, kid: str = "rsa-1", **claims: Any) -> str:
        """A token of a person, or of a program where there is no name."""
        now = int(time.time())
        said = {"iss": self.address, "aud": AUDIENCE, "sub": name or "program", "iat": now,
                "exp": now + 300, "scope": scope, "name": name} | claims  # fmt: skip
        said = {key: value for key, value in said.items() if value is not None}
        key = self.keys[kid]
        algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
        return jwt.encode(said, key, algorithm=algorithm, headers={"kid": kid})


@contextmanager
def issuing() -> Iterator[Issuer]:
    """An issuer for the time of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = issuer.documents().get(self.path)
            issuer.asked += self.path == "/keys"
            body = json.dumps(found).encode()
            self.send_response(200 if found else 404)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer = Issuer(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
