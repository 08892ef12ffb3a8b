// @ts-check
// The console namespace object (Console standard). Each call is one line of the app's log.

import { now } from 'nano:ops';
import defer * as format from './console_format.js';
import {
  kDebugLevel,
  kErrorLevel,
  kInfoLevel,
  kLogLevel,
  kWarnLevel,
  printLine,
} from './console_output.js';
import defer * as table from './console_table.js';
import defer * as inspection from './inspect.js';
import {
  ArrayPrototypeUnshift,
  ErrorCaptureStackTrace,
  MathMin,
  NumberPrototypeToFixed,
  ObjectCreate,
  ObjectDefineProperty,
  ObjectPrototype,
  SafeMap,
  StringPrototypeIndexOf,
  StringPrototypeRepeat,
  StringPrototypeSlice,
  SymbolToStringTag,
} from './primordials.js';

/** Groups deeper than this are not indented further. */
const kMaxGroups = 20;
/** Labels of count and time that are kept; the maps live as long as the isolate. */
const kMaxLabels = 1000;

const counts = new SafeMap();
const startTimes = new SafeMap();
let groups = 0;

function print(level, text) {
  if (groups === 0) {
    printLine(level, text);
    return;
  }
  const indent = StringPrototypeRepeat('  ', MathMin(groups, kMaxGroups));
  printLine(level, indent + indentLines(text, `\n${indent}`));
}

function indentLines(text, separator) {
  let result = '';
  let from = 0;
  for (;;) {
    const end = StringPrototypeIndexOf(text, '\n', from);
    if (end === -1) return result + StringPrototypeSlice(text, from);
    result += StringPrototypeSlice(text, from, end) + separator;
    from = end + 1;
  }
}

/** Most lines are one string: what formats the others runs late. @param {any[]} data */
const textOf = (data) =>
  data.length === 1 && typeof data[0] === 'string' ? data[0] : format.formatArguments(data);

const toLabel = (label) => (label === undefined ? 'default' : `${label}`);

function elapsed(start) {
  const milliseconds = now() - start;
  return milliseconds < 1000
    ? `${NumberPrototypeToFixed(milliseconds, 3)}ms`
    : `${NumberPrototypeToFixed(milliseconds / 1000, 3)}s`;
}

/** @returns {number | undefined} */
function startTimeOf(label) {
  const start = startTimes.get(label);
  if (start === undefined) print(kWarnLevel, `No such label '${label}' for console.time()`);
  return start;
}

function currentStack(below) {
  const holder = { name: 'Trace', stack: '' };
  ErrorCaptureStackTrace(holder, below);
  const stack = holder.stack;
  const frames = typeof stack === 'string' ? StringPrototypeIndexOf(stack, '\n') : -1;
  return frames === -1 ? '' : StringPrototypeSlice(stack, frames);
}

const methods = {
  assert(condition = false, ...data) {
    if (condition) return;
    if (typeof data[0] === 'string') data[0] = `Assertion failed: ${data[0]}`;
    else ArrayPrototypeUnshift(data, 'Assertion failed');
    print(kErrorLevel, textOf(data));
  },
  clear() {
    groups = 0;
  },
  debug(...data) {
    print(kDebugLevel, textOf(data));
  },
  error(...data) {
    print(kErrorLevel, textOf(data));
  },
  info(...data) {
    print(kInfoLevel, textOf(data));
  },
  log(...data) {
    print(kLogLevel, textOf(data));
  },
  table(tabularData = undefined, properties = undefined) {
    print(kLogLevel, table.formatTable(tabularData, properties) ?? textOf([tabularData]));
  },
  trace(...data) {
    const text = textOf(data);
    print(kLogLevel, `Trace${text === '' ? '' : `: ${text}`}${currentStack(methods.trace)}`);
  },
  warn(...data) {
    print(kWarnLevel, textOf(data));
  },
  dir(item = undefined, options = undefined) {
    print(kLogLevel, inspection.inspect(item, dirDepth(options)));
  },
  dirxml(...data) {
    print(kLogLevel, textOf(data));
  },
  count(label = 'default') {
    label = toLabel(label);
    const count = (counts.get(label) ?? 0) + 1;
    if (counts.size < kMaxLabels || count > 1) counts.set(label, count);
    print(kInfoLevel, `${label}: ${count}`);
  },
  countReset(label = 'default') {
    label = toLabel(label);
    if (!counts.delete(label)) print(kWarnLevel, `Count for '${label}' does not exist`);
  },
  group(...data) {
    if (data.length > 0) print(kLogLevel, textOf(data));
    groups++;
  },
  groupCollapsed(...data) {
    if (data.length > 0) print(kLogLevel, textOf(data));
    groups++;
  },
  groupEnd() {
    if (groups > 0) groups--;
  },
  time(label = 'default') {
    label = toLabel(label);
    if (startTimes.get(label) !== undefined) {
      print(kWarnLevel, `Label '${label}' already exists for console.time()`);
    } else if (startTimes.size < kMaxLabels) {
      startTimes.set(label, now());
    }
  },
  timeLog(label = 'default', ...data) {
    label = toLabel(label);
    const start = startTimeOf(label);
    if (start === undefined) return;
    const text = data.length === 0 ? '' : ` ${textOf(data)}`;
    print(kLogLevel, `${label}: ${elapsed(start)}${text}`);
  },
  timeEnd(label = 'default') {
    label = toLabel(label);
    const start = startTimeOf(label);
    if (start === undefined) return;
    startTimes.delete(label);
    print(kInfoLevel, `${label}: ${elapsed(start)}`);
  },
};

/** Node's option, the only one that makes sense in a log. */
function dirDepth(options) {
  const depth = typeof options === 'object' && options !== null ? options.depth : undefined;
  if (depth === null || depth === Infinity) return 100;
  return typeof depth === 'number' ? depth : undefined;
}

/** A namespace object: its prototype is an empty object (Web IDL 3.13.1). */
function makeNamespace() {
  const namespace = ObjectCreate(ObjectCreate(ObjectPrototype));
  const keys = Object.keys(methods);
  for (let i = 0; i < keys.length; i++) namespace[keys[i]] = methods[keys[i]];
  ObjectDefineProperty(namespace, SymbolToStringTag, {
    __proto__: null,
    configurable: true,
    value: 'console',
  });
  return namespace;
}

export const console = makeNamespace();
