// @ts-check
import { callEntryPoint, logs, ok, same, sleep, test, throws } from './harness.js';

test('an error that nobody caught is told to the global', async () => {
  const seen = /** @type {any[]} */ ([]);
  addEventListener('error', function (event) {
    seen.push(event, this);
  });
  const error = new RangeError('mine');
  setTimeout(() => {
    throw error;
  });
  await sleep(1);
  const [event, receiver] = seen;
  ok(event instanceof ErrorEvent && event.isTrusted && event.cancelable);
  same([event.error, event.message], [error, 'Uncaught RangeError: mine']);
  ok(event.target === globalThis && receiver === globalThis);
  same(logs().length, 1, 'and is a line of the log');
});

test('an error that a listener prevents is no line of the log', () => {
  const quiet = (event) => event.preventDefault();
  addEventListener('error', quiet);
  reportError('first');
  same(logs(), []);
  removeEventListener('error', quiet);
  reportError('second');
  same(logs()[0].line, "Uncaught 'second'");
});

test('a rejection that nobody handled is told to the global', () => {
  const promise = Promise.reject('why');
  promise.catch(() => {});
  const seen = /** @type {any[]} */ ([]);
  addEventListener('unhandledrejection', (event) => {
    seen.push(event);
    event.preventDefault();
  });
  callEntryPoint('reportRejection', 'why', promise);
  ok(seen[0] instanceof PromiseRejectionEvent && seen[0].promise === promise);
  same([seen[0].reason, logs()], ['why', []]);
});

test('what a listener for errors throws is not told to it again', () => {
  let calls = 0;
  addEventListener('error', () => {
    calls++;
    throw new Error('again');
  });
  reportError('first');
  same(calls, 1);
  same(
    logs().map(({ line }) => line.split('\n')[0]),
    ['Uncaught Error: again', "Uncaught 'first'"],
  );
});

test("the global dispatches a tenant's own events", () => {
  let target;
  self.addEventListener('mine', (event) => (target = event.currentTarget), { once: true });
  same(dispatchEvent(new Event('mine')), true);
  ok(target === globalThis);
  target = undefined;
  globalThis.dispatchEvent.call(null, new Event('mine'));
  same(target, undefined);
  throws(TypeError, () => addEventListener.call({}, 'mine', () => {}));
  throws(TypeError, () => Object.create(globalThis).dispatchEvent(new Event('mine')));
  throws(TypeError, () => /** @type {any} */ (addEventListener)('mine'));
  throws(TypeError, () => /** @type {any} */ (dispatchEvent)());
});

test('error events are made of their members', () => {
  const init = { message: 'm', filename: 'f', lineno: 1, colno: 2, error: 3 };
  const event = new ErrorEvent('error', init);
  same(
    [event.message, event.filename, event.lineno, event.colno, event.error],
    ['m', 'f', 1, 2, 3],
  );
  same([new ErrorEvent('e').message, new ErrorEvent('e').error], ['', undefined]);
  throws(TypeError, () => new ErrorEvent('e', /** @type {any} */ ('text')));
  throws(TypeError, () => ErrorEvent.prototype.message);
  const promise = Promise.resolve();
  const rejection = new PromiseRejectionEvent('unhandledrejection', { promise, reason: 1 });
  ok(rejection.promise === promise);
  same(rejection.reason, 1);
  throws(TypeError, () => new PromiseRejectionEvent('e', /** @type {any} */ ({})));
  throws(TypeError, () => PromiseRejectionEvent.prototype.reason);
});

test('a handler of the global is an attribute, and called as HTML has it', () => {
  const scope = /** @type {any} */ (globalThis);
  same([scope.onerror, scope.onunhandledrejection, scope.onrejectionhandled], [null, null, null]);
  const seen = /** @type {any[]} */ ([]);
  scope.onerror = function (...args) {
    seen.push(this === globalThis, ...args);
    return true;
  };
  const error = new Error('mine');
  reportError(error);
  same(seen, [true, 'Uncaught Error: mine', '', 0, 0, error]);
  same(logs(), [], 'true says that it has been dealt with');
  scope.onerror = (event) => seen.push(event.type);
  dispatchEvent(new Event('error'));
  same(seen.at(-1), 'error', 'an event of another kind is handed on as it is');
  scope.onerror = 5;
  same(scope.onerror, null);
  reportError('second');
  same(logs()[0].line, "Uncaught 'second'");
});

test('rejections have handlers too, one for each that is handled after all', () => {
  const scope = /** @type {any} */ (globalThis);
  const seen = /** @type {any[]} */ ([]);
  scope.onunhandledrejection = (event) => {
    seen.push([event.type, event.reason]);
    return false;
  };
  scope.onrejectionhandled = (event) => seen.push([event.type, event.reason, event.cancelable]);
  const promise = Promise.reject('why');
  promise.catch(() => {});
  callEntryPoint('reportRejection', 'why', promise, false);
  callEntryPoint('reportRejection', 'why', promise, true);
  same(seen, [
    ['unhandledrejection', 'why'],
    ['rejectionhandled', 'why', false],
  ]);
  same(logs(), []);
});
