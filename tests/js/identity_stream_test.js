// @ts-check
// IdentityTransformStream and FixedLengthStream.

import { bytes, dispatch, rejects, same, sleep, test, throws } from './harness.js';

const text = (value) => new TextEncoder().encode(value);

test('bytes go through as they are', async () => {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const writing = [writer.write(text('a')), writer.write(text('bc').buffer), writer.write(bytes())];
  const closing = writer.close();
  same(await new Response(readable).text(), 'abc');
  await Promise.all([...writing, closing]);
});

test('a write waits for a reader, and what is written is copied', async () => {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const chunk = bytes(1, 2, 3);
  let isWritten = false;
  const writing = writer.write(chunk).then(() => (isWritten = true));
  await sleep();
  chunk[0] = 9;
  same(isWritten, false);
  const reader = readable.getReader({ mode: 'byob' });
  same((await reader.read(new Uint8Array(2))).value, bytes(1, 2));
  await writing;
  same((await reader.read(new Uint8Array(2))).value, bytes(3));
});

test('what is no bytes fails both sides', async () => {
  const { readable, writable } = new IdentityTransformStream();
  const writing = writable.getWriter().write('text');
  await rejects(TypeError, writing);
  await rejects(TypeError, new Response(readable).text());
});

test('abort() and cancel() reach the other side', async () => {
  const why = new RangeError('why');
  const aborted = new IdentityTransformStream();
  const reading = new Response(aborted.readable).text();
  await aborted.writable.abort(why);
  same(await reading.catch((error) => error), why);
  const cancelled = new IdentityTransformStream();
  const writer = cancelled.writable.getWriter();
  const writing = writer.write(bytes(1));
  await cancelled.readable.cancel(why);
  same(await writer.closed.catch((error) => error), why);
  await writing.catch(() => {});
});

test('they are transform streams', async () => {
  same(new FixedLengthStream(1) instanceof IdentityTransformStream, true);
  same(new IdentityTransformStream() instanceof TransformStream, true);
  const through = new Blob(['abc']).stream().pipeThrough(new IdentityTransformStream());
  same(await new Response(through).text(), 'abc');
});

test('a FixedLengthStream has as many bytes as it was told, no more and no fewer', async () => {
  const pipe = (content, length) => {
    const fixed = new FixedLengthStream(length);
    const piping = new Blob([content]).stream().pipeTo(fixed.writable);
    return Promise.all([new Response(fixed.readable).text(), piping]);
  };
  same((await pipe('abc', 3))[0], 'abc');
  same((await pipe('abc', 3n))[0], 'abc');
  same((await pipe('', 0))[0], '');
  await rejects(TypeError, pipe('abc', 2));
  await rejects(TypeError, pipe('abc', 4));
});

test('a length is a number of bytes', () => {
  for (const length of [-1, -1n, 2 ** 53, 2n ** 53n, 'x', undefined]) {
    throws(TypeError, () => new FixedLengthStream(/** @type {any} */ (length)));
  }
});

test('an answer of a FixedLengthStream has its length', async () => {
  const answer = await dispatch({}, () => {
    const { readable, writable } = new FixedLengthStream(3);
    new Blob(['abc']).stream().pipeTo(writable);
    return new Response(readable);
  });
  same([answer.text, answer.length], ['abc', 3]);
});

test('an answer breaks off with a FixedLengthStream that got fewer bytes', async () => {
  const answer = await dispatch({}, () => {
    const { readable, writable } = new FixedLengthStream(4);
    new Blob(['abc']).stream().pipeTo(writable).catch(() => {});
    return new Response(readable);
  });
  same([answer.length, answer.bodyError instanceof TypeError], [4, true]);
});

test('an IdentityTransformStream has no length, whatever it is told', async () => {
  for (const length of [3, 2 ** 53, Infinity, -1, 1.5, 'abc', {}]) {
    const answer = await dispatch({}, () => {
      const { readable, writable } = Reflect.construct(IdentityTransformStream, [0, length]);
      new Blob(['abc']).stream().pipeTo(writable);
      return new Response(readable);
    });
    same([answer.text, answer.length], ['abc', -1]);
  }
});

test('classes extend both', async () => {
  for (const Parent of [IdentityTransformStream, FixedLengthStream]) {
    class Child extends Parent {
      #own = 5;

      get own() {
        return this.#own;
      }
    }
    const child = new Child(0);
    same([child.own, child instanceof Parent, child instanceof TransformStream], [5, true, true]);
  }
});
