// The TypeScript SDK, version 2: `typescript-v2.mjs URL [auto]`, where `auto` speaks the newer protocol where it can.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

import { OAuthStore } from '../lib/oauth-store.mjs';
import { serveClient } from '../lib/typescript.mjs';

const [, , url, mode = 'legacy'] = process.argv;
const store = new OAuthStore();
let transport;

async function connect() {
  transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: store });
  const client = new Client({ name: 'peers', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(transport);
  return client;
}

async function finishLogin() {
  const parameters = store.takeCallback();
  // All of them, so that the issuer is checked (RFC 9207).
  if (parameters) await transport.finishAuth(parameters);
  return parameters !== undefined;
}

await serveClient(connect, finishLogin);
