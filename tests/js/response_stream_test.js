// @ts-check
// Response bodies that are streams, on their way to the client: snapshot/js/body_pump.js.

import { bytes, callEntryPoint, dispatch, rejects, same, send, sleep, test } from './harness.js';

const encoder = new TextEncoder();

function counting(chunks, seen = []) {
  return new ReadableStream(
    {
      pull(controller) {
        seen.push('pull');
        const chunk = chunks.shift();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
      cancel(reason) {
        seen.push('cancel', reason?.name);
      },
    },
    { highWaterMark: 0 },
  );
}

test('chunks go out in order, of unknown length', async () => {
  const answer = await dispatch({}, () => new Response(counting([bytes(97), bytes(98, 99)])));
  same([answer.text, answer.length], ['abc', -1]);
});

test('chunks may be any view, or a buffer', async () => {
  const chunks = [new DataView(bytes(97, 98, 99).buffer, 1, 1), bytes(100).buffer];
  same((await dispatch({}, () => new Response(counting(chunks)))).text, 'bd');
});

test('strings go out as UTF-8', async () => {
  const chunks = ['h\u00e4', '', bytes(98), '\ud800'];
  const { body } = await dispatch({}, () => new Response(counting(chunks)));
  same(body, bytes(104, 0xc3, 0xa4, 98, 0xef, 0xbf, 0xbd));
});

test('empty chunks are skipped', async () => {
  const chunks = [bytes(), bytes(97), bytes(), bytes(), bytes(98)];
  same((await dispatch({}, () => new Response(counting(chunks)))).text, 'ab');
  const many = ReadableStream.from(Array.from({ length: 5000 }, () => bytes()));
  same((await dispatch({}, () => new Response(many))).text, '');
  const queued = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 20000; i++) controller.enqueue(bytes());
      controller.enqueue(bytes(97));
      controller.close();
    },
  });
  same((await dispatch({}, () => new Response(queued))).text, 'a');
});

test('a stream that ends at once is an empty body', async () => {
  const answer = await dispatch({}, () => new Response(counting([])));
  same([answer.text, answer.status], ['', 200]);
});

test('a chunk that is no bytes fails the body and cancels the stream', async () => {
  const seen = [];
  const answer = await dispatch({}, () => new Response(counting([1], seen)));
  same(answer.bodyError instanceof TypeError, true);
  await sleep();
  same(seen, ['pull', 'cancel', 'TypeError']);
});

test('an error of the stream fails the body, after what came before', async () => {
  const error = new Error('broken');
  let count = 0;
  const stream = new ReadableStream({
    pull(controller) {
      if (count++ === 0) controller.enqueue(bytes(97));
      else throw error;
    },
  });
  const answer = await dispatch({}, () => new Response(stream));
  same(answer.bodyError, error);
});

test('a client that leaves cancels the stream, once', async () => {
  const seen = [];
  const stream = new ReadableStream({
    pull: () => new Promise(() => {}),
    cancel: (reason) => void seen.push(reason.name),
  });
  const exchange = send({}, () => new Response(stream));
  await sleep();
  exchange.cancel();
  exchange.cancel();
  await sleep();
  same(seen, ['AbortError']);
});

test('a cancel that fails is nobody\'s rejection', async () => {
  const stream = new ReadableStream({
    pull: () => new Promise(() => {}),
    cancel: () => Promise.reject(new Error('ignored')),
  });
  const exchange = send({}, () => new Response(stream));
  await sleep();
  exchange.cancel();
  await sleep();
});

test('what a transform makes goes out while it is written', async () => {
  const { readable, writable } = new TransformStream();
  const answer = dispatch({}, (request, env, ctx) => {
    const writer = writable.getWriter();
    const write = async () => {
      for (const word of ['one ', 'two ', 'three']) {
        await writer.write(encoder.encode(word));
        await sleep(1);
      }
      await writer.close();
    };
    ctx.waitUntil(write());
    return new Response(readable);
  });
  same((await answer).text, 'one two three');
});

test('the stream of a response is locked once it is given', async () => {
  let response;
  await dispatch({}, () => (response = new Response(counting([bytes(97)]))));
  same([response?.bodyUsed, response?.body?.locked], [true, true]);
  await rejects(TypeError, response?.text());
});

test('the body of a client goes out changed by a transform', async () => {
  const upper = () =>
    new TransformStream({
      transform(chunk, controller) {
        controller.enqueue(chunk.map((byte) => byte - 32));
      },
    });
  const init = { method: 'POST', body: ['ab', 'cd'] };
  const handler = (request) => new Response(request.body.pipeThrough(upper()));
  same((await dispatch(init, handler)).text, 'ABCD');
});

test('an echo of a client that breaks off fails the body', async () => {
  const init = { method: 'POST', body: ['a', new Error('gone')] };
  const answer = await dispatch(init, (request) => new Response(request.body));
  same(answer.bodyError instanceof Error, true);
});

test('an echo whose reader leaves is cancelled at the host', async () => {
  const exchange = send({ method: 'POST', body: ['a', 'b'] }, (r) => new Response(r.body));
  exchange.cancel();
  await sleep();
  same(exchange.given.bodyCancelled, true);
});

test('a body whose request is gone is forgotten, and nothing of it runs', async () => {
  const seen = [];
  const stream = new ReadableStream({
    pull: () => new Promise(() => {}),
    cancel: () => void seen.push('cancel'),
  });
  const { slot } = send({}, () => new Response(stream));
  await sleep();
  callEntryPoint('cancelOutgoing', slot, true);
  callEntryPoint('cancelOutgoing', slot);
  await sleep();
  same(seen, []);
});

test('a body whose chunk did not fit is stopped, and forgotten', async () => {
  const seen = [];
  const stream = new ReadableStream({
    pull: () => new Promise(() => {}),
    cancel: (reason) => void seen.push(String(reason)),
  });
  const { slot } = send({}, () => new Response(stream));
  await sleep();
  callEntryPoint('cancelOutgoing', slot, false, true);
  callEntryPoint('cancelOutgoing', slot);
  await sleep();
  same(seen, ['RangeError: The body does not fit into limits.buffers_mb']);
});

test('a pull for a body that is over ends it', async () => {
  const seen = [];
  await dispatch({}, () => new Response(counting([bytes(97)], seen)));
  callEntryPoint('cancelOutgoing', 12345);
  same(seen, ['pull', 'pull']);
});
