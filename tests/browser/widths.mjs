// Prints the widths of characters at 11 px as JSON: [[first code point, last, width], ...].
// Usage: node widths.mjs CHROMIUM [FONT]
import { chromium } from "playwright-core";

const [executablePath, font = "DejaVu Sans"] = process.argv.slice(2);
const RANGES = [
  [0x20, 0x7e], [0xa0, 0x17f], [0x370, 0x3ff], [0x400, 0x45f], [0x2010, 0x2027], [0x2030, 0x203a], [0xfffd, 0xfffd],
];

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage();
  const measured = await page.evaluate(([family, ranges]) => {
    const context = document.createElement("canvas").getContext("2d");
    // A hundred times the size, so that nothing is rounded to whole pixels.
    context.font = `1100px "${family}"`;
    const rows = [];
    for (const [first, last] of ranges) {
      for (let code = first; code <= last; code += 1) {
        const width = Math.round(context.measureText(String.fromCodePoint(code)).width) / 100;
        const before = rows.at(-1);
        if (before && before[1] === code - 1 && before[2] === width) before[1] = code;
        else rows.push([code, code, width]);
      }
    }
    return rows;
  }, [font, RANGES]);
  process.stdout.write(`[\n${measured.map((row) => `  [${row.join(", ")}]`).join(",\n")}\n]\n`);
} finally {
  await browser.close();
}
