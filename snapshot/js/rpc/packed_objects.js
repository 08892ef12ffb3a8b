// @ts-check
// Objects of interfaces in a message: each is packed as a plain list, [interface, parts...], and
// made anew where it arrives, as if a stranger had sent it.

import { constructorName } from 'nano:ops';
import { bytesOf, fileFactsOf, isBlob, isFile, makeBlob, makeFile, typeOf } from '../blob.js';
import { normalizeName, normalizeValue, withoutHeaders } from '../header_list.js';
import { headerListOf, headersOfList, isHeaders } from '../headers.js';
import {
  ArrayBufferPrototypeGetByteLength,
  ArrayIsArray,
  ArrayPrototypePush,
  ErrorConstructor,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetSymbolToStringTag,
} from '../primordials.js';
import { copyOfView } from '../streams/views.js';
import { isRequest, partsOf as partsOfRequest, Request } from '../request.js';
import { giveAway, isResponse, partsOf as partsOfResponse, Response } from '../response.js';
import { isReadableStream, readableCoreOf } from '../streams/readable_stream.js';
import { dataCloneError } from '../structured_clone.js';
import { callableOf, isExportable } from './exported.js';
import { isError, kPrimitives, newErrors, packError, unpackError } from './thrown.js';

export const kHint =
  ' A call carries copies of data, and stubs of functions and of objects of classes that extend ' +
  'RpcTarget.';

/** Stands for the bytes behind the message. */
const kStream = true;
const kContext = 'A call';

const isBytes = (value) => TypedArrayPrototypeGetSymbolToStringTag(value) === 'Uint8Array';

/** What an object is that goes by reference; undefined: it does not. */
const referred = (object) => callableOf(object) ?? (isExportable(object) ? object : undefined);

/** With a buffer that has nothing else: V8 sends buffers as a whole. */
function exact(bytes) {
  const buffer = TypedArrayPrototypeGetBuffer(bytes);
  const isWhole =
    ArrayBufferPrototypeGetByteLength(buffer) === TypedArrayPrototypeGetByteLength(bytes);
  return isWhole ? bytes : copyOfView(bytes);
}

/** Of the headers "name\0value\0...": a list. */
function unflatten(text) {
  const list = [];
  for (let from = 0; from < text.length;) {
    const end = StringPrototypeIndexOf(text, '\0', from);
    ArrayPrototypePush(list, StringPrototypeSlice(text, from, end));
    from = end + 1;
  }
  return list;
}

export class PackedObjects {
  /** @type {any} */
  stream = undefined;
  /** The whole message, once it is written. @type {any} */
  bytes = undefined;
  isComplete = false;
  /** By number. @type {any[]} */
  #objects = [];
  #references;
  /** Numbers of what was sent by reference. @type {number[] | undefined} */
  #exported;
  #errors = newErrors();

  /** @param {import('./message.js').References | undefined} references */
  constructor(references) {
    this.#references = references;
  }

  /** All of it, in which nothing else can be: only now what is sent is taken. */
  complete() {
    this.isComplete = true;
    const packed = [];
    for (let i = 0; i < this.#objects.length; i++) {
      ArrayPrototypePush(packed, this.#pack(this.#objects[i]));
    }
    return packed;
  }

  /** It is not sent after all. */
  takeBack() {
    const exported = this.#exported ?? [];
    for (let i = 0; i < exported.length; i++) this.#references?.takeBack(exported[i]);
  }

  /** @param {any} object @returns {number} its number; throws where it cannot be sent */
  add(object) {
    if (this.isComplete || !this.#canPack(object)) {
      throw dataCloneError(
        `Could not serialize object of type "${constructorName(object)}". This type does not ` +
          `support serialization.${kHint}`,
      );
    }
    ArrayPrototypePush(this.#objects, object);
    return this.#objects.length - 1;
  }

  #canPack(object) {
    if (isError(object) || isBlob(object) || isHeaders(object)) return true;
    if (isReadableStream(object) || isRequest(object) || isResponse(object)) return true;
    return this.#references !== undefined && referred(object) !== undefined;
  }

  /** @returns {any[] | undefined} */
  #packReference(object) {
    const value = referred(object);
    if (value === undefined) return undefined;
    const number = /** @type {any} */ (this.#references).exportValue(value);
    ArrayPrototypePush((this.#exported ??= []), number);
    return ['Stub', number];
  }

  #pack(object) {
    if (isError(object)) return ['Error', packError(object, kPrimitives, this.#errors)];
    if (isBlob(object)) {
      const bytes = exact(bytesOf(object));
      if (!isFile(object)) return ['Blob', bytes, typeOf(object)];
      const { name, lastModified } = fileFactsOf(object);
      return ['File', bytes, typeOf(object), name, lastModified];
    }
    if (isHeaders(object)) return ['Headers', headerListOf(object)];
    if (isReadableStream(object))
      return ['ReadableStream', this.#takeStream(readableCoreOf(object))];
    if (isRequest(object)) return this.#packRequest(object);
    return isResponse(object) ? this.#packResponse(object) : this.#packReference(object);
  }

  #packRequest(request) {
    const { url, method, headers, body, details } = partsOfRequest(request);
    if (body !== null && body.isUnusable) {
      throw dataCloneError('A Request whose body has been read, or is locked, cannot be sent.');
    }
    return ['Request', url, method, headers, details?.redirect ?? 'follow', this.#takeBody(body)];
  }

  #packResponse(response) {
    let packed;
    giveAway(0, response, (slot, status, statusText, flat, body, asItComes) => {
      let headers = unflatten(flat);
      // What is read of such a body has its coding taken off.
      if (asItComes && body.incoming.isDecoded) {
        headers = withoutHeaders(headers, 'content-encoding', 'content-length');
      }
      const content = typeof body === 'string' ? body : this.#takeBody(body);
      packed = ['Response', status, statusText, headers, content];
    });
    return packed;
  }

  #takeBody(body) {
    if (body === null) return null;
    if (body.isAborted) throw body.abortReason;
    if (body.source === null) return this.#takeStream(body.stream);
    const source = typeof body.source === 'string' ? body.source : exact(body.takeBytes());
    body.markUsed();
    return source;
  }

  #takeStream(core) {
    if (core.locked || core.disturbed) {
      throw dataCloneError(
        'A ReadableStream that has been read from, or is locked, cannot be sent.',
      );
    }
    if (this.stream !== undefined) {
      throw dataCloneError('A call, and its result, can carry one stream: read the others before.');
    }
    this.stream = core;
    return kStream;
  }
}

const broken = () => new ErrorConstructor('The message of a call has an object that is broken.');

function bytesFrom(value) {
  if (!isBytes(value)) throw broken();
  return copyOfView(value);
}

function textFrom(value) {
  if (typeof value !== 'string') throw broken();
  return value;
}

/** A list of ours. */
function headersFrom(given) {
  if (!ArrayIsArray(given) || given.length % 2 !== 0) throw broken();
  const list = [];
  for (let i = 0; i < given.length; i += 2) {
    const name = normalizeName(textFrom(given[i]), kContext);
    ArrayPrototypePush(list, name, normalizeValue(textFrom(given[i + 1]), kContext));
  }
  return list;
}

/** In place of what the constructor has made of the body. @param {string[]} list */
function replaceHeaders(list, headers) {
  list.length = 0;
  for (let i = 0; i < headers.length; i++) ArrayPrototypePush(list, headers[i]);
}

class Unpacking {
  #errors = newErrors();
  /** @type {(() => any) | undefined} */
  #rest;
  #references;

  /** @param {(() => any) | undefined} rest @param {any} references */
  constructor(rest, references) {
    this.#rest = rest;
    this.#references = references;
  }

  /** @param {any} parts */
  unpack(parts) {
    if (!ArrayIsArray(parts)) throw broken();
    switch (parts[0]) {
      case 'Blob':
        return makeBlob(bytesFrom(parts[1]), textFrom(parts[2]));
      case 'File':
        return makeFile({
          bytes: bytesFrom(parts[1]),
          type: textFrom(parts[2]),
          name: textFrom(parts[3]),
          lastModified: +parts[4],
        });
      case 'Error':
        return unpackError(parts[1], undefined, this.#errors);
      case 'Headers':
        return headersOfList(headersFrom(parts[1]));
      case 'ReadableStream':
        return this.#takeRest(parts[1]);
      case 'Request':
        return this.#unpackRequest(parts);
      case 'Response':
        return this.#unpackResponse(parts);
      case 'Stub':
        if (this.#references === undefined) throw broken();
        return this.#references.importStub(parts[1]);
      default:
        throw broken();
    }
  }

  #unpackRequest(parts) {
    const request = new Request(textFrom(parts[1]), {
      __proto__: null,
      method: textFrom(parts[2]),
      redirect: textFrom(parts[4]),
      body: this.#bodyFrom(parts[5]),
      duplex: 'half',
    });
    replaceHeaders(partsOfRequest(request).headers, headersFrom(parts[3]));
    return request;
  }

  #unpackResponse(parts) {
    const init = { __proto__: null, status: +parts[1], statusText: textFrom(parts[2]) };
    const response = new Response(this.#bodyFrom(parts[4]), init);
    replaceHeaders(partsOfResponse(response).headers, headersFrom(parts[3]));
    return response;
  }

  #bodyFrom(content) {
    const isWhole = content === null || typeof content === 'string' || isBytes(content);
    return isWhole ? content : this.#takeRest(content);
  }

  #takeRest(mark) {
    if (mark !== kStream || this.#rest === undefined) throw broken();
    const rest = this.#rest;
    this.#rest = undefined;
    return rest();
  }
}

/**
 * @param {any[]} list what PackedObjects made, or anything
 * @param {(() => any) | undefined} rest the stream
 * @param {import('./message.js').References | undefined} references
 */
export function unpackObjects(list, rest, references) {
  const unpacking = new Unpacking(rest, references);
  const objects = [];
  for (let i = 0; i < list.length; i++) ArrayPrototypePush(objects, unpacking.unpack(list[i]));
  return objects;
}
