// @ts-check
// Aborting a fetch(): before it, while it waits, while its bodies are under way.

import { answerFetch, bytes, outbound, rejects, same, sleep, test } from './harness.js';

const kUrl = 'https://up.test/';
const kWhy = { why: 'so' };

test('an aborted signal begins nothing', async () => {
  const seen = outbound(() => ({}));
  await rejects('AbortError', fetch(kUrl, { signal: AbortSignal.abort() }));
  const reason = { any: 'value' };
  await rejects(reason, fetch(kUrl, { signal: AbortSignal.abort(reason) }));
  await rejects(reason, fetch(new Request(kUrl, { signal: AbortSignal.abort(reason) })));
  await rejects(TypeError, fetch('nonsense', { signal: AbortSignal.abort() }));
  same(seen.length, 0);
});

test('an aborted signal cancels the stream that was to be sent', async () => {
  const reason = new Error('why');
  let cancelled;
  const body = new ReadableStream({ cancel: (why) => void (cancelled = why) });
  const init = { method: 'POST', body, duplex: /** @type {any} */ ('half') };
  await rejects(reason, fetch(kUrl, { ...init, signal: AbortSignal.abort(reason) }));
  same(cancelled, reason);
});

test('a fetch that waits is given up, with the reason as it is', async () => {
  const seen = outbound(() => undefined);
  const controller = new AbortController();
  const promise = fetch(kUrl, { signal: controller.signal });
  await sleep();
  controller.abort(kWhy);
  await rejects(kWhy, promise);
  same(seen[0].aborted, true);
  answerFetch(seen[0], { body: 'too late' });
});

test('a timeout aborts', async () => {
  outbound(() => undefined);
  await rejects('TimeoutError', fetch(kUrl, { signal: AbortSignal.timeout(50) }));
});

test('the signal of a request counts, and that of init instead of it', async () => {
  outbound(() => undefined);
  const kFirst = { first: true };
  const first = new AbortController();
  const second = new AbortController();
  const request = new Request(kUrl, { signal: first.signal });
  const viaRequest = fetch(request);
  const viaInit = fetch(request, { signal: second.signal });
  second.abort(kWhy);
  await rejects(kWhy, viaInit);
  first.abort(kFirst);
  await rejects(kFirst, viaRequest);
});

test('a body under way fails with the reason, however it is read', async () => {
  const seen = outbound(() => ({ body: ['a', undefined] }));
  for (const read of [
    (response) => response.text(),
    (response) => response.body.pipeTo(new WritableStream()),
    async (response) => {
      const reader = response.body.getReader();
      await reader.read();
      await reader.read();
    },
    async (response) => {
      const reader = response.body.getReader();
      await reader.closed;
    },
    (response) => new Response(response.body).text(),
    (response) => response.clone().text(),
  ]) {
    const controller = new AbortController();
    const response = await fetch(kUrl, { signal: controller.signal });
    const promise = read(response);
    await sleep();
    controller.abort(kWhy);
    await rejects(kWhy, promise);
    same(seen[seen.length - 1].bodyCancelled, true);
  }
});

test('a body that nobody has asked for fails when it is', async () => {
  const seen = outbound(() => ({ body: ['a'] }));
  const controller = new AbortController();
  const untouched = await fetch(kUrl, { signal: controller.signal });
  const looked = await fetch(kUrl, { signal: controller.signal });
  const stream = looked.body;
  controller.abort(kWhy);
  await rejects(kWhy, untouched.text());
  await rejects(kWhy, stream?.getReader().read());
  same([seen[0].bodyCancelled, seen[1].bodyCancelled], [true, true]);
});

test('what has been read stays read', async () => {
  outbound(() => ({ body: ['a', 'b'] }));
  const controller = new AbortController();
  const response = await fetch(kUrl, { signal: controller.signal });
  const copy = response.clone();
  same(await response.text(), 'ab');
  controller.abort();
  same(await copy.text(), 'ab');
});

test('a body that came with its head fails, too, each time it is asked for', async () => {
  outbound(() => ({ body: 'whole' }));
  const controller = new AbortController();
  const load = () => fetch(kUrl, { signal: controller.signal });
  const [untouched, looked, wrapped, cloned, read] = await Promise.all([0, 1, 2, 3, 4].map(load));
  const reader = looked.body?.getReader();
  const wrapper = new Response(wrapped.body);
  const copy = cloned.clone();
  same(await read.text(), 'whole');
  controller.abort(kWhy);
  for (const method of ['text', 'json', 'bytes', 'formData']) {
    await rejects(kWhy, untouched[method]());
  }
  same(untouched.bodyUsed, false);
  await rejects(kWhy, untouched.body?.getReader().read());
  await rejects(kWhy, reader?.closed);
  await rejects(kWhy, wrapper.text());
  await rejects(kWhy, copy.text());
  await rejects(TypeError, read.text(), 'read already');
});

test('an empty body has nothing to fail', async () => {
  outbound(() => ({ body: '' }));
  const controller = new AbortController();
  const response = await fetch(kUrl, { signal: controller.signal });
  controller.abort();
  same(await response.text(), '');
});

test('a signal that outlives a body that was read is let go of', async () => {
  outbound(() => ({ body: 'whole' }));
  const controller = new AbortController();
  const response = await fetch(kUrl, { signal: controller.signal });
  const reader = /** @type {any} */ (response.body).getReader();
  same((await reader.read()).value, bytes(119, 104, 111, 108, 101));
  controller.abort();
  same((await reader.read()).done, true);
});

test('a body being sent is stopped', async () => {
  const seen = outbound(() => undefined);
  let cancelled;
  let isFirst = true;
  const body = new ReadableStream({
    pull(controller) {
      if (!isFirst) return new Promise(() => {});
      isFirst = false;
      controller.enqueue(bytes(1));
    },
    cancel: (why) => void (cancelled = why),
  });
  const controller = new AbortController();
  const init = { method: 'POST', body, duplex: /** @type {any} */ ('half') };
  const promise = fetch(kUrl, { ...init, signal: controller.signal });
  await sleep();
  controller.abort(kWhy);
  await rejects(kWhy, promise);
  same([seen[0].aborted, cancelled], [true, kWhy]);
});

test('an abort between redirects stops the next', async () => {
  const controller = new AbortController();
  const seen = outbound(() => {
    if (seen.length === 2) controller.abort(kWhy);
    return { status: 302, headers: { location: '/again' } };
  });
  await rejects(kWhy, fetch(kUrl, { signal: controller.signal }));
  same(seen.length, 2);
});

test('an abort while integrity is checked', async () => {
  outbound(() => ({ body: ['a', undefined] }));
  const controller = new AbortController();
  const promise = fetch(kUrl, { signal: controller.signal, integrity: 'sha256-x' });
  await sleep();
  controller.abort(kWhy);
  await rejects(kWhy, promise);
});
