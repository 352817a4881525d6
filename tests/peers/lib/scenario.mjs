// What every client has to manage.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { ClientError } from './adapter.mjs';

const READ = 'nc_notes_get_note';
const WRITE = 'nc_notes_create_note';

/** A note from its creation to its deletion, with everything granted. */
export async function lifeOfANote(client) {
  const tools = await client.list();
  assert(tools.has(READ) && tools.has(WRITE), `the tools are ${[...tools]}`);
  const draft = { title: `Peer ${randomUUID()}`, content: 'first', category: 'Peers' };
  const created = await succeeds(client, WRITE, draft);
  const note_id = created.id;
  const read = await succeeds(client, READ, { note_id });
  assert.deepEqual([read.title, read.content, read.category], [draft.title, draft.content, draft.category]);
  assert.equal(read.etag, created.etag);
  const changed = await succeeds(client, 'nc_notes_update_note', { note_id, etag: read.etag, content: 'second' });
  assert.notEqual(changed.etag, read.etag);
  const stale = await client.call('nc_notes_update_note', { note_id, etag: read.etag, content: 'third' });
  assert(stale.isError && /changed/i.test(stale.text), `a stale etag: ${JSON.stringify(stale)}`);
  assert.equal((await succeeds(client, READ, { note_id })).content, 'second');
  await succeeds(client, 'nc_notes_delete_note', { note_id });
  const gone = await client.call(READ, { note_id });
  assert(gone.isError && /404/.test(gone.text), `a deleted note: ${JSON.stringify(gone)}`);
}

/** With a token that lacks `notes:write`: what is listed, and what becomes of a write. */
export async function missingScope(client, refusal, visits) {
  const tools = await client.list();
  assert(tools.has(READ) && !tools.has(WRITE), `the tools are ${[...tools]}`);
  const write = client.call(WRITE, { title: `Peer ${randomUUID()}`, content: 'stepped up', category: 'Peers' });
  if (refusal) {
    await assert.rejects(write, (error) => error instanceof ClientError && refusal.test(error.message));
    assert.equal(visits().length, 1);
    return;
  }
  const written = await write;
  assert(!written.isError, written.text);
  const [, stepUp, ...more] = visits();
  assert.deepEqual(more, []);
  const asked = stepUp.scope.split(' ');
  assert(asked.includes('notes:read') && asked.includes('notes:write'), `it asked for ${stepUp.scope}`);
  assert((await client.list()).has(WRITE));
  await succeeds(client, 'nc_notes_delete_note', { note_id: written.structuredContent.id });
}

async function succeeds(client, name, args) {
  const result = await client.call(name, args);
  assert(!result.isError, `${name}: ${result.text}`);
  return result.structuredContent;
}
