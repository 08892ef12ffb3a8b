// @ts-check
// BroadcastChannel: snapshot/js/broadcast_channel.js.

import { callEntryPoint, dispatch, ok, same, sleep, test, throws } from './harness.js';

test('a message reaches all others of the name, in the order they were made', async () => {
  const log = [];
  const channels = ['a', 'a', 'b', 'a'].map((name, i) => {
    const channel = new BroadcastChannel(name);
    channel.onmessage = (event) => log.push([i, event.data]);
    return channel;
  });
  channels[0].postMessage('x');
  channels[3].postMessage('y');
  same(log, []);
  await sleep(1);
  same(log, [[1, 'x'], [3, 'x'], [0, 'y'], [1, 'y']]);
});

test('each gets a copy of its own', async () => {
  const from = new BroadcastChannel('n');
  const got = [];
  for (let i = 0; i < 2; i++) new BroadcastChannel('n').onmessage = (event) => got.push(event.data);
  let reads = 0;
  from.postMessage({
    get x() {
      reads++;
      return [1];
    },
  });
  await sleep(1);
  same([got, reads], [[{ x: [1] }, { x: [1] }], 1]);
  ok(got[0] !== got[1] && got[0].x !== got[1].x);
});

test('a closed channel gets and sends nothing', async () => {
  const from = new BroadcastChannel('n');
  const to = new BroadcastChannel('n');
  to.onmessage = () => ok(false, 'closed');
  from.postMessage(1);
  to.close();
  to.close();
  throws('InvalidStateError', () => to.postMessage(1));
  throws('InvalidStateError', () => to.postMessage(Symbol()));
  throws('DataCloneError', () => from.postMessage(Symbol()));
  await sleep(1);
});

test('its shape is the standard\'s', () => {
  throws(TypeError, () => new (/** @type {any} */ (BroadcastChannel))());
  throws(TypeError, () => /** @type {any} */ (BroadcastChannel)('n'));
  const channel = new BroadcastChannel(/** @type {any} */ (null));
  same([channel.name, channel.onmessage, BroadcastChannel.length], ['null', null, 1]);
  throws(TypeError, () => /** @type {any} */ (channel).postMessage());
  same(Object.prototype.toString.call(channel), '[object BroadcastChannel]');
  throws('DataCloneError', () => structuredClone(channel));
});

test('a channel of a request closes with it', async () => {
  const log = [];
  const outside = new BroadcastChannel('n');
  await dispatch({}, async () => {
    const inside = new BroadcastChannel('n');
    inside.onmessage = (event) => log.push(event.data);
    outside.postMessage(1);
    await sleep(1);
    // What the host does with the timers of a request that is over.
    const kFirstTimer = 1;
    callEntryPoint('fireTimer', kFirstTimer, true);
    outside.postMessage(2);
    await sleep(1);
    throws('InvalidStateError', () => inside.postMessage(3));
    return new Response('');
  });
  same(log, [1]);
});
