// What stands for static assets: an app that has the files of a folder, and gives them by their path.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const kTypes = { '.css': 'text/css', '.html': 'text/html', '.js': 'text/javascript' };
const kHandler = `
export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    const file = files[pathname];
    if (file === undefined) return new Response('no such asset', { status: 404 });
    const body = Uint8Array.fromBase64(file.content);
    return new Response(body, { headers: { 'content-type': file.type } });
  },
};
`;

/** @param {string} folder @returns {import('./bundle.js').Module[]} */
export function assetsApp(folder) {
  const files = {};
  for (const name of existsSync(folder) ? readdirSync(folder, { recursive: true }) : []) {
    const file = path.join(folder, name);
    if (!statSync(file).isFile() || name.startsWith('_worker.js')) continue;
    const type = kTypes[path.extname(name)] ?? 'application/octet-stream';
    files[`/${name}`] = { type, content: readFileSync(file).toString('base64') };
  }
  const text = `const files = ${JSON.stringify(files)};${kHandler}`;
  return [{ name: 'index.js', content: Buffer.from(text) }];
}
