// Real clients against the server: `suite.mjs` after `run` has installed what it needs.
//
//   PEERS_SERVER, PEERS_RMCP, PEERS_PYTHON  the server, rmcp's client and the Python that has the SDK
//   PEERS_CHROMIUM                          the browser
//   PEERS_LOGS, PEERS_PICTURES              folders for logs, and for pictures of the pages
//   arguments                               only clients whose names contain one of them

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Adapter } from './lib/adapter.mjs';
import { Chromium } from './lib/chromium.mjs';
import { givesAccess, opaqueTokens, otherProvider, takesAccessBack, unknownResource } from './lib/other-provider.mjs';
import { walkThePages } from './lib/pages.mjs';
import { plainHttp } from './lib/plain-http.mjs';
import { answers, freePort, launch, launchUntil } from './lib/process.mjs';
import { lifeOfANote, missingScope } from './lib/scenario.mjs';

const { PEERS_SERVER, PEERS_RMCP, PEERS_PYTHON, PEERS_CHROMIUM, PEERS_LOGS, PEERS_PICTURES } = process.env;
const ALICE = { user: 'alice', password: 'alice-demo-password' };
const READ_ONLY = 'openid profile email notes:read';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const read = (path) => readFileSync(here(path), 'utf8');
const npm = JSON.parse(read('package.json')).dependencies;
const pip = read('requirements.txt').match(/^mcp==(.*)$/m)[1];
const crate = read('../../Cargo.lock').match(/name = "rmcp"\nversion = "(.*)"/)[1];

// `refusal`: what a client says that does not step up, where others do.
const clients = [
  { name: `Python mcp ${pip}`, command: (url) => [PEERS_PYTHON, here('clients/python.py'), url, 'auto'] },
  { name: `Python mcp ${pip}, legacy`, command: (url) => [PEERS_PYTHON, here('clients/python.py'), url, 'legacy'] },
  { name: `TypeScript SDK ${npm['@modelcontextprotocol/sdk']}`, command: node('clients/typescript-v1.mjs') },
  { name: `TypeScript client ${npm['@modelcontextprotocol/client']}`, command: node('clients/typescript-v2.mjs', 'auto') },
  {
    name: `TypeScript client ${npm['@modelcontextprotocol/client']}, legacy`,
    command: node('clients/typescript-v2.mjs', 'legacy'),
  },
  { name: `mcp-remote ${npm['mcp-remote']}`, command: node('clients/mcp-remote.mjs') },
  {
    name: `Inspector ${npm['@modelcontextprotocol/inspector']}`,
    command: node('clients/inspector.mjs', 'auto'),
    // It calls no tool that is not listed, so it never sees a challenge.
    refusal: /not found on server/,
  },
  {
    name: `Inspector ${npm['@modelcontextprotocol/inspector']}, legacy`,
    command: node('clients/inspector.mjs', 'legacy'),
    refusal: /not found on server/,
  },
  { name: `rmcp ${crate}`, command: (url) => [PEERS_RMCP, url] },
];

function node(script, ...args) {
  return (url) => [process.execPath, here(script), url, ...args];
}

let passed = 0;
let failed = 0;

/** Runs one check and prints its line. */
async function check(name, says, action) {
  const wanted = process.argv.slice(2);
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) return;
  const label = name.replaceAll(/[^\w.]+/g, '-');
  const scratch = mkdtempSync(join(PEERS_LOGS, `${label}-`));
  const log = join(PEERS_LOGS, `${label}.log`);
  const began = Date.now();
  try {
    await action({ scratch, log });
    passed += 1;
    console.log(`ok      ${name}: ${says} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}: ${error.message}`);
    if (existsSync(log)) console.log(readFileSync(log, 'utf8').split('\n').slice(-40).join('\n'));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What a client and its browser find around them: a fresh home, and alice. */
function surroundings(scratch, firstScope) {
  const home = mkdtempSync(join(scratch, 'home-'));
  return {
    PEERS_BROWSER: here('bin/browser'),
    PEERS_FIRST_SCOPE: firstScope,
    PEERS_NODE: process.execPath,
    PEERS_PASSWORD: ALICE.password,
    PEERS_SCRATCH: home,
    PEERS_USER: ALICE.user,
    PEERS_VISITS: join(home, 'visits'),
  };
}

/** One login of one client, and what it asked her for. */
async function withClient(client, url, { scratch, log }, firstScope, action) {
  const environment = surroundings(scratch, firstScope);
  const visits = () => readFileSync(environment.PEERS_VISITS, 'utf8').trim().split('\n').map(JSON.parse);
  const adapter = new Adapter(client.command(url), environment, log);
  try {
    await action(adapter, visits);
  } finally {
    await adapter.close();
  }
  for (const visit of visits()) {
    assert.equal(visit.code_challenge_method, 'S256');
    assert.equal(visit.resource, url);
  }
}

/** A Nextcloud of ours with the server in front of it: their addresses by name. */
async function startNextcloud(options) {
  const addresses = {};
  const isReady = (line) => {
    const [, name, address] = line.match(/^(MCP server|Nextcloud) +(\S+)/) ?? [];
    if (name) addresses[name] = address;
    return line.startsWith('Stop with') || undefined;
  };
  const command = [PEERS_SERVER, 'sandbox', '--port', '0', '--nextcloud-port', '0', ...options];
  const { stop } = await launchUntil(isReady, command, { log: join(PEERS_LOGS, 'sandbox.log') });
  return { ...addresses, stop };
}

/** Against the provider that Nextcloud itself is. */
async function againstNextcloud() {
  const { stop, Nextcloud: nextcloud, 'MCP server': url } = await startNextcloud([]);
  await check('HTTP', '401 and 403 with their challenges', async ({ scratch }) => {
    Object.assign(process.env, surroundings(scratch, READ_ONLY));
    await plainHttp(url, READ_ONLY);
  });
  for (const client of clients) {
    const ending = client.refusal ? 'does not step up' : 'steps up';
    await check(client.name, `logs in, changes notes, ${ending}`, async (place) => {
      await withClient(client, url, place, '', lifeOfANote);
      await withClient(client, url, place, READ_ONLY, (it, visits) => missingScope(it, client.refusal, visits));
    });
  }
  const metadata = await fetch(new URL('/.well-known/oauth-protected-resource/mcp', url));
  return { stop, nextcloud, scopes: (await metadata.json()).scopes_supported };
}

/** Our own pages in a browser, with a server that has grants of its own. To the browser it is another site than Nextcloud. */
async function inABrowser(nextcloud) {
  const server = await serverFor({ provider: nextcloud, nextcloud, host: 'localhost' });
  const { origin } = new URL(server.url);
  await check(`Chromium, playwright-core ${npm['playwright-core']}`, 'gives access, sees it, takes it back', async (place) => {
    const browser = await Chromium.start(PEERS_CHROMIUM, PEERS_PICTURES, origin, nextcloud);
    try {
      await withClient({ command: node('clients/typescript-v1.mjs') }, `${origin}/mcp`, place, '', (assistant) =>
        walkThePages(browser, assistant, origin, ALICE),
      );
    } finally {
      await browser.stop();
    }
  });
  await server.stop();
}

/**
 * Against another provider. Nextcloud trusts it as its app user_oidc does: tokens have to be meant for `nextcloud`, and
 * those of MCP clients are not.
 */
async function againstOidcProvider(scopes) {
  const port = await freePort();
  const nextcloud = await startNextcloud(['--trust-issuer', `http://127.0.0.1:${port}/realms/demo`]);
  const start = async (accessToken) => {
    const environment = { PEERS_NEXTCLOUD: nextcloud.Nextcloud, PEERS_ACCESS_TOKEN: accessToken };
    return launchUntil(
      (line) => (line.startsWith('http') ? line : undefined),
      [process.execPath, here('oidc-provider/provider.mjs'), String(port), ...scopes],
      { environment, log: join(PEERS_LOGS, 'oidc-provider.log') },
    );
  };
  const name = `oidc-provider ${npm['oidc-provider']}`;
  const at = (provider, environment) =>
    serverFor({ provider: provider.found, nextcloud: nextcloud.Nextcloud, environment });
  const inPerson = (says, action) =>
    check(name, says, async ({ scratch }) => {
      Object.assign(process.env, surroundings(scratch, ''));
      await action();
    });
  const client = async (it, url, door) =>
    check(`${it.name} at ${name}`, `logs in, changes notes by ${door}`, (place) =>
      withClient(it, url, place, '', lifeOfANote),
    );

  let provider = await start('');
  let server = await at(provider, {});
  await inPerson('tokens for this server, renewed; others refused', () =>
    otherProvider(server.url, provider.found, server.url),
  );
  await inPerson('a user gives access', () => givesAccess(server.url, provider.found));
  for (const it of clients) await client(it, server.url, "the server's own grant");
  await inPerson('a user takes access back', () => takesAccessBack(server.url));
  await server.stop();

  server = await at(provider, { NEXTCLOUD_OIDC_RESOURCE: 'https://unknown.example' });
  await inPerson('a resource that it does not know is told about', () => unknownResource(server.url));
  await server.stop();

  const exchange = { NEXTCLOUD_TOKEN_EXCHANGE: 'true', NEXTCLOUD_TOKEN_EXCHANGE_AUDIENCE: 'nextcloud' };
  server = await at(provider, exchange);
  await client(clients[0], server.url, 'an exchanged token');
  await server.stop();
  await provider.stop();

  provider = await start('shared');
  server = await at(provider, { NEXTCLOUD_TOKEN_PASSTHROUGH: 'true' });
  await inPerson('tokens for this server and Nextcloud', () =>
    otherProvider(server.url, provider.found, [server.url, 'nextcloud']),
  );
  await client(clients[0], server.url, "the caller's token");
  await server.stop();
  await provider.stop();

  provider = await start('opaque');
  server = await at(provider, {});
  await inPerson('opaque tokens are introspected', () => opaqueTokens(server.url));
  await inPerson('a user with an opaque token gives access', () => givesAccess(server.url, provider.found));
  await client(clients[0], server.url, "the server's own grant, opaque tokens");
  await server.stop();
  await provider.stop();
  await nextcloud.stop();
}

/** The server, in front of Nextcloud, with a provider. */
async function serverFor({ provider, nextcloud, host = '127.0.0.1', environment: more = {} }) {
  const port = await freePort();
  const storage = mkdtempSync(join(PEERS_LOGS, 'storage-'));
  const environment = {
    METRICS_ENABLED: 'false',
    NEXTCLOUD_HOST: nextcloud,
    NEXTCLOUD_MCP_PORT: String(port),
    NEXTCLOUD_MCP_SERVER_URL: `http://${host}:${port}`,
    OIDC_DISCOVERY_URL: `${provider}/.well-known/openid-configuration`,
    TOKEN_STORAGE_DB: join(storage, 'credentials.redb'),
    ...more,
  };
  const server = launch([PEERS_SERVER, 'run', '--oauth'], { environment, log: join(PEERS_LOGS, 'server.log') });
  await answers(`http://127.0.0.1:${port}/health/ready`);
  return { url: `http://${host}:${port}/mcp`, stop: server.stop };
}

mkdirSync(PEERS_LOGS, { recursive: true });
mkdirSync(PEERS_PICTURES, { recursive: true });
try {
  const { stop, nextcloud, scopes } = await againstNextcloud();
  await inABrowser(nextcloud);
  await stop();
  await againstOidcProvider(scopes);
} catch (error) {
  // A check says so itself; this is a server that did not start or stop.
  failed += 1;
  console.log(`FAILED  ${error.message}; see the logs in ${PEERS_LOGS}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
