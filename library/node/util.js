// node:util.

const { inspect, format, formatWithOptions } = require('nano:inspect');
const { isDeepStrictEqual } = require('nano:comparisons');
const { check, invalidArgType, withCode } = require('nano:errors');
const { parseArgs } = require('nano:parse_args');
const { systemErrors } = require('nano:system_errors');
const types = require('node:util/types');

const kPromisify = Symbol.for('nodejs.util.promisify.custom');
const timers = { setTimeout: globalThis.setTimeout };

function promisify(original) {
  check.function(original, 'original');
  const own = original[kPromisify];
  if (own !== undefined) {
    check.function(own, 'util.promisify.custom');
    return Object.defineProperty(own, kPromisify, { configurable: true, value: own });
  }
  if (original === timers.setTimeout) {
    return (delay, value) => new Promise((resolve) => original(() => resolve(value), delay));
  }
  function promised(...args) {
    return new Promise((resolve, reject) => {
      Reflect.apply(original, this, [
        ...args,
        (error, ...values) => (error ? reject(error) : resolve(values[0])),
      ]);
    });
  }
  Object.setPrototypeOf(promised, Object.getPrototypeOf(original));
  Object.defineProperty(promised, kPromisify, { configurable: true, value: promised });
  return Object.defineProperties(promised, Object.getOwnPropertyDescriptors(original));
}
promisify.custom = kPromisify;

function callbackify(original) {
  check.function(original, 'original');
  function called(...args) {
    const callback = args.pop();
    check.function(callback, 'last argument');
    Reflect.apply(original, this, args).then(
      (value) => process.nextTick(callback, null, value),
      (reason) => {
        const error =
          reason ||
          withCode(Error, 'ERR_FALSY_VALUE_REJECTION', 'Promise was rejected with falsy value');
        if (!reason) error.reason = reason;
        process.nextTick(callback, error);
      },
    );
  }
  return Object.defineProperty(called, 'name', {
    configurable: true,
    value: `${original.name}Callbackified`,
  });
}

function inherits(constructor, parent) {
  check.function(constructor, 'ctor');
  if (parent === undefined || parent === null)
    throw invalidArgType('superCtor', 'Function', parent);
  if (parent.prototype === undefined)
    throw invalidArgType('superCtor.prototype', 'Object', parent.prototype);
  Object.defineProperty(constructor, 'super_', {
    configurable: true,
    value: parent,
    writable: true,
  });
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

const warned = new Set();

function deprecate(method, message, code) {
  if (code !== undefined) check.string(code, 'code');
  let told = false;
  function deprecated(...args) {
    if (!told) {
      told = true;
      if (code === undefined || !warned.has(code))
        process.emitWarning(message, 'DeprecationWarning', code);
      warned.add(code);
    }
    return new.target
      ? Reflect.construct(method, args, new.target)
      : Reflect.apply(method, this, args);
  }
  Object.setPrototypeOf(deprecated, method);
  if (method.prototype) deprecated.prototype = method.prototype;
  return deprecated;
}

/** Enabled by the app's variable NODE_DEBUG, as by the environment of a program. */
function debuglog(section) {
  const sections = `${process.env.NODE_DEBUG ?? ''}`.toUpperCase().split(/[\s,]+/);
  const enabled = sections.includes(section.toUpperCase()) || sections.includes('*');
  const log = (...args) => {
    if (enabled) console.error(`${section.toUpperCase()} ${process.pid}: ${format(...args)}`);
  };
  return Object.defineProperty(log, 'enabled', { value: enabled });
}

function styleText(style, text, { validateStream } = {}) {
  check.string(text, 'text');
  if (validateStream !== undefined) check.boolean(validateStream, 'options.validateStream');
  let open = '';
  let close = '';
  for (const name of Array.isArray(style) ? style : [style]) {
    if (name === 'none') continue;
    const codes = inspect.colors[name];
    if (codes === undefined)
      throw withCode(
        TypeError,
        'ERR_INVALID_ARG_VALUE',
        `The argument 'format' must be one of: ${Object.keys(inspect.colors).join(', ')}. Received ${inspect(name)}`,
      );
    open += `\u001b[${codes[0]}m`;
    close = `\u001b[${codes[1]}m${close}`;
  }
  return open + text + close;
}

const kControl =
  /[\u001B\u009B][[\]()#;?]*(?:(?:(?:(?:;[-a-zA-Z\d/#&.:=?%@~_]+)*|[a-zA-Z\d]+(?:;[-a-zA-Z\d/#&.:=?%@~_]*)*)?(?:\u0007|\u001B\u005C|\u009C))|(?:(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~]))/g;

function parseEnv(content) {
  check.string(content, 'content');
  const line =
    /^\s*(?:export\s+)?([\w.-]+)\s*=[^\S\n]*("(?:\\.|[^"])*"|'[^']*'|`[^`]*`|[^\n#]*)[^\n]*$/gm;
  const found = {};
  for (const [, name, value] of content.matchAll(line)) {
    const text = value.trim();
    const quote = /^["'`]/.test(text) ? text[0] : '';
    const inner = quote === '' ? text : text.slice(1, -1);
    found[name] = quote === '"' ? inner.replaceAll('\\n', '\n') : inner;
  }
  return found;
}

async function aborted(signal, resource) {
  if (signal === undefined) throw invalidArgType('signal', 'AbortSignal', signal);
  check.object(resource, 'resource');
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function getCallSites(count = 8) {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = count + 1;
  Error.prepareStackTrace = (_, sites) => sites;
  const sites = new Error().stack.slice(1);
  Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  return sites.map((site) => ({
    functionName: site.getFunctionName() ?? '',
    scriptId: '',
    scriptName: site.getFileName() ?? '',
    lineNumber: site.getLineNumber(),
    columnNumber: site.getColumnNumber(),
    column: site.getColumnNumber(),
  }));
}

const errorName = (number) => systemErrors.get(number)?.[0] ?? `Unknown system error ${number}`;

module.exports = {
  ...{ inspect, format, formatWithOptions, isDeepStrictEqual, parseArgs, types },
  ...{
    promisify,
    callbackify,
    inherits,
    deprecate,
    debuglog,
    debug: debuglog,
    styleText,
    parseEnv,
  },
  ...{ aborted, getCallSites, TextEncoder, TextDecoder },
  stripVTControlCharacters(text) {
    check.string(text, 'str');
    return text.replace(kControl, '');
  },
  toUSVString: (text) => `${text}`.toWellFormed(),
  isArray: Array.isArray,
  getSystemErrorName: errorName,
  getSystemErrorMap: () => new Map(systemErrors),
  getSystemErrorMessage: (number) => systemErrors.get(number)?.[1],
  _extend: (target, source) =>
    source === null || typeof source !== 'object' ? target : Object.assign(target, source),
  transferableAbortController: () => new AbortController(),
  transferableAbortSignal: (signal) => signal,
  setTraceSigInt() {},
  diff(a, b) {
    const [left, right] = [a, b].map((value) =>
      typeof value === 'string' ? value.split('') : value,
    );
    const { longest } = require('nano:difference');
    return longest(left, right);
  },
  get MIMEType() {
    return require('nano:mime').MIMEType;
  },
  get MIMEParams() {
    return require('nano:mime').MIMEParams;
  },
};
