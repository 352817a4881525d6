// The Inspector's command line: `inspector.mjs URL ERA`. Each request is a run of it; the login is kept in its home.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { serve } from '../lib/adapter.mjs';

const [, , url, era] = process.argv;
const program = fileURLToPath(
  new URL('../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url),
);
const environment = {
  ...process.env,
  HOME: process.env.PEERS_SCRATCH,
  BROWSER: process.env.PEERS_BROWSER,
  MCP_AUTO_OPEN_ENABLED: 'true',
  MCP_INSPECTOR_SECRET_STORE: 'file',
};

async function inspect(...request) {
  const args = [program, '--cli', url, '--transport', 'http', '--protocol-era', era, '--format', 'json', ...request];
  let output;
  try {
    output = await promisify(execFile)(process.execPath, args, { env: environment });
  } catch (error) {
    // The result of a tool that failed is on stdout all the same; what else goes wrong is the last line of stderr.
    if (!error.stdout) throw new Error(error.stderr.trim().split('\n').at(-1));
    output = error;
  }
  process.stderr.write(output.stderr);
  return JSON.parse(output.stdout).result ?? JSON.parse(output.stdout);
}

await serve({
  list: async () => (await inspect('--method', 'tools/list')).tools.map((tool) => tool.name),
  call: (name, args) =>
    inspect('--method', 'tools/call', '--tool-name', name, '--tool-args-json', JSON.stringify(args)),
});
