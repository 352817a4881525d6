// One visit of the user to the provider, as the clients under test cause it.
//
// The suite steers and observes visits through the environment, since some clients start their browser themselves:
//   PEERS_USER, PEERS_PASSWORD  who logs in
//   PEERS_VISITS                file that each visit adds a line to: the scopes that the client asked for
//   PEERS_FIRST_SCOPE           if set, all that is asked for on the first visit, whatever the client asks: a token that
//                               lacks scopes, as from before the server had its newer tools

import { appendFileSync, existsSync } from 'node:fs';

import { Browser } from './browser.mjs';

/** Logs in and agrees; returns the address of the client that the provider redirects to. */
export async function visit(authorizationUrl) {
  const { PEERS_USER: user, PEERS_PASSWORD: password, PEERS_VISITS: visits, PEERS_FIRST_SCOPE: firstScope } = process.env;
  const url = new URL(authorizationUrl);
  const isFirst = !existsSync(visits);
  appendFileSync(visits, `${JSON.stringify(Object.fromEntries(url.searchParams))}\n`);
  if (isFirst && firstScope) url.searchParams.set('scope', firstScope);
  return new Browser({ user, password }).authorize(url.href);
}
