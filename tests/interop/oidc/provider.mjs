// An OpenID Connect provider that is not ours, as strict as it can be: PKCE, rotating refresh
// tokens, back-channel logout. ORIGIN is where our server is; prints its own address.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const { ORIGIN, ACCESS_S, CLIENTS } = process.env;
const key = (kid, alg, ...how) => ({
  ...generateKeyPairSync(...how).privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig',
});
const client = ({ id, secret, way }) => ({
  client_id: id,
  client_secret: secret,
  token_endpoint_auth_method: way,
  redirect_uris: [`${ORIGIN}/bff/callback`],
  post_logout_redirect_uris: [`${ORIGIN}/`],
  backchannel_logout_uri: `${ORIGIN}/bff/backchannel-logout`,
  backchannel_logout_session_required: true,
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  id_token_signed_response_alg: way === 'client_secret_basic' ? 'ES256' : 'RS256',
});

const server = createServer();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://localhost:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: JSON.parse(CLIENTS).map(client),
  jwks: {
    keys: [
      key('first', 'RS256', 'rsa', { modulusLength: 2048 }),
      key('second', 'ES256', 'ec', { namedCurve: 'P-256' }),
    ],
  },
  cookies: { keys: ['of this run alone'] },
  claims: { openid: ['sub'], profile: ['name'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `Name of ${id}` }) }),
  pkce: { required: () => true },
  rotateRefreshToken: true,
  ttl: { AccessToken: Number(ACCESS_S), IdToken: 60, RefreshToken: 600, Grant: 600, Session: 600 },
  features: {
    backchannelLogout: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: '', accessTokenFormat: 'jwt', accessTokenTTL: Number(ACCESS_S),
      }),
    },
  },
  // Its own would not reach this very machine.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
});

const grants = new Set();
provider.on('refresh_token.saved', ({ grantId }) => grants.add(grantId));
provider.use(async (context, next) => {
  if (context.path !== '/revoke-all') return next();
  await Promise.all([...grants].map((id) => provider.RefreshToken.revokeByGrantId(id)));
  context.status = 204;
});
for (const name of ['server_error', 'grant.error', 'backchannel.error', 'authorization.error']) {
  provider.on(name, (_, error) => console.error(name, error));
}
server.on('request', provider.callback());
console.log(issuer);
