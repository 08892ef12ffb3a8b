// @ts-check
// Listeners as a handler: snapshot/js/service_worker.js. worker/events_test.cc has whole scripts.

import { callEntryPoint, dispatch, logs, ok, rejects, same, test, throws } from './harness.js';

const handler = () => callEntryPoint('listenersHandler');

test('there is a handler once there is a listener', () => {
  same(handler(), undefined);
  addEventListener('message', () => {});
  same(handler(), undefined);
  addEventListener('scheduled', () => {});
  same(typeof handler().fetch, 'function');
});

test('bindings are own properties of the global, whatever their names', () => {
  callEntryPoint('bindGlobals', { A: 'text', fetch: 1, toString: 2 });
  // @ts-ignore
  same([A, globalThis.fetch, globalThis.toString], ['text', 1, 2]);
  same(Object.getOwnPropertyDescriptor(globalThis, 'A'), {
    value: 'text',
    writable: true,
    enumerable: true,
    configurable: true,
  });
});

test('the first respondWith() answers', async () => {
  const seen = [];
  addEventListener('fetch', (event) => {
    seen.push(event.constructor.name, event instanceof ExtendableEvent, event.type);
    event.respondWith(Promise.resolve(new Response(event.request.url)));
    try {
      event.respondWith(new Response('second'));
    } catch (error) {
      seen.push(error.name);
    }
  });
  const answer = await dispatch({ url: 'https://a.test/x' }, handler());
  same(answer.text, 'https://a.test/x');
  same(seen, ['FetchEvent', true, 'fetch', 'InvalidStateError']);
});

test('after the listeners have returned it is too late', async () => {
  let late;
  addEventListener('fetch', (event) => {
    queueMicrotask(() => {
      try {
        event.respondWith(new Response());
      } catch (error) {
        late = error.name;
      }
    });
  });
  await rejects(TypeError, dispatch({}, handler()), 'has called event.respondWith()');
  same(late, 'InvalidStateError');
});

test('a listener that throws fails the request', async () => {
  addEventListener('fetch', (event) => {
    event.passThroughOnException();
    event.waitUntil(Promise.resolve());
    throw new Error('thrown');
  });
  await rejects(Error, dispatch({}, handler()), 'thrown');
  same(logs(), []);
});

test('nobody else makes these events', () => {
  throws(TypeError, () => new FetchEvent('fetch'));
  throws(TypeError, () => new ScheduledEvent('scheduled'));
  throws(TypeError, () => new ExtendableEvent('x'));
  throws(TypeError, () => FetchEvent.prototype.respondWith.call({}, 1));
  ok(Object.getPrototypeOf(FetchEvent) === ExtendableEvent);
});
