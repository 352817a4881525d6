// What a provider other than Nextcloud does differently, seen by a client that looks at its tokens.

import assert from 'node:assert/strict';

import { auth } from '@modelcontextprotocol/sdk/client/auth.js';

import { OAuthStore } from './oauth-store.mjs';
import { post } from './plain-http.mjs';

/** Logs in at the provider `issuer` for the server at `url`. */
export async function otherProvider(url, issuer) {
  const { store, callback } = await logIn(url, new OAuthStore());
  assert.equal(callback.get('iss'), issuer);
  const first = store.tokens();
  const [header, claims] = first.access_token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  assert.equal(JSON.parse(header).typ, 'at+jwt');
  assert.equal(JSON.parse(claims).aud, url);
  await accepted(url, first.access_token);

  // Holding a refresh token, the SDK renews.
  assert.equal(await auth(store, { serverUrl: url }), 'AUTHORIZED');
  const second = store.tokens();
  assert.notEqual(second.access_token, first.access_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  await accepted(url, second.access_token);

  // A token that was asked for without saying what for is opaque here, and for nobody in particular.
  const careless = new OAuthStore();
  careless.validateResourceURL = async () => undefined;
  const { store: other } = await logIn(url, careless);
  assert(!other.tokens().access_token.includes('.'));
  const { status, challenge } = await post(url, other.tokens().access_token);
  assert.equal(status, 401);
  assert.equal(challenge.error, 'invalid_token');
}

async function logIn(url, store) {
  await auth(store, { serverUrl: url });
  const callback = store.takeCallback();
  await auth(store, { serverUrl: url, authorizationCode: callback.get('code') });
  return { store, callback };
}

async function accepted(url, token) {
  const { status } = await post(url, token, { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });
  assert.equal(status, 200);
}
