// A person with a browser, without the browser: follows redirects with cookies, fills in the login form, agrees to what
// is asked, and ends at the client's own address.
//
// It knows Nextcloud's login and consent pages by what their scripts read (so the sandbox and a real server are the
// same to it), and treats every other page with a form as a form: that is all other providers need.

const STEPS = 24;

/** How the person behaves. */
export class Browser {
  #cookies = new Map();

  /** @param {{user: string, password: string}} person */
  constructor(person) {
    this.person = person;
  }

  /**
   * Opens an authorization URL and returns the address of the client that it ends at, without fetching it.
   *
   * @param {string} authorizationUrl
   * @returns {Promise<URL>}
   */
  async authorize(authorizationUrl) {
    let url = new URL(authorizationUrl);
    const end = url.searchParams.get('redirect_uri');
    if (!end) throw new Error(`no redirect_uri in ${authorizationUrl}`);
    for (let step = 0; step < STEPS; step += 1) {
      if (url.href.startsWith(end)) return url;
      const page = await this.#send(url);
      url = page.next ?? (await this.#pass(page));
    }
    throw new Error(`no end after ${STEPS} steps, the last at ${url}`);
  }

  /** Does what a person does on a page, and returns where that leads. */
  async #pass(page) {
    const requestToken = attribute(page.body, '<head', 'data-requesttoken');
    if (page.body.includes('id="oidc-consent"')) {
      const scopes = attribute(page.body, 'id="oidc-consent"', 'data-scopes');
      const target = new URL(`${page.url.pathname}/grant`, page.url);
      return this.#submit(target, { scopes }, { requesttoken: requestToken });
    }
    if (page.url.pathname.endsWith('/apps/oidc/redirect')) {
      return new URL(page.url.href.replace('/apps/oidc/redirect', '/apps/oidc/authorize'));
    }
    if (page.url.pathname.endsWith('/login') && requestToken) {
      const redirectUrl = page.url.searchParams.get('redirect_url');
      const fields = { ...this.person, requesttoken: requestToken, timezone: 'UTC', timezone_offset: '0' };
      if (redirectUrl) fields.redirect_url = redirectUrl;
      const next = await this.#submit(new URL(page.url.pathname, page.url), fields);
      if (next.pathname.endsWith('/login')) throw new Error(`the login of ${this.person.user} was refused`);
      return next;
    }
    const form = page.body.match(/<form[^>]*>[\s\S]*?<\/form>/i)?.[0];
    if (!form) throw new Error(`no way on from ${page.url} (HTTP ${page.status}): ${page.body.slice(0, 500)}`);
    return this.#submit(new URL(attribute(form, '<form', 'action') ?? page.url, page.url), this.#fill(form));
  }

  #fill(form) {
    const fields = {};
    for (const [tag] of form.matchAll(/<input[^>]*>/gi)) {
      const name = attribute(tag, '<input', 'name');
      if (!name) continue;
      const asked = { login: this.person.user, user: this.person.user, password: this.person.password }[name];
      fields[name] = asked ?? attribute(tag, '<input', 'value') ?? '';
    }
    return fields;
  }

  async #submit(url, fields, headers = {}) {
    const page = await this.#send(url, {
      method: 'POST',
      headers: { ...headers, origin: url.origin },
      body: new URLSearchParams(fields),
    });
    if (!page.next) throw new Error(`${url} did not lead on (HTTP ${page.status}): ${page.body.slice(0, 500)}`);
    return page.next;
  }

  async #send(url, request = {}) {
    const jar = this.#cookies.get(url.host) ?? new Map();
    this.#cookies.set(url.host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', ...request.headers, ...(cookie && { cookie }) };
    const response = await fetch(url, { ...request, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const at = pair.indexOf('=');
      jar.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
    }
    const location = response.headers.get('location');
    return {
      url,
      status: response.status,
      body: await response.text(),
      next: location && response.status >= 300 && response.status < 400 ? new URL(location, url) : undefined,
    };
  }
}

/** The value of an attribute in the first tag that contains `marker`. */
function attribute(html, marker, name) {
  const at = html.indexOf(marker);
  if (at < 0) return undefined;
  const start = html.lastIndexOf('<', at);
  const tag = html.slice(start, html.indexOf('>', at) + 1);
  const value = tag.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1];
  return value
    ?.replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#039;', "'")
    .replaceAll('&amp;', '&');
}
