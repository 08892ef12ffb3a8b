// @ts-check
// EventSource: snapshot/js/event_source.js, event_stream.js.

import { dispatch, ok, outbound, same, sleep, test, throws } from './harness.js';

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

// ---- Over fetch(): `answers` says what each in turn is answered with; the rest wait for ever.

const kEventStream = { 'content-type': 'text/event-stream' };
/** Pieces of a stream that does not end by itself. */
const open = (...pieces) => ({ headers: kEventStream, body: [...pieces, undefined] });
const ended = (...pieces) => ({ headers: kEventStream, body: pieces });

function sourceTest(name, body) {
  test(name, () =>
    dispatch({}, async () => {
      await body((...answers) => outbound(() => answers.shift()));
      return new Response();
    }),
  );
}

const next = (source, type) =>
  new Promise((resolve) => source.addEventListener(type, resolve, { once: true }));

sourceTest('it opens, gets events and is closed', async (answer) => {
  const seen = answer(open('id: 7\ndata: one\n\n'));
  const source = new EventSource('https://a.test:8443/events?x', { withCredentials: true });
  same([source.url, source.readyState], ['https://a.test:8443/events?x', EventSource.CONNECTING]);
  same(source.withCredentials, true);
  await next(source, 'open');
  same(source.readyState, EventSource.OPEN);
  same(seen[0].url, source.url);
  const headers = Object.fromEntries(seen[0].headers);
  same([headers.accept, headers['cache-control']], ['text/event-stream', 'no-cache']);
  const event = await next(source, 'message');
  same([event.data, event.lastEventId, event.origin], ['one', '7', 'https://a.test:8443']);
  ok(event instanceof MessageEvent && event.isTrusted);
  source.close();
  same(source.readyState, EventSource.CLOSED);
  await sleep(20_000);
  same([seen.length, seen[0].aborted], [1, true]);
});

sourceTest('it connects again after an end, with the last event\'s id', async (answer) => {
  const broken = open();
  broken.body = [new Error('broken')];
  const seen = answer(ended('retry: 1500\nid: \u00e9\ndata: x\n\n'), broken);
  const source = new EventSource('https://a.test/');
  await next(source, 'error');
  same(source.readyState, EventSource.CONNECTING);
  const begun = performance.now();
  await next(source, 'open');
  same(performance.now() - begun, 1500);
  same(Object.fromEntries(seen[1].headers)['last-event-id'], '\u00c3\u00a9');
  await next(source, 'error');
  same(source.readyState, EventSource.CONNECTING);
  await sleep(1500);
  same(seen.length, 3);
  source.close();
});

sourceTest('what a server says of the wait is held to 1 to 10 s', async (answer) => {
  for (const [retry, expected] of [['0', 1000], ['999999', 10_000], ['-5', 3000], ['1x', 3000]]) {
    answer(ended(`retry: ${retry}\n\n`), open());
    const source = new EventSource('https://a.test/');
    await next(source, 'error');
    const begun = performance.now();
    await next(source, 'open');
    same(performance.now() - begun, expected, retry);
    source.close();
  }
});

sourceTest('it tries again when nobody answers', async (answer) => {
  const seen = answer({ failure: 'fetch failed: nobody answers' }, open());
  const source = new EventSource('https://a.test/');
  await next(source, 'error');
  same(source.readyState, EventSource.CONNECTING);
  await next(source, 'open');
  same(seen.length, 2);
  source.close();
});

/** It has failed for good: one error, and no further fetch. */
async function expectClosed(source) {
  let errors = 0;
  source.addEventListener('error', () => errors++);
  await next(source, 'error');
  same(source.readyState, EventSource.CLOSED);
  await sleep(20_000);
  same([errors, source.readyState], [1, EventSource.CLOSED]);
}

// Without outbound() the host begins no fetch, as where a limit is reached.
test('what the host refuses to begin ends it', () =>
  dispatch({}, async () => {
    await expectClosed(new EventSource('https://a.test/'));
    return new Response();
  }));

sourceTest('what cannot be fetched ends it', async (answer) => {
  const seen = answer();
  await expectClosed(new EventSource('ftp://a.test/'));
  await expectClosed(new EventSource('https://a.test:25/'));
  same(seen.length, 0);
});

test('redirects that lead nowhere end it', () =>
  dispatch({}, async () => {
    let location = 'ftp://b.test/';
    const seen = outbound(() => ({ status: 302, headers: { location } }));
    await expectClosed(new EventSource('https://a.test/'));
    same(seen.length, 1);
    location = '/';
    await expectClosed(new EventSource('https://a.test/'));
    same(seen.length, 1 + 21);
    return new Response();
  }));

sourceTest('an answer that is no event stream ends it', async (answer) => {
  const bad = [
    { headers: { 'content-type': 'text/plain' }, body: 'data: x\n\n' },
    { headers: { 'content-type': 'text/event-stream-x' }, body: 'data: x\n\n' },
    { ...open(), status: 500 },
    { headers: kEventStream, status: 204 },
  ];
  for (const response of bad) {
    answer(response);
    const source = new EventSource('https://a.test/');
    await next(source, 'error');
    same(source.readyState, EventSource.CLOSED);
  }
  answer({ headers: { 'content-type': 'Text/Event-Stream;charset=utf-8' }, body: [undefined] });
  const source = new EventSource('https://a.test/');
  await next(source, 'open');
  source.close();
});

sourceTest('a listener may close it', async (answer) => {
  answer(open('data: one\n\ndata: two\n\n'));
  const source = new EventSource('https://a.test/');
  const seen = [];
  source.onmessage = ({ data }) => {
    seen.push(data);
    source.close();
  };
  await sleep(20_000);
  same(seen, ['one']);
});

sourceTest('after a redirect the origin is that of where it led', async (answer) => {
  answer({ status: 302, headers: { location: 'https://b.test/' } }, open('data: x\n\n'));
  const source = new EventSource('https://a.test/');
  same((await next(source, 'message')).origin, 'https://b.test');
  source.close();
});

test('it needs a request and a URL', () => {
  throws(Error, () => new EventSource('https://a.test/'), 'global scope');
  throws('SyntaxError', () => new EventSource('/relative'), 'invalid');
  throws(TypeError, () => new EventSource(), '1 argument required');
  throws(TypeError, () => EventSource.from({}), 'ReadableStream');
  same([EventSource.CONNECTING, EventSource.OPEN, EventSource.CLOSED], [0, 1, 2]);
});
