// Renders GitHub-flavoured Markdown from standard input, raw HTML included.
import { text } from "node:stream/consumers";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

const options = { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] };
process.stdout.write(micromark(await text(process.stdin), options));
