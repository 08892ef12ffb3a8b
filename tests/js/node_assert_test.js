// node:assert.

import { builtinModule, ok, rejects, same, test, throws } from './harness.js';

const { default: assert, AssertionError, strict } = builtinModule('node:assert');

test('what holds passes', async () => {
  assert(true);
  assert.ok(1);
  assert.equal(1, '1');
  assert.strictEqual(NaN, NaN);
  assert.deepEqual({ a: 1 }, { a: '1' });
  assert.deepStrictEqual(new Map([[1, [2]]]), new Map([[1, [2]]]));
  assert.notDeepStrictEqual({ a: 1 }, { a: '1' });
  assert.partialDeepStrictEqual({ a: 1, b: { c: 2, d: 3 } }, { b: { c: 2 } });
  assert.match('abc', /b/);
  assert.doesNotMatch('abc', /x/);
  assert.ifError(null);
  assert.doesNotThrow(() => {});
  await assert.doesNotReject(async () => {});
});

test('what does not hold throws an AssertionError with both values', () => {
  let error;
  try {
    assert.deepStrictEqual({ a: 1 }, { a: 2 });
  } catch (thrown) {
    error = thrown;
  }
  ok(error instanceof AssertionError);
  same(
    [error.code, error.name, error.operator],
    ['ERR_ASSERTION', 'AssertionError', 'deepStrictEqual'],
  );
  same([error.actual, error.expected, error.generatedMessage], [{ a: 1 }, { a: 2 }, true]);
  ok(error.message.startsWith('Expected values to be strictly deep-equal:'));
  throws(AssertionError, () => assert.strictEqual(1, 2, 'mine'), 'mine');
  throws(RangeError, () => assert(false, new RangeError('own')), 'own');
  throws(AssertionError, () => assert.equal(1, 2), '1 == 2');
  throws(AssertionError, () => strict.equal(1, '1'), 'strictly equal');
  throws(AssertionError, () => assert.fail('x'), 'x');
  throws(AssertionError, () => assert.notStrictEqual(1, 1));
});

test('what is thrown is looked at', async () => {
  const failing = () => {
    throw new TypeError('bad input');
  };
  assert.throws(failing);
  assert.throws(failing, TypeError);
  assert.throws(failing, /bad/);
  assert.throws(failing, { name: 'TypeError', message: 'bad input' });
  assert.throws(failing, (error) => error.message.length > 3);
  throws(AssertionError, () => assert.throws(() => {}), 'Missing expected exception');
  throws(AssertionError, () => assert.throws(failing, { message: 'other' }));
  await assert.rejects(Promise.reject(new Error('late')), /late/);
  await rejects(AssertionError, assert.rejects(Promise.resolve(1)), 'Missing expected rejection');
});

test('strict is the same with strict comparisons', () => {
  ok(builtinModule('node:assert/strict').default === strict && strict.strict === strict);
  throws(AssertionError, () => strict.deepEqual([1], ['1']));
});
