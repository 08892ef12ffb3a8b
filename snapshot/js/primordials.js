// @ts-check
// The language as it was before tenant code ran. Built-ins share the tenant's realm, and a tenant
// may replace Array.prototype.push or Map.prototype.get; what is captured here stays as it was.
// Names are Node's: ArrayPrototypePush(list, x) is list.push(x). A new name is one line.
//
// This is for correctness. The wall between tenants is the isolate and the process.
// Never hand a captured function or a Safe* object to tenant code.

const { apply, bind, call } = Function.prototype;
const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const { hasOwn, setPrototypeOf } = Object;

/** uncurryThis(method)(self, ...args) is self.method(...args). */
export const uncurryThis = bind.bind(call);
/** applyBind(method)(self, args) is self.method(...args). */
export const applyBind = bind.bind(apply);

/**
 * The getter of an accessor property, with the receiver as its argument. For modules' top level:
 * it finds what is there now.
 * @param {object} prototype
 * @param {PropertyKey} name
 */
export function getterOf(prototype, name) {
  return uncurryThis(/** @type {any} */ (getOwnPropertyDescriptor(prototype, name)).get);
}

function stackGetter() {
  const descriptor = /** @type {any} */ (getOwnPropertyDescriptor(new Error(), 'stack'));
  return descriptor.get;
}

const copyProperties = (from, to) => {
  const keys = ownKeys(from);
  for (let i = 0; i < keys.length; i++) {
    if (getOwnPropertyDescriptor(to, keys[i]) === undefined) {
      const descriptor = /** @type {any} */ (getOwnPropertyDescriptor(from, keys[i]));
      defineProperty(to, keys[i], { __proto__: null, ...descriptor });
    }
  }
};

/**
 * Copies what `safe` inherits from `unsafe` onto `safe` itself, so that later patches of `unsafe`
 * are not seen. Iterating a Safe object still uses the patchable iterator: use forEach.
 * @template {Function} T
 * @param {Function} unsafe
 * @param {T} safe
 * @returns {T}
 */
export function makeSafe(unsafe, safe) {
  copyProperties(unsafe.prototype, safe.prototype);
  copyProperties(unsafe, safe);
  setPrototypeOf(safe.prototype, null);
  Object.freeze(safe.prototype);
  Object.freeze(safe);
  return safe;
}

export const SafeMap = makeSafe(Map, class SafeMap extends Map {});
export const SafeSet = makeSafe(Set, class SafeSet extends Set {});
/** `new SafeSet(items)` would use the patchable iterator. @param {any[][]} lists */
export function safeSetOf(...lists) {
  const set = new SafeSet();
  for (let i = 0; i < lists.length; i++) {
    for (let j = 0; j < lists[i].length; j++) set.add(lists[i][j]);
  }
  return set;
}
export const SafeWeakMap = makeSafe(
  WeakMap,
  class SafeWeakMap extends /** @type {any} */ (WeakMap) {},
);
export const SafeWeakSet = makeSafe(WeakSet, class SafeWeakSet extends WeakSet {});
export const SafeWeakRef = /** @type {any} */ (
  makeSafe(WeakRef, class SafeWeakRef extends /** @type {any} */ (WeakRef) {})
);
export const SafeFinalizationRegistry = makeSafe(
  FinalizationRegistry,
  class SafeFinalizationRegistry extends FinalizationRegistry {},
);

// Reflect and Function
export const ReflectApply = Reflect.apply;
export const ReflectConstruct = Reflect.construct;
export const ReflectDefineProperty = Reflect.defineProperty;
export const ReflectDeleteProperty = Reflect.deleteProperty;
export const ReflectGet = Reflect.get;
export const ReflectGetOwnPropertyDescriptor = Reflect.getOwnPropertyDescriptor;
export const ReflectGetPrototypeOf = Reflect.getPrototypeOf;
export const ReflectHas = Reflect.has;
export const ReflectOwnKeys = Reflect.ownKeys;
export const ReflectSet = Reflect.set;
export const ReflectSetPrototypeOf = Reflect.setPrototypeOf;
/**
 * What a property is, with all fields own: a tenant may have put a `get` on Object.prototype, which
 * the descriptors that Reflect makes inherit.
 * @param {object} object @param {PropertyKey} key
 */
export function SafeGetOwnPropertyDescriptor(object, key) {
  const descriptor = getOwnPropertyDescriptor(object, key);
  if (descriptor === undefined) return undefined;
  const { enumerable } = descriptor;
  return hasOwn(descriptor, 'value')
    ? { value: descriptor.value, get: undefined, set: undefined, enumerable }
    : { value: undefined, get: descriptor.get, set: descriptor.set, enumerable };
}
export const FunctionPrototype = Function.prototype;
export const FunctionPrototypeBind = uncurryThis(bind);
export const FunctionPrototypeCall = uncurryThis(call);
export const FunctionPrototypeToString = uncurryThis(Function.prototype.toString);
export const FunctionPrototypeSymbolHasInstance = uncurryThis(
  Function.prototype[Symbol.hasInstance],
);

// Object
export const ObjectAssign = Object.assign;
export const ObjectCreate = Object.create;
export const ObjectDefineProperties = Object.defineProperties;
// Untyped: TypeScript's descriptors have no `__proto__: null`.
export const ObjectDefineProperty = /** @type {any} */ (Object.defineProperty);
export const ObjectEntries = Object.entries;
export const ObjectFreeze = Object.freeze;
export const ObjectGetOwnPropertyDescriptor = Object.getOwnPropertyDescriptor;
export const ObjectGetOwnPropertyNames = Object.getOwnPropertyNames;
export const ObjectGetOwnPropertySymbols = Object.getOwnPropertySymbols;
export const ObjectGetPrototypeOf = Object.getPrototypeOf;
export const ObjectHasOwn = Object.hasOwn;
export const ObjectIs = Object.is;
export const ObjectIsFrozen = Object.isFrozen;
export const ObjectKeys = Object.keys;
export const ObjectSeal = Object.seal;
export const ObjectSetPrototypeOf = Object.setPrototypeOf;
export const ObjectValues = Object.values;
export const ObjectPrototype = Object.prototype;
export const ObjectPrototypeHasOwnProperty = uncurryThis(Object.prototype.hasOwnProperty);
export const ObjectPrototypePropertyIsEnumerable = uncurryThis(
  Object.prototype.propertyIsEnumerable,
);
export const ObjectPrototypeToString = uncurryThis(Object.prototype.toString);

// Array
export const ArrayFrom = Array.from;
export const ArrayIsArray = Array.isArray;
export const ArrayOf = Array.of;
export const ArrayPrototype = Array.prototype;
export const ArrayPrototypeAt = uncurryThis(Array.prototype.at);
export const ArrayPrototypeConcat = uncurryThis(Array.prototype.concat);
export const ArrayPrototypeFill = uncurryThis(Array.prototype.fill);
export const ArrayPrototypeFilter = uncurryThis(Array.prototype.filter);
export const ArrayPrototypeForEach = uncurryThis(Array.prototype.forEach);
export const ArrayPrototypeIncludes = uncurryThis(Array.prototype.includes);
export const ArrayPrototypeIndexOf = uncurryThis(Array.prototype.indexOf);
export const ArrayPrototypeJoin = uncurryThis(Array.prototype.join);
export const ArrayPrototypeMap = uncurryThis(Array.prototype.map);
export const ArrayPrototypePop = uncurryThis(Array.prototype.pop);
export const ArrayPrototypeReverse = uncurryThis(Array.prototype.reverse);
export const ArrayPrototypeShift = uncurryThis(Array.prototype.shift);
export const ArrayPrototypeSlice = uncurryThis(Array.prototype.slice);
export const ArrayPrototypeSort = uncurryThis(Array.prototype.sort);
export const ArrayPrototypeSplice = uncurryThis(Array.prototype.splice);
export const ArrayPrototypeUnshift = uncurryThis(Array.prototype.unshift);
export const ArrayPrototypeSymbolIterator = uncurryThis(Array.prototype[Symbol.iterator]);

function append(list, item) {
  const index = list.length;
  // A proxy may stand behind Array.prototype, never behind Object.prototype.
  if (ReflectGetPrototypeOf(ArrayPrototype) === ObjectPrototype && !(index in ArrayPrototype)) {
    list[index] = item;
    return;
  }
  const property = { __proto__: null, configurable: true, enumerable: true, writable: true };
  defineProperty(list, index, { __proto__: null, ...property, value: item });
}

/**
 * Appends one or two items to a list of ours. Unlike push, which is [[Set]], it hands them to no
 * setter that a tenant has put on Object.prototype or Array.prototype for an index. Looking for
 * one costs 2 ns; defining each item would cost a microsecond.
 */
export function ArrayPrototypePush(list, first, second) {
  append(list, first);
  if (arguments.length > 2) append(list, second);
}

// Iterators
export const ArrayIteratorPrototype = getPrototypeOf([][Symbol.iterator]());
export const IteratorPrototype = /** @type {object} */ (
  getPrototypeOf(/** @type {object} */ (ArrayIteratorPrototype))
);
export const AsyncIteratorPrototype = /** @type {object} */ (
  getPrototypeOf(/** @type {any} */ (getPrototypeOf(async function* () {})).prototype)
);
export const MapIteratorPrototypeNext = uncurryThis(
  /** @type {any} */ (getPrototypeOf(new Map()[Symbol.iterator]())).next,
);
export const SetIteratorPrototypeNext = uncurryThis(
  /** @type {any} */ (getPrototypeOf(new Set()[Symbol.iterator]())).next,
);

// String
export const StringConstructor = String;
export const StringFromCharCode = String.fromCharCode;
export const StringFromCodePoint = String.fromCodePoint;
export const StringFromCharCodeApply = applyBind(String.fromCharCode);
export const StringPrototypeCharAt = uncurryThis(String.prototype.charAt);
export const StringPrototypeCharCodeAt = uncurryThis(String.prototype.charCodeAt);
export const StringPrototypeCodePointAt = uncurryThis(String.prototype.codePointAt);
export const StringPrototypeEndsWith = uncurryThis(String.prototype.endsWith);
export const StringPrototypeIncludes = uncurryThis(String.prototype.includes);
export const StringPrototypeIndexOf = uncurryThis(String.prototype.indexOf);
export const StringPrototypeIsWellFormed = uncurryThis(String.prototype.isWellFormed);
export const StringPrototypeLastIndexOf = uncurryThis(String.prototype.lastIndexOf);
export const StringPrototypePadEnd = uncurryThis(String.prototype.padEnd);
export const StringPrototypePadStart = uncurryThis(String.prototype.padStart);
export const StringPrototypeRepeat = uncurryThis(String.prototype.repeat);
export const StringPrototypeReplace = uncurryThis(String.prototype.replace);
export const StringPrototypeReplaceAll = uncurryThis(String.prototype.replaceAll);
export const StringPrototypeSlice = uncurryThis(String.prototype.slice);
export const StringPrototypeSplit = uncurryThis(String.prototype.split);
export const StringPrototypeStartsWith = uncurryThis(String.prototype.startsWith);
export const StringPrototypeSubstring = uncurryThis(String.prototype.substring);
export const StringPrototypeToLowerCase = uncurryThis(String.prototype.toLowerCase);
export const StringPrototypeToUpperCase = uncurryThis(String.prototype.toUpperCase);
export const StringPrototypeToWellFormed = uncurryThis(String.prototype.toWellFormed);
export const StringPrototypeTrim = uncurryThis(String.prototype.trim);
export const StringPrototypeValueOf = uncurryThis(String.prototype.valueOf);

// RegExp: exec is safe; test, match, replace and split look methods up on the patchable prototype.
export const RegExpPrototypeExec = uncurryThis(RegExp.prototype.exec);
/** In the order of `RegExp.prototype.flags`, which looks them up where a tenant may change them. */
export const RegExpPrototypeFlagGetters = [
  'hasIndices',
  'global',
  'ignoreCase',
  'multiline',
  'dotAll',
  'unicode',
  'unicodeSets',
  'sticky',
].map((name) => getterOf(RegExp.prototype, name));
export const RegExpPrototypeGetSource = getterOf(RegExp.prototype, 'source');
export const RegExpPrototypeToString = uncurryThis(RegExp.prototype.toString);

// Errors' `stack` is an own accessor of V8's; its getter is one function for all errors.
export const ErrorGetStack = stackGetter();

// Number, BigInt, Boolean, Symbol, Math, JSON, Date
export const NumberIsFinite = Number.isFinite;
export const NumberIsInteger = Number.isInteger;
export const NumberIsNaN = Number.isNaN;
export const NumberIsSafeInteger = Number.isSafeInteger;
export const NumberMAX_SAFE_INTEGER = Number.MAX_SAFE_INTEGER;
export const NumberMIN_SAFE_INTEGER = Number.MIN_SAFE_INTEGER;
export const NumberParseFloat = Number.parseFloat;
export const NumberParseInt = Number.parseInt;
export const NumberConstructor = Number;
export const NumberPrototypeToFixed = uncurryThis(Number.prototype.toFixed);
export const NumberPrototypeToString = uncurryThis(Number.prototype.toString);
export const NumberPrototypeValueOf = uncurryThis(Number.prototype.valueOf);
export const BigIntConstructor = BigInt;
export const BigIntPrototypeToString = uncurryThis(BigInt.prototype.toString);
export const BigIntPrototypeValueOf = uncurryThis(BigInt.prototype.valueOf);
export const BooleanConstructor = Boolean;
export const BooleanPrototypeValueOf = uncurryThis(Boolean.prototype.valueOf);
export const SymbolConstructor = Symbol;
export const SymbolAsyncIterator = Symbol.asyncIterator;
export const SymbolFor = Symbol.for;
export const SymbolHasInstance = Symbol.hasInstance;
export const SymbolIterator = Symbol.iterator;
export const SymbolSpecies = Symbol.species;
export const SymbolToPrimitive = Symbol.toPrimitive;
export const SymbolToStringTag = Symbol.toStringTag;
export const SymbolDispose = Symbol.dispose;
export const SymbolAsyncDispose = Symbol.asyncDispose;
export const SymbolPrototypeGetDescription = getterOf(Symbol.prototype, 'description');
export const SymbolPrototypeToString = uncurryThis(Symbol.prototype.toString);
export const SymbolPrototypeValueOf = uncurryThis(Symbol.prototype.valueOf);
export const MathAbs = Math.abs;
export const MathCeil = Math.ceil;
export const MathFloor = Math.floor;
export const MathMax = Math.max;
export const MathMin = Math.min;
export const MathPow = Math.pow;
export const MathRound = Math.round;
export const MathSqrt = Math.sqrt;
export const MathTrunc = Math.trunc;
export const JSONParse = JSON.parse;
export const JSONStringify = JSON.stringify;
export const DateConstructor = Date;
export const DateNow = Date.now;
export const DatePrototypeGetTime = uncurryThis(Date.prototype.getTime);
export const DatePrototypeToISOString = uncurryThis(Date.prototype.toISOString);
export const DatePrototypeToString = uncurryThis(Date.prototype.toString);
export const DatePrototypeToUTCString = uncurryThis(Date.prototype.toUTCString);
export const DecodeURIComponent = globalThis.decodeURIComponent;
export const EncodeURIComponent = globalThis.encodeURIComponent;
export const GlobalIsNaN = globalThis.isNaN;
export const GlobalParseInt = globalThis.parseInt;

// Errors
export const ErrorConstructor = Error;
export const ErrorCaptureStackTrace = /** @type {any} */ (Error).captureStackTrace;
export const ErrorPrototype = Error.prototype;
export const ErrorPrototypeToString = uncurryThis(Error.prototype.toString);
export const AggregateErrorConstructor = AggregateError;
export const EvalErrorConstructor = EvalError;
export const RangeErrorConstructor = RangeError;
export const ReferenceErrorConstructor = ReferenceError;
export const SyntaxErrorConstructor = SyntaxError;
export const TypeErrorConstructor = TypeError;
export const URIErrorConstructor = URIError;

// Map, Set, WeakMap of the user's; our own are Safe*.
export const MapConstructor = Map;
export const MapPrototypeEntries = uncurryThis(Map.prototype.entries);
export const MapPrototypeForEach = uncurryThis(Map.prototype.forEach);
export const MapPrototypeGet = uncurryThis(Map.prototype.get);
export const MapPrototypeGetSize = getterOf(Map.prototype, 'size');
export const MapPrototypeHas = uncurryThis(Map.prototype.has);
export const MapPrototypeSet = uncurryThis(Map.prototype.set);
export const SetPrototypeAdd = uncurryThis(Set.prototype.add);
export const SetPrototypeForEach = uncurryThis(Set.prototype.forEach);
export const SetPrototypeGetSize = getterOf(Set.prototype, 'size');
export const SetPrototypeHas = uncurryThis(Set.prototype.has);
export const SetPrototypeValues = uncurryThis(Set.prototype.values);
export const WeakMapPrototypeHas = uncurryThis(WeakMap.prototype.has);
export const WeakSetPrototypeHas = uncurryThis(WeakSet.prototype.has);
export const WeakRefPrototypeDeref = uncurryThis(WeakRef.prototype.deref);

// Promise. The statics are bound: PromiseResolve(x), PromiseReject(e).
export const PromiseConstructor = Promise;
export const PromisePrototype = Promise.prototype;
export const PromisePrototypeCatch = uncurryThis(Promise.prototype.catch);
export const PromisePrototypeFinally = uncurryThis(Promise.prototype.finally);
export const PromisePrototypeThen = uncurryThis(Promise.prototype.then);
export const PromiseAll = Promise.all.bind(Promise);
export const PromiseReject = Promise.reject.bind(Promise);
export const PromiseResolve = Promise.resolve.bind(Promise);
export const PromiseWithResolvers = Promise.withResolvers.bind(Promise);

// Buffers
const TypedArray = /** @type {any} */ (getPrototypeOf(Uint8Array));
export const TypedArrayConstructor = TypedArray;
export const TypedArrayPrototype = TypedArray.prototype;
export const TypedArrayPrototypeFill = uncurryThis(TypedArray.prototype.fill);
export const TypedArrayPrototypeGetBuffer = getterOf(TypedArray.prototype, 'buffer');
export const TypedArrayPrototypeGetByteLength = getterOf(TypedArray.prototype, 'byteLength');
export const TypedArrayPrototypeGetByteOffset = getterOf(TypedArray.prototype, 'byteOffset');
export const TypedArrayPrototypeGetLength = getterOf(TypedArray.prototype, 'length');
export const TypedArrayPrototypeGetSymbolToStringTag = getterOf(
  TypedArray.prototype,
  Symbol.toStringTag,
);
export const TypedArrayPrototypeSet = uncurryThis(TypedArray.prototype.set);
export const TypedArrayPrototypeSlice = uncurryThis(TypedArray.prototype.slice);
export const TypedArrayPrototypeIndexOf = uncurryThis(TypedArray.prototype.indexOf);
export const TypedArrayPrototypeSubarray = uncurryThis(TypedArray.prototype.subarray);
export const DataViewPrototypeGetBuffer = getterOf(DataView.prototype, 'buffer');
export const DataViewPrototypeGetByteLength = getterOf(DataView.prototype, 'byteLength');
export const DataViewPrototypeGetByteOffset = getterOf(DataView.prototype, 'byteOffset');
export const ArrayBufferIsView = ArrayBuffer.isView;
export const ArrayBufferPrototypeGetByteLength = getterOf(ArrayBuffer.prototype, 'byteLength');
export const ArrayBufferPrototypeGetDetached = getterOf(ArrayBuffer.prototype, 'detached');
export const ArrayBufferPrototypeGetResizable = getterOf(ArrayBuffer.prototype, 'resizable');
export const ArrayBufferPrototypeSlice = uncurryThis(ArrayBuffer.prototype.slice);
export const ArrayBufferPrototypeTransfer = uncurryThis(
  /** @type {any} */ (ArrayBuffer.prototype).transfer,
);

// Constructors of the language that built-ins call with `new`; a tenant may replace the globals.
export const ArrayBufferConstructor = ArrayBuffer;
export const ArrayConstructor = Array;
export const BigInt64ArrayConstructor = BigInt64Array;
export const BigUint64ArrayConstructor = BigUint64Array;
export const DataViewConstructor = DataView;
export const Float16ArrayConstructor = /** @type {any} */ (globalThis).Float16Array;
export const Float32ArrayConstructor = Float32Array;
export const Float64ArrayConstructor = Float64Array;
export const FunctionConstructor = Function;
export const Int16ArrayConstructor = Int16Array;
export const Int32ArrayConstructor = Int32Array;
export const Int8ArrayConstructor = Int8Array;
export const ObjectConstructor = Object;
export const ProxyConstructor = Proxy;
export const RegExpConstructor = RegExp;
export const Uint16ArrayConstructor = Uint16Array;
export const Uint32ArrayConstructor = Uint32Array;
export const Uint8ArrayConstructor = Uint8Array;
export const Uint8ClampedArrayConstructor = Uint8ClampedArray;
