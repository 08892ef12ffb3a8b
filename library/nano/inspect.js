// util.inspect and util.format: console's printer, with a program's own ways to print and with
// options.

const { inspect: print, kindOf } = nano;

const custom = Symbol.for('nodejs.util.inspect.custom');

const defaultOptions = {
  showHidden: false,
  depth: 2,
  colors: false,
  customInspect: true,
  showProxy: false,
  maxArrayLength: 100,
  maxStringLength: 10000,
  breakLength: 80,
  compact: 3,
  sorted: false,
  getters: false,
  numericSeparator: false,
};

/** What a program's own method prints; undefined where it has none. */
function customText(options) {
  return (value, depth, indentation) => {
    if (kindOf(value) === 'Proxy') return undefined;
    const method = value[custom];
    if (typeof method !== 'function' || method === inspect) return undefined;
    if (value.constructor?.prototype === value) return undefined;
    const inner = { ...options, depth, stylize: (text) => `${text}` };
    const result = Reflect.apply(method, value, [depth, inner, inspect]);
    if (result === value) return undefined;
    const text = typeof result === 'string' ? result : inspect(result, inner);
    return indentation === 0 ? text : text.replaceAll('\n', `\n${' '.repeat(indentation)}`);
  };
}

function inspect(value, options, ...legacy) {
  let given = options;
  if (typeof options === 'boolean') {
    given = { showHidden: options, depth: legacy[0], customInspect: true };
  }
  const all = { ...defaultOptions };
  for (const name of Object.keys(given ?? {}))
    if (given[name] !== undefined) all[name] = given[name];
  return print(value, {
    depth: all.depth === null ? Infinity : Number(all.depth),
    breakLength: all.breakLength === Infinity ? Number.MAX_SAFE_INTEGER : Number(all.breakLength),
    custom: all.customInspect ? customText(all) : undefined,
  });
}
inspect.custom = custom;
Object.defineProperty(inspect, 'defaultOptions', {
  get: () => defaultOptions,
  set: (options) => Object.assign(defaultOptions, options),
});
inspect.styles = {
  __proto__: null,
  special: 'cyan',
  number: 'yellow',
  bigint: 'yellow',
  boolean: 'yellow',
  undefined: 'grey',
  null: 'bold',
  string: 'green',
  symbol: 'green',
  date: 'magenta',
  regexp: 'red',
  module: 'underline',
};
inspect.colors = {
  __proto__: null,
  reset: [0, 0],
  bold: [1, 22],
  dim: [2, 22],
  italic: [3, 23],
  underline: [4, 24],
  blink: [5, 25],
  inverse: [7, 27],
  hidden: [8, 28],
  strikethrough: [9, 29],
  black: [30, 39],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
  white: [37, 39],
  gray: [90, 39],
  grey: [90, 39],
  bgBlack: [40, 49],
  bgRed: [41, 49],
  bgGreen: [42, 49],
  bgYellow: [43, 49],
  bgBlue: [44, 49],
  bgMagenta: [45, 49],
  bgCyan: [46, 49],
  bgWhite: [47, 49],
  bgGray: [100, 49],
};

const numberText = (value) => (Object.is(value, -0) ? '-0' : `${value}`);

function toText(value, options) {
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value);
  const own = value.toString;
  const isOwn =
    typeof own === 'function' &&
    own !== Object.prototype.toString &&
    own !== Error.prototype.toString &&
    !/\[native code\]/.test(Function.prototype.toString.call(own));
  return isOwn
    ? String(value)
    : inspect(value, { ...options, depth: 0, colors: false, compact: 3 });
}

function toNumber(value, parse) {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'symbol') return 'NaN';
  return numberText(parse(value));
}

function convert(specifier, value, options) {
  switch (specifier) {
    case 's':
      return toText(value, options);
    case 'd':
      return typeof value === 'object' ? numberText(Number(value)) : toNumber(value, Number);
    case 'i':
      return typeof value === 'object' ? 'NaN' : toNumber(value, Number.parseInt);
    case 'f':
      return typeof value === 'symbol' ? 'NaN' : numberText(Number.parseFloat(value));
    case 'j':
      return toJson(value);
    case 'o':
      return inspect(value, { ...options, showHidden: true, showProxy: true, depth: 4 });
    case 'O':
      return inspect(value, options);
    case 'c':
      return '';
    default:
      return undefined;
  }
}

function toJson(value) {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (/circular/i.test(error.message)) return '[Circular]';
    throw error;
  }
}

function formatWithOptions(options, ...args) {
  if (args.length === 0) return '';
  let next = 0;
  let text = '';
  if (typeof args[0] === 'string') {
    next = 1;
    text =
      args.length === 1
        ? args[0]
        : args[0].replace(/%([sdifjoOc%])/g, (whole, specifier) => {
            if (specifier === '%') return '%';
            if (next >= args.length) return whole;
            return convert(specifier, args[next++], options);
          });
  }
  const rest = args
    .slice(next)
    .map((value) => (typeof value === 'string' ? value : inspect(value, options)));
  return next === 0 ? rest.join(' ') : [text, ...rest].join(' ');
}

module.exports = {
  inspect,
  formatWithOptions,
  format: (...args) => formatWithOptions(undefined, ...args),
};
