// What an application must bring to the TypeScript SDKs (both versions ask for the same): memory for one login, and a
// browser.

import { visit } from './visit.mjs';

const REDIRECT_URL = 'http://127.0.0.1:9876/callback';

export class OAuthStore {
  #callback;
  #client;
  #discovery;
  #state;
  #tokens;
  #verifier;

  redirectUrl = REDIRECT_URL;
  clientMetadata = {
    client_name: 'peers',
    redirect_uris: [REDIRECT_URL],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };

  clientInformation() {
    return this.#client;
  }

  saveClientInformation(client) {
    this.#client = client;
  }

  discoveryState() {
    return this.#discovery;
  }

  saveDiscoveryState(discovery) {
    this.#discovery = discovery;
  }

  tokens() {
    return this.#tokens;
  }

  saveTokens(tokens) {
    this.#tokens = tokens;
  }

  codeVerifier() {
    return this.#verifier;
  }

  saveCodeVerifier(verifier) {
    this.#verifier = verifier;
  }

  state() {
    this.#state = crypto.randomUUID();
    return this.#state;
  }

  async redirectToAuthorization(url) {
    const end = await visit(url.href);
    if (end.searchParams.get('state') !== this.#state) throw new Error('the state came back changed');
    this.#callback = end.searchParams;
  }

  /** The parameters that the provider sent to the client after the last visit, once. */
  takeCallback() {
    const parameters = this.#callback;
    this.#callback = undefined;
    return parameters;
  }
}
