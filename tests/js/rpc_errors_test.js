// @ts-check
// What methods by service bindings throw: snapshot/js/rpc/thrown.js.

import { logs, ok, rejects, same, test } from './harness.js';
import { calling, WorkerEntrypoint } from './rpc_loop.js';

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

  failInACircle() {
    const error = new Error('circle');
    error.cause = error;
    throw error;
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
    const endless = await service.failInACircle().catch((thrown) => thrown);
    let depth = 0;
    for (let each = endless; each !== undefined; each = each.cause) depth++;
    same(depth, 9);
  }));
