// @ts-check
// What each kind of object prints beside its properties: name, brackets, and the items inside.

import { formatError } from './inspect_error.js';
import {
  fillArray,
  fillBuffer,
  fillFields,
  fillIterator,
  fillMap,
  fillPromise,
  fillSet,
  fillTypedArray,
  fillUnknown,
  fillView,
  iteratorHasPairs,
} from './inspect_items.js';
import { constructorNameOf, functionNameOf, prefixOf, tagOf } from './inspect_names.js';
import { platformShapes } from './inspect_interfaces.js';
import { formatPrimitive } from './inspect_text.js';
import {
  BigIntPrototypeValueOf,
  BooleanPrototypeValueOf,
  DatePrototypeGetTime,
  DatePrototypeToISOString,
  FunctionPrototypeToString,
  MapPrototypeGetSize,
  NumberPrototypeValueOf,
  ReflectGetPrototypeOf,
  RegExpPrototypeFlagGetters,
  RegExpPrototypeGetSource,
  SetPrototypeGetSize,
  StringPrototypeEndsWith,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeValueOf,
  SymbolPrototypeValueOf,
  TypedArrayPrototypeGetLength,
  TypedArrayPrototypeGetSymbolToStringTag,
} from './primordials.js';

/** How an object is printed: `base open entries close`, or `[name]` where it is too deep. */
class Shape {
  constructor(name, open, close, fill = undefined) {
    this.name = name;
    this.base = '';
    this.open = open;
    this.close = close;
    /** Adds the items to the entries; undefined where there are none. */
    this.fill = fill;
    this.isList = false;
  }
}

function shapeWithBase(name, base) {
  const shape = new Shape(name, '{', '}');
  shape.base = base;
  return shape;
}

/**
 * @param {any} inspection @param {any} value @param {string} kind what the op kindOf says
 * @param {any[]} keys of the properties that will be printed; an error changes them
 * @returns {Shape}
 */
export function describeKind(inspection, value, kind, keys) {
  const name = constructorNameOf(value);
  const tag = tagOf(value, name);
  const short = StringPrototypeSlice(prefixOf(name, tag, 'Object'), 0, -1);
  switch (kind) {
    case 'Array':
      return describeArray(value, name, tag, short);
    case 'TypedArray':
      return describeTypedArray(value, name, short);
    case 'Function':
      return shapeWithBase(short, functionBase(value, name, tag));
    case 'Error':
      return shapeWithBase(short, formatError(value, name, keys, inspection.indentation));
    case 'Object':
      return describeObject(value, name, tag, short);
    case 'RegExp':
      return shapeWithBase(short, withName(regExpText(value), name, tag, 'RegExp'));
    case 'Date':
      return shapeWithBase(short, withName(dateText(value), name, tag, 'Date'));
    case 'Boxed':
      return shapeWithBase(short, boxedText(value, name));
    case 'Arguments':
      return listShape(short, '[Arguments] [', value.length, fillArray);
    default:
      return describeCollection(value, kind, name, tag);
  }
}

function listShape(name, open, length, fill) {
  const shape = new Shape(name, open, ']', length > 0 ? fill : undefined);
  shape.isList = true;
  return shape;
}

function describeArray(value, name, tag, short) {
  const { length } = value;
  const plain = name === 'Array' && tag === '';
  const prefix = plain ? '' : prefixOf(name, tag, 'Array', `(${length})`);
  return listShape(short, `${prefix}[`, length, fillArray);
}

function describeTypedArray(value, name, short) {
  const type = TypedArrayPrototypeGetSymbolToStringTag(value);
  const length = TypedArrayPrototypeGetLength(value);
  const prefix = prefixOf(name, type === name ? '' : type, type, `(${length})`);
  return listShape(short, `${prefix}[`, length, fillTypedArray);
}

function describeObject(value, name, tag, short) {
  for (let i = 0; i < platformShapes.length; i++) {
    const { isInstance, fields } = platformShapes[i];
    if (!isInstance(value)) continue;
    const list = fields(value);
    const prefix = prefixOf(name, tag, 'Object');
    return new Shape(short, `${prefix}{`, '}', list.length > 0 ? fillFields(list) : undefined);
  }
  const plain = name === 'Object' && tag === '';
  return new Shape(short, plain ? '{' : `${prefixOf(name, tag, 'Object')}{`, '}');
}

const kFills = {
  __proto__: null,
  Map: fillMap,
  Set: fillSet,
  MapIterator: fillIterator,
  SetIterator: fillIterator,
  Promise: fillPromise,
  WeakMap: fillUnknown,
  WeakSet: fillUnknown,
  ArrayBuffer: fillBuffer,
  SharedArrayBuffer: fillBuffer,
  DataView: fillView,
};

/** Map, Set, their iterators, Promise, buffers, and the kinds that have nothing but a name. */
function describeCollection(value, kind, name, tag) {
  let size = '';
  let fill = kFills[kind];
  if (kind === 'Map' || kind === 'Set') {
    const count = kind === 'Map' ? MapPrototypeGetSize(value) : SetPrototypeGetSize(value);
    size = `(${count})`;
    if (count === 0) fill = undefined;
  }
  const fallback = kind === 'ModuleNamespace' ? 'Module' : kind;
  let open = `${prefixOf(name, tag, fallback, size)}{`;
  if (kind === 'MapIterator' || kind === 'SetIterator') {
    const what = kind === 'MapIterator' ? 'Map' : 'Set';
    open = iteratorHasPairs(value) ? `[${what} Entries] {` : `[${what} Iterator] {`;
  }
  return new Shape(StringPrototypeSlice(prefixOf(name, tag, fallback), 0, -1), open, '}', fill);
}

function withName(text, name, tag, expected) {
  return name === expected && tag === '' ? text : `${prefixOf(name, tag, expected)}${text}`;
}

const kFlags = 'dgimsuvy';

function regExpText(value) {
  let flags = '';
  for (let i = 0; i < kFlags.length; i++) {
    if (RegExpPrototypeFlagGetters[i](value)) flags += kFlags[i];
  }
  return `/${RegExpPrototypeGetSource(value)}/${flags}`;
}

function dateText(value) {
  const time = DatePrototypeGetTime(value);
  return time === time ? DatePrototypeToISOString(value) : 'Invalid Date';
}

const kUnboxers = [
  ['Number', NumberPrototypeValueOf],
  ['String', StringPrototypeValueOf],
  ['Boolean', BooleanPrototypeValueOf],
  ['BigInt', BigIntPrototypeValueOf],
  ['Symbol', SymbolPrototypeValueOf],
];

function boxedText(value, name) {
  for (let i = 0; i < kUnboxers.length; i++) {
    const type = kUnboxers[i][0];
    try {
      const primitive = /** @type {any} */ (kUnboxers[i][1])(value);
      const label = name === type ? type : `${type} (${name})`;
      return `[${label}: ${formatPrimitive(primitive, 0, 10000)}]`;
    } catch {
      // Of another type.
    }
  }
  return '[Object]';
}

const kFunctionTypes = {
  __proto__: null,
  AsyncFunction: true,
  AsyncGeneratorFunction: true,
  GeneratorFunction: true,
};

function functionBase(value, name, tag) {
  const source = FunctionPrototypeToString(value);
  const ownName = functionNameOf(value);
  if (StringPrototypeStartsWith(source, 'class') && StringPrototypeEndsWith(source, '}')) {
    return classBase(value, ownName);
  }
  const type = kFunctionTypes[name] ? name : 'Function';
  const label = ownName === '' ? ' (anonymous)' : `: ${ownName}`;
  let base = `[${type}${name === null ? ' (null prototype)' : ''}${label}]`;
  if (name !== type && name !== null) base += ` ${name}`;
  if (tag !== '' && tag !== type) base += ` [${tag}]`;
  return base;
}

function classBase(value, ownName) {
  const parent = ReflectGetPrototypeOf(value);
  let base = `[class ${ownName === '' ? '(anonymous)' : ownName}`;
  if (parent === null) {
    base += ' extends null';
  } else if (typeof parent === 'function') {
    const parentName = functionNameOf(parent);
    if (parentName !== '') base += ` extends ${parentName}`;
  }
  return `${base}]`;
}
