// WebSocketPair within the app.

import { attempts, caseApp } from '../../case_app.js';

/** Both ends, accepted, and what happens at them. */
function makePair(options) {
  const pair = new WebSocketPair();
  const [a, b] = Object.values(pair);
  const seen = [];
  const done = Promise.withResolvers();
  for (const [name, socket] of [
    ['a', a],
    ['b', b],
  ]) {
    socket.accept(options);
    socket.addEventListener('message', async ({ data }) =>
      seen.push([name, data instanceof Blob ? `blob ${await data.text()}` : data]),
    );
    socket.addEventListener('close', ({ code, reason, wasClean }) => {
      seen.push([name, 'close', code, reason, wasClean]);
      if (seen.filter(([, what]) => what === 'close').length === 2) done.resolve();
    });
    socket.addEventListener('error', () => seen.push([name, 'error']));
  }
  return {
    a,
    b,
    seen,
    done: Promise.race([done.promise, new Promise((resolve) => setTimeout(resolve, 500))]),
  };
}

export default caseApp({
  messages: async () => {
    const { a, b, seen, done } = makePair();
    a.binaryType = b.binaryType = 'arraybuffer';
    const back = new Promise((resolve) => a.addEventListener('message', resolve));
    a.send('hällo');
    b.send('back');
    a.send('');
    a.send(new Uint8Array([1, 2]).buffer);
    await back;
    a.close(1000, 'done');
    await done;
    // What each end saw in its order; the two ends have none between them.
    return ['a', 'b'].map((end) => seen.filter(([name]) => name === end));
  },
  closeCodes: async () => {
    const results = {};
    for (const args of [[], [1000], [3000, 'x'], [4999, 'y']]) {
      const { a, seen, done } = makePair();
      a.close(...args);
      await done;
      results[JSON.stringify(args)] = ['a', 'b'].map((end) =>
        seen.filter(([name]) => name === end),
      );
    }
    return results;
  },
  wrong: () =>
    attempts({
      unaccepted: () => new WebSocketPair()[0].send('x'),
      acceptTwice: () => {
        const one = new WebSocketPair()[0];
        one.accept();
        one.accept();
      },
      closed: () => {
        const { a } = makePair();
        a.close();
        a.send('x');
      },
      code: () => makePair().a.close(999),
      reason: () => makePair().a.close(1000, 'x'.repeat(200)),
      reserved: () => makePair().a.close(1006),
      number: () => makePair().a.send(1),
      noArgument: () => makePair().a.send(),
    }),
  shape: () => {
    const pair = new WebSocketPair();
    const [a] = Object.values(pair);
    return {
      keys: Object.keys(pair),
      state: a.readyState,
      url: a.url,
      protocol: a.protocol,
      extensions: a.extensions,
      instance: a instanceof WebSocket,
      target: a instanceof EventTarget,
      constants: [
        WebSocket.CONNECTING,
        WebSocket.OPEN,
        WebSocket.CLOSING,
        WebSocket.CLOSED,
        WebSocket.READY_STATE_OPEN,
      ],
      binary: a.binaryType,
    };
  },
  states: async () => {
    const { a, b, done } = makePair();
    const states = [a.readyState, b.readyState];
    a.close();
    states.push(a.readyState);
    await done;
    return [...states, a.readyState, b.readyState];
  },
  attachment: () =>
    attempts({
      none: () => new WebSocketPair()[0].deserializeAttachment(),
      set: () => {
        const one = new WebSocketPair()[0];
        one.serializeAttachment({ a: [1] });
        return one.deserializeAttachment();
      },
    }),
  response: () =>
    attempts({
      status: () => new Response(null, { status: 101, webSocket: new WebSocketPair()[0] }).status,
      without: () => new Response(null, { status: 101 }),
      other: () => new Response(null, { status: 200, webSocket: new WebSocketPair()[0] }),
      given: () => {
        const [client] = Object.values(new WebSocketPair());
        return new Response(null, { status: 101, webSocket: client }).webSocket === client;
      },
    }),
  constructor: () =>
    attempts({
      none: () => new WebSocket(),
      scheme: () => new WebSocket('ftp://x/'),
      fragment: () => new WebSocket('ws://x/#a'),
      relative: () => new WebSocket('/x'),
      protocols: () => new WebSocket('ws://x/', ['a', 'a']),
      badProtocol: () => new WebSocket('ws://x/', 'a b'),
    }),
});
