// AsyncLocalStorage over requests: nothing of one is seen in another.

import {
  answerFetch,
  builtinModule,
  dispatch,
  outbound,
  same,
  send,
  sleep,
  test,
} from './harness.js';

const { AsyncLocalStorage } = builtinModule('node:async_hooks');

test('a request begins without the store of the one before it', async () => {
  const storage = new AsyncLocalStorage();
  const seen = [];
  const handler = async (request) => {
    seen.push(storage.getStore());
    storage.enterWith(request.url);
    await sleep(1);
    return new Response(storage.getStore());
  };
  const first = send({ url: 'https://nano.test/1' }, handler);
  const second = send({ url: 'https://nano.test/2' }, handler);
  same(
    [(await first.done).text, (await second.done).text],
    ['https://nano.test/1', 'https://nano.test/2'],
  );
  await dispatch({ url: 'https://nano.test/3' }, handler);
  same(seen, [undefined, undefined, undefined]);
});

test('a fetch brings its store back, whoever is answered in between', async () => {
  const storage = new AsyncLocalStorage();
  const exchanges = [];
  outbound((exchange) => void exchanges.push(exchange));
  const handler = (request) =>
    storage.run(new URL(request.url).pathname, async () => {
      const response = await fetch(`https://up.test${storage.getStore()}`);
      const text = await response.text();
      return new Response(`${text} for ${storage.getStore()}`);
    });
  const a = send({ url: 'https://nano.test/a' }, handler);
  const b = send({ url: 'https://nano.test/b' }, handler);
  await sleep();
  for (const exchange of exchanges.reverse())
    answerFetch(exchange, { body: [exchange.url.slice(-2), '!'] });
  same([(await a.done).text, (await b.done).text], ['/a! for /a', '/b! for /b']);
});

test('a streamed response keeps the store that its stream was made with', async () => {
  const storage = new AsyncLocalStorage();
  const answer = await dispatch({}, () =>
    storage.run('mine', () => {
      const encoder = new TextEncoder();
      async function* parts() {
        for (let i = 0; i < 3; i++) {
          await sleep(1);
          yield encoder.encode(`${storage.getStore()} `);
        }
      }
      const parts_ = parts();
      const { AsyncResource } = builtinModule('node:async_hooks');
      const next = AsyncResource.bind(() => parts_.next());
      return new Response(
        new ReadableStream({
          async pull(controller) {
            const { value, done } = await next();
            if (done) controller.close();
            else controller.enqueue(value);
          },
        }),
      );
    }),
  );
  same(answer.text, 'mine mine mine ');
});

test('waitUntil goes on with the store of its request', async () => {
  const storage = new AsyncLocalStorage();
  const seen = [];
  const sent = send(
    {},
    {
      fetch: (request, env, ctx) =>
        storage.run('kept', () => {
          ctx.waitUntil(sleep(5).then(() => seen.push(storage.getStore())));
          return new Response();
        }),
    },
  );
  await sent.done;
  await Promise.all(sent.waited());
  same(seen, ['kept']);
});
