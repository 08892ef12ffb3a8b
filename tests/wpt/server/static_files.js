// Files of the checkout as WPT's server gives them: with their .headers, substituted where .sub. is
// in the name, in ranges.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { contentTypeOf } from './content_types.js';
import { substitute } from './substitution.js';

/** Paths that WPT's server gives another file for. */
const aliases = { '/resources/WebIDLParser.js': '/resources/webidl2/lib/webidl2.js' };

/** What tests ask for and no checkout named in the README has. */
const supplied = fileURLToPath(new URL('supplied', import.meta.url));

const isSubstituted = (path) => /\.sub\.[^/]*$/.test(path);

async function readOr(path, absent) {
  try {
    return await readFile(path);
  } catch (error) {
    if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes(error.code)) return absent;
    throw error;
  }
}

async function readFromEither(root, path, absent) {
  return (await readOr(root + path, null)) ?? (await readOr(supplied + path, absent));
}

/** "Name: value" lines. */
function parseHeaders(text) {
  return text
    .split(/\r?\n/)
    .filter((line) => line.includes(':'))
    .map((line) => [
      line.slice(0, line.indexOf(':')).trim(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]);
}

async function headersOf(root, path, exchange) {
  const headers = [];
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  for (const name of [`${folder}__dir__`, path]) {
    const plain = await readOr(`${root}${name}.headers`, null);
    if (plain) headers.push(...parseHeaders(plain.toString('latin1')));
    const raw = await readOr(`${root}${name}.sub.headers`, null);
    if (raw) headers.push(...parseHeaders(substitute(raw.toString('latin1'), exchange)));
  }
  return headers;
}

/** The one range that is asked for, or null: all of it. */
function parseRange(header, length) {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (!first && !last) return null;
  if (!first) return { start: Math.max(0, length - Number(last)), end: length };
  return { start: Number(first), end: last ? Math.min(Number(last) + 1, length) : length };
}

/** The text of a file as a script of a test sees it; undefined without one. */
export async function readScript(root, asked, places) {
  const path = aliases[asked] ?? asked;
  const bytes = await readFromEither(root, path, undefined);
  if (bytes === undefined) return undefined;
  // Latin-1 keeps bytes that are no UTF-8 as they are through the substitution.
  const text = isSubstituted(path)
    ? Buffer.from(substitute(bytes.toString('latin1'), undefined, places), 'latin1')
    : bytes;
  return text.toString('utf8');
}

/** As WPT's server says it: a body is there to be read, and to be aborted. */
function notFound(x) {
  const body = JSON.stringify({ error: { code: 404, message: '' } });
  return x.reply(404, [['Content-Type', 'application/json']], body);
}

/** Answers with the file at the path. */
export async function serveFile(root, x) {
  let path;
  try {
    path = decodeURIComponent(x.path);
    path = aliases[path] ?? path;
  } catch {
    return notFound(x);
  }
  if (path.split('/').includes('..') || path.includes('\0')) return notFound(x);
  const bytes = await readFromEither(root, path, null);
  if (!bytes && path.endsWith('/')) return x.reply(200, [['Content-Type', 'text/html']]);
  if (!bytes) return notFound(x);
  if (path.endsWith('.asis')) return x.replyRaw(bytes);
  for (const [name, value] of await headersOf(root, path, x)) x.setHeader(name, value);
  if (!x.headers.some(([name]) => name.toLowerCase() === 'content-type')) {
    x.setHeader('Content-Type', contentTypeOf(path));
  }
  const body = isSubstituted(path)
    ? Buffer.from(substitute(bytes.toString('latin1'), x), 'latin1')
    : bytes;
  const range = parseRange(x.header('range'), body.length);
  if (!range) return x.reply(200, [], body);
  if (range.start >= range.end) return x.reply(416);
  x.setHeader('Content-Range', `bytes ${range.start}-${range.end - 1}/${body.length}`);
  return x.reply(206, [], body.subarray(range.start, range.end));
}
