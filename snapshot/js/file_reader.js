// @ts-check
// FileReader, https://w3c.github.io/FileAPI/#APIASynch. The bytes of a blob are there: what a read
// takes is the tasks that tell of it, which end with their request.

import { bytesToBase64, latin1Decode, runMicrotasks, utf8Decode } from 'nano:ops';
import { bytesOf, isBlob, typeOf } from './blob.js';
import { DOMException } from './dom_exception.js';
import { encodingNamed } from './encoding.js';
import { defineEventHandler, dispatchTrusted, EventTarget } from './event_target.js';
import { LegacyDecoder } from './legacy_decoder.js';
import { mimeParameter, parseMimeType } from './mime_type.js';
import {
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypeErrorConstructor as TypeError,
  Uint8ArrayConstructor as Uint8Array,
} from './primordials.js';
import { ProgressEvent } from './progress_event.js';
import { queueTask } from './tasks.js';
import {
  defineConstants,
  defineInterface,
  illegalInvocation,
  toDOMString,
  tooFewArguments,
} from './webidl.js';

const kEmpty = 0;
const kLoading = 1;
const kDone = 2;

/** What a byte order mark says. @param {Uint8Array} bytes */
function markedEncoding(bytes) {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : undefined;
}

/** @param {string} type of a blob */
function encodingOfType(type) {
  const mime = parseMimeType(type);
  const charset = mime === undefined ? undefined : mimeParameter(mime, 'charset');
  return charset === undefined ? undefined : encodingNamed(charset);
}

/** "Package data". Each takes bytes that it must not hand out, the blob's type and an encoding. */
const packages = {
  __proto__: null,
  arrayBuffer: (bytes) => TypedArrayPrototypeGetBuffer(new Uint8Array(bytes)),
  binaryString: (bytes) => latin1Decode(bytes),
  dataUrl: (bytes, type) =>
    `data:${type === '' ? 'application/octet-stream' : type};base64,${bytesToBase64(bytes)}`,
  text: (bytes, type, label) => {
    const named = label === undefined ? undefined : encodingNamed(label);
    const encoding = markedEncoding(bytes) ?? named ?? encodingOfType(type) ?? 'utf-8';
    if (encoding === 'utf-8') return utf8Decode(bytes, false, false);
    return new LegacyDecoder(encoding, { fatal: false, ignoreBOM: false }).decode(bytes, false);
  },
};

export class FileReader extends EventTarget {
  #state = kEmpty;
  #result = null;
  #error = null;
  /** The read that goes on; another object for each, so that a task knows whether it is over. */
  #read = null;

  readAsArrayBuffer(blob) {
    this.#start('readAsArrayBuffer', arguments.length, blob, packages.arrayBuffer);
  }

  readAsBinaryString(blob) {
    this.#start('readAsBinaryString', arguments.length, blob, packages.binaryString);
  }

  readAsText(blob, encoding = undefined) {
    if (!(#state in this)) illegalInvocation();
    const label = encoding === undefined ? undefined : toDOMString(encoding);
    this.#start('readAsText', arguments.length, blob, packages.text, label);
  }

  readAsDataURL(blob) {
    this.#start('readAsDataURL', arguments.length, blob, packages.dataUrl);
  }

  abort() {
    if (!(#state in this)) illegalInvocation();
    this.#result = null;
    if (this.#state !== kLoading) return;
    const { total } = this.#read;
    this.#state = kDone;
    this.#read = null;
    this.#fire('abort', 0, total);
    if (this.#state !== kLoading) this.#fire('loadend', 0, total);
  }

  get readyState() {
    if (!(#state in this)) illegalInvocation();
    return this.#state;
  }

  get result() {
    if (!(#state in this)) illegalInvocation();
    return this.#result;
  }

  get error() {
    if (!(#state in this)) illegalInvocation();
    return this.#error;
  }

  #start(method, present, blob, make, label = undefined) {
    const context = `Failed to execute '${method}' on 'FileReader'`;
    if (present < 1) tooFewArguments(1, 0, context);
    if (!isBlob(blob)) throw new TypeError(`${context}: parameter 1 is not of type 'Blob'.`);
    if (this.#state === kLoading) {
      throw new DOMException(`${context}: a read is under way`, 'InvalidStateError');
    }
    const bytes = bytesOf(blob);
    const total = TypedArrayPrototypeGetByteLength(bytes);
    const read = { bytes, total, type: typeOf(blob), label, make };
    this.#state = kLoading;
    this.#result = null;
    this.#error = null;
    this.#read = read;
    this.#queue(read, () => {
      this.#fire('loadstart', 0, total);
      this.#queue(read, () => {
        if (total > 0) this.#fire('progress', total, total);
        this.#queue(read, () => this.#finish(read));
      });
    });
  }

  #queue(read, steps) {
    queueTask(() => {
      if (this.#read === read) steps();
    });
  }

  #finish({ bytes, total, type, label, make }) {
    let last = 'load';
    this.#state = kDone;
    this.#read = null;
    try {
      this.#result = make(bytes, type, label);
    } catch {
      this.#error = new DOMException('There is no memory for the result', 'NotReadableError');
      last = 'error';
    }
    this.#fire(last, total, total);
    // As after every callback of a browser.
    runMicrotasks();
    if (this.#state !== kLoading) this.#fire('loadend', total, total);
  }

  #fire(type, loaded, total) {
    const init = { __proto__: null, lengthComputable: true, loaded, total };
    dispatchTrusted(this, new ProgressEvent(type, init));
  }
}
defineConstants(FileReader, { EMPTY: kEmpty, LOADING: kLoading, DONE: kDone });
const kEvents = ['loadstart', 'progress', 'load', 'abort', 'error', 'loadend'];
for (let i = 0; i < kEvents.length; i++) defineEventHandler(FileReader, kEvents[i]);
defineInterface(FileReader);
