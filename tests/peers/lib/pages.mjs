// The pages that people see, in a real browser and by keyboard alone: from a tool's link to a grant, from a login to the
// person's own page, and back to nothing.

import assert from 'node:assert/strict';

const FLAGS = { httpOnly: true, sameSite: 'Lax', path: '/', secure: false };

/** Alice, with a browser and an assistant that has logged in as her. */
export async function walkThePages(browser, assistant, server, person) {
  const isProvisioned = async () => (await tool(assistant, 'check_provisioning_status')).is_provisioned;
  const ownCookies = async () => {
    const cookies = await browser.context.cookies(server);
    return cookies.filter(({ name }) => name.startsWith('nextcloud-mcp-'));
  };

  // From the link of a tool to a grant.
  assert.equal(await isProvisioned(), false);
  const { provisioning_url: link } = await tool(assistant, 'provision_nextcloud_access');
  assert(link.startsWith(`${server}/`), link);
  await browser.open(link);
  await logIn(browser, person);
  await agree(browser);
  await browser.arrive('Nextcloud is connected');
  await browser.look('connected');
  assert.equal(await isProvisioned(), true);
  assert.deepEqual(await ownCookies(), [], 'the cookie of the login is gone');

  // The same answer once more, and a link that was used.
  await browser.open(browser.page.url(), 400);
  await browser.arrive('This login is not known');
  await browser.look('replayed');
  await browser.open(link, 400);
  await browser.arrive('This link is no longer good');
  await browser.look('used-link');

  // To the person's own page.
  await browser.open(`${server}/`);
  await browser.arrive('Use Nextcloud from your assistant');
  await browser.look('start');
  await browser.press('link', 'Your access');
  await browser.arrive('Your access');
  await browser.look('logged-out');
  await browser.press('link', 'Log in');
  await agree(browser);
  await browser.arrive('Your access');
  await browser.page.getByText('Alice Liddell', { exact: true }).waitFor();
  await browser.look('access-given');
  const [session, ...others] = await ownCookies();
  assert.deepEqual(others, []);
  assert.deepEqual({ ...session, ...FLAGS }, session);

  // Taken back, and given again from the page: the browser is led on by our page, not by the answer to a form.
  await browser.press('button', 'Take the access back');
  await browser.arrive('The access has ended');
  await browser.look('access-taken-back');
  assert.equal(await isProvisioned(), false);
  await browser.press('link', 'Back to your access');
  await browser.arrive('Your access');
  await browser.look('no-access');
  await browser.press('button', 'Allow access');
  await agree(browser);
  await browser.arrive('Nextcloud is connected');
  assert.equal(await isProvisioned(), true);
  await browser.press('link', 'Your access');
  await browser.arrive('Your access');

  // Logged out, and the page that was open in another tab is worth nothing.
  const forged = await browser.context.request.post(`${server}/oauth/logout`, { form: { csrf_token: 'forged' } });
  assert.equal(forged.status(), 403);
  await browser.press('button', 'Log out');
  await browser.arrive('You are logged out');
  await browser.look('after-logout');
  assert.deepEqual(await ownCookies(), []);
  await browser.open(`${server}/user/page`);
  await browser.page.getByRole('link', { name: 'Log in', exact: true }).waitFor();
  await browser.open(`${server}/nowhere`, 404);
  await browser.arrive('There is nothing here');
  await browser.look('nothing-here');
}

/** Fills in Nextcloud's login form. */
async function logIn(browser, { user, password }) {
  await browser.type('Account name or email', user);
  await browser.type('Password', password);
  await browser.page.keyboard.press('Enter');
}

/** Agrees on Nextcloud's consent page. */
async function agree(browser) {
  await browser.press('button', 'Allow');
}

async function tool(assistant, name) {
  const result = await assistant.call(name, {});
  assert(!result.isError, `${name}: ${result.text}`);
  return result.structuredContent;
}
