// @ts-check
import { logs, ok, same, sleep, test, throws } from './harness.js';

/** The next records that an observer of these options is given. */
function observed(options) {
  return new Promise((resolve) => {
    const observer = new PerformanceObserver((list, self, more) => {
      observer.disconnect();
      resolve({ names: list.getEntries().map((entry) => entry.name), list, self, more, observer });
    });
    observer.observe(options);
  });
}

test('a mark is a point in time with a copied detail', async () => {
  await sleep(10);
  const detail = { list: [1] };
  const mark = performance.mark('a', { detail });
  detail.list.push(2);
  ok(mark instanceof PerformanceMark && mark instanceof PerformanceEntry);
  same([mark.name, mark.entryType, mark.duration], ['a', 'mark', 0]);
  same(mark.detail, { list: [1] });
  ok(mark.startTime >= 10);
  same(performance.mark('b', { startTime: 3 }).toJSON(), {
    name: 'b',
    entryType: 'mark',
    startTime: 3,
    duration: 0,
  });
  same(performance.mark('c').detail, null);
  throws(TypeError, () => performance.mark('d', { startTime: -1 }));
  throws(TypeError, () => performance.mark('d', /** @type {any} */ (1)));
  throws(TypeError, () => /** @type {any} */ (performance).mark());
  throws('DataCloneError', () => performance.mark('d', { detail: () => {} }));
  same(performance.getEntriesByName('d'), []);
});

test('a measure takes times, marks and durations', () => {
  performance.mark('from', { startTime: 10 });
  performance.mark('to', { startTime: 30 });
  const times = (...args) => {
    const entry = performance.measure('m', ...args);
    return [entry.startTime, entry.startTime + entry.duration];
  };
  same(times('from', 'to'), [10, 30]);
  same(times({ start: 'from', end: 40 }), [10, 40]);
  same(times({ start: 'from', duration: 5 }), [10, 15]);
  same(times({ end: 'to', duration: 5 }), [25, 30]);
  same(times(undefined, 'to'), [0, 30]);
  same(times({}, 'to'), [0, 30]);
  performance.mark('from', { startTime: 20 });
  same(times('from', 'to'), [20, 30], 'the newest mark of that name counts');
  same(performance.measure('m', { start: 1, detail: { a: 1 } }).detail, { a: 1 });
  ok(performance.measure('m') instanceof PerformanceMeasure);
});

test('a measure refuses what contradicts itself', () => {
  throws('SyntaxError', () => performance.measure('m', 'nothing'));
  throws('SyntaxError', () => performance.measure('m', { start: 'nothing' }));
  throws(TypeError, () => performance.measure('m', { start: 1, end: 2, duration: 1 }));
  throws(TypeError, () => performance.measure('m', { duration: 1 }));
  throws(TypeError, () => performance.measure('m', { detail: 1 }));
  throws(TypeError, () => performance.measure('m', { start: 1 }, 'to'));
  throws(TypeError, () => performance.measure('m', { start: -1 }));
  throws(TypeError, () => performance.measure('m', { start: NaN }));
  same(performance.getEntries(), []);
  performance.mark('navigationStart');
  throws(TypeError, () => performance.measure('m', 'navigationStart'));
});

test('the timeline is in the order of start times and can be cleared', () => {
  performance.mark('b', { startTime: 2 });
  performance.mark('a', { startTime: 1 });
  performance.measure('a', { start: 1, end: 9 });
  const names = (list) => list.map((entry) => `${entry.entryType} ${entry.name}`);
  same(names(performance.getEntries()), ['mark a', 'measure a', 'mark b']);
  same(names(performance.getEntriesByType('measure')), ['measure a']);
  same(names(performance.getEntriesByName('a')), ['mark a', 'measure a']);
  same(names(performance.getEntriesByName('a', 'mark')), ['mark a']);
  same(performance.getEntriesByType('resource'), []);
  performance.getEntries().pop();
  performance.clearMarks('a');
  same(names(performance.getEntries()), ['measure a', 'mark b']);
  performance.clearMarks();
  performance.clearMeasures();
  same(performance.getEntries(), []);
});

test('the timeline keeps the newest entries only', () => {
  for (let i = 0; i < 10_010; i++) performance.mark(`m${i}`);
  const marks = performance.getEntriesByType('mark');
  same([marks.length, performance.getEntriesByName('m9').length], [10_000, 0]);
  same(performance.getEntriesByName('m10009').length, 1);
});

test('an observer is given what comes after it, all at once', async () => {
  performance.mark('before');
  const seen = observed({ entryTypes: ['mark', 'measure', 'nothing'] });
  performance.mark('a', { startTime: 5 });
  performance.measure('b', { start: 0, end: 1 });
  const { names, list, self, more, observer } = await seen;
  same(names, ['b', 'a']);
  ok(self === observer && list instanceof PerformanceObserverEntryList);
  same(more, { droppedEntriesCount: 0 });
  same(list.getEntriesByType('mark').length, 1);
  same(list.getEntriesByName('b', 'measure').length, 1);
  performance.mark('after disconnect');
  same(observer.takeRecords(), []);
});

test('a buffered observer is given what was there before it', async () => {
  performance.mark('a');
  performance.measure('not asked for');
  same((await observed({ type: 'mark', buffered: true })).names, ['a']);
});

test('records that are taken are not delivered', async () => {
  let calls = 0;
  const observer = new PerformanceObserver(() => calls++);
  observer.observe({ type: 'mark' });
  observer.observe({ type: 'measure' });
  performance.mark('a');
  performance.measure('b', { start: 0 });
  same(observer.takeRecords().length, 2);
  await sleep(1);
  same(calls, 0);
});

test('what an observer throws is a line of the log, and the next one is called', async () => {
  new PerformanceObserver(() => {
    throw new RangeError('mine');
  }).observe({ type: 'mark' });
  const seen = observed({ type: 'mark' });
  performance.mark('a');
  same((await seen).names, ['a']);
  ok(JSON.stringify(logs()).includes('Uncaught RangeError: mine'));
});

test('an observer refuses what does not go together', () => {
  const make = () => new PerformanceObserver(() => {});
  throws(TypeError, () => make().observe());
  throws(TypeError, () => make().observe({ type: 'mark', entryTypes: ['mark'] }));
  throws(TypeError, () => make().observe({ entryTypes: ['mark'], buffered: true }));
  throws(TypeError, () => make().observe({ entryTypes: /** @type {any} */ ('mark') }));
  throws(TypeError, () => new PerformanceObserver(/** @type {any} */ (undefined)));
  const one = make();
  one.observe({ type: 'nothing of ours' });
  throws('InvalidModificationError', () => one.observe({ entryTypes: ['mark'] }));
  const many = make();
  many.observe({ entryTypes: [] });
  throws('InvalidModificationError', () => many.observe({ type: 'mark' }));
  same(PerformanceObserver.supportedEntryTypes, ['mark', 'measure', 'resource']);
  ok(PerformanceObserver.supportedEntryTypes === PerformanceObserver.supportedEntryTypes);
});

test('nobody else makes entries', async () => {
  throws(TypeError, () => new PerformanceEntry(), 'Illegal constructor');
  throws(TypeError, () => new PerformanceMeasure(), 'Illegal constructor');
  throws(TypeError, () => new PerformanceObserverEntryList(), 'Illegal constructor');
  throws(TypeError, () => PerformanceEntry.prototype.name);
  throws(TypeError, () => PerformanceMark.prototype.detail);
  throws(TypeError, () => Performance.prototype.mark.call({}, 'a'));
  same(new PerformanceMark('a', { startTime: 1 }).startTime, 1);
  same(performance.getEntries(), [], 'a mark that was constructed is not in the timeline');
});
