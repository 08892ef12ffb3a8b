// @ts-check
import { logs, ok, same, sleep, test, throws } from './harness.js';

test('a controller aborts its signal once', () => {
  const controller = new AbortController();
  const { signal } = controller;
  same(signal, controller.signal);
  same([signal.aborted, signal.reason], [false, undefined]);
  const events = [];
  signal.addEventListener('abort', (event) => events.push(event));
  controller.abort();
  controller.abort('again');
  same(events.length, 1);
  same([events[0].type, events[0].isTrusted, events[0].target], ['abort', true, signal]);
  same([events[0].bubbles, events[0].cancelable], [false, false]);
  same(signal.aborted, true);
  same(signal.reason.name, 'AbortError');
  ok(signal.reason instanceof DOMException);
});

test('keeps the reason it is given', () => {
  const controller = new AbortController();
  controller.abort(null);
  same(controller.signal.reason, null);
  same(controller.signal.aborted, true);
  const other = new AbortController();
  other.abort(undefined);
  same(other.signal.reason.name, 'AbortError');
});

test('throwIfAborted throws the reason', () => {
  const reason = { why: 1 };
  AbortSignal.any([]).throwIfAborted();
  throws(reason, () => AbortSignal.abort(reason).throwIfAborted());
});

test('AbortSignal.abort makes an aborted signal', () => {
  const signal = AbortSignal.abort();
  same([signal.aborted, signal.reason.name, signal.reason.code], [true, 'AbortError', 20]);
  same(AbortSignal.abort('why').reason, 'why');
});

test('cannot be constructed', () => {
  throws(TypeError, () => new AbortSignal(), 'Illegal constructor');
  throws(TypeError, () => new /** @type {any} */ (AbortSignal)({}));
});

test('AbortSignal.timeout aborts with a TimeoutError', async () => {
  const signal = AbortSignal.timeout(10);
  await sleep(9);
  same(signal.aborted, false);
  await sleep(2);
  same([signal.aborted, signal.reason.name], [true, 'TimeoutError']);
  throws(TypeError, () => AbortSignal.timeout(-1));
  throws(TypeError, () => AbortSignal.timeout(Infinity));
  throws(TypeError, () => AbortSignal.timeout(NaN));
  throws(TypeError, () => /** @type {any} */ (AbortSignal).timeout());
  AbortSignal.timeout(Number.MAX_SAFE_INTEGER);
});

test('onabort is an event handler attribute', () => {
  const controller = new AbortController();
  const { signal } = controller;
  const seen = [];
  same(signal.onabort, null);
  signal.onabort = () => seen.push('replaced');
  signal.addEventListener('abort', () => seen.push('listener'));
  signal.onabort = function (event) {
    seen.push(this === signal, event.type);
  };
  controller.abort();
  same(seen, [true, 'abort', 'listener']);
  signal.onabort = /** @type {any} */ (5);
  same(signal.onabort, null);
  signal.onabort = /** @type {any} */ ({});
  same(signal.onabort, {});
  signal.onabort = null;
  same(signal.onabort, null);
});

test('a handler that was set to null and set again comes last', () => {
  const controller = new AbortController();
  const { signal } = controller;
  const seen = [];
  signal.onabort = () => seen.push('handler');
  signal.addEventListener('abort', () => seen.push('listener'));
  signal.onabort = null;
  signal.onabort = () => seen.push('handler');
  controller.abort();
  same(seen, ['listener', 'handler']);
});

test('any follows the first signal that aborts', () => {
  const first = new AbortController();
  const second = new AbortController();
  const signal = AbortSignal.any([first.signal, second.signal]);
  let events = 0;
  signal.onabort = () => events++;
  second.abort('second');
  first.abort('first');
  same([signal.aborted, signal.reason, events], [true, 'second', 1]);
});

test('any of an aborted signal is aborted with its reason', () => {
  const signal = AbortSignal.any([
    new AbortController().signal,
    AbortSignal.abort('a'),
    AbortSignal.abort('b'),
  ]);
  same([signal.aborted, signal.reason], [true, 'a']);
  same(AbortSignal.any([]).aborted, false);
});

test('any of any follows the sources', () => {
  const controller = new AbortController();
  const inner = AbortSignal.any([controller.signal]);
  const outer = AbortSignal.any([inner, AbortSignal.any([])]);
  const order = [];
  controller.signal.onabort = () => order.push('source', inner.aborted, outer.aborted);
  inner.onabort = () => order.push('inner');
  outer.onabort = () => order.push('outer');
  controller.abort();
  same(order, ['source', true, true, 'inner', 'outer']);
});

test('any takes iterables of signals only', () => {
  same(AbortSignal.any(new Set([AbortSignal.abort(1)])).reason, 1);
  throws(TypeError, () => AbortSignal.any(/** @type {any} */ (undefined)));
  throws(TypeError, () => AbortSignal.any(/** @type {any} */ ([{}])));
  throws(TypeError, () => AbortSignal.any(/** @type {any} */ (AbortSignal.abort())));
});

test('a listener that throws does not stop the abort', () => {
  const controller = new AbortController();
  const follower = AbortSignal.any([controller.signal]);
  controller.signal.onabort = () => {
    throw new Error('oops');
  };
  controller.abort();
  same([follower.aborted, logs().length], [true, 1]);
});

test('members check their receiver', () => {
  throws(TypeError, () => AbortSignal.prototype.aborted);
  throws(TypeError, () => AbortController.prototype.signal);
  throws(TypeError, () => AbortController.prototype.abort.call({}));
});
