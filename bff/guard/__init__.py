"""Who may come in: credentials -> identity -> access. Everything but the key fetch is pure.

A request with a bearer token walks these files in this order:

    credentials   the Authorization header            -> token text, or nobody
    token_text    three base64url parts, strict JSON  -> an UntrustedToken
    header        alg, typ, crit, kid                 -> which key may have signed it
    claims        exp, iss, aud, sub ...              -> who it would be
    jwt           all of the above as two pure steps: `examine`, then `prove` with a key
    jwks, key_source, key_set                         -> the issuer's public keys, always at hand
    identity      the thin async edge that applies it, with a bounded memory of proved tokens
    access        may this identity use this endpoint?
    refusal       what a 401 says, and its WWW-Authenticate

A request with a session cookie walks these, and the same last two:

    cookies       the Cookie header                   -> an opaque id, or nobody
    csrf          did a page of ours ask?
    vault         the store, key_ring, session        -> the session behind the id
    renewal       one new access token for all who need it
    oversight     streams end with their session
    sessions      the thin async edge that applies them

    login, transaction, return_url                    -> a browser signs in
    leaving                                           -> it signs out, here and at the provider
    provider      description, discovery, id_token, token_answer, turns and outbound
                                                      -> what the provider says

Called by edge (identify, admit, challenge) and app (start, stop, problems).
Never     shows a claim's value, a key, a token or a library's message to a client.
Source    RFC 6750, 7515, 7517, 7519, 8725 (JWT best practice), 9068 (at+jwt);
          docs/spec/threats.md "JWT check".
"""
