// Another identity provider than Nextcloud, set up as a Keycloak realm is: an issuer with a path, registration open to
// anybody, JWT access tokens for the resource that was asked for, refresh tokens that rotate, `iss` beside the code, and
// tokens exchanged (RFC 8693). `provider.mjs PORT SCOPE…`; prints the issuer when it is ready. Any password is right.
//
//   PEERS_NEXTCLOUD     the resource that Nextcloud is: tokens for it have the audience `nextcloud` and soon expire, so that
//                       they are renewed while the suite runs. Other resources are MCP servers, or unknown.
//   PEERS_ACCESS_TOKEN  how access tokens for MCP servers look: `opaque`; `shared`, which adds the audience `nextcloud`
//                       as a mapper does; a JWT for the MCP server alone if not set

import { generateKeyPairSync, verify } from 'node:crypto';
import { createServer } from 'node:http';

import Provider, { errors } from 'oidc-provider';

const REALM = '/realms/demo';
const OWN_SCOPES = ['openid', 'offline_access', 'profile', 'email'];
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

const { PEERS_NEXTCLOUD, PEERS_ACCESS_TOKEN } = process.env;
const port = Number(process.argv[2]);
const scopes = process.argv.slice(3).filter((scope) => !OWN_SCOPES.includes(scope));
const issuer = `http://127.0.0.1:${port}${REALM}`;

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', kid: 'demo', use: 'sig' };

const NEXTCLOUD = { audience: 'nextcloud', scope: '', accessTokenFormat: 'jwt', accessTokenTTL: 5 };

const provider = new Provider(issuer, {
  claims: { openid: ['sub'], profile: ['preferred_username', 'name'], email: ['email', 'email_verified'] },
  extraTokenClaims: (_, { accountId }) => ({ preferred_username: accountId }),
  features: {
    devInteractions: { enabled: true },
    introspection: { enabled: true },
    registration: { enabled: true },
    registrationManagement: { enabled: true, rotateRegistrationAccessToken: true },
    resourceIndicators: {
      enabled: true,
      // As most providers do not: who does not repeat `resource` when it redeems a code gets a token for nobody (RFC 8707 §2.2).
      useGrantedResource: () => false,
      getResourceServerInfo(_, resource) {
        if (resource === PEERS_NEXTCLOUD) return NEXTCLOUD;
        if (!resource.endsWith('/mcp')) throw new errors.InvalidTarget();
        const accessTokenFormat = PEERS_ACCESS_TOKEN === 'opaque' ? 'opaque' : 'jwt';
        return { audience: resource, scope: scopes.join(' '), accessTokenFormat, accessTokenTTL: 300 };
      },
    },
    revocation: { enabled: true },
  },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id, name: id, email: `${id}@example.org`, email_verified: true }),
  }),
  formats: {
    customizers: {
      jwt(_, token, { payload }) {
        if (PEERS_ACCESS_TOKEN === 'shared') payload.aud = [payload.aud, NEXTCLOUD.audience];
      },
    },
  },
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
  jwks: { keys: [jwk] },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  scopes: [...OWN_SCOPES, ...scopes],
});

// RFC 8693: the caller's token for one that Nextcloud takes, of the same person.
provider.registerGrantType(
  TOKEN_EXCHANGE,
  async (ctx) => {
    const { client, params } = ctx.oidc;
    if (params.audience !== NEXTCLOUD.audience) throw new errors.InvalidTarget();
    const accountId = whose(params.subject_token);
    if (!accountId) throw new errors.InvalidGrant('the subject token is not good');
    const token = new provider.AccessToken({ accountId, client, gty: TOKEN_EXCHANGE });
    token.resourceServer = new provider.ResourceServer(PEERS_NEXTCLOUD, NEXTCLOUD);
    ctx.body = {
      access_token: await token.save(),
      expires_in: token.expiration,
      issued_token_type: ACCESS_TOKEN,
      token_type: token.tokenType,
    };
  },
  ['audience', 'subject_token', 'subject_token_type', 'requested_token_type'],
);

/** Whom a JWT of this provider speaks for, if it is good. */
function whose(token) {
  const [header, payload, signature] = token.split('.');
  const isOurs = verify('sha256', Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url'));
  const claims = isOurs && JSON.parse(Buffer.from(payload, 'base64url'));
  return claims && claims.exp > Date.now() / 1000 ? claims.sub : undefined;
}

const handle = provider.callback();
const server = createServer((request, response) => {
  if (!request.url.startsWith(`${REALM}/`)) {
    response.writeHead(404).end();
    return;
  }
  // How a provider that is mounted below a path learns of it.
  request.originalUrl = request.url;
  request.url = request.url.slice(REALM.length);
  handle(request, response);
});
server.listen(port, '127.0.0.1', () => console.log(issuer));
process.on('SIGTERM', () => process.exit(0));
