// @ts-check
import { callEntryPoint, logs, ok, same, sleep, test, throws } from './harness.js';

test('reportError logs anything as uncaught', () => {
  reportError(new TypeError('t'));
  reportError('text');
  reportError(undefined);
  throws(TypeError, () => /** @type {any} */ (reportError)());
  same(
    logs().map((entry) => entry.level),
    [4, 4, 4],
  );
  ok(logs()[0].line.startsWith('Uncaught TypeError: t\n    at '), logs()[0].line);
  same(logs()[1].line, "Uncaught 'text'");
  same(logs()[2].line, 'Uncaught undefined');
});

test('an unhandled rejection is logged with its stack', () => {
  const promise = Promise.reject(new Error('r'));
  promise.catch(() => {});
  callEntryPoint('reportRejection', new Error('lost'), promise);
  ok(logs()[0].line.startsWith('Uncaught (in promise) Error: lost\n    at '), logs()[0].line);
  same(logs()[0].level, 4);
});

test('an error whose properties throw is reported all the same', async () => {
  const hostile = Object.defineProperty(new Error('x'), 'message', {
    get() {
      throw new Error('from message');
    },
  });
  reportError(hostile);
  reportError(
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw 1;
        },
      },
    ),
  );
  await sleep(0);
  same(logs().length, 2);
});
