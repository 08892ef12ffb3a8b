// @ts-check
// Request, https://fetch.spec.whatwg.org/#request-class
//
// That of the client is a number, its slot: each part is asked of the host when it is first read.

import { requestBody, requestMethod, requestUrl } from 'nano:ops';
import { createAbortSignal, createDependentAbortSignal, signalAbort } from './abort.js';
import { extractBody, incomingBody } from './body.js';
import { defineBodyMethods } from './body_methods.js';
import { getHeader, hasHeader } from './header_list.js';
import {
  areHeadersImmutable,
  areHeadersNoCors,
  fillHeaders,
  headerListOf,
  headersOfList,
  immutableHeaders,
  incomingHeaders,
  isHeaders,
  noCorsHeaders,
  spellHeaders,
  spellingOf,
} from './headers.js';
import { inspectAs } from './inspect_interfaces.js';
import {
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  SafeMap,
  TypeErrorConstructor,
} from './primordials.js';
import {
  applyInit,
  checkStreamedBody,
  RequestDetails,
  toMethod,
  toRequestInit,
  toRequestUrl,
} from './request_init.js';
import { isSafelisted } from './safelisted_headers.js';
import { readableStreamOf } from './streams/readable_stream.js';
import { defineInterface, illegalInvocation, isObject, tooFewArguments } from './webidl.js';

const TypeError = TypeErrorConstructor;
const kInternal = { __proto__: null };

const isSafelistedMethod = (method) => method === 'GET' || method === 'HEAD' || method === 'POST';

/** The signals of incoming requests that somebody asked for, by slot. */
const incomingSignals = new SafeMap();

/**
 * Aborts the signal of a request whose client has gone.
 * @param {number} slot @param {any} reason
 */
export function abortIncoming(slot, reason) {
  const signal = incomingSignals.get(slot);
  if (signal === undefined) return;
  incomingSignals.delete(slot);
  signalAbort(signal, reason);
}

/** The request is over: its signal stays as it is. @param {number} slot */
export function forgetIncoming(slot) {
  if (incomingSignals.size > 0) incomingSignals.delete(slot);
}

/** @type {(value: any) => boolean} */
let isRequest;
/** What console shows. @type {(request: any) => any[]} */
let fieldsOf;
/** @type {(request: any) => import('./body.js').Body | null} */
let bodyOf;
/** @type {(request: any) => import('./headers.js').Headers} */
let headersOf;
/**
 * What fetch() sends. The list is the request's own; without a signal nothing can abort it.
 * `spelled` has the names of headers that are not to go out in lower case: [name, spelled, ...].
 * @type {(request: Request) => { url: string, method: string, headers: string[], spelled: string[],
 *   body: import('./body.js').Body | null, details: RequestDetails | undefined, signal: any }}
 */
let partsOf;

export class Request {
  #slot = -1;
  /** @type {string | undefined} */
  #url = undefined;
  /** @type {string | undefined} */
  #method = undefined;
  /** @type {import('./headers.js').Headers | undefined} */
  #headers = undefined;
  /** undefined: not asked for yet. @type {import('./body.js').Body | null | undefined} */
  #body = undefined;
  /** @type {RequestDetails | undefined} */
  #details = undefined;
  #signal = undefined;
  /** The request or signal that #signal follows, until it is made. */
  #follows = undefined;

  constructor(input, init = undefined) {
    if (input === kInternal) {
      this.#slot = /** @type {any} */ (init);
      return;
    }
    const context = "Failed to construct 'Request'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const source = isRequest(input) ? input : undefined;
    const url = source === undefined ? `${input}` : undefined;
    const hasInit = init !== undefined && init !== null;
    const members = hasInit ? toRequestInit(init, context) : undefined;
    this.#body = null;
    if (source === undefined) {
      this.#url = toRequestUrl(/** @type {string} */ (url), context);
      this.#method = 'GET';
    } else {
      this.#url = source.#ownUrl();
      this.#method = source.#ownMethod();
      this.#details = source.#cloneDetails();
      this.#follows = source;
    }
    if (members !== undefined) this.#applyMembers(members, context);
    this.#setHeaders(source, members, context);
    this.#setBody(source, members, context);
  }

  #applyMembers(members, context) {
    applyInit(this.#ownDetails(), members, this.#ownUrl(), context);
    if (members.method !== undefined) this.#method = toMethod(members.method, context);
    if (this.#ownDetails().mode === 'no-cors' && !isSafelistedMethod(this.#method)) {
      throw new TypeError(`${context}: '${this.#method}' is unsupported in no-cors mode.`);
    }
    if (members.signal === null) this.#follows = undefined;
    else if (members.signal !== undefined) this.#follows = members.signal;
  }

  #setHeaders(source, members, context) {
    const given = members?.headers;
    let list = [];
    let spelled = [];
    let from = given === undefined ? source?.#ownHeaders() : undefined;
    if (isObject(given) && isHeaders(given)) from = given;
    if (from !== undefined) {
      list = ArrayPrototypeSlice(headerListOf(from));
      spelled = ArrayPrototypeSlice(spellingOf(from) ?? []);
    } else if (given !== undefined) {
      fillHeaders(list, given, context, spelled);
    }
    const isNoCors = this.#details !== undefined && this.#details.mode === 'no-cors';
    const headers = isNoCors ? noCorsHeaders(list) : headersOfList(list);
    this.#headers = spellHeaders(headers, spelled);
  }

  #setBody(source, members, context) {
    const given = members?.body ?? null;
    const inherited = source === undefined ? null : source.#ownBody();
    if (given === null && inherited === null) return;
    if (this.#method === 'GET' || this.#method === 'HEAD') {
      throw new TypeError(`${context}: Request with GET/HEAD method cannot have body.`);
    }
    if (given !== null) {
      const body = extractBody(given, context);
      if (body.type !== null) this.#addBodyType(body.type);
      // The stream of another body goes on as it comes, as proxies for Workers are written.
      const isOwnStream = body.source === null && body.incoming === null;
      if (isOwnStream) checkStreamedBody(this.#ownDetails(), context);
      this.#body = body;
      return;
    }
    if (inherited.isUnusable) {
      throw new TypeError(`${context}: Cannot construct a Request with a used body.`);
    }
    this.#body = inherited.move();
  }

  #addBodyType(type) {
    const headers = this.#ownHeaders();
    const list = headerListOf(headers);
    if (hasHeader(list, 'content-type')) return;
    if (areHeadersNoCors(headers) && !isSafelisted('content-type', type)) return;
    ArrayPrototypePush(list, 'content-type', type);
  }

  // What is not there yet is asked for.

  #ownUrl() {
    return (this.#url ??= requestUrl(this.#slot));
  }

  #ownMethod() {
    return (this.#method ??= requestMethod(this.#slot));
  }

  #ownHeaders() {
    return (this.#headers ??= incomingHeaders(this.#slot));
  }

  #ownBody() {
    if (this.#body === undefined) this.#body = incomingBody(this.#slot, requestBody(this.#slot));
    return this.#body;
  }

  #ownDetails() {
    if (this.#details === undefined) {
      this.#details = new RequestDetails();
      // What the client is told to do is for the client.
      if (this.#slot >= 0) this.#details.redirect = 'manual';
    }
    return this.#details;
  }

  #cloneDetails() {
    if (this.#details === undefined && this.#slot < 0) return undefined;
    return this.#ownDetails().clone();
  }

  #ownSignal() {
    if (this.#signal !== undefined) return this.#signal;
    const follows = this.#follows;
    if (follows !== undefined) {
      const signal = isRequest(follows) ? follows.#ownSignal() : follows;
      this.#signal = createDependentAbortSignal([signal]);
      this.#follows = undefined;
      return this.#signal;
    }
    this.#signal = createAbortSignal();
    if (this.#slot >= 0) incomingSignals.set(this.#slot, this.#signal);
    return this.#signal;
  }

  /** Whether there is a signal that may abort, made or not. */
  #mayAbort() {
    if (this.#signal !== undefined) return true;
    const follows = this.#follows;
    if (follows === undefined) return this.#slot >= 0;
    return isRequest(follows) ? follows.#mayAbort() : true;
  }

  get method() {
    if (!(#slot in this)) illegalInvocation();
    return this.#ownMethod();
  }

  get url() {
    if (!(#slot in this)) illegalInvocation();
    return this.#ownUrl();
  }

  get headers() {
    if (!(#slot in this)) illegalInvocation();
    return this.#ownHeaders();
  }

  get destination() {
    if (!(#slot in this)) illegalInvocation();
    return '';
  }

  get referrer() {
    if (!(#slot in this)) illegalInvocation();
    return this.#ownDetails().referrer;
  }

  get referrerPolicy() {
    if (!(#slot in this)) illegalInvocation();
    return this.#ownDetails().referrerPolicy;
  }

  get mode() {
    if (!(#slot in this)) illegalInvocation();
    return this.#ownDetails().mode;
  }

  get credentials() {
    if (!(#slot in this)) illegalInvocation();
    return this.#ownDetails().credentials;
  }

  get cache() {
    if (!(#slot in this)) illegalInvocation();
    return this.#ownDetails().cache;
  }

  get redirect() {
    if (!(#slot in this)) illegalInvocation();
    return this.#ownDetails().redirect;
  }

  get integrity() {
    if (!(#slot in this)) illegalInvocation();
    return this.#ownDetails().integrity;
  }

  get keepalive() {
    if (!(#slot in this)) illegalInvocation();
    return this.#ownDetails().keepalive;
  }

  get isReloadNavigation() {
    if (!(#slot in this)) illegalInvocation();
    return false;
  }

  get isHistoryNavigation() {
    if (!(#slot in this)) illegalInvocation();
    return false;
  }

  get signal() {
    if (!(#slot in this)) illegalInvocation();
    return this.#ownSignal();
  }

  get duplex() {
    if (!(#slot in this)) illegalInvocation();
    return 'half';
  }

  /** Cloudflare's; what the constructor was given. */
  get cf() {
    if (!(#slot in this)) illegalInvocation();
    return this.#details?.cf;
  }

  clone() {
    if (!(#slot in this)) illegalInvocation();
    const body = this.#ownBody();
    if (body !== null && body.isUnusable) {
      throw new TypeError('Request.clone: Body has already been consumed.');
    }
    const copy = new Request(/** @type {any} */ (kInternal), /** @type {any} */ (-1));
    copy.#url = this.#ownUrl();
    copy.#method = this.#ownMethod();
    const headers = this.#ownHeaders();
    const list = ArrayPrototypeSlice(headerListOf(headers));
    copy.#headers = copyOf(headers, list);
    copy.#body = body === null ? null : body.clone();
    copy.#details = this.#cloneDetails();
    copy.#follows = this;
    return copy;
  }

  get body() {
    if (!(#slot in this)) illegalInvocation();
    const body = this.#ownBody();
    return body === null ? null : readableStreamOf(body.stream);
  }

  get bodyUsed() {
    if (!(#slot in this)) illegalInvocation();
    // Not asked for, so not read.
    const body = this.#body;
    return body !== undefined && body !== null && body.isDisturbed;
  }

  static {
    isRequest = (value) => isObject(value) && #slot in value;
    fieldsOf = (request) => {
      const body = request.#body;
      const bodyUsed = body !== undefined && body !== null && body.isDisturbed;
      const headers = request.#ownHeaders();
      const shown = ['method', request.#ownMethod(), 'url', request.#ownUrl(), 'headers', headers];
      ArrayPrototypePush(shown, 'bodyUsed', bodyUsed);
      return shown;
    };
    bodyOf = (request) => request.#ownBody();
    headersOf = (request) => request.#ownHeaders();
    partsOf = (request) => ({
      url: request.#ownUrl(),
      method: request.#ownMethod(),
      headers: headerListOf(request.#ownHeaders()),
      spelled: spellingOf(request.#ownHeaders()) ?? [],
      body: request.#ownBody(),
      details: request.#details,
      get signal() {
        return request.#mayAbort() ? request.#ownSignal() : undefined;
      },
    });
  }
}
defineBodyMethods(Request, {
  isInstance: isRequest,
  bodyOf,
  contentTypeOf: (request) => getHeader(headerListOf(headersOf(request)), 'content-type'),
});
defineInterface(Request, isRequest);
inspectAs(isRequest, fieldsOf);

/** With the same guard. */
function copyOf(headers, list) {
  if (areHeadersImmutable(headers)) return immutableHeaders(list);
  const copy = areHeadersNoCors(headers) ? noCorsHeaders(list) : headersOfList(list);
  return spellHeaders(copy, ArrayPrototypeSlice(spellingOf(headers) ?? []));
}

/** The Request that came with the slot. @param {number} slot @returns {Request} */
function incomingRequest(slot) {
  return new Request(/** @type {any} */ (kInternal), /** @type {any} */ (slot));
}

export { incomingRequest, isRequest, partsOf };
