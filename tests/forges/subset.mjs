// Writes those paths of GitHub's description of its API that are asked for, below a prefix, with all that they refer to.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [target, prefix, ...paths] = process.argv.slice(2);
const place = createRequire(import.meta.url).resolve('@octokit/openapi/package.json');
const whole = JSON.parse(readFileSync(new URL('generated/api.github.com.json', `file://${place}`)));
const part = { openapi: whole.openapi, info: whole.info, servers: whole.servers, paths: {}, components: {} };
const waiting = [];

for (const path of paths) {
  if (!whole.paths[path]) throw new Error(`no such path: ${path}`);
  part.paths[prefix + path] = { get: whole.paths[path].get };
  waiting.push(part.paths[prefix + path]);
}
while (waiting.length) {
  const value = waiting.pop();
  if (value === null || typeof value !== 'object') continue;
  if (typeof value.$ref === 'string') {
    const [, , kind, name] = value.$ref.split('/');
    part.components[kind] ??= {};
    if (!(name in part.components[kind])) {
      part.components[kind][name] = whole.components[kind][name];
      waiting.push(part.components[kind][name]);
    }
  }
  waiting.push(...Object.values(value));
}
writeFileSync(target, JSON.stringify(part));
