// A real browser, used without a mouse. It sees to it that nothing is wrong with any page that it is shown, and keeps
// pictures of those that are to be looked at.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

/** How long one step may take. The whole walk takes a few seconds. */
const PATIENCE_MS = 15_000;
/** Tab presses after which something cannot be reached. */
const TABS = 40;
/** WCAG 2.2: contrast of text (1.4.3, AA), and the height of what is touched (2.5.5). */
const CONTRAST = 4.5;
const TOUCH_TARGET = 44;

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };

/** Started for itself: no updates, no look-ups of anything but the pages. */
const FLAGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

export class Chromium {
  #browser;
  #expected = new Set();
  #problems = [];

  /**
   * @param {string} program  the executable
   * @param {string} pictures the folder for pictures
   * @param {string} own        where our pages are: others' faults do not count
   * @param {string} nextcloud  the only other server that may be asked for anything
   */
  static async start(program, pictures, own, nextcloud) {
    assert(program && existsSync(program), 'Chromium is not installed: install it, or name it in PEERS_CHROMIUM');
    const self = new Chromium();
    self.pictures = pictures;
    self.#browser = await chromium.launch({ executablePath: program, args: FLAGS, timeout: PATIENCE_MS });
    self.context = await self.#browser.newContext({ viewport: DESKTOP, colorScheme: 'light', locale: 'en' });
    self.context.setDefaultTimeout(PATIENCE_MS);
    self.page = await self.context.newPage();
    self.#watch(own, nextcloud);
    return self;
  }

  #watch(own, nextcloud) {
    const { page } = this;
    const isOwn = (url) => url.startsWith(`${own}/`);
    // Violations of the content security policy are console errors.
    page.on('console', (message) => {
      const { url } = message.location();
      const isExpected = this.#expected.has(url) && /Failed to load resource/.test(message.text());
      if (message.type() === 'error' && isOwn(url) && !isExpected) this.#problems.push(`${url}: ${message.text()}`);
    });
    page.on('pageerror', (error) => isOwn(page.url()) && this.#problems.push(`script: ${error.message}`));
    page.on('requestfailed', (request) => {
      if (isOwn(request.url())) this.#problems.push(`${request.url()}: ${request.failure()?.errorText}`);
    });
    page.on('request', (request) => {
      const { origin } = new URL(request.url());
      if (origin !== own && origin !== nextcloud) this.#problems.push(`something was asked of ${origin}`);
    });
  }

  /** Types an address. A page that is an error by its status is one if that is expected. */
  async open(url, status = 200) {
    if (status >= 400) this.#expected.add(url);
    const response = await this.page.goto(url);
    assert.equal(response.status(), status, url);
  }

  /** Waits for the page with this headline. */
  async arrive(headline) {
    try {
      await this.page.getByRole('heading', { level: 1, name: headline, exact: true }).waitFor();
    } catch {
      const shown = await this.page.locator('body').innerText();
      assert.fail(`no page “${headline}”; instead, at ${this.page.url()}:\n${shown}`);
    }
    assert.deepEqual(this.#problems, []);
  }

  /** Goes to the link or button with this name and presses Enter. */
  async press(role, name) {
    await this.#reach(this.page.getByRole(role, { name, exact: true }));
    await this.page.keyboard.press('Enter');
  }

  /** Goes to the field with this label and types. */
  async type(label, text) {
    await this.#reach(this.page.getByLabel(label));
    await this.page.keyboard.type(text);
  }

  /** Presses Tab until `wanted` has the focus, which has to be seen. */
  async #reach(wanted) {
    await wanted.waitFor();
    for (let tab = 0; tab < TABS; tab += 1) {
      if (await wanted.evaluate((element) => element === document.activeElement)) {
        const outline = await wanted.evaluate((element) => getComputedStyle(element).outlineStyle);
        assert.notEqual(outline, 'none', `the focus on ${wanted} is not seen`);
        return;
      }
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`${wanted} cannot be reached by keyboard`);
  }

  /** Checks the page in every appearance, and keeps a picture of each. */
  async look(name) {
    const { page } = this;
    const appearances = { desktop: [DESKTOP, 'light'], phone: [PHONE, 'light'], 'phone-dark': [PHONE, 'dark'] };
    for (const [appearance, [viewport, colorScheme]] of Object.entries(appearances)) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(this.pictures, `${name}-${appearance}.png`), fullPage: true });
      const faults = await page.evaluate(faultsOfPage, { contrast: CONTRAST, height: viewport === PHONE ? TOUCH_TARGET : 0 });
      assert.deepEqual(faults, [], `${name}, ${appearance}`);
    }
    await page.setViewportSize(DESKTOP);
    await page.emulateMedia({ colorScheme: 'light' });
    assert.deepEqual(this.#problems, [], name);
  }

  async stop() {
    await this.#browser.close();
  }
}

/** Runs in the page. What is wrong with it. */
function faultsOfPage({ contrast, height }) {
  const faults = [];
  const count = (selector) => document.querySelectorAll(selector).length;
  for (const [selector, number] of [['html[lang]', 1], ['header', 1], ['main', 1], ['main h1', 1], ['h1', 1]]) {
    if (count(selector) !== number) faults.push(`${count(selector)} of ${selector}`);
  }
  if (!document.title.startsWith(document.querySelector('h1').innerText)) faults.push(`the title is ${document.title}`);
  if (document.documentElement.scrollWidth > window.innerWidth) faults.push('it is wider than the window');
  for (const element of document.querySelectorAll('button, .button, summary')) {
    if (element.getBoundingClientRect().height < height) faults.push(`${element.innerText} is too low to touch`);
  }

  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [red, green, blue] = colour.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const background = (element) => {
    for (let it = element; it; it = it.parentElement) {
      const [red, green, blue, alpha = 1] = channels(getComputedStyle(it).backgroundColor);
      if (alpha === 1) return [red, green, blue];
    }
    return [255, 255, 255];
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() === '' || !element.checkVisibility()) continue;
    const tones = [channels(getComputedStyle(element).color), background(element)].map(luminance);
    const ratio = (Math.max(...tones) + 0.05) / (Math.min(...tones) + 0.05);
    if (ratio < contrast) faults.push(`“${texts.currentNode.data}” has a contrast of ${ratio.toFixed(2)}`);
  }
  return faults;
}
