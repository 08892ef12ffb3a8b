// @ts-check
// The engine's half of url_spellings.js: what new URL() makes of each spelling, which is what a
// worker sends. Whatever it is, nanod either refuses it or reads the same host in it.

import { ok, same, test, throws } from './harness.js';
import spellings from './url_spellings.js';

test('the table has rows enough', () => {
  ok(spellings.length >= 200);
});

test('each spelling is serialised to its one form, or refused', () => {
  for (const { url, href, end } of spellings) {
    if (href === null) {
      throws(TypeError, () => new URL(url));
      same(end, 'unparsable', url);
    } else {
      same(new URL(url).href, href, url);
    }
  }
});

test('the one form is serialised to itself', () => {
  for (const { href } of spellings) {
    if (href !== null) same(new URL(href).href, href);
  }
});

test('the host is the one that the table names', () => {
  for (const { url, host } of spellings) {
    if (host === undefined) continue;
    // nanod strips brackets and one trailing dot.
    same(new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, ''), host, url);
  }
});
