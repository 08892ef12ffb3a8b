// @ts-check
// Calls targets with values, as often as it is told. A call may throw whatever it likes: what counts
// is that the process lives.

import { globalTargets, internalTargets, opTargets } from './targets.js';
import { makeRandom, makeValues } from './values.js';

const { apply, construct } = Reflect;
const { setTimeout } = globalThis;

/** After so many calls what they began goes on. */
const kTurn = 50;
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

/** Members of dictionaries that some API reads, found in the names of what there is, and some more. */
const kMembers = (
  'name hash length iv counter label salt info iterations modulusLength publicExponent namedCurve public additionalData tagLength ' +
  'nonce memory passes parallelism secretValue associatedData outputLength customization functionName pub priv ' +
  'saltLength type mode highWaterMark size autoAllocateChunkSize start pull cancel write close abort transform flush method headers body ' +
  'status statusText signal redirect duplex fatal ignoreBOM stream once passive capture detail bubbles cancelable transfer min ' +
  'preventClose preventAbort preventCancel readable writable kty crv x y d n e k ext key_ops alg data origin ports code reason ' +
  'wasClean endings lastModified then level context hostname port secureTransport startTime end duration entryTypes buffered'
).split(' ');

/** Some of each interface that is not made by accident. @param {(value: any) => void} add */
async function addInstances(add) {
  const { subtle } = crypto;
  const recipes = [
    () => new Headers({ a: 'b' }),
    () => new Request('https://app.test/', { method: 'POST', body: 'text' }),
    () => new Response(new Blob(['text'])),
    () => new Response(new ReadableStream({ type: 'bytes' })),
    () => new FormData(),
    () => new URL('https://app.test/?a=b'),
    () => new ReadableStream({ pull: (controller) => controller.enqueue('chunk') }),
    () =>
      new ReadableStream({ type: 'bytes', autoAllocateChunkSize: 16 }).getReader({ mode: 'byob' }),
    () => new WritableStream().getWriter(),
    () => new TransformStream(),
    () => new CompressionStream('gzip'),
    () => new DecompressionStream('deflate'),
    () => new TextDecoderStream('utf-16le'),
    () => new MessageChannel().port1,
    () => new AbortController(),
    () => new WebSocketPair()[0],
    () => new File(['a'], 'name'),
    () => new TextDecoder('gb18030'),
    () => new CustomEvent('type'),
    () => caches.open('name'),
    () => subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt', 'decrypt']),
    () => subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign', 'verify']),
    () => subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']),
    () => subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']),
    () => subtle.generateKey('ML-DSA-44', true, ['sign', 'verify']),
    () => subtle.generateKey('ML-KEM-512', true, ['encapsulateBits', 'decapsulateKey']),
    () => subtle.generateKey({ name: 'AES-OCB', length: 256 }, true, ['encrypt', 'decrypt']),
    () => subtle.importKey('raw-secret', new Uint8Array(8), 'Argon2id', false, ['deriveBits']),
  ];
  for (const recipe of recipes) {
    const made = await recipe();
    add(made);
    if (made?.privateKey !== undefined) [made.privateKey, made.publicKey].forEach(add);
  }
}

/** Some of each class that modules of nano.library have of the host. */
function makeInternals({ crypto: host, zlib }) {
  const bytes = (size) => new Uint8Array(size);
  const { keys } = host;
  return [
    host.digest('sha256'),
    host.cipher('aes-128-cbc', true, bytes(16), bytes(16)),
    host.cipher('aes-256-gcm', false, bytes(32), bytes(12)),
    host.cipher('chacha20-poly1305', true, bytes(32), bytes(12)),
    keys.generateOnCurve('P-256'),
    keys.generateOnCurve('Ed25519'),
    keys.generateOnCurve('X25519').publicKey(),
    keys.generateRsa(1024, 65537),
    zlib.coder('gzip', true),
    zlib.coder('brotli', true, 9),
    zlib.coder('zstd', false),
  ];
}

/** What ops of crypto.subtle take in front. @param {Record<string, any>} ops */
function makeHandles(ops) {
  const bytes = (size) => new Uint8Array(size);
  return [
    ops.secretFrom(bytes(16)),
    ops.secretFrom(bytes(32)),
    ops.curveGenerate(0),
    ops.curveGenerate(3),
    ops.rsaGenerate(1024, 3),
    ops.digestStart(2),
  ];
}

/**
 * @typedef {object} Plan
 * @property {Record<string, Function>} [ops] without it, what the global has is called
 * @property {any} [internals] called instead: what modules of nano.library have of the host
 * @property {number} seed
 * @property {number} calls
 * @property {(text: string) => void} note told of each call before it is made
 * @property {(text: string) => void} report
 */

/** What is called, and what it is called on: `keep` gets some of each class. */
async function findTargets(ops, internals, keep) {
  if (ops !== undefined) {
    makeHandles(ops).forEach(keep);
    return opTargets(ops);
  }
  if (internals !== undefined) {
    const instances = makeInternals(internals);
    // They are what most calls are for.
    for (let i = 0; i < 5; i++) [...instances, ...makeInternals(internals)].forEach(keep);
    return internalTargets(internals, instances);
  }
  await addInstances(keep);
  return globalTargets();
}

/** @param {Plan} plan */
export async function run({ ops, internals, seed, calls, note, report }) {
  const random = makeRandom(seed);
  const values = makeValues(random, kMembers);
  const targets = await findTargets(ops, internals, values.keep);
  /** Which read a list like those that crypto.subtle gives them: they get more of them. */
  const readers = new Set();
  let succeeded = 0;
  for (let i = 0; i < calls; i++) {
    values.beginCall();
    const isCrypto = ops !== undefined && random.below(2) === 0;
    const target =
      isCrypto && readers.size > 0 && random.below(2) === 0
        ? random.of([...readers])
        : random.of(targets);
    const args = isCrypto ? values.cryptoArguments() : [];
    for (let count = args.length > 0 ? 0 : random.below(7); count > 0; count--)
      args.push(values.value());
    const self = random.below(4) === 0 ? values.value() : values.known();
    note(`call ${i}: ${target.name}(${args.length} arguments)`);
    try {
      const makes = target.constructs && random.below(5) > 0;
      values.remember(makes ? construct(target.call, args) : apply(target.call, self, args));
      succeeded++;
    } catch {
      // Most calls are refused.
    }
    if (isCrypto && values.bytesWereTaken()) readers.add(target);
    if (i % kTurn === 0) await turn();
  }
  note('after the calls');
  await turn();
  const what = ops !== undefined ? 'ops' : internals !== undefined ? 'internals' : 'the global';
  report(`${targets.length} functions of ${what}: ${succeeded} of ${calls} calls did not throw`);
}
