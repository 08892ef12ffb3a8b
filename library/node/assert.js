// node:assert.

const { isDeepEqual, isDeepStrictEqual, isPartialDeepEqual } = require('nano:comparisons');
const { check, invalidArgType, withCode } = require('nano:errors');
const { inspect } = require('nano:inspect');

const kMessages = {
  __proto__: null,
  strictEqual: 'Expected values to be strictly equal:',
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  deepEqual: 'Expected values to be loosely deep-equal:',
  partialDeepStrictEqual: 'Expected values to be partially and strictly deep-equal:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
};

function describe({ actual, expected, operator }) {
  const [left, right] = [actual, expected].map((value) =>
    inspect(value, { depth: 1000, breakLength: Infinity }),
  );
  if (operator === '==' || operator === '!=') return `${left} ${operator} ${right}`;
  const head = kMessages[operator] ?? `${operator}:`;
  if (operator.startsWith('not')) return `${head} ${right}`;
  const relation = operator === 'deepEqual' ? 'should loosely deep-equal' : '!==';
  return `${head}\n\n${left} ${relation} ${right}\n`;
}

class AssertionError extends Error {
  constructor(options) {
    check.object(options, 'options');
    const { message, actual, expected, operator, stackStartFn } = options;
    super(
      message === undefined
        ? describe({ actual, expected, operator: `${operator}` })
        : `${message}`,
    );
    this.generatedMessage = message === undefined;
    this.code = 'ERR_ASSERTION';
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
    Object.defineProperty(this, 'name', {
      __proto__: null,
      configurable: true,
      value: 'AssertionError',
      writable: true,
    });
    Error.captureStackTrace(this, stackStartFn);
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}

function raise(details) {
  if (details.message instanceof Error) throw details.message;
  throw new AssertionError(details);
}

function comparison(operator, holds) {
  const compare = function (actual, expected, message) {
    if (arguments.length < 2)
      throw withCode(
        TypeError,
        'ERR_MISSING_ARGS',
        'The "actual" and "expected" arguments must be specified',
      );
    if (!holds(actual, expected))
      raise({ actual, expected, message, operator, stackStartFn: compare });
  };
  return Object.defineProperty(compare, 'name', { configurable: true, value: operator });
}

// eslint-disable-next-line eqeqeq
const looselyEqual = (a, b) => a == b || (a !== a && b !== b);

function truthy(args, stackStartFn) {
  const [value, message] = args;
  if (value) return;
  const generated =
    args.length === 0
      ? 'No value argument passed to `assert.ok()`'
      : 'The expression evaluated to a falsy value';
  const error =
    message instanceof Error
      ? message
      : new AssertionError({
          actual: value,
          expected: true,
          message: message ?? generated,
          operator: '==',
          stackStartFn,
        });
  if (message === undefined) error.generatedMessage = true;
  throw error;
}

function assert(...args) {
  truthy(args, assert);
}

function ok(...args) {
  truthy(args, ok);
}

function fail(message = 'Failed') {
  if (message instanceof Error) throw message;
  const error = new AssertionError({ message, operator: 'fail', stackStartFn: fail });
  error.generatedMessage = arguments.length === 0;
  throw error;
}

/** Whether what was thrown is what was expected; throws where it is not. */
function checkThrown(actual, expected, message, caller) {
  if (expected === undefined) return true;
  const wrong = (text) =>
    raise({
      actual,
      expected,
      message: message ?? text,
      operator: caller.name,
      stackStartFn: caller,
    });
  if (expected instanceof RegExp) {
    if (expected.test(String(actual))) return true;
    wrong(
      `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(String(actual))}\n`,
    );
  }
  if (typeof expected === 'object') {
    const names = Object.keys(expected);
    if (expected instanceof Error) names.push('name', 'message');
    for (const name of names) {
      const pattern = expected[name];
      const fits =
        pattern instanceof RegExp && typeof actual?.[name] === 'string'
          ? pattern.test(actual[name])
          : isDeepStrictEqual(actual?.[name], pattern);
      if (!fits)
        wrong(
          `Expected "${name}" of what was thrown to be ${inspect(pattern)}, got ${inspect(actual?.[name])}`,
        );
    }
    return true;
  }
  if (typeof expected !== 'function')
    throw invalidArgType('expected', ['Function', 'Error', 'RegExp', 'Object'], expected);
  if (expected.prototype !== undefined && actual instanceof expected) return true;
  if (Object.prototype.isPrototypeOf.call(Error, expected)) {
    wrong(
      `The error is expected to be an instance of "${expected.name}". Received "${actual?.name ?? typeof actual}"\n\nError message:\n\n${actual?.message}`,
    );
  }
  if (Reflect.apply(expected, {}, [actual]) !== true) {
    wrong(
      `The ${expected.name === '' ? '' : `"${expected.name}" `}validation function is expected to return "true". Received ${inspect(false)}`,
    );
  }
  return true;
}

function splitMessage(expected, message) {
  return typeof expected === 'string' ? [undefined, expected] : [expected, message];
}

function missing(expected, message, caller) {
  const name = typeof expected === 'function' && expected.name ? ` (${expected.name})` : '';
  const what = caller === rejects ? 'rejection' : 'exception';
  raise({
    actual: undefined,
    expected,
    operator: caller.name,
    message: `Missing expected ${what}${name}${message ? `: ${message}` : '.'}`,
    stackStartFn: caller,
  });
}

function throws(callback, second, third) {
  check.function(callback, 'fn');
  const [expected, message] = splitMessage(second, third);
  let thrown;
  try {
    callback();
  } catch (error) {
    thrown = { error };
  }
  if (thrown === undefined) missing(expected, message, throws);
  checkThrown(thrown.error, expected, message, throws);
}

async function settle(promise) {
  const waited = typeof promise === 'function' ? promise() : promise;
  if (typeof promise === 'function' && typeof waited?.then !== 'function') {
    throw withCode(
      TypeError,
      'ERR_INVALID_RETURN_VALUE',
      'Expected instance of Promise to be returned from the "promiseFn" function but got ' +
        `${waited === null || typeof waited !== 'object' ? `type ${typeof waited}` : 'an object'}.`,
    );
  }
  if (typeof waited?.then !== 'function')
    throw invalidArgType('promiseFn', ['Function', 'Promise'], waited);
  try {
    await waited;
    return undefined;
  } catch (error) {
    return { error };
  }
}

async function rejects(promise, second, third) {
  const [expected, message] = splitMessage(second, third);
  const thrown = await settle(promise);
  if (thrown === undefined) missing(expected, message, rejects);
  checkThrown(thrown.error, expected, message, rejects);
}

function unwanted(error, second, third, caller) {
  const [expected, message] = splitMessage(second, third);
  if (typeof expected === 'function' && !(error instanceof expected)) throw error;
  const what = caller === doesNotReject ? 'rejection' : 'exception';
  raise({
    actual: error,
    expected,
    operator: caller.name,
    message: `Got unwanted ${what}${message ? `: ${message}` : '.'}\nActual message: "${error?.message}"`,
    stackStartFn: caller,
  });
}

function doesNotThrow(callback, expected, message) {
  check.function(callback, 'fn');
  try {
    callback();
  } catch (error) {
    unwanted(error, expected, message, doesNotThrow);
  }
}

async function doesNotReject(promise, expected, message) {
  const thrown = await settle(promise);
  if (thrown !== undefined) unwanted(thrown.error, expected, message, doesNotReject);
}

function ifError(value) {
  if (value === null || value === undefined) return;
  const text = value instanceof Error ? value.message : inspect(value);
  throw new AssertionError({
    actual: value,
    expected: null,
    operator: 'ifError',
    message: `ifError got unwanted exception: ${text}`,
    stackStartFn: ifError,
  });
}

function matching(operator, wanted) {
  const match = function (text, pattern, message) {
    if (!(pattern instanceof RegExp)) throw invalidArgType('regexp', 'RegExp', pattern);
    if (typeof text === 'string' && pattern.test(text) === wanted) return;
    const verb = wanted ? 'The input did not match' : 'The input was expected to not match';
    raise({
      actual: text,
      expected: pattern,
      operator,
      message:
        message ??
        `${verb} the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`,
      stackStartFn: match,
    });
  };
  return match;
}

const strictEqual = comparison('strictEqual', Object.is);
const notStrictEqual = comparison('notStrictEqual', (a, b) => !Object.is(a, b));
const deepStrictEqual = comparison('deepStrictEqual', isDeepStrictEqual);
const notDeepStrictEqual = comparison('notDeepStrictEqual', (a, b) => !isDeepStrictEqual(a, b));

const shared = {
  AssertionError,
  ok,
  fail,
  strictEqual,
  notStrictEqual,
  deepStrictEqual,
  notDeepStrictEqual,
  partialDeepStrictEqual: comparison('partialDeepStrictEqual', isPartialDeepEqual),
  throws,
  rejects,
  doesNotThrow,
  doesNotReject,
  ifError,
  match: matching('match', true),
  doesNotMatch: matching('doesNotMatch', false),
};

Object.assign(assert, shared, {
  equal: comparison('==', looselyEqual),
  notEqual: comparison('!=', (a, b) => !looselyEqual(a, b)),
  deepEqual: comparison('deepEqual', isDeepEqual),
  notDeepEqual: comparison('notDeepEqual', (a, b) => !isDeepEqual(a, b)),
});

function strict(...args) {
  truthy(args, strict);
}
Object.assign(strict, shared, {
  equal: strictEqual,
  notEqual: notStrictEqual,
  deepEqual: deepStrictEqual,
  notDeepEqual: notDeepStrictEqual,
});
assert.strict = strict;
strict.strict = strict;

module.exports = assert;
