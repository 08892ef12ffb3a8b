// @ts-check
// What the calls are made with: every kind of value, and those that change the world while they are
// looked at. All follows from one seed.

const { apply, defineProperty } = Reflect;

/** A small generator (mulberry32): the same numbers on every machine. @param {number} seed */
export function makeRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    /** @param {number} end */
    below: (end) => Math.floor(next() * end),
    /** @param {any[]} list */
    of: (list) => list[Math.floor(next() * list.length)],
  };
}

const kNumbers = [
  0,
  -0,
  1,
  -1,
  2,
  7,
  16,
  255,
  256,
  1024,
  4097,
  65535,
  65536,
  2 ** 20,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53,
  -(2 ** 31),
  0.5,
  1e300,
  -1e300,
  NaN,
  Infinity,
  -Infinity,
];

const kTexts = [
  '',
  'a',
  '0',
  '-1',
  'GET',
  'gzip',
  'brotli',
  'utf-8',
  'latin1',
  'raw',
  'jwk',
  'pkcs8',
  'spki',
  'bytes',
  'byob',
  'SHA-256',
  'SHA-1',
  'AES-GCM',
  'AES-CBC',
  'AES-CTR',
  'AES-KW',
  'HMAC',
  'RSA-PSS',
  'RSA-OAEP',
  'ECDSA',
  'ECDH',
  'P-256',
  'P-521',
  'Ed25519',
  'X25519',
  'PBKDF2',
  'HKDF',
  'AES-OCB',
  'ChaCha20-Poly1305',
  'KMAC128',
  'cSHAKE256',
  'Argon2id',
  'ML-KEM-512',
  'ML-DSA-44',
  'raw-seed',
  'raw-public',
  'raw-secret',
  'sign',
  'verify',
  'encrypt',
  'deriveBits',
  'encapsulateBits',
  'decapsulateKey',
  'message',
  'https://user@host.test:8443/a/../b?c=d#e',
  'wss://host.test/',
  'data:text/plain,a',
  'blob:null/x',
  '//',
  'http://[::1',
  'multipart/form-data; boundary=x',
  'text/plain;charset=utf-8',
  '%',
  '%s %d %o %O %j',
  '\0',
  '\r\n',
  '\ud800',
  '\udfff\ud800',
  '\u{1f600}',
  '\u00e4\u00ff',
  '\u0131',
  '__proto__',
  'constructor',
  'then',
  'a'.repeat(300),
  'b'.repeat(70000),
  '\u4e00'.repeat(5000),
];

const kViews = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];

function thrower() {
  throw new Error('thrown by a value');
}

const everyTrap = {
  apply: thrower,
  construct: thrower,
  defineProperty: thrower,
  deleteProperty: thrower,
  get: thrower,
  getOwnPropertyDescriptor: thrower,
  getPrototypeOf: thrower,
  has: thrower,
  isExtensible: thrower,
  ownKeys: thrower,
  preventExtensions: thrower,
  set: thrower,
  setPrototypeOf: thrower,
};

/** @param {ReturnType<typeof makeRandom>} random @param {string[]} names members of dictionaries */
export function makeValues(random, names) {
  /** Buffers that were made for the call that is under way. */
  let ofThisCall = [];
  /** Whether the call has taken their bytes. */
  let wasRead = false;
  const size = () => random.of([0, 1, 7, 8, 16, 31, 32, 64, 100, 255, 4096, 65537]);

  function buffer() {
    const bytes = size();
    const kind = random.below(6);
    const made =
      kind < 2 ? new ArrayBuffer(bytes, { maxByteLength: bytes + size() }) : new ArrayBuffer(bytes);
    ofThisCall.push(made);
    if (kind === 2) made.transfer();
    else if (kind === 3) new Uint8Array(made).fill(random.below(256));
    return made;
  }

  function view() {
    const made = buffer();
    const View = /** @type {any} */ (random.of(kViews));
    const step = View.BYTES_PER_ELEMENT ?? 1;
    let result;
    try {
      const offset = random.below(3) * step;
      const length = random.below(3) === 0 ? undefined : random.below(20);
      result = new View(made, offset, length);
    } catch {
      return new Uint8Array(random.below(50)).fill(random.below(256));
    }
    if (random.below(4) === 0) remember(result);
    const change = random.below(8);
    if (change === 0) made.transfer();
    else if (change === 1 && made.resizable) made.resize(random.below(made.maxByteLength + 1));
    return result;
  }

  /** Loses its bytes while it is converted. */
  function detacher() {
    const victim = random.of(recent.filter((value) => ArrayBuffer.isView(value)));
    const act = () => {
      try {
        victim?.buffer.transfer();
      } catch {
        // It is detached already.
      }
      return random.of([0, 1, 8, 'a', '']);
    };
    return random.of([
      { valueOf: act, toString: act },
      { [Symbol.toPrimitive]: act },
      {
        get length() {
          return act();
        },
        get byteLength() {
          return act();
        },
      },
    ]);
  }

  function dictionary() {
    const made = random.below(4) === 0 ? { __proto__: null } : {};
    for (let i = random.below(6); i > 0; i--) {
      const name = random.of(names);
      const rest = { configurable: true, enumerable: true };
      if (random.below(10) === 0) defineProperty(made, name, { get: thrower, ...rest });
      else defineProperty(made, name, { value: value(2), ...rest });
    }
    return made;
  }

  function list() {
    const made = [];
    for (let i = random.below(5); i > 0; i--) made.push(value(2));
    const kind = random.below(8);
    if (kind === 0) made.length += random.below(3);
    else if (kind === 1) defineProperty(made, 0, { get: thrower, configurable: true });
    else if (kind === 2)
      defineProperty(made, 0, { get: () => ((made.length = 0), 1), configurable: true });
    else if (kind === 3) made[1] = made;
    return made;
  }

  /** What ops of crypto.subtle are told: numbers and bytes, as many as one of them takes. */
  function options() {
    const made = [];
    for (let i = 1 + random.below(8); i > 0; i--) {
      const number = () => random.of([0, 1, 2, 3, 8, 12, 16, 32, 64, 128, 256, 1024, 2 ** 32 - 1]);
      made.push(random.below(2) === 0 ? number() : random.of([view, buffer])());
    }
    if (random.below(2) === 0) takeBytesAway(made, random.below(made.length));
    return made;
  }

  /** A key, what is to be done, and data, or some of them in another order. */
  function cryptoArguments() {
    const handle = () => random.of(kept);
    return random.of([
      () => [handle(), options(), view()],
      () => [view(), view(), options()],
      () => [options(), view()],
      () => [handle(), options()],
    ])();
  }

  /** Whoever reads the element takes the bytes of all other arguments. */
  function takeBytesAway(made, index) {
    const kept = made[index];
    const get = () => {
      wasRead = true;
      for (const one of ofThisCall) {
        try {
          if (one.resizable) one.resize(0);
          else one.transfer();
        } catch {
          // It is detached already.
        }
      }
      return kept;
    };
    defineProperty(made, index, { get, configurable: true });
  }

  const callbacks = [
    () => undefined,
    () => value(1),
    thrower,
    () => Promise.resolve(value(1)),
    () => Promise.reject(value(1)),
    function () {
      return apply(thrower, this, []);
    },
    async function* () {
      yield value(1);
    },
    class {},
    (controller) => {
      try {
        controller.enqueue(value(1));
      } catch {
        /* It may be closed. */
      }
    },
    (controller) => {
      try {
        controller.close();
      } catch {
        /* The same. */
      }
    },
  ];

  /** Results of calls, newest last: keys, streams, requests, handles. */
  const recent = [];
  /** What stays to the end. */
  const kept = [];
  const known = () => random.of(random.below(2) === 0 ? recent : kept);

  const kinds = [
    () => undefined,
    () => null,
    () => random.below(2) === 0,
    () => random.of(kNumbers),
    () => random.below(300),
    () => random.of(kTexts),
    () => random.of(kTexts) + random.of(kTexts),
    () => Symbol('a'),
    () => BigInt(random.of([0, 1, -1, 255, 2 ** 53])) ** BigInt(random.below(3)),
    buffer,
    view,
    view,
    view,
    dictionary,
    dictionary,
    list,
    list,
    options,
    () => random.of(callbacks),
    () => random.of(callbacks),
    detacher,
    () => new Proxy(random.of([{}, [], thrower]), random.of([{}, everyTrap])),
    () => ({ valueOf: thrower, toString: thrower }),
    () => new Date(random.of(kNumbers)),
    () => /a+/gu,
    () => new Map([[1, value(2)]]),
    () => new Set([value(2)]),
    () => new Error('a'),
    () => Promise.resolve(1),
    () => new WeakRef({}),
    () => globalThis,
  ];

  /** @param {number} depth */
  function value(depth = 0) {
    if (depth > 3) return random.below(9);
    if (random.below(3) === 0) return known();
    return random.of(kinds)();
  }

  function remember(result) {
    if (result === null || (typeof result !== 'object' && typeof result !== 'function')) return;
    recent.push(result);
    if (recent.length > 60) recent.splice(random.below(40), 1);
  }

  const beginCall = () => {
    ofThisCall = [];
    wasRead = false;
  };
  const bytesWereTaken = () => wasRead;
  const keep = (value) => kept.push(value);
  return { value, remember, known, beginCall, bytesWereTaken, cryptoArguments, keep };
}
