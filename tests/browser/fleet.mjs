// Uses the page of a fleet as its readers do and prints what they meet as JSON.
// Usage: node fleet.mjs CHROMIUM FILE.html
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
const [executablePath, file] = process.argv.slice(2);
const url = pathToFileURL(file).href;

const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
const errors = [];
const requests = [];

async function fresh(options = {}, hash = "") {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.on("console", (message) => errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(url + hash);
  return page;
}

const names = (page) => page.$$eval("#heat tbody .name button", (all) => all.map((each) => each.title));
const counted = (page) => page.textContent("#count");
const focused = (page) => page.evaluate(() => document.activeElement.title || document.activeElement.textContent);
const title = (page) => page.textContent("#report-title");
const opened = (page) => page.waitForFunction(() => document.querySelector("#report-title"));
const settled = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
const took = (page, words) => page.evaluate((code) => {
  const start = performance.now();
  (0, eval)(code);
  document.body.offsetHeight;
  return performance.now() - start;
}, words);

async function first() {
  const page = await fresh();
  const found = { count: await counted(page), rows: (await names(page)).length };
  found.nodes = await page.evaluate(() => document.getElementsByTagName("*").length);
  found.total = await page.getAttribute("#heat", "aria-rowcount");
  found.columns = await page.$$eval("#heat thead th", (all) => all.length);
  await page.evaluate(() => { document.querySelector("#scroller").scrollTop = 1e9; });
  await settled(page);
  found.afterScrolling = { rows: (await names(page)).length, last: (await names(page)).at(-1) };
  await page.context().close();
  return found;
}

async function filters() {
  const page = await fresh();
  const found = {};
  await page.fill("#f-q", "churn");
  found.search = { count: await counted(page), names: await names(page), address: new URL(page.url()).hash };
  await page.fill("#f-q", "no such thing anywhere");
  found.nothing = { count: await counted(page), words: await page.textContent("#heat tbody") };
  await page.click("#clear");
  await page.selectOption("#f-level", "2");
  found.level = { count: await counted(page), chips: await page.$$eval("#heat tbody .chip", (x) => [...new Set(x.map((e) => e.textContent))]) };
  await page.click("#clear");
  await page.click('#heat thead [data-sort="level"]');
  await page.click('#heat thead [data-sort="level"]');
  found.sorted = {
    levels: await page.$$eval("#heat tbody .number:nth-child(2) .chip", (x) => x.map((e) => e.textContent)),
    said: await page.getAttribute('#heat thead th:has([data-sort="level"])', "aria-sort"),
    focus: await page.evaluate(() => document.activeElement.dataset.sort),
    address: new URL(page.url()).hash,
  };
  await page.reload();
  found.reloaded = await page.$$eval("#heat tbody .number:nth-child(2) .chip", (x) => x.map((e) => e.textContent));
  await page.context().close();
  return found;
}

async function links() {
  const page = await fresh();
  const found = {};
  for (const [name, selector] of [["missing", '#missing a[href^="#missing="]'], ["practice", '#practices a[href^="#practice="]'],
    ["target", 'a[href="#target=open"]'], ["coverage", '.tiles a[href="#state=failed"]']]) {
    const link = await page.$(selector);
    if (!link) continue;
    const words = (await link.textContent()).trim();
    await link.click();
    await settled(page);
    found[name] = { words, count: await counted(page) };
  }
  await page.context().close();
  return found;
}

async function keyboard() {
  const page = await fresh();
  await page.focus("#clear");
  const stops = [];
  for (let n = 0; n < 60; n += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      const style = getComputedStyle(element);
      return { tag: element.tagName, row: Boolean(element.closest("#heat tbody")), visible: style.outlineStyle !== "none" };
    });
    stops.push(stop);
    if (stop.row || stop.tag === "BODY") break;
  }
  const found = { unseen: stops.filter((stop) => !stop.visible), start: await focused(page), all: await names(page) };
  for (const key of ["ArrowDown", "ArrowDown", "ArrowUp"]) await page.keyboard.press(key);
  found.second = await focused(page);
  await page.keyboard.press("Enter");
  await opened(page);
  found.opened = await title(page);
  found.inside = await page.evaluate(() => document.querySelector("#report").contains(document.activeElement));
  await page.keyboard.press("Escape");
  found.closed = await page.evaluate(() => !document.querySelector("#report").open);
  found.back = await focused(page);
  await page.keyboard.press("End");
  found.end = await focused(page);
  found.endRow = await page.evaluate(() => document.activeElement.closest("tr").getAttribute("aria-rowindex"));
  await page.keyboard.press("Home");
  found.home = await focused(page);
  await page.context().close();
  return found;
}

async function report(hash) {
  const page = await fresh({}, hash);
  await opened(page);
  const found = { title: await title(page), text: await page.evaluate(() => document.querySelector("#report").innerText) };
  found.links = await page.$$eval("#report a", (all) => all.map((each) => each.getAttribute("href")));
  await page.click('#report button:text("Next")');
  await page.waitForFunction((before) => document.querySelector("#report-title").textContent !== before, found.title);
  found.next = await title(page);
  await page.click("#report [data-close]");
  found.hash = new URL(page.url()).hash;
  const row = page.locator("#heat tbody .name button").first();
  await row.click();
  await opened(page);
  await page.goBack();
  await settled(page);
  found.closedByBack = await page.evaluate(() => !document.querySelector("#report").open);
  await page.context().close();
  return found;
}

async function looks(hash) {
  const seen = [];
  for (const width of [380, 768, 1440]) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await fresh({ bypassCSP: true, viewport: { width, height: 900 }, colorScheme }, hash);
      await opened(page);
      await page.evaluate((axe) => (0, eval)(axe), AXE);
      const { violations } = await page.evaluate((rules) => window.axe.run("#report", rules), RULES);
      const wide = await page.evaluate(() => {
        const dialog = document.querySelector("#report");
        return Math.max(dialog.scrollWidth - dialog.clientWidth, dialog.getBoundingClientRect().right - innerWidth, 0);
      });
      seen.push({ width, colorScheme, wide, axe: violations.map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`) });
      await page.context().close();
    }
  }
  return seen;
}

async function printed() {
  const page = await fresh();
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const rows = (await names(page)).length;
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await page.context().close();
  return rows;
}

async function withoutScript() {
  const page = await fresh({ javaScriptEnabled: false });
  const found = {
    rows: await page.$$eval(".plain-rows tbody tr", (all) => all.length),
    map: await page.isVisible("#map"),
  };
  await page.context().close();
  return found;
}

// For people, not for tests: milliseconds on this machine.
async function speed(hash) {
  const page = await fresh({ bypassCSP: true });
  const load = await page.evaluate(() => performance.getEntriesByType("navigation")[0].duration);
  const search = await took(page, "fields.q.value = 'churn'; choose()");
  const sort = await took(page, "intoForm({ sort: 'level' }); choose()");
  const scroll = await took(page, "scroller.scrollTop = 60000; draw()");
  const open = await page.evaluate(async (id) => {
    const start = performance.now();
    say(fromForm(), id);
    await window.eval("open")(id).catch?.(() => null);
    return performance.now() - start;
  }, hash.split("=")[1]).catch(() => null);
  await page.context().close();
  return { load, search, sort, scroll, open };
}

const repository = process.argv[4];
const found = { first: await first() };
if (repository) {
  const hash = `#repo=${repository}`;
  Object.assign(found, {
    filters: await filters(), links: await links(), keyboard: await keyboard(), report: await report(hash),
    looks: await looks(hash), printed: await printed(),
  });
}
found.withoutScript = await withoutScript();
found.errors = errors;
found.requests = requests.filter((each) => !each.startsWith(url));
if (process.argv[5] === "speed") found.speed = await speed(`#repo=${repository}`);
await browser.close();
process.stdout.write(JSON.stringify(found));
