// @ts-check
// What methods by service bindings throw: snapshot/js/rpc/thrown.js.

import { logs, ok, rejects, same, test } from './harness.js';
import { calling, WorkerEntrypoint } from './rpc_loop.js';

/** Errors that lead to errors. @type {Record<string, () => any>} */
const graphs = {
  self: () => {
    const error = new AggregateError([], 'self');
    error.errors.push(error, error);
    return Object.assign(error, { cause: error });
  },
  two: () => {
    const a = new Error('a');
    const b = new RangeError('b', { cause: a });
    return Object.assign(a, { cause: b, again: b });
  },
  chain: () => {
    let error = new Error('end');
    for (let i = 0; i < 1000; i++) error = new Error(`${i}`, { cause: error });
    return error;
  },
  /** Each leads to all: sent by every way there is it would be 100 to the power of the depth. */
  web: () => {
    const all = Array.from({ length: 100 }, (_, i) => new Error(`${i}`));
    for (const error of all) Object.assign(error, { errors: all });
    return all[0];
  },
  /** Two new ones each time. */
  getters: () => {
    const error = new Error('new');
    const get = () => graphs.getters();
    Object.defineProperty(error, 'cause', { get });
    Object.defineProperty(error, 'other', { get });
    return error;
  },
  /** New lists of what is there already. */
  lists: () => {
    const all = Array.from({ length: 1000 }, (_, i) => new Error(`${i}`));
    for (const error of all) Object.defineProperty(error, 'errors', { get: () => all.slice() });
    return all[0];
  },
};

/** @param {any} error */
function countErrors(error) {
  const seen = new Set();
  const waiting = [error];
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (!(one instanceof Error) || seen.has(one)) continue;
    seen.add(one);
    waiting.push(
      one.cause,
      /** @type {any} */ (one).other,
      .../** @type {any} */ (one.errors ?? []),
    );
  }
  return seen.size;
}

class Back extends WorkerEntrypoint {
  async echo(...args) {
    return args;
  }

  fail(error) {
    throw error ?? new RangeError('out of range');
  }

  failAs(name) {
    const error = new Error('named');
    error.name = name;
    throw error;
  }

  failWithMore() {
    const end = new RangeError('inner', { cause: 'end' });
    const errors = [new Error('a'), new DOMException('b', 'AbortError')];
    const cause = new TypeError('cause', { cause: end });
    throw Object.assign(new AggregateError(errors, 'all', { cause }), { code: 'E5', list: [1] });
  }

  failWith(graph) {
    throw graphs[graph]();
  }

  give(graph) {
    return graphs[graph]();
  }

  failBadly(how) {
    if (how === 'symbol') throw Symbol('s');
    if (how === 'function') throw () => {};
    const error = new Error('plain');
    const get = () => {
      throw new Error('never seen');
    };
    if (how === 'getter') Object.defineProperty(error, 'name', { get });
    else error.method = () => {};
    throw error;
  }

  abort() {
    throw new DOMException('gone', 'AbortError');
  }
}

const withBack = (body) => calling({ default: Back }, body);

test('an error arrives with its name and message and the stack of the call', () =>
  withBack(async (service) => {
    async function caller() {
      await service.fail();
    }
    const error = await caller().catch((thrown) => thrown);
    ok(error instanceof RangeError);
    same([error.name, error.message, error.remote], ['RangeError', 'out of range', true]);
    const lines = error.stack.split('\n');
    same(lines[0], 'RangeError: out of range');
    ok(lines[1].includes('at caller'), error.stack);
    ok(!error.stack.includes('Back.fail'), error.stack);
    ok(
      logs().some(({ line }) => line.includes('out of range')),
      'its own log has it',
    );
  }));

test('a name that cannot travel is refused where the call is made', () =>
  withBack(async (service) => {
    await rejects(TypeError, () => service['x'.repeat(300)](1));
    await rejects(TypeError, () => service['echo\0'](1));
    same(await service.echo(1), [1]);
  }));

test('an error of another name keeps it', () =>
  withBack(async (service) => {
    const error = await service.failAs('NotMine').catch((thrown) => thrown);
    ok(Object.getPrototypeOf(error) === Error.prototype);
    same([error.name, error.message], ['NotMine', 'named']);
    ok(error.stack.startsWith('NotMine: named\n'));
    const aborted = await service.abort().catch((thrown) => thrown);
    ok(aborted instanceof DOMException);
    same([aborted.name, aborted.message, aborted.code], ['AbortError', 'gone', 20]);
  }));

test('what is no error is thrown as it is, where it can be sent', () =>
  withBack(async (service) => {
    same(await service.fail({ code: 7 }).catch((thrown) => thrown), { code: 7, remote: true });
    for (const value of ['text', 5, false]) await rejects(Error, service.fail(value), `${value}`);
    await rejects(Error, service.failBadly('symbol'), 'Symbol(s)');
    await rejects(Error, service.failBadly('function'), 'threw something that cannot be sent');
    await rejects(Error, service.failBadly('getter'), 'threw something that cannot be sent');
    await rejects(Error, service.failBadly('property'), 'plain');
  }));

test('an error that is a value arrives as one, without its stack', () =>
  withBack(async (service) => {
    const given = new RangeError('sent', { cause: new Error('why') });
    Object.assign(given, { code: 5, object: {}, nested: 1n });
    const [[back, again], dom] = await service.echo(
      [given, given],
      new DOMException('d', 'DataError'),
    );
    ok(back instanceof RangeError && back === again);
    same(
      [back.message, back.stack, back.code, back.object, back.nested],
      ['sent', 'RangeError: sent', 5, undefined, 1n],
    );
    same([back.cause.message, back.cause.stack, back.remote], ['why', 'Error: why', undefined]);
    ok(dom instanceof DOMException && dom.name === 'DataError');
  }));

test('an error keeps its own properties, its cause and its errors, and no stack of theirs', () =>
  withBack(async (service) => {
    const error = await service.failWithMore().catch((thrown) => thrown);
    ok(error instanceof AggregateError);
    same([error.code, error.list, Object.keys(error)], ['E5', [1], ['code', 'list', 'remote']]);
    ok(error.cause instanceof TypeError && error.cause.cause.cause === 'end');
    same(
      error.errors.map(({ name, message }) => [name, message]),
      [
        ['Error', 'a'],
        ['AbortError', 'b'],
      ],
    );
    for (const { stack } of [error.cause, error.cause.cause, error.errors[0]]) {
      ok(!stack.includes('\n'), stack);
    }
  }));

test('errors that lead to each other arrive as they were', () =>
  withBack(async (service) => {
    for (const how of ['failWith', 'give']) {
      const receive = (graph) => service[how](graph).catch((thrown) => thrown);
      const self = await receive('self');
      ok(self instanceof AggregateError && self.cause === self, how);
      ok(self.errors.length === 2 && self.errors.every((each) => each === self), how);
      const a = await receive('two');
      ok(a.cause instanceof RangeError && a.cause === a.again && a.cause.cause === a, how);
      same(countErrors(await receive('web')), 100);
    }
    const [first, second] = (await service.echo([graphs.two(), graphs.self()]))[0];
    ok(first.cause.cause === first && second.cause === second);
    const shared = new Error('shared');
    const pair = (await service.echo([shared, new Error('with', { cause: shared })]))[0];
    ok(pair[1].cause === pair[0], 'one error, wherever it is in a message');
  }));

test('what errors lead to is sent up to a depth and a number', () =>
  withBack(async (service) => {
    for (const how of ['failWith', 'give']) {
      const receive = (graph) => service[how](graph).catch((thrown) => thrown);
      same(countErrors(await receive('chain')), 101);
      same(countErrors(await receive('getters')), 10001);
      const lists = await receive('lists');
      let within = 0;
      for (const error of new Set([lists, ...lists.errors])) within += error.errors?.length ?? 0;
      ok(within <= 10000, `${within}`);
    }
  }));
