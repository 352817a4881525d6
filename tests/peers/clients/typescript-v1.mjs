// The TypeScript SDK, version 1: `typescript-v1.mjs URL`.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import { OAuthStore } from '../lib/oauth-store.mjs';
import { serveClient } from '../lib/typescript.mjs';

const store = new OAuthStore();
let transport;

async function connect() {
  transport = new StreamableHTTPClientTransport(new URL(process.argv[2]), { authProvider: store });
  const client = new Client({ name: 'peers', version: '1' });
  await client.connect(transport);
  return client;
}

async function finishLogin() {
  const parameters = store.takeCallback();
  if (parameters) await transport.finishAuth(parameters.get('code'));
  return parameters !== undefined;
}

await serveClient(connect, finishLogin);
