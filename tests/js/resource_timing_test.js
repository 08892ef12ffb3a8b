// @ts-check
// Entries of fetches: PerformanceResourceTiming and its buffer.

import { answerFetch, bytes, ok, outbound, same, sleep, test, throws } from './harness.js';

const kUrl = 'https://up.test/a?b';

const names = () => performance.getEntriesByType('resource').map((entry) => entry.name);

/** @param {number} count */
async function fetchAll(count) {
  for (let i = 0; i < count; i++) await fetch(`${kUrl}${i}`);
}

test('a fetch is an entry, with times of the clock that a program has anyway', async () => {
  outbound((exchange) => {
    setTimeout(() => answerFetch(exchange, { status: 201, body: 'text' }), 5);
  });
  const before = performance.now();
  await fetch(kUrl);
  const [entry, ...others] = /** @type {any[]} */ (performance.getEntriesByName(kUrl));
  same(others, []);
  ok(entry instanceof PerformanceResourceTiming && entry instanceof PerformanceEntry);
  same([entry.entryType, entry.initiatorType, entry.responseStatus], ['resource', 'fetch', 201]);
  same([entry.startTime, entry.fetchStart, entry.duration], [before, before, 5]);
  same([entry.responseStart, entry.responseEnd], [before + 5, before + 5]);
  same([entry.nextHopProtocol, entry.transferSize, entry.connectStart], ['', 0, 0]);
  const json = entry.toJSON();
  same([json.name, json.duration, json.responseStatus], [kUrl, 5, 201]);
  same(Object.keys(json).slice(0, 5), [
    'name',
    'entryType',
    'startTime',
    'duration',
    'initiatorType',
  ]);
  throws(TypeError, () => new /** @type {any} */ (PerformanceResourceTiming)());
  throws(TypeError, () => PerformanceResourceTiming.prototype.responseStatus);
});

test('a fetch before anybody looked at performance is none', async () => {
  outbound(() => ({}));
  await fetch(kUrl);
  same(names(), []);
  await fetch(kUrl);
  same(names(), [kUrl]);
});

test('a body that comes in pieces ends an entry when it has been read or let go', async () => {
  performance.now();
  const seen = outbound(() => ({ body: [bytes(1), bytes(2)] }));
  const read = await fetch(`${kUrl}read`);
  const cancelled = await fetch(`${kUrl}cancelled`);
  const controller = new AbortController();
  await fetch(`${kUrl}aborted`, { signal: controller.signal });
  same(names(), []);
  same(await read.bytes(), bytes(1, 2));
  same(names(), [`${kUrl}read`]);
  await cancelled.body?.cancel();
  same(names(), [`${kUrl}read`, `${kUrl}cancelled`]);
  controller.abort();
  same([names().length, seen[2].bodyCancelled], [2, true]);
});

test('redirects are one entry by its first URL; what is no fetch outside is none', async () => {
  performance.now();
  outbound(({ url }) =>
    url === kUrl ? { status: 302, headers: { location: '/there' } } : { status: 200 },
  );
  await fetch(kUrl);
  await fetch('data:,x');
  same(names(), [kUrl]);
});

test('the buffer has a size, and tells when it is full', async () => {
  outbound(() => ({}));
  const events = [];
  performance.setResourceTimingBufferSize(2);
  performance.onresourcetimingbufferfull = (event) => {
    events.push([event.type, event.isTrusted, names().length]);
    if (events.length === 1) performance.clearResourceTimings();
  };
  await fetchAll(3);
  same(events, [['resourcetimingbufferfull', true, 2]]);
  same(names(), [`${kUrl}2`]);
  await fetchAll(2);
  same(events.length, 2);
  same(names(), [`${kUrl}2`, `${kUrl}0`]);
  performance.setResourceTimingBufferSize(3);
  await fetchAll(1);
  same(names().length, 3);
});

test('without a word it keeps 250', async () => {
  outbound(() => ({}));
  performance.now();
  await fetchAll(252);
  same([names().length, names()[249]], [250, `${kUrl}249`]);
  performance.setResourceTimingBufferSize(2 ** 32 - 1);
  throws(TypeError, () => /** @type {any} */ (performance).setResourceTimingBufferSize());
});

test('observers hear of each, and of how many were dropped', async () => {
  outbound(() => ({}));
  const heard = [];
  const observer = new PerformanceObserver((list, self, { droppedEntriesCount }) =>
    heard.push([list.getEntries().map((entry) => entry.name), droppedEntriesCount]),
  );
  observer.observe({ type: 'resource' });
  performance.setResourceTimingBufferSize(0);
  await fetchAll(2);
  await sleep(0);
  same(heard, [
    [[`${kUrl}0`], 1],
    [[`${kUrl}1`], undefined],
  ]);
  same(names(), []);
});

test('it works among patched prototypes', async () => {
  outbound(() => ({}));
  const { getEntriesByType } = Performance.prototype;
  const { toJSON } = PerformanceResourceTiming.prototype;
  const perf = performance;
  const bad = () => {
    throw new Error('patched');
  };
  Object.defineProperty(PerformanceEntry.prototype, 'startTime', { get: bad });
  PerformanceEntry.prototype.toJSON = bad;
  EventTarget.prototype.dispatchEvent = bad;
  perf.setResourceTimingBufferSize(1);
  await fetchAll(2);
  const [entry] = getEntriesByType.call(perf, 'resource');
  same(toJSON.call(entry).name, `${kUrl}0`);
});

test('a setter on Object.prototype gets nothing of toJSON()', async () => {
  outbound(() => ({ body: 'text' }));
  performance.now();
  await fetch(kUrl);
  const [entry] = performance.getEntriesByName(kUrl);
  const seen = [];
  Object.defineProperty(Object.prototype, 'initiatorType', { set: (value) => seen.push(value) });
  same([entry.toJSON().initiatorType, seen], ['fetch', []]);
});
