// Opens pages in Chromium as readers meet them and prints what went wrong as JSON.
// Usage: node pages.mjs CHROMIUM all|one FILE.html...   (one: only the first view of each page)
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
const VIEWS = [380, 1440].flatMap((width) => ["light", "dark"].map((colorScheme) => ({ width, colorScheme })));

const [executablePath, how, ...files] = process.argv.slice(2);
const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:recommended", "html-validate:document"],
  // Tables are laid out as blocks on narrow screens, where some browsers forget what they are without a role.
  rules: { "no-redundant-role": "off", "long-title": "off", "doctype-style": ["error", { style: "uppercase" }] },
});

async function look(browser, file) {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  const errors = [];
  const requests = [];
  page.on("console", (message) => errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  const sideways = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const unfold = (open) => document.querySelectorAll("details").forEach((each) => (each.open = open));
  const views = [];
  for (const { width, colorScheme } of how === "one" ? VIEWS.slice(0, 1) : VIEWS) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.evaluate(unfold, false);
    const overflow = await page.evaluate(sideways);
    await page.evaluate(unfold, true);
    views.push({ width, colorScheme, overflow, overflowOpen: await page.evaluate(sideways) });
    await page.evaluate((axe) => window.axe ?? (0, eval)(axe), AXE);
    const { violations } = await page.evaluate((rules) => window.axe.run(document, rules), RULES);
    views.at(-1).axe = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`);
  }
  await context.close();
  return { views, errors, requests: requests.slice(1) };
}

// What the keyboard reaches: each stop with its text and whether the focus can be seen.
async function tab(browser, file) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(pathToFileURL(file).href);
  const stops = [];
  for (let n = 0; n < 400; n += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      const visible = box.width > 0 && box.right > 0 && style.outlineStyle !== "none" && style.outlineWidth !== "0px";
      return { tag: element.tagName, text: element.textContent.trim(), visible };
    });
    if (stop === null) break;
    stops.push(stop);
  }
  const reachable = await page.evaluate(
    () => [...document.querySelectorAll("a, summary")].filter((each) => each.checkVisibility()).length,
  );
  await page.close();
  return { stops, reachable };
}

async function print(browser, file) {
  const page = await browser.newPage();
  await page.emulateMedia({ media: "print" });
  await page.goto(pathToFileURL(file).href);
  // Two frames, so that a busy machine has laid the page out before it is asked.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const hidden = await page.evaluate(() =>
    [...document.querySelectorAll("details:not(.extra) :is(table, ul, dl, pre)")].filter(
      (each) => !each.checkVisibility({ contentVisibilityAuto: true }) || each.getBoundingClientRect().height === 0,
    ).length,
  );
  await page.close();
  return { hidden };
}

const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
const found = {};
try {
  for (const file of files) {
    const report = await validator.validateString(readFileSync(file, "utf8"));
    const messages = report.results.flatMap((each) => each.messages);
    found[file] = {
      ...(await look(browser, file)),
      html: messages.map((m) => `${m.line}: ${m.ruleId}: ${m.message}`),
      keyboard: await tab(browser, file),
      print: await print(browser, file),
    };
  }
} finally {
  await browser.close();
}
process.stdout.write(JSON.stringify(found));
