// What the clients built on the TypeScript SDKs have in common.

import { serve } from './adapter.mjs';

/**
 * Serves the suite with a client that logs in when it has to.
 *
 * @param {() => Promise<object>} connect makes a connected client, or fails after the user's visit
 * @param {() => Promise<boolean>} finishLogin redeems what the user's visit brought, if there was one
 */
export async function serveClient(connect, finishLogin) {
  let client;
  const connected = async (action) => {
    try {
      client ??= await connect();
      return await action(client);
    } catch (error) {
      if (!(await finishLogin())) throw error;
      client = await connect();
      return action(client);
    }
  };
  await serve({
    list: () => connected(async (it) => (await it.listTools()).tools.map((tool) => tool.name)),
    call: (name, args) => connected((it) => it.callTool({ name, arguments: args })),
  });
}
