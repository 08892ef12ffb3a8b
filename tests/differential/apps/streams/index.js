// Streams, those of Workers with them.

import { attempts, caseApp } from '../../case_app.js';

const source = (...chunks) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
async function collect(stream) {
  const all = [];
  for await (const chunk of stream) all.push(chunk);
  return all;
}
const text = (value) => new TextEncoder().encode(value);

export default caseApp({
  readable: () =>
    attempts({
      read: async () => {
        const reader = source(1, 2).getReader();
        return [await reader.read(), await reader.read(), await reader.read()];
      },
      locked: () => {
        const one = source();
        one.getReader();
        return one.getReader();
      },
      releasePending: async () => {
        const reader = new ReadableStream().getReader();
        const reading = reader.read();
        reader.releaseLock();
        return reading;
      },
      closed: async () => {
        const reader = source().getReader();
        return reader.closed;
      },
      cancel: async () => {
        let reason;
        const one = new ReadableStream({ cancel: (r) => void (reason = r) });
        await one.cancel('why');
        return reason;
      },
      error: () => collect(new ReadableStream({ pull: (c) => c.error(new RangeError('x')) })),
      from: () => collect(ReadableStream.from([1, Promise.resolve(2)])),
      fromString: () => collect(ReadableStream.from('ab')),
      fromGenerator: () =>
        collect(
          ReadableStream.from(
            (async function* () {
              yield 1;
              yield 2;
            })(),
          ),
        ),
      preventCancel: async () => {
        const one = source(1, 2, 3);
        for await (const _ of one.values({ preventCancel: true })) break;
        return collect(one);
      },
      breakCancels: async () => {
        let cancelled = false;
        const one = new ReadableStream({
          pull: (c) => c.enqueue(1),
          cancel: () => void (cancelled = true),
        });
        for await (const _ of one) break;
        return [cancelled, one.locked];
      },
      desired: () => {
        let c;
        new ReadableStream(
          { start: (one) => void (c = one) },
          { highWaterMark: 3, size: (n) => n },
        );
        c.enqueue(2);
        return c.desiredSize;
      },
      closedEnqueue: () => {
        let c;
        new ReadableStream({ start: (one) => void (c = one) });
        c.close();
        c.enqueue(1);
      },
      wrongType: () => new ReadableStream({ type: 'other' }),
    }),
  tee: async () => {
    const [a, b] = source('x', 'y').tee();
    return [await collect(a), await collect(b)];
  },
  teeBytes: async () => {
    const [a, b] = new Blob(['xyz']).stream().tee();
    return [await new Response(a).text(), await new Response(b).text()];
  },
  byob: () =>
    attempts({
      read: async () => {
        const reader = new Blob(['abcdef']).stream().getReader({ mode: 'byob' });
        const one = await reader.read(new Uint8Array(4));
        const two = await reader.read(new Uint8Array(4));
        const three = await reader.read(new Uint8Array(4));
        return [one, two, three];
      },
      view: async () => {
        const reader = new Blob(['abcdef']).stream().getReader({ mode: 'byob' });
        const { value } = await reader.read(new DataView(new ArrayBuffer(8), 2, 3));
        return [value.constructor.name, value.byteOffset, value.byteLength];
      },
      detached: async () => {
        const bytes = new Uint8Array(2);
        await new Blob(['ab']).stream().getReader({ mode: 'byob' }).read(bytes);
        return bytes.byteLength;
      },
      empty: () => new Blob(['a']).stream().getReader({ mode: 'byob' }).read(new Uint8Array(0)),
      min: async () => {
        const one = new ReadableStream({
          type: 'bytes',
          start: (c) => {
            c.enqueue(text('a'));
            c.enqueue(text('b'));
            c.enqueue(text('c'));
          },
        });
        return one.getReader({ mode: 'byob' }).read(new Uint8Array(4), { min: 3 });
      },
      atLeast: async () => {
        const reader = new Blob(['abcd']).stream().getReader({ mode: 'byob' });
        return reader.readAtLeast(3, new Uint8Array(4));
      },
      notBytes: () => source(1).getReader({ mode: 'byob' }),
      request: async () => {
        const one = new ReadableStream({
          type: 'bytes',
          pull(c) {
            const { view } = c.byobRequest;
            view[0] = 7;
            c.byobRequest.respond(1);
          },
        });
        return one.getReader({ mode: 'byob' }).read(new Uint8Array(2));
      },
      autoAllocate: async () => {
        const one = new ReadableStream({
          type: 'bytes',
          autoAllocateChunkSize: 4,
          pull(c) {
            c.byobRequest.view[0] = 9;
            c.byobRequest.respond(1);
          },
        });
        return one.getReader().read();
      },
    }),
  writable: () =>
    attempts({
      order: async () => {
        const seen = [];
        const writer = new WritableStream({
          start: () => void seen.push('start'),
          write: (x) => void seen.push(x),
          close: () => void seen.push('close'),
        }).getWriter();
        writer.write(1);
        writer.write(2);
        await writer.close();
        return seen;
      },
      abort: async () => {
        const seen = [];
        const one = new WritableStream({ abort: (r) => void seen.push(r) });
        await one.abort('why');
        return [
          seen,
          await one
            .getWriter()
            .write(1)
            .catch((e) => e),
        ];
      },
      error: async () => {
        const writer = new WritableStream({
          write: () => {
            throw new RangeError('x');
          },
        }).getWriter();
        await writer.write(1);
      },
      closed: async () => {
        const writer = new WritableStream().getWriter();
        await writer.close();
        return writer.write(1);
      },
      desired: () => new WritableStream({}, { highWaterMark: 5 }).getWriter().desiredSize,
      signal: () => {
        let c;
        const one = new WritableStream({ start: (x) => void (c = x) });
        one.abort('r');
        return [c.signal.aborted, c.signal.reason];
      },
    }),
  transform: () =>
    attempts({
      upper: async () =>
        collect(
          source('a', 'b').pipeThrough(
            new TransformStream({
              transform: (x, c) => c.enqueue(x.toUpperCase()),
              flush: (c) => c.enqueue('end'),
            }),
          ),
        ),
      identity: async () => collect(source(1, {}).pipeThrough(new TransformStream())),
      terminate: async () =>
        collect(
          source(1, 2, 3).pipeThrough(
            new TransformStream({ transform: (x, c) => (x === 2 ? c.terminate() : c.enqueue(x)) }),
          ),
        ),
      throws: async () =>
        collect(
          source(1).pipeThrough(
            new TransformStream({
              transform: () => {
                throw new RangeError('x');
              },
            }),
          ),
        ),
      error: async () =>
        collect(
          source(1).pipeThrough(
            new TransformStream({ transform: (_, c) => c.error(new SyntaxError('x')) }),
          ),
        ),
    }),
  pipe: () =>
    attempts({
      to: async () => {
        const seen = [];
        await source(1, 2).pipeTo(new WritableStream({ write: (x) => void seen.push(x) }));
        return seen;
      },
      preventClose: async () => {
        let closed = false;
        await source(1).pipeTo(new WritableStream({ close: () => void (closed = true) }), {
          preventClose: true,
        });
        return closed;
      },
      signal: async () =>
        source(1).pipeTo(new WritableStream(), { signal: AbortSignal.abort(new RangeError('x')) }),
      errorOfSource: async () =>
        new ReadableStream({ start: (c) => c.error(new RangeError('x')) }).pipeTo(
          new WritableStream(),
        ),
      errorOfSink: async () =>
        source(1).pipeTo(
          new WritableStream({
            write: () => {
              throw new SyntaxError('x');
            },
          }),
        ),
      locked: () => {
        const one = source();
        one.getReader();
        return one.pipeTo(new WritableStream());
      },
    }),
  identity: () =>
    attempts({
      bytes: async () => {
        const { readable, writable } = new IdentityTransformStream();
        const writer = writable.getWriter();
        writer.write(text('abc'));
        writer.close();
        return new Response(readable).text();
      },
      string: async () => {
        const { readable, writable } = new IdentityTransformStream();
        const writer = writable.getWriter();
        const writing = writer.write(1).catch((e) => e);
        return [await writing, readable.locked];
      },
      byob: async () => {
        const { readable, writable } = new IdentityTransformStream();
        const writer = writable.getWriter();
        writer.write(text('abcdef'));
        writer.close();
        const reader = readable.getReader({ mode: 'byob' });
        return [await reader.read(new Uint8Array(4)), await reader.read(new Uint8Array(4))];
      },
      abort: async () => {
        const { readable, writable } = new IdentityTransformStream();
        writable.getWriter().abort(new RangeError('x'));
        return new Response(readable).text();
      },
      instance: () => [
        new IdentityTransformStream() instanceof TransformStream,
        IdentityTransformStream.name,
      ],
    }),
  fixed: () =>
    attempts({
      exact: async () => {
        const { readable, writable } = new FixedLengthStream(3);
        const writer = writable.getWriter();
        writer.write(text('abc'));
        writer.close();
        return new Response(readable).text();
      },
      short: async () => {
        const { readable, writable } = new FixedLengthStream(5);
        const writer = writable.getWriter();
        writer.write(text('abc'));
        const closing = writer.close().catch((e) => e);
        return [await new Response(readable).text().catch((e) => e), await closing];
      },
      long: async () => {
        const { readable, writable } = new FixedLengthStream(2);
        const writer = writable.getWriter();
        const writing = writer.write(text('abc')).catch((e) => e);
        return [await new Response(readable).text().catch((e) => e), await writing];
      },
      none: () => new FixedLengthStream(),
      negative: () => new FixedLengthStream(-1),
      big: () => new FixedLengthStream(10n) instanceof FixedLengthStream,
      instance: () => new FixedLengthStream(1) instanceof IdentityTransformStream,
    }),
  strategies: () => ({
    count: new CountQueuingStrategy({ highWaterMark: 2 }).size({}),
    bytes: new ByteLengthQueuingStrategy({ highWaterMark: 2 }).size(new Uint8Array(3)),
    mark: new CountQueuingStrategy({ highWaterMark: 2 }).highWaterMark,
  }),
  transfer: () => attempts({ clone: () => structuredClone(source()) }),
});
