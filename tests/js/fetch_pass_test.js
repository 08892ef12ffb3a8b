// @ts-check
// Bodies that are handed on, and the Content-Encoding of what goes out.

import { bytes, dispatch, ok, outbound, same, send, sleep, test } from './harness.js';

const kUrl = 'https://up.test/';
const kGzip = { 'content-encoding': 'gzip', 'content-length': '20', 'x-a': 'b' };
const kIncoming = 0x80000000;

const names = (answer) => answer.headers.map((pair) => pair[0]);

/** What goes out to a client when the upstream answers so. */
async function passing(upstream, handler) {
  const seen = outbound(() => upstream);
  const answer = await dispatch({}, handler);
  return { answer, exchange: seen[0], isHandedOn: answer.incoming === seen[0]?.number };
}

test('an untouched response is handed on as it comes', async () => {
  const upstream = { status: 404, statusText: 'No', headers: { x: 'y' }, body: ['a'] };
  const { answer, isHandedOn } = await passing(upstream, () => fetch(kUrl));
  same([isHandedOn, answer.status, answer.statusText], [true, 404, 'No']);
  same(answer.headers, [['x', 'y']]);
  ok(answer.incoming >= kIncoming);
});

test('so is its body in another response', async () => {
  for (const handler of [
    async () => new Response((await fetch(kUrl)).body),
    async () => {
      const response = await fetch(kUrl);
      return new Response(response.body, response);
    },
    async () => {
      const response = await fetch(kUrl);
      return new Response(response.body, { status: 203, headers: { a: 'b' } });
    },
  ]) {
    same((await passing({ body: ['a', 'b'] }, handler)).isHandedOn, true);
  }
});

test('a body that somebody has touched is not', async () => {
  for (const handler of [
    async () => {
      const response = await fetch(kUrl);
      response.clone();
      return response;
    },
    async () => new Response((await fetch(kUrl)).body?.pipeThrough(new TransformStream())),
    async () => {
      const [left] = /** @type {any} */ ((await fetch(kUrl)).body).tee();
      return new Response(left);
    },
  ]) {
    const { answer, isHandedOn } = await passing({ body: ['a', 'b'] }, handler);
    same([isHandedOn, answer.text], [false, 'ab']);
  }
});

test('a response that is given is used up', async () => {
  let response;
  await passing({ body: ['a'] }, async () => (response = await fetch(kUrl)));
  same([response.bodyUsed, response.body.locked], [true, true]);
});

test('a whole body goes out as bytes', async () => {
  const { answer, isHandedOn } = await passing({ body: 'abc' }, () => fetch(kUrl));
  same([isHandedOn, answer.text], [false, 'abc']);
});

test('an encoded body goes out encoded where the header still says so', async () => {
  const upstream = { headers: kGzip, body: ['zip'], decoded: true };
  for (const handler of [
    () => fetch(kUrl),
    async () => {
      const response = await fetch(kUrl);
      return new Response(response.body, response);
    },
  ]) {
    const { answer, isHandedOn } = await passing(upstream, handler);
    same([isHandedOn, names(answer)], [true, ['content-encoding', 'content-length', 'x-a']]);
  }
});

test('an encoded body goes out decoded where it does not', async () => {
  const upstream = { headers: kGzip, body: ['plain'], decoded: true };
  for (const headers of [{}, { 'content-encoding': 'br' }, undefined]) {
    const { answer, isHandedOn } = await passing(upstream, async () => {
      return new Response((await fetch(kUrl)).body, { headers });
    });
    same([isHandedOn, answer.text, names(answer)], [false, 'plain', []]);
  }
});

test('a header that was copied goes with a body that is another', async () => {
  const upstream = { headers: kGzip, body: ['plain'], decoded: true };
  for (const make of [
    async (response) => new Response(await response.text(), response),
    async (response) => new Response(await response.bytes(), response),
    async (response) => new Response(response.body.pipeThrough(new TransformStream()), response),
    async (response) => (response.clone(), response),
    async (response) => response.clone(),
    async (response) => new Response('plain', { headers: { ...kGzip, 'x-a': 'c' } }),
  ]) {
    const { answer } = await passing(upstream, async () => make(await fetch(kUrl)));
    same([answer.text, names(answer)], ['plain', ['x-a', 'content-type'].slice(0, names(answer).length)]);
  }
});

test('each coding that is taken off goes, others stay', async () => {
  for (const coding of ['gzip', 'x-gzip', 'deflate', 'br', 'zstd', ' GZip ']) {
    const headers = { 'content-encoding': coding };
    const answer = await dispatch({}, () => new Response(bytes(1), { headers }));
    same(names(answer), [], coding);
  }
  for (const coding of ['identity', 'compress', 'gzip, br', 'aws-chunked']) {
    const headers = { 'content-encoding': coding };
    const answer = await dispatch({}, () => new Response(bytes(1), { headers }));
    same(names(answer), ['content-encoding'], coding);
  }
});

test('what a CompressionStream made keeps the coding that it has', async () => {
  for (const [format, coding, left] of /** @type {any} */ ([
    ['gzip', 'gzip', ['content-encoding']],
    ['brotli', 'br', ['content-encoding']],
    ['deflate', 'gzip', []],
    ['deflate-raw', 'deflate', []],
  ])) {
    const made = (text) => new Blob([text]).stream().pipeThrough(new CompressionStream(format));
    const answer = await dispatch({}, () => {
      const response = new Response(made('a text'));
      response.headers.set('Content-Encoding', coding);
      return response;
    });
    same(names(answer), left, format);
    const plain = () => made('a text').pipeThrough(new DecompressionStream(format));
    const headers = { 'content-encoding': coding };
    same(names(await dispatch({}, () => new Response(plain(), { headers }))), []);
  }
});

test('what is not decoded goes on as it is', async () => {
  const upstream = { headers: { 'content-encoding': 'compress' }, body: ['x'] };
  const asIs = await passing(upstream, () => fetch(kUrl));
  same([asIs.isHandedOn, names(asIs.answer)], [true, ['content-encoding']]);
  const read = await passing(upstream, async () => {
    const response = await fetch(kUrl);
    return new Response(await response.text(), response);
  });
  same(names(read.answer).includes('content-encoding'), true);
});

test("with encodeBody 'manual' the header stays", async () => {
  const init = /** @type {any} */ ({ encodeBody: 'manual', headers: { 'content-encoding': 'gzip' } });
  const made = await dispatch({}, () => new Response(bytes(1), init));
  same(names(made), ['content-encoding']);
  const copied = await dispatch({}, () => new Response(bytes(1), new Response(bytes(2), init)));
  same(names(copied), ['content-encoding']);
  const cloned = await dispatch({}, () => new Response('x', init).clone());
  same(names(cloned).includes('content-encoding'), true);
  const automatic = { ...init, encodeBody: 'automatic' };
  same(names(await dispatch({}, () => new Response(bytes(1), automatic))), []);
  let thrown;
  try {
    new Response('', /** @type {any} */ ({ encodeBody: 'other' }));
  } catch (error) {
    thrown = error;
  }
  same(thrown instanceof TypeError, true);
});

test('a response without body keeps its headers', async () => {
  const upstream = { headers: kGzip };
  const { answer } = await passing(upstream, () => fetch(kUrl, { method: 'HEAD' }));
  same(names(answer), ['content-encoding', 'content-length', 'x-a']);
});

test("a client's body is handed on to an upstream", async () => {
  for (const handler of [
    (request) => fetch(request),
    (request) => fetch(kUrl, request),
    (request) => fetch(kUrl, { method: 'POST', body: request.body }),
    (request) => fetch(new Request(kUrl, request)),
  ]) {
    const seen = outbound(() => ({ body: 'ok' }));
    const exchange = send({ method: 'POST', body: ['a', 'b'], url: kUrl }, handler);
    same((await exchange.done).text, 'ok');
    same([seen[0].incoming, seen[0].method], [exchange.slot, 'POST']);
  }
});

test("a small client's body goes out as bytes", async () => {
  const seen = outbound(() => ({}));
  await dispatch({ method: 'PUT', body: 'abc', url: kUrl }, (request) => fetch(request));
  same([seen[0].body, seen[0].method], [bytes(97, 98, 99), 'PUT']);
});

test("a client's body that was touched is sent as a stream", async () => {
  const seen = outbound(() => ({}));
  await dispatch({ method: 'POST', body: ['ab', 'cd'] }, async (request) => {
    const body = request.body.pipeThrough(new TransformStream());
    return fetch(kUrl, { method: 'POST', body, duplex: /** @type {any} */ ('half') });
  });
  await sleep();
  same([seen[0].streamed, seen[0].body], [true, bytes(97, 98, 99, 100)]);
});

test("an upstream's body is handed on to another", async () => {
  const seen = outbound(({ url }) => ({ body: url === kUrl ? ['a'] : 'end' }));
  await dispatch({}, async () => {
    const { body } = await fetch(kUrl);
    return fetch('https://other.test/', { method: 'POST', body });
  });
  same(seen[1].incoming, seen[0].number);
});

test("an upstream's encoded body is sent on encoded only where the header says so", async () => {
  const upstream = ({ url }) =>
    url === kUrl ? { headers: kGzip, body: ['plain'], decoded: true } : { body: 'end' };
  for (const isCopied of [true, false]) {
    const seen = outbound(upstream);
    await dispatch({}, async () => {
      const response = await fetch(kUrl);
      const headers = isCopied ? response.headers : {};
      return fetch('https://other.test/', { method: 'POST', headers, body: response.body });
    });
    await sleep();
    if (isCopied) same(seen[1].incoming, seen[0].number);
    else same([seen[1].streamed, new TextDecoder().decode(seen[1].body)], [true, 'plain']);
  }
});

test('an abort after a body was handed on changes nothing', async () => {
  const controller = new AbortController();
  const upstream = { body: ['a'] };
  const { isHandedOn, exchange } = await passing(upstream, () => {
    return fetch(kUrl, { signal: controller.signal });
  });
  controller.abort();
  same([isHandedOn, exchange.bodyCancelled, exchange.aborted], [true, undefined, undefined]);
});

test('a body that was aborted fails what it was handed on for', async () => {
  const bodies = [['a'], 'whole', ['a'], 'whole'];
  outbound(() => ({ body: bodies.shift() }));
  const reason = new Error('why');
  const aborted = async () => {
    const controller = new AbortController();
    const response = await fetch(kUrl, { signal: controller.signal });
    controller.abort(reason);
    return response;
  };
  for (const _ of ['in pieces', 'whole']) same((await send({}, aborted).done).error, reason);
  for (const _ of ['in pieces', 'whole']) {
    const forwarded = fetch(kUrl, { method: 'POST', body: (await aborted()).body });
    same(await forwarded.catch((error) => error), reason);
  }
});

test('a client that leaves aborts what is fetched for it', async () => {
  const seen = outbound(() => undefined);
  const exchange = send({ url: kUrl }, (request) => fetch(request));
  await sleep();
  exchange.abort();
  const { error } = await exchange.done;
  same([error.name, seen[0].aborted], ['AbortError', true]);
});
