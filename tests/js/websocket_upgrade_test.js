// @ts-check
// A Response with a WebSocket: snapshot/js/response.js. How fetch() opens one is in fetch_test.js.

import { dispatch, rejects, same, test, throws } from './harness.js';

test('a Response takes a WebSocket with status 101 only', () => {
  const [client] = Object.values(new WebSocketPair());
  const response = new Response(null, { status: 101, webSocket: client });
  same([response.status, response.webSocket === client, response.body], [101, true, null]);
  same(new Response('x').webSocket, null);
  same(new Response(null, { webSocket: null }).webSocket, null);
  throws(RangeError, () => new Response(null, { webSocket: client }), 'status code 101');
  throws(RangeError, () => new Response(null, { status: 200, webSocket: client }), 'code 101');
  throws(RangeError, () => new Response(null, { status: 101 }), '[200, 599]');
  throws(TypeError, () => new Response(null, { status: 101, webSocket: {} }), 'WebSocket');
  throws(TypeError, () => new Response('x', { status: 101, webSocket: client }), 'cannot have body');
  throws(TypeError, () => response.clone(), 'Cannot clone');
});

test('a WebSocket cannot be handed to a client, which is said', async () => {
  const handler = () => {
    const [client, server] = Object.values(new WebSocketPair());
    server.accept();
    return new Response(null, { status: 101, webSocket: client });
  };
  await rejects(TypeError, dispatch({}, handler), 'cannot be handed to a client');
});
