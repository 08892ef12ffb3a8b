// Errors in Node's form: a code, and its name before the message in the stack.

const { inspect } = nano;

/** @param {Function} Base @param {string} code @param {string} message */
function withCode(Base, code, message) {
  const error = new Base(message);
  const { name } = error;
  Object.defineProperty(error, 'name', {
    configurable: true,
    value: `${name} [${code}]`,
    writable: true,
  });
  error.stack;
  Object.defineProperty(error, 'name', { configurable: true, value: name, writable: true });
  error.code = code;
  return error;
}

function received(value) {
  if (value == null) return ` Received ${value}`;
  if (typeof value === 'function') return ` Received function ${value.name}`;
  if (typeof value === 'object') {
    const name = value.constructor?.name;
    return name ? ` Received an instance of ${name}` : ` Received ${show(value, -1)}`;
  }
  return ` Received type ${typeof value} (${show(value, 0).slice(0, 28)})`;
}

const show = (value, depth) => inspect(value, { depth, breakLength: Infinity, custom: undefined });

function invalidArgType(name, expected, value) {
  const kinds = Array.isArray(expected) ? expected : [expected];
  const what = name.endsWith(' argument')
    ? `The ${name}`
    : `The "${name}" ${name.includes('.') ? 'property' : 'argument'}`;
  const isClass = (kind) => /^[A-Z]/.test(kind);
  const types = kinds.filter((kind) => !isClass(kind));
  const classes = kinds.filter(isClass);
  const parts = [];
  if (types.length > 0) parts.push(`of type ${list(types)}`);
  if (classes.length > 0) parts.push(`an instance of ${list(classes)}`);
  return withCode(
    TypeError,
    'ERR_INVALID_ARG_TYPE',
    `${what} must be ${parts.join(' or ')}.${received(value)}`,
  );
}

function list(words) {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function invalidArgValue(name, value, reason = 'is invalid') {
  return withCode(
    TypeError,
    'ERR_INVALID_ARG_VALUE',
    `The ${name.includes('.') ? 'property' : 'argument'} '${name}' ${reason}. Received ${show(value, 0)}`,
  );
}

function outOfRange(name, range, value) {
  return withCode(
    RangeError,
    'ERR_OUT_OF_RANGE',
    `The value of "${name}" is out of range. It must be ${range}. Received ${show(value, 0)}`,
  );
}

const check = {
  string(value, name) {
    if (typeof value !== 'string') throw invalidArgType(name, 'string', value);
  },
  function(value, name) {
    if (typeof value !== 'function') throw invalidArgType(name, 'function', value);
  },
  object(value, name) {
    if (value === null || typeof value !== 'object') throw invalidArgType(name, 'Object', value);
  },
  boolean(value, name) {
    if (typeof value !== 'boolean') throw invalidArgType(name, 'boolean', value);
  },
  /** An integer from `min` to `max`. */
  integer(value, name, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) {
    if (typeof value !== 'number') throw invalidArgType(name, 'number', value);
    if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
    if (value < min || value > max) throw outOfRange(name, `>= ${min} && <= ${max}`, value);
  },
};

/** What nano cannot do: a sentence that names it and says why. */
function notAvailable(what, why) {
  return withCode(Error, 'ERR_METHOD_NOT_IMPLEMENTED', `${what} is not available on nano: ${why}`);
}

class AbortError extends Error {
  constructor(message = 'The operation was aborted', options) {
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
  }
}

module.exports = {
  withCode,
  invalidArgType,
  invalidArgValue,
  outOfRange,
  notAvailable,
  check,
  AbortError,
};
