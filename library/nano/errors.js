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
  const types = [];
  const classes = [];
  const others = [];
  for (const kind of kinds) {
    if (kTypes.includes(kind)) types.push(kind.toLowerCase());
    else if (/^([A-Z][a-z0-9]*)+$/.test(kind)) classes.push(kind);
    else others.push(kind);
  }
  if (classes.length > 0 && types.includes('object')) {
    types.splice(types.indexOf('object'), 1);
    classes.push('Object');
  }
  const parts = [];
  if (types.length > 0)
    parts.push(`${types.length > 1 ? 'one of type' : 'of type'} ${list(types)}`);
  if (classes.length > 0) parts.push(`an instance of ${list(classes)}`);
  if (others.length > 0) parts.push(`${/[A-Z]/.test(others[0]) ? 'an ' : ''}${list(others)}`);
  return withCode(
    TypeError,
    'ERR_INVALID_ARG_TYPE',
    `${what} must be ${parts.join(' or ')}.${received(value)}`,
  );
}

const kTypes = [
  'string',
  'function',
  'number',
  'object',
  'Function',
  'Object',
  'boolean',
  'bigint',
  'symbol',
];

function list(words) {
  if (words.length < 3) return words.join(' or ');
  return `${words.slice(0, -1).join(', ')}, or ${words.at(-1)}`;
}

function invalidArgValue(name, value, reason = 'is invalid') {
  return withCode(
    TypeError,
    'ERR_INVALID_ARG_VALUE',
    `The ${name.includes('.') ? 'property' : 'argument'} '${name}' ${reason}. Received ${show(value, 0)}`,
  );
}

/** Large numbers in groups of three. */
function shown(value) {
  const isLarge =
    typeof value === 'bigint'
      ? value > 2n ** 32n || value < -(2n ** 32n)
      : Number.isInteger(value) && Math.abs(value) > 2 ** 32;
  if (!isLarge) return show(value, 0);
  const digits = `${value}`.replace(/\B(?=(\d{3})+$)/g, '_');
  return typeof value === 'bigint' ? `${digits}n` : digits;
}

function outOfRange(name, range, value) {
  return withCode(
    RangeError,
    'ERR_OUT_OF_RANGE',
    `The value of "${name}" is out of range. It must be ${range}. Received ${shown(value)}`,
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
  number(value, name, min = undefined, max = undefined) {
    if (typeof value !== 'number') throw invalidArgType(name, 'number', value);
    const isLow = min !== undefined && value < min;
    const isHigh = max !== undefined && value > max;
    if (isLow || isHigh || ((min !== undefined || max !== undefined) && Number.isNaN(value))) {
      const bounds = [min === undefined ? '' : `>= ${min}`, max === undefined ? '' : `<= ${max}`];
      throw outOfRange(name, bounds.filter(Boolean).join(' && '), value);
    }
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
