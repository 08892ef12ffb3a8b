// @ts-check
// FormData, https://xhr.spec.whatwg.org/#interface-formdata

import { fileOfBlob, isBlob, isFile } from './blob.js';
import { inspectAs } from './inspect_interfaces.js';
import { defineIterable } from './iterable.js';
import { ArrayPrototypePush, TypeErrorConstructor as TypeError } from './primordials.js';
import {
  defineInterface,
  illegalInvocation,
  isObject,
  tooFewArguments,
  toUSVString,
} from './webidl.js';

/** @typedef {string | import('./blob.js').File} EntryValue */

/** @type {(value: any) => boolean} */
let isFormData;
/** [name, value, name, value, ...] @type {(form: FormData) => any[]} */
let entriesOf;

/** What an entry keeps of a value: a string, or a file. */
function toEntryValue(args, context) {
  const value = args[1];
  if (!isBlob(value)) {
    if (args.length > 2) throw new TypeError(`${context}: parameter 2 is not of type 'Blob'.`);
    return toUSVString(value);
  }
  if (args.length > 2 && args[2] !== undefined) return fileOfBlob(value, toUSVString(args[2]));
  return isFile(value) ? value : fileOfBlob(value, 'blob');
}

export class FormData {
  /** @type {any[]} */
  #entries = [];

  constructor(form = undefined) {
    if (form !== undefined) {
      const context = "Failed to construct 'FormData'";
      throw new TypeError(`${context}: parameter 1 is not of type 'HTMLFormElement'.`);
    }
  }

  append(name, value) {
    if (!(#entries in this)) illegalInvocation();
    const context = "Failed to execute 'append' on 'FormData'";
    if (arguments.length < 2) tooFewArguments(2, arguments.length, context);
    const key = toUSVString(name);
    ArrayPrototypePush(this.#entries, key, toEntryValue(arguments, context));
  }

  delete(name) {
    if (!(#entries in this)) illegalInvocation();
    const context = "Failed to execute 'delete' on 'FormData'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    this.#remove(toUSVString(name));
  }

  get(name) {
    if (!(#entries in this)) illegalInvocation();
    if (arguments.length < 1) tooFewArguments(1, 0, "Failed to execute 'get' on 'FormData'");
    const place = this.#find(toUSVString(name));
    return place < 0 ? null : this.#entries[place + 1];
  }

  getAll(name) {
    if (!(#entries in this)) illegalInvocation();
    if (arguments.length < 1) tooFewArguments(1, 0, "Failed to execute 'getAll' on 'FormData'");
    const key = toUSVString(name);
    const values = [];
    for (let i = 0; i < this.#entries.length; i += 2) {
      if (this.#entries[i] === key) ArrayPrototypePush(values, this.#entries[i + 1]);
    }
    return values;
  }

  has(name) {
    if (!(#entries in this)) illegalInvocation();
    if (arguments.length < 1) tooFewArguments(1, 0, "Failed to execute 'has' on 'FormData'");
    return this.#find(toUSVString(name)) >= 0;
  }

  set(name, value) {
    if (!(#entries in this)) illegalInvocation();
    const context = "Failed to execute 'set' on 'FormData'";
    if (arguments.length < 2) tooFewArguments(2, arguments.length, context);
    const key = toUSVString(name);
    const entry = toEntryValue(arguments, context);
    const place = this.#find(key);
    if (place < 0) {
      ArrayPrototypePush(this.#entries, key, entry);
      return;
    }
    // The first keeps its place, the others go.
    this.#entries[place + 1] = entry;
    this.#remove(key, place + 2);
  }

  #find(key) {
    for (let i = 0; i < this.#entries.length; i += 2) if (this.#entries[i] === key) return i;
    return -1;
  }

  #remove(key, from = 0) {
    const kept = [];
    for (let i = 0; i < this.#entries.length; i += 2) {
      if (i >= from && this.#entries[i] === key) continue;
      ArrayPrototypePush(kept, this.#entries[i], this.#entries[i + 1]);
    }
    this.#entries = kept;
  }

  static {
    isFormData = (value) => isObject(value) && #entries in value;
    entriesOf = (form) => form.#entries;
  }
}

defineIterable(FormData, isFormData, (form, index) => {
  const entries = entriesOf(form);
  return 2 * index < entries.length ? [entries[2 * index], entries[2 * index + 1]] : undefined;
});
defineInterface(FormData, isFormData);
inspectAs(isFormData, (form) => entriesOf(form));

export { entriesOf, isFormData };
