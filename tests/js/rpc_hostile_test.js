// @ts-check
// What the other side of a call may send that no honest one sends.

import { ok, rejects, same, sendCall, sleep, test } from './harness.js';
import { bindTo, inRequest, RpcStub, WorkerEntrypoint } from './rpc_loop.js';

const kResult = 3;
const kInvoke = 16;
const kAnswer = 17;
const kAnswerError = 18;
const kRelease = 20;

/** Of V8's format what is needed: numbers, texts, lists, undefined; `{ stub }` is one of part one. */
function serialized(value) {
  const write = (item) => {
    if (item === undefined) return [0x5f];
    if (typeof item === 'number') return [0x49, ...varint(item * 2)];
    if (typeof item === 'string') return [0x22, item.length, ...new TextEncoder().encode(item)];
    if (Array.isArray(item))
      return [0x41, item.length, ...item.flatMap(write), 0x24, 0, item.length];
    return [0x5c, ...varint(item.stub)];
  };
  return [0xff, 0x0f, ...write(value)];
}

function varint(number) {
  const bytes = [];
  for (let rest = number; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

const size = (bytes) => [bytes.length & 255, bytes.length >> 8, 0, 0];

/** @param {any[]} [stubs] numbers */
function frame(kind, value, stubs = [], isOfSession = true) {
  const first = stubs.length === 0 ? [] : serialized(stubs.map((number) => ['Stub', number]));
  const second = serialized(value);
  const head = [kind, isOfSession ? 1 : 0, 0, 0, ...size(first), ...size(second)];
  return new Uint8Array([...head, ...first, ...second]);
}

const stubIsTheResult = frame(kResult, { stub: 0 }, [1]);

class Back extends WorkerEntrypoint {
  echo(value) {
    return value;
  }
}

/** What a call gives that is answered with these frames. */
const answered = (frames, args = []) =>
  inRequest(async () => {
    const { service, answerWith, seen } = bindTo({ default: Back });
    answerWith({ body: frames });
    given = await service.echo(...args).then(
      (value) => ({ value }),
      (error) => ({ error }),
    );
    await sleep(1);
    given.isBroken = seen[0].bodyCancelled === true;
    if (given.value instanceof RpcStub) {
      given.called = await given.value(1).catch((error) => error.message);
      given.value[Symbol.dispose]();
    }
  });
let given;

test('frames that mean nothing break the stubs, and harm nothing', async () => {
  const bad = [
    frame(kInvoke, [1, 1, 'x', []]),
    frame(kInvoke, [1, undefined, 'x', []]),
    frame(kInvoke, 'text'),
    frame(kInvoke, undefined),
    frame(kAnswer, [1, 1]),
    frame(kAnswerError, [1, undefined]),
    frame(kRelease, [1, 1]),
    frame(kRelease, ['x', 'y']),
    frame(99, [1]),
    frame(kRelease, [1, 1], ['text']),
    frame(kRelease, [{ stub: 5 }], [1]),
    frame(kRelease, [1, 1], [], false),
    new Uint8Array([kInvoke, 1, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]),
    new Uint8Array([kInvoke, 1, 0]),
    frame(kInvoke, [1, 1, 'x', []]).subarray(0, 20),
  ];
  for (const [index, one] of bad.entries()) {
    // Nothing comes after it, but for where it has to end for that to be seen.
    const hasToEnd = one.length === 3 || one.length === 20;
    await answered([stubIsTheResult, one].concat(hasToEnd ? [] : [undefined]));
    ok(given.value instanceof RpcStub, `${index}`);
    ok(given.isBroken, `${index}`);
    ok(given.called.startsWith('The stub is broken'), `${index}: ${given.called}`);
  }
});

test('what was sent once is not given back twice', async () => {
  const [release, twice] = [frame(kRelease, [1, 1]), frame(kRelease, [1, 2])];
  await answered([stubIsTheResult, release, undefined], [() => 'called']);
  ok(given.value instanceof RpcStub && !given.isBroken);
  ok(given.called.startsWith('The stub is broken'), 'an answer in one way is not heard');
  await answered([stubIsTheResult, release, release, undefined], [() => 'called']);
  ok(given.isBroken);
  const unmarked = frame(kRelease, [1, 1], [], false);
  for (const bad of [twice, unmarked]) {
    await answered([stubIsTheResult, bad, undefined], [() => 'called']);
    ok(given.isBroken);
  }
});

test('frames in single bytes are put together', async () => {
  const bytes = [...stubIsTheResult, ...frame(kRelease, [1, 1])];
  await answered(
    bytes.map((byte) => new Uint8Array([byte])),
    [() => 'called'],
  );
  ok(given.value instanceof RpcStub);
});

test('frames in pieces of any size are put together', async () => {
  const functions = Array.from({ length: 20 }, (_, i) => () => i);
  const releases = functions.map((_, i) => frame(kRelease, [i + 1, 1]));
  const bytes = [stubIsTheResult, ...releases].flatMap((one) => [...one]);
  const bad = frame(kRelease, [20, 1]);
  for (const length of [1, 5, 13, 64, 1000]) {
    const pieces = [];
    for (let i = 0; i < bytes.length; i += length) {
      pieces.push(new Uint8Array(bytes.slice(i, i + length)));
    }
    await answered([...pieces, undefined], functions);
    ok(!given.isBroken, `${length}`);
    await answered([...pieces, bad.subarray(0, 20), bad.subarray(20), undefined], functions);
    ok(given.isBroken, `${length}: all were released`);
  }
});

test('one that calls more than it may at once is not heard any more', async () => {
  const invokes = Array.from({ length: 1001 }, (_, i) => frame(kInvoke, [i, 1, '', []]));
  const never = () => new Promise(() => {});
  await answered([stubIsTheResult, ...invokes, undefined], [never]);
  ok(!given.isBroken);
  await answered([stubIsTheResult, ...invokes, invokes[0], undefined], [never]);
  ok(given.isBroken);
});

test('a call is answered once', async () => {
  const thrown = frame(4, ['Error', 'text', undefined, []]);
  for (const again of [stubIsTheResult, thrown]) {
    await answered([stubIsTheResult, again, undefined]);
    ok(given.value instanceof RpcStub && given.isBroken);
    await answered([thrown, again, undefined]);
    same([given.error.message, given.isBroken], ['text', true]);
  }
});

test('a stub that is broken says why', async () => {
  await answered([stubIsTheResult, new Error('the reason')]);
  same(given.called, 'The stub is broken: the reason');
  const large = [255, 255, 255, 15, 0, 0, 0, 0];
  await answered([stubIsTheResult, new Uint8Array([kInvoke, 1, 0, 0, ...large]), undefined]);
  ok(given.called.includes('are limited to 33554432 bytes'), given.called);
  await answered([stubIsTheResult]);
  ok(given.called.includes('the other app has ended'), given.called);
});

test('an answer that ends before the call is answered is an error', async () => {
  await answered([frame(kRelease, [1, 1])], [() => 1]);
  same([given.error.name, given.error.message], ['Error', 'The message of a call is broken.']);
  await answered([stubIsTheResult.subarray(0, 30)]);
  same(given.error.message, 'The message of a call is broken.');
  await answered([frame(kRelease, [1, 1]), new Error('broke off')], [() => 1]);
  same(given.error.message, 'broke off');
});

test('a stub with an answer that nothing can follow is refused', async () => {
  await answered([frame(kResult, { stub: 0 }, [1], false)]);
  same(given.error.message, 'The message of a call is broken.');
  await inRequest(async () => {
    const { service, answerWith } = bindTo({ default: Back });
    answerWith({ body: frame(kResult, { stub: 0 }, [1], false) });
    await rejects(Error, service.echo(), 'The message of a call is broken.');
    answerWith({ body: stubIsTheResult });
    await rejects(Error, service.echo(), 'The message of a call is broken.');
  });
});

test('numbers of stubs among arguments are taken for what they are', async () => {
  const tooMany = Array.from({ length: 1001 }, (_, i) => i);
  for (const stubs of [['text'], [undefined], [[1]], tooMany.slice(0, 100).concat(['x'])]) {
    const body = frame(1, [{ stub: 0 }], stubs, false);
    const { body: bytes } = await sendCall({ method: 'echo', body }, { default: Back }).done;
    const text = new TextDecoder('latin1').decode(bytes);
    ok(text.includes('The message of a call is broken.'), text);
  }
});
