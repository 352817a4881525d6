// Servers that the suite starts and stops.

import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const running = new Set();
// Also when the suite itself fails.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts a server; the caller finds out when it is ready. */
export function launch(command, { environment = {}, log }) {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', openSync(log, 'a')],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const output = createInterface({ input: child.stdout });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  return { output, stop };
}

/** Starts a server and waits for the line of its output that says it is ready: where `ready` finds something. */
export async function launchUntil(ready, command, options) {
  const { output, stop } = launch(command, options);
  const found = await new Promise((resolve, reject) => {
    output.on('line', (line) => {
      const result = ready(line);
      if (result !== undefined) resolve(result);
    });
    output.once('close', () => reject(new Error(`${command[0]} ended before it was ready; see ${options.log}`)));
  });
  return { found, stop };
}

/** Waits until an address answers with success. */
export async function answers(url) {
  for (let tries = 0; tries < 150; tries += 1) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} did not become ready`);
}

/** A port that nobody listens on at the moment. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
