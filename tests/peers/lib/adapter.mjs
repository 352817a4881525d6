// What the suite asks of a client, and the two ends of the pipe between them: a line of JSON in, a line of JSON out.
//   {"list": true}               -> {"tools": ["name", …]}
//   {"call": "name", "args": {}} -> {"isError": false, "structuredContent": {…}, "text": "…"}
// and {"error": "…"} when the client itself gives up.

import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

const TIMEOUT_MS = 60_000;

/** The end of a client written in JavaScript: answers requests until there are no more. */
export async function serve({ list, call }) {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    let answer;
    try {
      answer = request.list ? { tools: await list() } : summary(await call(request.call, request.args));
    } catch (error) {
      answer = { error: `${error?.name}: ${error?.message}` };
    }
    console.log(JSON.stringify(answer));
  }
  process.exit(0);
}

/** What the suite looks at of a `tools/call` result. */
export function summary(result) {
  const text = result.content.map((item) => item.text ?? '').join('\n');
  return { isError: result.isError ?? false, structuredContent: result.structuredContent, text };
}

/** The suite's end. */
export class Adapter {
  #lines;
  #process;

  constructor(command, environment, log) {
    const [program, ...args] = command;
    this.#process = spawn(program, args, { env: { ...process.env, ...environment }, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.stderr.pipe(createWriteStream(log, { flags: 'a' }));
    // A client that died is noticed where its answer is missing.
    this.#process.stdin.on('error', () => {});
    this.#process.on('error', () => {});
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async list() {
    const answer = await this.#ask({ list: true });
    return new Set(answer.tools);
  }

  call(name, args) {
    return this.#ask({ call: name, args });
  }

  async #ask(request) {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const late = Symbol('late');
    let timer;
    const timeout = new Promise((resolve) => {
      timer = setTimeout(resolve, TIMEOUT_MS, late);
    });
    const line = await Promise.race([this.#lines.next(), timeout]);
    clearTimeout(timer);
    if (line === late) throw new Error(`no answer to ${JSON.stringify(request)} in ${TIMEOUT_MS} ms`);
    if (line.done) throw new Error(`the client ended before it answered ${JSON.stringify(request)}`);
    const answer = JSON.parse(line.value);
    if (answer.error) throw new ClientError(answer.error);
    return answer;
  }

  async close() {
    const ended = new Promise((resolve) => {
      this.#process.once('close', resolve);
    });
    this.#process.stdin.end();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 5_000);
    if (this.#process.exitCode === null && this.#process.signalCode === null && this.#process.pid) await ended;
    clearTimeout(timer);
  }
}

/** The client gave up, and this is what it said. */
export class ClientError extends Error {}
