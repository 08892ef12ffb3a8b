// @ts-check
import { same, test, throws } from './harness.js';

test('btoa encodes strings of bytes', () => {
  same(btoa(''), '');
  same(btoa('a'), 'YQ==');
  same(btoa('ab'), 'YWI=');
  same(btoa('abc'), 'YWJj');
  same(btoa('\xff\x00\xfe'), '/wD+');
  same(btoa(/** @type {any} */ (null)), 'bnVsbA==');
  same(btoa(/** @type {any} */ (12)), 'MTI=');
});

test('btoa refuses what is no byte', () => {
  throws('InvalidCharacterError', () => btoa('\u0100'));
  throws('InvalidCharacterError', () => btoa('עברית'));
  throws(TypeError, () => /** @type {any} */ (btoa)());
});

test('atob is forgiving', () => {
  same(atob(''), '');
  same(atob('YQ=='), 'a');
  same(atob('YQ'), 'a');
  same(atob(' Y\tW\nJ\fj\r '), 'abc');
  same(atob('/A'), '\xfc');
  same(atob('/w=='), '\xff');
  same(atob(/** @type {any} */ (null)), '\x9e\xe9\x65');
});

test('atob refuses the rest', () => {
  for (const wrong of [
    'a',
    'ab=',
    'ab===',
    'abc==',
    '=',
    'ab=c',
    'a-_b',
    'YQ==\u00a0',
    'abcd=',
    '\0',
  ]) {
    throws('InvalidCharacterError', () => atob(wrong));
  }
  throws(TypeError, () => /** @type {any} */ (atob)());
});

test('every byte survives', () => {
  let text = '';
  for (let i = 0; i < 256; i++) text += String.fromCharCode(i);
  for (let cut = 0; cut < 4; cut++) same(atob(btoa(text.slice(cut))), text.slice(cut));
});
