// What the server says to a client that shows no token, and to one whose token lacks a scope: the two challenges that
// every login and every step-up begins with.

import assert from 'node:assert/strict';

import { auth } from '@modelcontextprotocol/sdk/client/auth.js';

import { OAuthStore } from './oauth-store.mjs';

const CALL = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'nc_notes_create_note', arguments: { title: 'never', content: '', category: '' } },
};

export async function plainHttp(url, scope) {
  const metadata = new URL('/.well-known/oauth-protected-resource/mcp', url).href;

  const anonymous = await post(url);
  assert.equal(anonymous.status, 401);
  assert.equal(anonymous.challenge.resource_metadata, metadata);
  assert(anonymous.challenge.scope.includes('notes:write'));

  const store = new OAuthStore();
  await auth(store, { serverUrl: url, scope });
  await auth(store, { serverUrl: url, authorizationCode: store.takeCallback().get('code') });
  const limited = await post(url, store.tokens().access_token);
  assert.equal(limited.status, 403);
  assert.equal(limited.challenge.error, 'insufficient_scope');
  assert.equal(limited.challenge.resource_metadata, metadata);
  // What it has and what it lacks, as some clients ask for exactly this.
  assert.deepEqual(limited.challenge.scope.split(' ').sort(), [...scope.split(' '), 'notes:write'].sort());
}

/** Posts a message to the server; gives the status, the body, and the parameters of the challenge, if there is one. */
export async function post(url, token, message = CALL) {
  const headers = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(message) });
  const body = await response.text();
  const [, scheme, parameters] = response.headers.get('www-authenticate')?.match(/^(\w+) (.*)$/) ?? [];
  if (!scheme) return { status: response.status, body };
  assert.equal(scheme, 'Bearer');
  const challenge = Object.fromEntries([...parameters.matchAll(/(\w+)="([^"]*)"/g)].map(([, ...pair]) => pair));
  return { status: response.status, body, challenge };
}
