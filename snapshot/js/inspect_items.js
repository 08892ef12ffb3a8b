// @ts-check
// The items inside lists, maps, buffers and promises, as entries of what is printed.
// Each fill function gets (inspection, value, entries, depth of the items).

import { previewEntries, promiseDetails } from 'nano:ops';
import { kMaxEntries, moreItems } from './inspect_layout.js';
import { formatKey } from './inspect_text.js';
import {
  ArrayBufferPrototypeGetDetached,
  ArrayPrototypePush,
  DataViewPrototypeGetBuffer,
  DataViewPrototypeGetByteLength,
  DataViewPrototypeGetByteOffset,
  MapIteratorPrototypeNext,
  MapPrototypeEntries,
  MapPrototypeGetSize,
  MathMin,
  NumberPrototypeToString,
  SafeGetOwnPropertyDescriptor,
  SetIteratorPrototypeNext,
  SetPrototypeGetSize,
  SetPrototypeValues,
  StringPrototypePadStart,
  TypedArrayPrototypeGetLength,
  Uint8ArrayConstructor as Uint8Array,
} from './primordials.js';
import { isArrayBuffer } from './webidl.js';

/** Bytes of an ArrayBuffer that are shown. */
const kMaxBytes = 100;
/** Holes that are stepped over one by one; a longer run ends the list. */
const kMaxHoles = 1000;

export function fillArray(inspection, value, entries, depth) {
  const { length } = value;
  let i = 0;
  while (i < length && entries.length < kMaxEntries) {
    const descriptor = SafeGetOwnPropertyDescriptor(value, i);
    if (descriptor !== undefined) {
      ArrayPrototypePush(entries, inspection.formatProperty(descriptor, depth));
      i++;
      continue;
    }
    const holes = countHoles(value, i, length);
    ArrayPrototypePush(entries, `<${holes} empty item${holes > 1 ? 's' : ''}>`);
    i += holes;
  }
  if (i < length) ArrayPrototypePush(entries, moreItems(length - i));
}

/** The holes from `start` on; all the rest when there are too many to look at. */
function countHoles(value, start, length) {
  let i = start + 1;
  while (i < length && SafeGetOwnPropertyDescriptor(value, i) === undefined) {
    if (i - start > kMaxHoles) return length - start;
    i++;
  }
  return i - start;
}

export function fillTypedArray(inspection, value, entries, depth) {
  const length = TypedArrayPrototypeGetLength(value);
  const shown = MathMin(length, kMaxEntries);
  for (let i = 0; i < shown; i++) {
    ArrayPrototypePush(entries, inspection.format(value[i], depth));
  }
  if (shown < length) ArrayPrototypePush(entries, moreItems(length - shown));
}

export function fillMap(inspection, value, entries, depth) {
  const iterator = MapPrototypeEntries(value);
  for (let i = 0; i < kMaxEntries; i++) {
    const step = MapIteratorPrototypeNext(iterator);
    if (step.done) return;
    const key = inspection.formatIndented(step.value[0], depth);
    const item = inspection.formatIndented(step.value[1], depth);
    ArrayPrototypePush(entries, `${key} => ${item}`);
  }
  const rest = MapPrototypeGetSize(value) - kMaxEntries;
  if (rest > 0) ArrayPrototypePush(entries, moreItems(rest));
}

export function fillSet(inspection, value, entries, depth) {
  const iterator = SetPrototypeValues(value);
  for (let i = 0; i < kMaxEntries; i++) {
    const step = SetIteratorPrototypeNext(iterator);
    if (step.done) return;
    ArrayPrototypePush(entries, inspection.formatIndented(step.value, depth));
  }
  const rest = SetPrototypeGetSize(value) - kMaxEntries;
  if (rest > 0) ArrayPrototypePush(entries, moreItems(rest));
}

/** Whether a Map's or Set's iterator gives pairs. */
export function iteratorHasPairs(value) {
  const preview = previewEntries(value);
  return preview !== undefined && preview[1];
}

export function fillIterator(inspection, value, entries, depth) {
  const preview = previewEntries(value);
  if (preview === undefined) return;
  const items = preview[0];
  const step = preview[1] ? 2 : 1;
  for (let i = 0; i < items.length; i += step) {
    if (i / step === kMaxEntries) {
      ArrayPrototypePush(entries, moreItems((items.length - i) / step));
      return;
    }
    const item = inspection.formatIndented(items[i], depth);
    if (step === 1) ArrayPrototypePush(entries, item);
    else {
      const second = inspection.formatIndented(items[i + 1], depth);
      ArrayPrototypePush(entries, `[ ${item}, ${second} ]`);
    }
  }
}

export function fillPromise(inspection, value, entries, depth) {
  const details = promiseDetails(value);
  if (details[0] === 0) {
    ArrayPrototypePush(entries, '<pending>');
    return;
  }
  const result = inspection.formatIndented(details[1], depth);
  ArrayPrototypePush(entries, details[0] === 1 ? result : `<rejected> ${result}`);
}

export function fillUnknown(inspection, value, entries) {
  ArrayPrototypePush(entries, '<items unknown>');
}

export function fillBuffer(inspection, value, entries) {
  if (isArrayBuffer(value) && ArrayBufferPrototypeGetDetached(value)) {
    ArrayPrototypePush(entries, '(detached)', '[byteLength]: 0');
    return;
  }
  const bytes = new Uint8Array(value);
  ArrayPrototypePush(entries, `[Uint8Contents]: <${hexText(bytes)}>`);
  ArrayPrototypePush(entries, `[byteLength]: ${TypedArrayPrototypeGetLength(bytes)}`);
}

function hexText(bytes) {
  const length = TypedArrayPrototypeGetLength(bytes);
  const shown = MathMin(length, kMaxBytes);
  let text = '';
  for (let i = 0; i < shown; i++) {
    const byte = StringPrototypePadStart(NumberPrototypeToString(bytes[i], 16), 2, '0');
    text += i === 0 ? byte : ` ${byte}`;
  }
  const rest = length - shown;
  return rest > 0 ? `${text} ... ${rest} more byte${rest > 1 ? 's' : ''}` : text;
}

export function fillView(inspection, value, entries, depth) {
  ArrayPrototypePush(entries, `[byteLength]: ${DataViewPrototypeGetByteLength(value)}`);
  ArrayPrototypePush(entries, `[byteOffset]: ${DataViewPrototypeGetByteOffset(value)}`);
  const buffer = inspection.formatIndented(DataViewPrototypeGetBuffer(value), depth);
  ArrayPrototypePush(entries, `[buffer]: ${buffer}`);
}

/** The fields of an object of an interface: [name, value, ...]. @param {any[]} fields */
export function fillFields(fields) {
  return (inspection, value, entries, depth) => {
    for (let i = 0; i < fields.length && i < 2 * kMaxEntries; i += 2) {
      const item = inspection.formatIndented(fields[i + 1], depth);
      ArrayPrototypePush(entries, `${formatKey(fields[i])}: ${item}`);
    }
  };
}
