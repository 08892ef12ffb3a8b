// @ts-check
// fetch() of data: URLs, https://fetch.spec.whatwg.org/#data-url-processor

import { bytes, rejects, same, test } from './harness.js';

async function load(url, init) {
  const response = await fetch(url, init);
  return [response.headers.get('content-type'), await response.text()];
}

test('a data: URL is its content', async () => {
  const response = await fetch('data:text/html,<p>hello%20world#x');
  same([response.status, response.statusText, response.type], [200, 'OK', 'basic']);
  same([response.url, response.redirected], ['data:text/html,<p>hello%20world', false]);
  same([...response.headers], [['content-type', 'text/html']]);
  same(await response.text(), '<p>hello world');
});

test('types are what MIME Sniffing makes of them', async () => {
  const types = {
    '': 'text/plain;charset=US-ASCII',
    ';': 'text/plain',
    ';charset=utf-8': 'text/plain;charset=utf-8',
    'text/plain;Charset=UTF-8': 'text/plain;charset=UTF-8',
    'TEXT/HTML': 'text/html',
    ' text/plain ': 'text/plain',
    'text': 'text/plain;charset=US-ASCII',
    'text/': 'text/plain;charset=US-ASCII',
    '/plain': 'text/plain;charset=US-ASCII',
    'te xt/plain': 'text/plain;charset=US-ASCII',
    'a/b;c=d;c=e': 'a/b;c=d',
    'a/b;c': 'a/b',
    'a/b;c=': 'a/b',
    'a/b; =d': 'a/b',
    'a/b;c="d e"': 'a/b;c="d e"',
    'a/b;c="d': 'a/b;c=d',
    'a/b;c=""': 'a/b;c=""',
    'a/b;c="d"f;g=h': 'a/b;c=d;g=h',
    'a/b;c="\\\\\\"x"': 'a/b;c="\\\\\\"x"',
    'a/b;c="x\\': 'a/b;c="x\\\\"',
    'text/plain;charset=x;base64;y=z': 'text/plain;charset=x;y=z',
  };
  for (const [given, expected] of Object.entries(types)) {
    same(await load(`data:${given},X`), [expected, 'X'], given);
  }
});

test('base64 is decoded forgivingly', async () => {
  for (const [url, text] of [
    ['data:;base64,aGVsbG8=', 'hello'],
    ['data:;base64,aGVsbG8', 'hello'],
    ['data:; base64,aGVsbG8', 'hello'],
    ['data:;  BASE64,aGVs%20bG8%3D', 'hello'],
    ['data:text/plain;base64,', ''],
  ]) {
    same((await load(url))[1], text, url);
  }
  same(await load('data:text/plain;base64;,aGk'), ['text/plain', 'aGk']);
  same((await load('data:base64,aGk'))[1], 'aGk');
  same(await (await fetch('data:;base64,AP/+')).bytes(), bytes(0, 255, 254));
  for (const url of ['data:;base64,a', 'data:;base64,a===', 'data:;base64,%']) {
    await rejects(TypeError, fetch(url), 'malformed');
  }
});

test('percent signs stand for bytes where two digits follow', async () => {
  same(await (await fetch('data:,%41%zz%4%')).text(), 'A%zz%4%');
  same(await (await fetch('data:,%ff%00%C3%A9')).bytes(), bytes(255, 0, 0xc3, 0xa9));
  same((await load('data:,\u00e9'))[1], '\u00e9');
});

test('without a comma it is malformed', async () => {
  await rejects(TypeError, fetch('data:text/plain'), 'malformed');
  await rejects(TypeError, fetch('data:'), 'malformed');
});

test('methods and signals are as elsewhere', async () => {
  same((await load('data:,x', { method: 'POST', body: 'y' }))[1], 'x');
  same((await fetch('data:,x', { method: 'HEAD' })).body, null);
  await rejects('AbortError', fetch('data:,x', { signal: AbortSignal.abort() }));
});
