// @ts-check
// EventSource: snapshot/js/event_source.js, event_stream.js.

import { dispatch, ok, same, sleep, test, throws } from './harness.js';

const encode = (text) => new TextEncoder().encode(text);

/** The events that a stream with these chunks gives, as [type, data, lastEventId]. */
async function eventsOf(chunks, types = ['message']) {
  const source = EventSource.from(
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) {
          controller.enqueue(typeof chunk === 'string' ? encode(chunk) : chunk);
        }
        controller.close();
      },
    }),
  );
  const events = [];
  for (const type of types) {
    source.addEventListener(type, ({ data, lastEventId }) => events.push([type, data, lastEventId]));
  }
  await new Promise((resolve) => (source.onerror = resolve));
  same(source.readyState, EventSource.CLOSED);
  return events;
}

test('the stream is parsed as the standard has it', async () => {
  const cases = [
    ['data: a\n\n', [['message', 'a', '']]],
    ['data:a\ndata:  b\ndata\n\n', [['message', 'a\n b\n', '']]],
    ['data: a\r\rdata: b\r\n\r\n', [['message', 'a', ''], ['message', 'b', '']]],
    [': comment\ndata: a\nunknown: x\nDATA: no\n\n', [['message', 'a', '']]],
    ['event: other\ndata: a\n\ndata: b\n\n', [['other', 'a', ''], ['message', 'b', '']]],
    ['id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n',
      [['message', 'a', '1'], ['message', 'b', '1'], ['message', 'c', '']]],
    ['id: 1\n\nid: 2\0\ndata: a\n\n', [['message', 'a', '1']]],
    ['data\n\n', [['message', '', '']]],
    ['event: other\n\ndata: a\n\n', [['message', 'a', '']]],
    ['data: unfinished\n', []],
    ['\ufeffdata: a\n\n', [['message', 'a', '']]],
    ['\ufeff\ufeffdata: a\n\n', []],
    ['data: \u00e9\ud83d\ude00\n\n', [['message', '\u00e9\ud83d\ude00', '']]],
  ];
  for (const [text, expected] of cases) {
    same(await eventsOf([text], ['message', 'other']), expected, JSON.stringify(text));
    // However it is cut.
    const bytes = [...encode(text)].map((byte) => new Uint8Array([byte]));
    same(await eventsOf(bytes, ['message', 'other']), expected, JSON.stringify(text));
  }
});

test('bytes that are no UTF-8 become replacement characters', async () => {
  const bytes = new Uint8Array([...encode('data: '), 0xc3, 0x28, ...encode('\n\n')]);
  same(await eventsOf([bytes]), [['message', '\ufffd(', '']]);
});

test('an event without an end is bounded', async () => {
  const endless = () => {
    let sent = 0;
    return new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(1 << 20).fill(97));
        if (++sent > 40) throw new Error('it went on reading');
      },
    });
  };
  const source = EventSource.from(endless());
  await new Promise((resolve) => (source.onerror = resolve));
  same(source.readyState, EventSource.CLOSED);
});

// ---- Over fetch(), which a test plays: { url, headers, signal, respond() } for each call.

function sourceTest(name, body) {
  test(name, () =>
    dispatch({}, async () => {
      const calls = [];
      const waiting = [];
      globalThis.fakeFetch = (url, { headers, signal }) => {
        const { promise, resolve, reject } = Promise.withResolvers();
        const call = { url, headers: new Headers(headers), signal, resolve, reject };
        const next = waiting.shift();
        if (next !== undefined) next(call);
        else calls.push(call);
        return promise;
      };
      await body(async () => calls.shift() ?? new Promise((give) => waiting.push(give)));
      return new Response();
    }),
  );
}

/** An answer that goes on: its response, and who writes it. */
function stream(init = {}) {
  let controller;
  const body = new ReadableStream({ start: (c) => (controller = c), type: 'bytes' });
  const headers = { 'content-type': 'text/event-stream' };
  return {
    response: new Response(body, { headers, ...init }),
    send: (text) => controller.enqueue(encode(text)),
    end: () => controller.close(),
    fail: () => controller.error(new Error('broken')),
  };
}

const next = (source, type) =>
  new Promise((resolve) => source.addEventListener(type, resolve, { once: true }));

sourceTest('it opens, gets events and is closed', async (call) => {
  const source = new EventSource('https://a.test:8443/events?x', { withCredentials: true });
  same([source.url, source.readyState], ['https://a.test:8443/events?x', EventSource.CONNECTING]);
  same(source.withCredentials, true);
  const request = await call();
  same(request.url, source.url);
  same([...request.headers], [['accept', 'text/event-stream'], ['cache-control', 'no-cache']]);
  const answer = stream();
  request.resolve(answer.response);
  await next(source, 'open');
  same(source.readyState, EventSource.OPEN);
  const message = next(source, 'message');
  answer.send('id: 7\ndata: one\n\n');
  const event = await message;
  same([event.data, event.lastEventId, event.origin], ['one', '7', 'https://a.test:8443']);
  ok(event instanceof MessageEvent && event.isTrusted);
  source.close();
  same([source.readyState, request.signal.aborted], [EventSource.CLOSED, true]);
  await sleep(20_000);
});

sourceTest('it connects again after an end, with the last event\'s id', async (call) => {
  const source = new EventSource('https://a.test/');
  const first = stream();
  (await call()).resolve(first.response);
  await next(source, 'open');
  first.send('retry: 1500\nid: \u00e9\ndata: x\n\n');
  const begun = performance.now();
  const ended = next(source, 'error');
  first.end();
  await ended;
  same(source.readyState, EventSource.CONNECTING);
  const again = await call();
  same(performance.now() - begun, 1500);
  same(again.headers.get('last-event-id'), '\u00c3\u00a9');
  const second = stream();
  again.resolve(second.response);
  await next(source, 'open');
  const failed = next(source, 'error');
  second.fail();
  await failed;
  same(source.readyState, EventSource.CONNECTING);
  source.close();
});

sourceTest('what a server says of the wait is held to 1 to 10 s', async (call) => {
  for (const [retry, expected] of [['0', 1000], ['999999', 10_000], ['-5', 3000], ['1x', 3000]]) {
    const source = new EventSource('https://a.test/');
    const answer = stream();
    (await call()).resolve(answer.response);
    await next(source, 'open');
    answer.send(`retry: ${retry}\n\n`);
    const ended = next(source, 'error');
    answer.end();
    await ended;
    const begun = performance.now();
    await call();
    same(performance.now() - begun, expected, retry);
    source.close();
  }
});

sourceTest('it tries again when nobody answers', async (call) => {
  const source = new EventSource('https://a.test/');
  (await call()).reject(new TypeError('fetch failed'));
  await next(source, 'error');
  same(source.readyState, EventSource.CONNECTING);
  await call();
  source.close();
});

sourceTest('an answer that is no event stream ends it', async (call) => {
  const event = { 'content-type': 'text/event-stream' };
  const bad = [
    new Response('x', { headers: { 'content-type': 'text/plain' } }),
    new Response('x', { headers: { 'content-type': 'text/event-stream-x' } }),
    new Response('x', { status: 500, headers: event }),
    new Response(null, { status: 204, headers: event }),
  ];
  for (const response of bad) {
    const source = new EventSource('https://a.test/');
    const request = await call();
    request.resolve(response);
    await next(source, 'error');
    same([source.readyState, request.signal.aborted], [EventSource.CLOSED, true]);
  }
  const source = new EventSource('https://a.test/');
  const good = { 'content-type': 'Text/Event-Stream;charset=utf-8' };
  (await call()).resolve(stream({ headers: good }).response);
  await next(source, 'open');
  source.close();
});

sourceTest('a listener may close it', async (call) => {
  const source = new EventSource('https://a.test/');
  const answer = stream();
  (await call()).resolve(answer.response);
  await next(source, 'open');
  const seen = [];
  source.onmessage = ({ data }) => {
    seen.push(data);
    source.close();
  };
  answer.send('data: one\n\ndata: two\n\n');
  await sleep(20_000);
  same(seen, ['one']);
});

test('it needs a request and a URL', () => {
  throws(Error, () => new EventSource('https://a.test/'), 'global scope');
  throws('SyntaxError', () => new EventSource('/relative'), 'invalid');
  throws(TypeError, () => new EventSource(), '1 argument required');
  throws(TypeError, () => EventSource.from({}), 'ReadableStream');
  same([EventSource.CONNECTING, EventSource.OPEN, EventSource.CLOSED], [0, 1, 2]);
});
