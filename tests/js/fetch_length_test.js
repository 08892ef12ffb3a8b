// @ts-check
// Bodies of fetches whose length is known before they are there: FixedLengthStream.

import { bytes, outbound, rejects, same, sleep, test } from './harness.js';

const kUrl = 'https://up.test/';

/** A stream of `length` bytes that is given `content`. */
function fixed(content, length) {
  const { readable, writable } = new FixedLengthStream(length);
  return { readable, piping: new Blob([content]).stream().pipeTo(writable) };
}

const put = (body) => ({ method: 'PUT', body });

test('a body of known length is sent with it', async () => {
  const seen = outbound(() => ({}));
  const { readable, piping } = fixed('abc', 3);
  await Promise.all([fetch(kUrl, put(readable)), piping]);
  await sleep();
  same([seen[0].streamed, seen[0].length, seen[0].body], [true, 3, bytes(97, 98, 99)]);
});

test('a Request, one made of it and a clone have the length', async () => {
  const seen = outbound(() => ({}));
  const { readable } = fixed('abc', 3);
  const request = new Request(new Request(kUrl, put(readable)));
  const copy = request.clone();
  await Promise.all([fetch(request), fetch(copy)]);
  await sleep();
  same(
    seen.map((one) => [one.length, one.body]),
    [
      [3, bytes(97, 98, 99)],
      [3, bytes(97, 98, 99)],
    ],
  );
});

test('of an empty one it is nothing, of another stream nobody knows it', async () => {
  const seen = outbound(() => ({}));
  await fetch(kUrl, put(fixed('', 0).readable));
  await fetch(kUrl, put(ReadableStream.from([bytes(1)])));
  await fetch(kUrl, put(new IdentityTransformStream().readable));
  same(
    seen.map((one) => one.length),
    [0, -1, -1],
  );
});

test('what is left of one that was read has no length', async () => {
  const seen = outbound(() => ({}));
  const { readable } = fixed('abc', 3);
  const reader = readable.getReader({ mode: 'byob' });
  await reader.read(new Uint8Array(1));
  reader.releaseLock();
  const [rest] = readable.tee();
  await fetch(kUrl, put(rest));
  await sleep();
  same([seen[0].length, seen[0].body], [-1, bytes(98, 99)]);
});

test('with fewer or more bytes than it said the fetch fails', async () => {
  for (const length of [2, 4]) {
    const seen = outbound(() => undefined);
    const { readable, piping } = fixed('abc', length);
    const fetching = fetch(kUrl, put(readable));
    await rejects(TypeError, piping);
    const error = await fetching.catch((reason) => reason);
    same(error.message, 'fetch failed: the stream that was to be its body failed');
    same([seen[0].length, seen[0].aborted, seen[0].body], [length, true, undefined]);
  }
});
