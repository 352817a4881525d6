// What a provider other than Nextcloud does differently, seen by a client that looks at its tokens, and the ways from such
// a provider to Nextcloud.

import assert from 'node:assert/strict';

import { auth } from '@modelcontextprotocol/sdk/client/auth.js';

import { Browser } from './browser.mjs';
import { OAuthStore } from './oauth-store.mjs';
import { post } from './plain-http.mjs';

/** Logs in at the provider `issuer` for the server at `url`, with JWTs: for `audience`. */
export async function otherProvider(url, issuer, audience) {
  const { store, callback } = await logIn(url, new OAuthStore());
  assert.equal(callback.get('iss'), issuer);
  const first = store.tokens();
  const [header, claims] = first.access_token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  assert.equal(JSON.parse(header).typ, 'at+jwt');
  assert.deepEqual(JSON.parse(claims).aud, audience);
  await accepted(url, first.access_token);

  // Holding a refresh token, the SDK renews.
  assert.equal(await auth(store, { serverUrl: url }), 'AUTHORIZED');
  const second = store.tokens();
  assert.notEqual(second.access_token, first.access_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  await accepted(url, second.access_token);
  await forNobody(url);
}

/** The same where access tokens are opaque: only introspection tells what they are. */
export async function opaqueTokens(url) {
  const { store } = await logIn(url, new OAuthStore());
  assert(!store.tokens().access_token.includes('.'));
  await accepted(url, store.tokens().access_token);
  await forNobody(url);
  const { status } = await post(url, `${store.tokens().access_token}x`);
  assert.equal(status, 401);
}

/** A token that was asked for without saying what for is opaque, and for nobody in particular. */
async function forNobody(url) {
  const careless = new OAuthStore();
  careless.validateResourceURL = async () => undefined;
  const { store } = await logIn(url, careless);
  assert(!store.tokens().access_token.includes('.'));
  const { status, challenge } = await post(url, store.tokens().access_token);
  assert.equal(status, 401);
  assert.equal(challenge.error, 'invalid_token');
}

/** Alice lets the server at `url` reach Nextcloud by a grant of its own; `issuer` is where she agrees. */
export async function givesAccess(url, issuer) {
  const { store } = await logIn(url, new OAuthStore());
  const token = store.tokens().access_token;
  const refused = await callTool(url, token, 'nc_notes_list_notes');
  assert(refused.isError && refused.content[0].text.includes('/oauth/authorize-nextcloud?ticket='));

  // RFC 9207: an answer that names another provider is refused, and one that names none too.
  for (const iss of ['https://evil.example', '']) {
    const departed = await depart(url, token);
    const back = await agree(departed);
    assert.equal(back.searchParams.get('iss'), issuer);
    if (iss) back.searchParams.set('iss', iss);
    else back.searchParams.delete('iss');
    assert.equal((await comeBack(back, departed)).status, 400);
  }
  const departed = await depart(url, token);
  const page = await comeBack(await agree(departed), departed);
  assert.equal(page.status, 200, page.text);
  const listed = await callTool(url, token, 'nc_notes_list_notes');
  assert(!listed.isError, JSON.stringify(listed));
}

/** Alice takes that back. */
export async function takesAccessBack(url) {
  const { store } = await logIn(url, new OAuthStore());
  const token = store.tokens().access_token;
  assert(!(await callTool(url, token, 'nc_notes_list_notes')).isError);
  assert.equal((await callTool(url, token, 'revoke_nextcloud_access')).structuredContent.success, true);
  assert((await callTool(url, token, 'nc_notes_list_notes')).isError);
}

/** The server at `url` asks for a grant for something that the provider does not know. */
export async function unknownResource(url) {
  const { store } = await logIn(url, new OAuthStore());
  const departed = await depart(url, store.tokens().access_token);
  const page = await comeBack(await agree(departed), departed);
  assert.equal(page.status, 502);
  assert(page.text.includes('NEXTCLOUD_OIDC_RESOURCE'), page.text);
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

async function callTool(url, token, name) {
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } };
  const { status, body } = await post(url, token, message);
  assert.equal(status, 200, body);
  return JSON.parse(body).result;
}

/** Opens the link that the tool gives: where it leads, and the cookie that came with it. */
async function depart(url, token) {
  const { structuredContent } = await callTool(url, token, 'provision_nextcloud_access');
  const response = await fetch(structuredContent.provisioning_url, { redirect: 'manual' });
  assert.equal(response.status, 303);
  const [cookie] = response.headers.getSetCookie();
  return { location: response.headers.get('location'), cookie: cookie.split(';')[0] };
}

/** Alice logs in at the provider and agrees; gives the address that it sends her back to. */
function agree({ location }) {
  const { PEERS_USER: user, PEERS_PASSWORD: password } = process.env;
  return new Browser({ user, password }).authorize(location);
}

async function comeBack(address, { cookie }) {
  const response = await fetch(address, { headers: { cookie } });
  return { status: response.status, text: await response.text() };
}
