// What the other folders of /fetch answer.

import { stashTake } from './fetch_api.js';

const badBody = (coding) => (x) =>
  x.reply(200, [['Content-Encoding', coding]], `not actually ${coding}`);

/** Answers with a head that says what the test wants, true or not. */
function contentLength(x) {
  x.replyRaw(
    'HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=UTF-8\r\nConnection: close\r\n' +
      `${x.get('length')}\r\n\r\nFact: this is really forty-two bytes long.`,
  );
}

function contentType(x) {
  const values = x.getAll('value');
  const content = x.get('content', '<b>hi</b>\n');
  const lines = x.has('single_header') ? [values.join(',')] : values;
  x.replyRaw(
    'HTTP/1.1 200 OK\r\nX-Content-Type-Options: nosniff\r\n' +
      lines.map((value) => `Content-Type: ${value}\r\n`).join('') +
      `Content-Length: ${content.length}\r\nConnection: close\r\n\r\n${content}`,
  );
}

/** Keeps what each request carried, and answers as its query says. */
function requestCache(x) {
  const token = x.get('token');
  if (x.has('querystate')) {
    const state = JSON.stringify(x.stash.take(token, x.path));
    return x.reply(200, [['Content-Type', 'text/plain']], state);
  }
  const tag = x.get('tag') && `"${x.get('tag')}"`;
  const seen = x.stash.take(token, x.path) ?? [];
  const state = {};
  for (const name of ['If-None-Match', 'If-Modified-Since', 'Pragma', 'Cache-Control']) {
    const value = x.header(name);
    if (value !== undefined && !x.has('ignore')) state[name] = value;
  }
  x.stash.put(token, [...seen, state], x.path);
  if (tag) x.setHeader('ETag', tag);
  else if (x.get('date')) x.setHeader('Last-Modified', x.get('date'));
  const fields = { expires: 'Expires', vary: 'Vary', cache_control: 'Cache-Control' };
  for (const [field, name] of Object.entries(fields)) {
    if (x.get(field)) x.setHeader(name, x.get(field));
  }
  x.setHeader('Access-Control-Allow-Origin', '*');
  if (x.get('redirect')) return x.reply([302, 'Redirect'], [['Location', x.get('redirect')]]);
  const none = x.header('if-none-match');
  const since = x.header('if-modified-since');
  if ((none && none === tag) || (since && since === x.get('date'))) return x.reply(304);
  return x.reply(200, [['Content-Type', 'text/plain']], x.get('content', ''));
}

/** Counts the requests of one test and the connections they came on. */
function networkPartitionKey(x) {
  const id = x.get('uuid');
  const seen = x.stash.take(id, x.path) ?? { requests: 0, connections: new Set() };
  seen.requests++;
  seen.connections.add(x.req.socket.remotePort);
  x.stash.put(id, seen, x.path);
  const counts =
    `. Request was sent ${seen.requests} times. ` +
    `${seen.connections.size} connections were created.`;
  const body = x.has('addcounter') ? `ok${counts}` : 'ok';
  return x.reply([x.get('status', 200), 'OK'], [['Content-Type', 'text/plain']], body);
}

function redirectAndStash(x) {
  const key = x.get('stash');
  const origins = x.stash.take(key, x.path);
  if (x.has('dump')) {
    return x.reply(200, [['Content-Type', 'application/json']], JSON.stringify(origins));
  }
  x.stash.put(key, [...(origins ?? []), x.header('origin', 'no Origin header')], x.path);
  const more = x.has('dummyJS') ? '&dummyJS' : '';
  if (x.has('location')) return x.reply(308, [['Location', x.get('location') + more]]);
  const headers = [
    ['Content-Type', 'text/html'],
    ['Access-Control-Allow-Origin', '*'],
  ];
  return x.reply(200, headers, more ? "console.log('dummy JS')" : '<meta charset=utf-8>');
}

/** Notes the Range and Accept-Encoding of a request; the sound itself is left out. */
function longWav(x) {
  const note = (field, value) => {
    if (x.get(field) && value !== undefined)
      x.stash.put(x.get(field), value, '/fetch/range/resources/');
  };
  const range = x.header('range');
  note('range-received-key', range && 'range-header-received');
  note('accept-encoding-key', x.header('accept-encoding', ''));
  const headers = [
    ['Content-Type', 'audio/wav'],
    ['Accept-Ranges', 'bytes'],
    ['Access-Control-Allow-Origin', x.header('origin', '')],
  ];
  if (range) headers.push(['Content-Range', 'bytes 0-43/2400044']);
  return x.reply(range ? 206 : 200, headers, 'RIFF'.padEnd(44, '\0'));
}

function partialText(x) {
  const total = Number(x.get('length', 100));
  const type = ['Content-Type', x.get('type', 'text/plain')];
  const range = x.header('range');
  if (!range) return x.reply(200, [type, ['Cache-Control', 'no-cache']], '0'.repeat(total));
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  const start = Number(first);
  const end = last ? Number(last) : total;
  if (!(end - start > 0) || end > total) return x.reply(416, [type]);
  const headers = [
    type,
    ['Accept-Ranges', 'bytes'],
    ['Cache-Control', 'no-cache'],
    ['Content-Range', `bytes ${start}-${end}/${total}`],
  ];
  return x.reply(Number(x.get('partial', 206)), headers, '0'.repeat(end - start));
}

export const handlers = {
  '/fetch/api/request/resources/cache.py': requestCache,
  '/fetch/connection-pool/resources/network-partition-key.py': networkPartitionKey,
  '/fetch/content-encoding/br/resources/bad-br-body.py': badBody('br'),
  '/fetch/content-encoding/gzip/resources/bad-gzip-body.py': badBody('gzip'),
  '/fetch/content-encoding/zstd/resources/bad-zstd-body.py': badBody('zstd'),
  '/fetch/content-length/resources/content-length.py': contentLength,
  '/fetch/content-type/resources/content-type.py': contentType,
  '/fetch/origin/resources/redirect-and-stash.py': redirectAndStash,
  '/fetch/range/resources/long-wav.py': longWav,
  '/fetch/range/resources/partial-text.py': partialText,
  '/fetch/range/resources/stash-take.py': stashTake,
};
