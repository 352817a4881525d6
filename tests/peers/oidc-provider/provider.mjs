// Another identity provider than Nextcloud, set up as a Keycloak realm is: an issuer with a path, registration open to
// anybody, JWT access tokens for the resource that was asked for, refresh tokens that rotate, and `iss` beside the code.
// `provider.mjs PORT SCOPE…`; prints the issuer when it is ready. Any password is right.

import { createServer } from 'node:http';

import Provider from 'oidc-provider';

const REALM = '/realms/demo';
const OWN_SCOPES = ['openid', 'offline_access', 'profile', 'email'];

const port = Number(process.argv[2]);
const scopes = process.argv.slice(3).filter((scope) => !OWN_SCOPES.includes(scope));
const issuer = `http://127.0.0.1:${port}${REALM}`;

const provider = new Provider(issuer, {
  claims: { openid: ['sub'], profile: ['preferred_username', 'name'], email: ['email', 'email_verified'] },
  features: {
    devInteractions: { enabled: true },
    introspection: { enabled: true },
    registration: { enabled: true },
    registrationManagement: { enabled: true, rotateRegistrationAccessToken: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (_, resource) => ({
        scope: scopes.join(' '),
        audience: resource,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 300,
      }),
    },
    revocation: { enabled: true },
  },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id, name: id, email: `${id}@example.org`, email_verified: true }),
  }),
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
  pkce: { required: () => true },
  rotateRefreshToken: true,
  scopes: [...OWN_SCOPES, ...scopes],
});

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
