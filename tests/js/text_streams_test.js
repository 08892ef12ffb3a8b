// @ts-check
// TextEncoderStream and TextDecoderStream, https://encoding.spec.whatwg.org/#stream

import { bytes, rejects, same, test, throws } from './harness.js';

const through = (chunks, transform) =>
  Array.fromAsync(ReadableStream.from(chunks).pipeThrough(transform));

test('text becomes UTF-8, chunk by chunk', async () => {
  const chunks = await through(['a', '', '\u20ac'], new TextEncoderStream());
  same(chunks, [bytes(97), bytes(0xe2, 0x82, 0xac)]);
});

test('a surrogate pair that is split is put together', async () => {
  const chunks = await through(['\ud83d', '\ude00', 'a\ud83d'], new TextEncoderStream());
  same(chunks, [bytes(0xf0, 0x9f, 0x98, 0x80), bytes(97), bytes(0xef, 0xbf, 0xbd)]);
});

test('what is no string is made one', async () => {
  same(await through([1, null], new TextEncoderStream()), [bytes(49), bytes(110, 117, 108, 108)]);
  await rejects(TypeError, through([Symbol('x')], new TextEncoderStream()));
});

test('UTF-8 becomes text, characters that are split put together', async () => {
  const chunks = [bytes(0xef, 0xbb, 0xbf, 97, 0xe2), bytes(0x82), bytes(0xac, 98)];
  same(await through(chunks, new TextDecoderStream()), ['a', '\u20acb']);
});

test('an unfinished character is a replacement, or an error', async () => {
  same(await through([bytes(97, 0xe2)], new TextDecoderStream()), ['a', '\ufffd']);
  const fatal = new TextDecoderStream('utf-8', { fatal: true });
  await rejects(TypeError, through([bytes(97, 0xe2)], fatal));
  await rejects(TypeError, through([bytes(0xff)], new TextDecoderStream('utf8', { fatal: true })));
});

test('chunks to decode are buffers', async () => {
  same(await through([bytes(97).buffer], new TextDecoderStream()), ['a']);
  for (const chunk of [undefined, 'text', 1, {}]) {
    await rejects(TypeError, through([chunk], new TextDecoderStream()));
  }
});

test('the attributes are the decoder\'s', () => {
  const stream = new TextDecoderStream('UTF8', { fatal: true, ignoreBOM: true });
  same([stream.encoding, stream.fatal, stream.ignoreBOM], ['utf-8', true, true]);
  same(new TextEncoderStream().encoding, 'utf-8');
  throws(RangeError, () => new TextDecoderStream('x'));
});
