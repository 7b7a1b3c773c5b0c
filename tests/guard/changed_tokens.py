"""What good issuers write, and every single change to a good token that must be refused.

Rows 88 to 93 of docs/spec/bad-input.md, each named; a change without a row was thought of here.
"""

from hashlib import sha256
from hmac import new as hmac
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.guard import forge
from tests.guard.forge import DROP, ISSUER, NOW_S, ec_key, encoded, rsa_key, token

GOOD: dict[str, dict[str, Any]] = {
    "typ at+jwt as media type": {"header": {"typ": "application/at+jwt"}},
    "typ JWT": {"header": {"typ": "JWT"}},
    "typ in another case": {"header": {"typ": "AT+JWT"}},
    "no typ": {"header": {"typ": DROP}},
    "a thumbprint beside the kid": {"header": {"x5t": "abc"}},
    "RS256 with the RSA key": {"header": {"kid": "two"}, "key": rsa_key(), "algorithm": "RS256"},
    "no kid, and one key of that kind": {"header": {"kid": DROP}},
    "we are one of its audiences": {"claims": {"aud": ["other", "bff"]}},
    "no iat": {"claims": {"iat": DROP}},
    "fractions of a second": {"claims": {"exp": NOW_S + 0.5, "nbf": NOW_S - 0.5}},
    "Keycloak says Bearer": {"claims": {"typ": "Bearer"}},
    "Cognito says access": {"claims": {"token_use": "access"}},
    "scp as list": {"claims": {"scp": ["a", "b"]}},
    "scp as string": {"claims": {"scp": "a b"}},
    "subject of 255 characters": {"claims": {"sub": "a" * 255}},
    "subject with a space inside": {"claims": {"sub": "ada l"}},
    "claims that we don't know": {"claims": {"azp": "x", "acr": "1", "groups": {"a": [1]}}},
}


BAD_HEADER: dict[str, dict[str, object]] = {
    "row 88: alg missing": {"alg": DROP},
    "row 88: alg none": {"alg": "none"},
    "row 88: alg NoNe": {"alg": "NoNe"},
    "row 88: alg empty": {"alg": ""},
    "row 88: alg in another case": {"alg": "es256"},
    "row 88: alg as list": {"alg": ["ES256"]},
    "row 88: alg as null": {"alg": None},
    "row 88: alg of another key kind": {"alg": "RS256"},
    "row 88: alg not pinned": {"alg": "ES384"},
    "row 88: alg symmetric": {"alg": "HS256"},
    "row 91: typ logout": {"typ": "logout+jwt"},
    "row 91: typ id token": {"typ": "id_token"},
    "row 91: typ refresh": {"typ": "refresh"},
    "row 91: typ refresh as Keycloak writes it": {"typ": "Refresh"},
    "row 91: typ DPoP proof": {"typ": "dpop+jwt"},
    "row 91: typ security event": {"typ": "secevent+jwt"},
    "row 91: typ introspection": {"typ": "token-introspection+jwt"},
    "row 91: typ not text": {"typ": 1},
    "row 91: typ null": {"typ": None},
    "row 91: typ with a space": {"typ": "JWT "},
    "row 91: typ prefixed twice": {"typ": "application/application/jwt"},
    "row 92: jku": {"jku": "https://evil.example/keys"},
    "row 92: jwk": {"jwk": {"kty": "EC"}},
    "row 92: x5u": {"x5u": "https://evil.example/cert"},
    "row 92: x5c": {"x5c": ["MII"]},
    "row 92: jku null": {"jku": None},
    "row 92: kid path": {"kid": "../../dev/null"},
    "row 92: kid SQL": {"kid": "x' UNION SELECT 'a"},
    "row 92: kid 10 KiB": {"kid": "k" * 10_240},
    "row 92: kid 257 characters": {"kid": "k" * 257},
    "row 92: kid unknown": {"kid": "three"},
    "row 92: kid of the other key": {"kid": "two"},
    "row 92: kid empty": {"kid": ""},
    "row 92: kid number": {"kid": 1},
    "row 92: kid null": {"kid": None},
    "row 93: crit unknown": {"crit": ["x"], "x": 1},
    "row 93: crit b64": {"crit": ["b64"], "b64": False},
    "row 93: crit empty": {"crit": []},
    "row 93: b64 without crit": {"b64": False},
    "row 93: nested": {"cty": "JWT"},
}


BAD_CLAIMS: dict[str, dict[str, object]] = {
    "row 89: no exp": {"exp": DROP},
    "row 89: exp null": {"exp": None},
    "row 89: exp text": {"exp": str(NOW_S + 600)},
    "row 89: exp true": {"exp": True},
    "row 89: exp list": {"exp": [NOW_S + 600]},
    "row 89: exp 0": {"exp": 0},
    "row 89: exp past": {"exp": NOW_S - 31},
    "row 89: exp more than 24 h ahead": {"exp": NOW_S + 86_431},
    "row 89: exp 1e18": {"exp": 10**18},
    "row 89: exp infinite": {"exp": 10**400},
    "row 89: exp far below zero": {"exp": -(10**400)},
    "row 89: nbf beyond leeway": {"nbf": NOW_S + 31},
    "row 89: nbf text": {"nbf": str(NOW_S)},
    "row 89: nbf null": {"nbf": None},
    "row 89: iat beyond leeway": {"iat": NOW_S + 31},
    "row 89: iat text": {"iat": str(NOW_S)},
    "row 89: iat true": {"iat": True},
    "row 90: aud missing": {"aud": DROP},
    "row 90: aud wrong": {"aud": "other"},
    "row 90: aud empty list": {"aud": []},
    "row 90: aud in another case": {"aud": "BFF"},
    "row 90: aud longer": {"aud": "bff2"},
    "row 90: aud with space": {"aud": "bff "},
    "row 90: aud list with a number": {"aud": ["bff", 1]},
    "row 90: aud object": {"aud": {"bff": True}},
    "row 90: aud nested": {"aud": [["bff"]]},
    "row 90: iss missing": {"iss": DROP},
    "row 90: iss with trailing space": {"iss": ISSUER + " "},
    "row 90: iss with trailing slash": {"iss": ISSUER + "/"},
    "row 90: iss in another case": {"iss": ISSUER.upper()},
    "row 90: iss list": {"iss": [ISSUER]},
    "row 90: iss null": {"iss": None},
    "sub missing": {"sub": DROP},
    "sub empty": {"sub": ""},
    "sub blank": {"sub": " "},
    "sub with a space at its end": {"sub": "ada "},
    "sub number": {"sub": 7},
    "sub null": {"sub": None},
    "sub with a newline": {"sub": "ada\nbob"},
    "sub with NUL": {"sub": "ada\x00"},
    "sub beyond ASCII": {"sub": "\u0430da"},
    "sub half a surrogate": {"sub": "\ud800"},
    "sub 256 characters": {"sub": "a" * 256},
    "scope as number": {"scope": 1},
    "scope null": {"scope": None},
    "scp with a number": {"scp": ["a", 1]},
    "roles as number": {"roles": 1},
    "roles true": {"roles": True},
    "roles with a number": {"roles": ["admin", 1]},
    "roles as object": {"roles": {"admin": True}},
    "row 91: ID token by nonce": {"nonce": "n"},
    "row 91: ID token by at_hash": {"at_hash": "h"},
    "row 91: ID token by c_hash": {"c_hash": "h"},
    "row 91: ID token by token_use": {"token_use": "id"},
    "row 91: ID token by typ claim": {"typ": "ID"},
    "row 91: logout token": {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}},
    "row 91: refresh token by typ claim": {"typ": "Refresh"},
    "row 91: offline token by typ claim": {"typ": "Offline"},
    "row 91: refresh token by token_type": {"token_type": "refresh_token"},
    "row 91: kind not text": {"token_use": None},
    "row 91: DPoP proof": {"htm": "GET", "htu": "https://api.example/"},
    "row 91: bound to a key": {"cnf": {"jkt": "x"}},
}


def _parts() -> list[str]:
    return token().split(".")


def _unused_bits(text: str) -> str:
    """The same bytes to a lenient decoder: the signature's last character has four unused bits."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1]


def _hs256(secret: bytes) -> str:
    header = b'{"alg":"HS256","kid":"two","typ":"at+jwt"}'
    body = f"{encoded(header)}.{_parts()[1]}"
    return f"{body}.{encoded(hmac(secret, body.encode(), sha256).digest())}"


def _pem() -> bytes:
    return rsa_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def token_of_bytes(header: bytes | None = None, claims: bytes | None = None) -> str:
    """A token of those very bytes, properly signed."""
    good_claims = b'{"iss":"%s","aud":"bff","sub":"ada","exp":%d}' % (ISSUER.encode(), NOW_S + 60)
    good_header = b'{"alg":"ES256","typ":"at+jwt","kid":"one"}'
    return forge.signed(
        header or good_header, claims or good_claims, key=ec_key(), algorithm="ES256"
    )


BAD_TEXT: dict[str, str] = {
    "row 88: none without signature": ".".join([encoded(b'{"alg":"none"}'), _parts()[1], ""]),
    "row 88: good token without signature": ".".join([*_parts()[:2], ""]),
    "row 88: HS256 with the public key as secret": _hs256(_pem()),
    "row 88: HS256 with an empty secret": _hs256(b""),
    "row 88: RS256 key, PS256 header": token(
        header={"kid": "two"}, key=rsa_key(), algorithm="PS256"
    ),
    "signed by another key of that kind": token(key=ec_key("foreign")),
    "signature of another token": ".".join(
        [*_parts()[:2], token(claims={"sub": "bob"}).split(".")[2]]
    ),
    "signature of zeros": ".".join([*_parts()[:2], encoded(bytes(64))]),
    "signature one byte short": ".".join([*_parts()[:2], encoded(b"x" * 63)]),
    "signature spelt otherwise": _unused_bits(token()),
    "row 93: JWE of five parts": "e30.e30.e30.e30.e30",
    "row 93: five dots": token() + "...",
    "row 93: four parts": token() + ".e30",
    "row 93: two parts": ".".join(_parts()[:2]),
    "row 93: empty header": "." + ".".join(_parts()[1:]),
    "row 93: a token in a token": forge.signed(
        b'{"alg":"ES256","kid":"one","cty":"JWT"}',
        token().encode(),
        key=ec_key(),
        algorithm="ES256",
    ),
    "row 93: over 8 KiB": token(claims={"x": "x" * 8_192}),
    "padded with =": ".".join(part + "=" for part in _parts()),
    "standard base64": token().replace("_", "/").replace("-", "+") + "+",
    "a newline at its end": token() + "\n",
    "a newline inside": token().replace(".", ".\n", 1),
    "header is a list": token_of_bytes(header=b"[]"),
    "header is no JSON": token_of_bytes(header=b"{alg:ES256}"),
    "header with a BOM": token_of_bytes(header=b'\xef\xbb\xbf{"alg":"ES256","kid":"one"}'),
    "header in UTF-16": token_of_bytes(header='{"alg":"ES256","kid":"one"}'.encode("utf-16")),
    "header deep": token_of_bytes(header=b"[" * 3_000),
    "claims not UTF-8": token_of_bytes(claims=b'{"sub":"\xff"}'),
    "claims are null": token_of_bytes(claims=b"null"),
    "claims deep": token_of_bytes(claims=b'{"a":' * 900),
    "number of 5,000 digits": token_of_bytes(claims=b'{"exp":' + b"9" * 5_000 + b"}"),
    "row 89: exp NaN": token_of_bytes(claims=b'{"exp":NaN}'),
    "row 89: exp 1e999": token_of_bytes(
        claims=b'{"iss":"%s","aud":"bff","sub":"ada","exp":1e999}' % ISSUER.encode()
    ),
    "NaN where nobody looks": token_of_bytes(
        claims=b'{"iss":"%s","aud":"bff","sub":"ada","exp":%d,"x":NaN}'
        % (ISSUER.encode(), NOW_S + 60)
    ),
    "sub twice": token_of_bytes(
        claims=b'{"iss":"%s","aud":"bff","exp":%d,"sub":"bob","sub":"ada"}'
        % (ISSUER.encode(), NOW_S + 60)
    ),
    "alg twice": token_of_bytes(header=b'{"alg":"none","alg":"ES256","kid":"one"}'),
}


ALL_BAD = {
    **{name: token(header=change) for name, change in BAD_HEADER.items()},
    **{name: token(claims=change) for name, change in BAD_CLAIMS.items()},
    **BAD_TEXT,
}
