// mcp-remote: a client that speaks stdio in front, as desktop applications use it. The browser is the system's own.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { fileURLToPath } from 'node:url';

import { serve } from '../lib/adapter.mjs';

const proxy = fileURLToPath(import.meta.resolve('mcp-remote/dist/proxy.js'));
const transport = new StdioClientTransport({
  command: process.execPath,
  args: [proxy, process.argv[2], '--allow-http', '--transport', 'http-only'],
  env: { ...process.env, BROWSER: process.env.PEERS_BROWSER, MCP_REMOTE_CONFIG_DIR: process.env.PEERS_SCRATCH },
  stderr: 'inherit',
});
const client = new Client({ name: 'peers', version: '1' });
await client.connect(transport);

await serve({
  list: async () => (await client.listTools()).tools.map((tool) => tool.name),
  call: (name, args) => client.callTool({ name, arguments: args }),
});
