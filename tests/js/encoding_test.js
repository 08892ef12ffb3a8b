// @ts-check
import { bytes, same, test, throws } from './harness.js';

const decode = (input, options) => new TextDecoder('utf-8', options).decode(input);

test('encodes UTF-8', () => {
  const encoder = new TextEncoder();
  same(encoder.encoding, 'utf-8');
  same(encoder.encode(), bytes());
  same(encoder.encode(undefined), bytes());
  same(encoder.encode('aé€😀'), bytes(0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80));
  same(encoder.encode('\ud800x\udc00'), bytes(0xef, 0xbf, 0xbd, 0x78, 0xef, 0xbf, 0xbd));
  same(encoder.encode(/** @type {any} */ (null)), bytes(0x6e, 0x75, 0x6c, 0x6c));
});

test('encodeInto writes whole characters only', () => {
  const encoder = new TextEncoder();
  const target = new Uint8Array(4);
  same(encoder.encodeInto('a€€', target), { read: 2, written: 4 });
  same(target, bytes(0x61, 0xe2, 0x82, 0xac));
  same(encoder.encodeInto('😀', new Uint8Array(3)), { read: 0, written: 0 });
  same(encoder.encodeInto('😀!', new Uint8Array(9)), { read: 3, written: 5 });
  same(encoder.encodeInto('', target), { read: 0, written: 0 });
  const view = new Uint8Array(new ArrayBuffer(8), 2, 2);
  same(encoder.encodeInto('xyz', view), { read: 2, written: 2 });
  same(new Uint8Array(view.buffer), bytes(0, 0, 0x78, 0x79, 0, 0, 0, 0));
  throws(TypeError, () => encoder.encodeInto('a', /** @type {any} */ (new Uint16Array(2))));
  throws(TypeError, () => encoder.encodeInto('a', /** @type {any} */ (new ArrayBuffer(2))));
  throws(TypeError, () => /** @type {any} */ (encoder).encodeInto('a'));
});

test('decodes UTF-8 from every kind of buffer', () => {
  const euro = bytes(0xe2, 0x82, 0xac);
  same(decode(euro), '€');
  same(decode(euro.buffer), '€');
  same(decode(new DataView(euro.buffer)), '€');
  same(decode(new Uint8Array([1, 0xe2, 0x82, 0xac]).subarray(1)), '€');
  same(decode(new Uint16Array(new Uint8Array([0x61, 0x62, 0x63, 0x64]).buffer, 2)), 'cd');
  same(decode(undefined), '');
  same(new TextDecoder().decode(), '');
  throws(TypeError, () => decode('text'));
  throws(TypeError, () => decode(null));
  throws(TypeError, () => decode([1, 2]));
});

test('replaces each maximal part of what is malformed', () => {
  same(decode(bytes(0xff)), '\ufffd');
  same(decode(bytes(0xc0, 0x80)), '\ufffd\ufffd');
  same(decode(bytes(0xe2, 0x82)), '\ufffd');
  same(decode(bytes(0xe0, 0x80, 0x80)), '\ufffd\ufffd\ufffd');
  same(decode(bytes(0xed, 0xa0, 0x80)), '\ufffd\ufffd\ufffd');
  same(decode(bytes(0xf0, 0x9f, 0x98, 0x41)), '\ufffdA');
  same(decode(bytes(0xf5, 0x80)), '\ufffd\ufffd');
});

test('fatal refuses it', () => {
  const malformed = [
    [0xff],
    [0xc0, 0x80],
    [0xe2, 0x82],
    [0xed, 0xa0, 0x80],
    [0x61, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
  ];
  for (const list of malformed) throws(TypeError, () => decode(bytes(...list), { fatal: true }));
  same(decode(bytes(0xe2, 0x82, 0xac), { fatal: true }), '€');
});

test('drops one byte order mark, unless it is to be ignored', () => {
  const marked = bytes(0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, 0x61);
  same(decode(marked), '\ufeffa');
  same(decode(marked, { ignoreBOM: true }), '\ufeff\ufeffa');
});

test('a stream keeps the beginning of a character', () => {
  const decoder = new TextDecoder();
  const euroAndMore = bytes(0x61, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80);
  let text = '';
  for (let i = 0; i < euroAndMore.length; i++) {
    text += decoder.decode(euroAndMore.subarray(i, i + 1), { stream: true });
  }
  same(text + decoder.decode(), 'a€😀');
});

test('a stream gives what is malformed at once, and the rest at its end', () => {
  const decoder = new TextDecoder();
  same(decoder.decode(bytes(0xf0, 0x9f), { stream: true }), '');
  same(decoder.decode(bytes(0x41), { stream: true }), '\ufffdA');
  same(decoder.decode(bytes(0xe0, 0x80), { stream: true }), '\ufffd\ufffd');
  same(decoder.decode(bytes(0xc3), { stream: true }), '');
  same(decoder.decode(), '\ufffd');
  same(decoder.decode(bytes(0x62)), 'b');
});

test('a stream drops its byte order mark even in pieces', () => {
  const decoder = new TextDecoder();
  let text = decoder.decode(bytes(0xef), { stream: true });
  text += decoder.decode(bytes(0xbb), { stream: true });
  text += decoder.decode(bytes(0xbf, 0x61), { stream: true });
  text += decoder.decode(bytes(0xef, 0xbb, 0xbf), { stream: true });
  same(text + decoder.decode(), 'a\ufeff');
  same(decoder.decode(bytes(0xef, 0xbb, 0xbf, 0x62)), 'b', 'a new stream begins');
});

test('a fatal stream refuses an unfinished end', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  same(decoder.decode(bytes(0xe2, 0x82), { stream: true }), '');
  throws(TypeError, () => decoder.decode());
  same(decoder.decode(bytes(0x61)), 'a', 'and can be used again');
});

test('knows the labels of UTF-8 and refuses others', () => {
  for (const label of [
    'utf8',
    'UTF-8',
    ' utf-8\t',
    'Unicode-1-1-UTF-8',
    'unicode11utf8',
    'x-unicode20utf8',
  ]) {
    same(new TextDecoder(label).encoding, 'utf-8');
  }
  same(new TextDecoder(undefined).encoding, 'utf-8');
  for (const label of ['', 'utf-8\0', '\u00a0utf-8', 'constructor', 'klingon', 'null']) {
    throws(RangeError, () => new TextDecoder(label));
  }
  throws(RangeError, () => new TextDecoder(/** @type {any} */ (null)));
});

test('shows its options', () => {
  const decoder = new TextDecoder('utf-8', { fatal: /** @type {any} */ (1), ignoreBOM: true });
  same([decoder.fatal, decoder.ignoreBOM], [true, true]);
  same([new TextDecoder().fatal, new TextDecoder().ignoreBOM], [false, false]);
  throws(TypeError, () => TextDecoder.prototype.fatal);
  throws(TypeError, () => TextEncoder.prototype.encoding);
  throws(TypeError, () => TextEncoder.prototype.encode.call({}, 'x'));
});
