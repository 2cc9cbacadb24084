// Prints the widths in Verdana at 11 px, as shields.io measures them, of a JSON list of words from standard input.
import { json } from "node:stream/consumers";
import anafanafo from "anafanafo";

const words = await json(process.stdin);
process.stdout.write(JSON.stringify(words.map((each) => anafanafo(each, { font: "11px Verdana" }))));
