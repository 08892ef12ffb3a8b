// structuredClone.

import { attemptEach, attempts, caseApp } from '../../case_app.js';

class Own {
  a = 1;
  get b() {
    return 2;
  }
}
const describe = (value) => [Object.prototype.toString.call(value), value?.constructor?.name];

export default caseApp({
  values: () =>
    attemptEach([1, 'a', null, undefined, true, 1n, NaN, -0, [1, [2]], { a: { b: 1 } }], (value) =>
      structuredClone(value),
    ),
  kinds: () =>
    attempts({
      date: () => structuredClone(new Date(5)),
      invalidDate: () => structuredClone(new Date(NaN)).getTime(),
      regexp: () => {
        const one = /a/gi;
        one.lastIndex = 3;
        const two = structuredClone(one);
        return [String(two), two.lastIndex];
      },
      map: () => structuredClone(new Map([[{ a: 1 }, new Set([1])]])),
      boxed: () =>
        [new Number(1), new String('a'), new Boolean(false), Object(1n)].map((one) =>
          describe(structuredClone(one)),
        ),
      error: () => {
        const one = structuredClone(Object.assign(new RangeError('x', { cause: 1 }), { own: 1 }));
        return [one.name, one.message, one.cause, one.own, one instanceof RangeError];
      },
      ownError: () => {
        class Mine extends Error {
          name = 'Mine';
        }
        const one = structuredClone(new Mine('m'));
        return [one.name, one.constructor.name];
      },
      domException: () => {
        const one = structuredClone(new DOMException('m', 'AbortError'));
        return [one.name, one.message, one.code, one instanceof DOMException];
      },
      typed: () => [
        structuredClone(new Float64Array([1.5])),
        structuredClone(new DataView(new ArrayBuffer(4), 1)).byteOffset,
        structuredClone(new Uint8Array(new ArrayBuffer(8), 4, 2)).buffer.byteLength,
      ],
      resizable: () => {
        const one = structuredClone(new ArrayBuffer(2, { maxByteLength: 8 }));
        return [one.resizable, one.maxByteLength];
      },
      own: () => {
        const one = structuredClone(new Own());
        return [one, describe(one)];
      },
      cycle: () => {
        const one = {};
        one.self = one;
        const two = structuredClone(one);
        return two.self === two;
      },
      shared: () => {
        const inner = {};
        const two = structuredClone([inner, inner]);
        return two[0] === two[1];
      },
      sparse: () => {
        const two = structuredClone([, 1]);
        return [two.length, 0 in two];
      },
      getter: () =>
        structuredClone({
          get a() {
            return 1;
          },
        }),
      symbolKey: () => Object.keys(structuredClone({ [Symbol('x')]: 1, a: 1 })),
      nullProto: () =>
        Object.getPrototypeOf(structuredClone(Object.create(null))) === Object.prototype,
      headers: () => structuredClone(new Headers({ a: '1' })),
      url: () => structuredClone(new URL('http://a')),
      request: () => structuredClone(new Request('http://a')),
      blob: async () => {
        const one = structuredClone(new Blob(['a'], { type: 'x/y' }));
        return [one instanceof Blob, one.type, await one.text()];
      },
      file: () => {
        const one = structuredClone(new File(['a'], 'n', { lastModified: 5 }));
        return [one instanceof File, one.name, one.lastModified];
      },
      cryptoKey: async () =>
        structuredClone(
          await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt']),
        ).algorithm,
    }),
  refused: () =>
    attempts({
      function: () => structuredClone(() => {}),
      symbol: () => structuredClone(Symbol('x')),
      weakMap: () => structuredClone(new WeakMap()),
      promise: () => structuredClone(Promise.resolve()),
      proxy: () => structuredClone(new Proxy({}, {})),
      inside: () => structuredClone({ a: [() => {}] }),
      none: () => structuredClone(),
      throwing: () =>
        structuredClone({
          get a() {
            throw new RangeError('x');
          },
        }),
    }),
  transfer: () =>
    attempts({
      buffer: () => {
        const one = new ArrayBuffer(4);
        const two = structuredClone(one, { transfer: [one] });
        return [one.byteLength, one.detached, two.byteLength];
      },
      twice: () => {
        const one = new ArrayBuffer(4);
        return structuredClone(one, { transfer: [one, one] });
      },
      detached: () => {
        const one = new ArrayBuffer(4);
        structuredClone(one, { transfer: [one] });
        return structuredClone(one, { transfer: [one] });
      },
      wrong: () => structuredClone(1, { transfer: [{}] }),
      port: () => {
        const { port1 } = new MessageChannel();
        return structuredClone(port1, { transfer: [port1] }) instanceof MessagePort;
      },
    }),
});
