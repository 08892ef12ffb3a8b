// @ts-check
// Response, https://fetch.spec.whatwg.org/#response-class
//
// The common answer, a string and perhaps some headers, stays a string and a list: the body and the
// Headers object are made when somebody asks for them.

import { bodyOfSource, extractBody, kTextType, usedBody } from './body.js';
import { defineBodyMethods } from './body_methods.js';
import { flattenHeaders, getHeader, hasHeader } from './header_list.js';
import {
  areHeadersImmutable,
  fillHeaders,
  headerListOf,
  headersOfList,
  immutableHeaders,
} from './headers.js';
import { inspectAs } from './inspect_interfaces.js';
import {
  ArrayIsArray,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  JSONStringify,
  RangeErrorConstructor,
  RegExpPrototypeExec,
  TypeErrorConstructor,
} from './primordials.js';
import { fitToBody, goesAsItComes, isEncoded } from './response_coding.js';
import { readableStreamOf } from './streams/readable_stream.js';
import { parseUrlOrThrow } from './url.js';
import defer * as upgrade from './websocket/upgrade.js';
import {
  defineInterface,
  illegalInvocation,
  isObject,
  toByteString,
  toDictionary,
  tooFewArguments,
  toUnsignedShort,
} from './webidl.js';

const TypeError = TypeErrorConstructor;
const kInternal = { __proto__: null };

const kReasonPhrase = /^[\t\x20-\x7e\x80-\xff]*$/;
/** The headers of an answer that is a string and nothing else. */
const kTextHeaders = ['content-type', kTextType];
const kFlatTextHeaders = flattenHeaders(kTextHeaders);

/** The body of any response whose text the host has. */
const kGivenAway = usedBody();

/** @param {number} status */
const isNullBodyStatus = (status) =>
  status === 204 || status === 304 || status === 205 || status === 101 || status === 103;

const isRedirectStatus = (status) =>
  status === 301 || status === 302 || status === 303 || status === 307 || status === 308;

/** @type {(value: any) => boolean} */
let isResponse;
/** What console shows. @type {(response: any) => any[]} */
let fieldsOf;
/** @type {(response: any) => import('./body.js').Body | null} */
let bodyOf;
/** @type {(response: any) => import('./headers.js').Headers} */
let headersOf;
/**
 * Hands the response to `send`, headers flat, and the body with it: the response has none to read
 * afterwards. Throws TypeError where it cannot be given.
 * @type {(slot: number, response: any, send: (slot: number, status: number, statusText: string,
 *   headers: string, body: any, asItComes: boolean) => void) => void}
 */
let giveAway;
/**
 * What fetch() gives.
 * @type {(head: { status: number, statusText: string, headers: string[], type: string },
 *   body: import('./body.js').Body | null, url: string, redirected: boolean,
 *   webSocket?: import('./websocket/websocket.js').WebSocket | null) => Response}
 */
let fetchedResponse;

/** For caches. @type {(response: any) => { status: number, headers: string[], body: any }} */
let partsOf;
/**
 * The rest of a response with other headers, its own from now on, and another body.
 * @type {(response: any, headers: string[], body: any, status?: number) => Response}
 */
let withParts;

export class Response {
  #status = 200;
  #statusText = '';
  /** A string stands for the body of that text. @type {string | import('./body.js').Body | null} */
  #body = null;
  /** A list, or the object that owns it; null for none. kTextHeaders is never changed. */
  #headers = null;
  #isError = false;
  #cf = undefined;
  /** Whether the body is what its Content-Encoding says: `encodeBody: 'manual'`. */
  #isEncoded = false;
  /** Where it was fetched from; undefined: it was made here. @type {string | undefined} */
  #url = undefined;
  #redirected = false;
  #type = 'default';
  /** Of an upgrade, or null. */
  #webSocket = null;

  constructor(body = null, init = undefined) {
    if (body === kInternal) return;
    let type = null;
    if (typeof body === 'string') {
      this.#body = body;
      type = kTextType;
    } else if (body !== null && body !== undefined) {
      this.#body = extractBody(body, "Failed to construct 'Response'");
      type = this.#body.type;
    }
    if (init === undefined && type === kTextType) this.#headers = kTextHeaders;
    else this.#initialize(init, type, "Failed to construct 'Response'");
  }

  /** "Initialize a response". */
  #initialize(init, type, context) {
    let list = null;
    if (init !== undefined && init !== null) list = this.#readInit(init, context);
    if (this.#body !== null) {
      if (isNullBodyStatus(this.#status)) {
        if (this.#body !== '') {
          throw new TypeError(`${context}: Response with null body status cannot have body`);
        }
        this.#body = type = null;
      }
      if (type !== null && (list === null || !hasHeader(list, 'content-type'))) {
        if (list === null) list = ['content-type', type];
        else ArrayPrototypePush(list, 'content-type', type);
      }
    }
    this.#headers = list;
  }

  #readInit(init, context) {
    if (!isObject(init)) toDictionary(init, context, 'ResponseInit');
    const cf = init.cf;
    if (cf !== undefined) this.#cf = cf;
    this.#isEncoded = #body in init ? init.#isEncoded : isEncoded(init.encodeBody, context);
    const headers = init.headers;
    let list = null;
    if (headers !== undefined) {
      list = [];
      fillHeaders(list, headers, context);
    }
    const status = init.status;
    const webSocket = init.webSocket;
    if (webSocket !== undefined && webSocket !== null) {
      this.#webSocket = upgrade.toUpgrade(webSocket, status, context);
      this.#status = 101;
    } else if (status !== undefined) {
      this.#setStatus(status, context);
    }
    const statusText = init.statusText;
    if (statusText !== undefined) {
      const text = toByteString(statusText, context);
      if (RegExpPrototypeExec(kReasonPhrase, text) === null) {
        throw new TypeError(`${context}: Invalid statusText`);
      }
      this.#statusText = text;
    }
    return list;
  }

  #setStatus(value, context) {
    const status = toUnsignedShort(value, context);
    if (status < 200 || status > 599) {
      throw new RangeErrorConstructor(
        `${context}: The status provided (${status}) is outside the range [200, 599].`,
      );
    }
    this.#status = status;
  }

  static error() {
    const response = new Response(/** @type {any} */ (kInternal));
    response.#isError = true;
    response.#type = 'error';
    response.#status = 0;
    response.#headers = immutableHeaders([]);
    return response;
  }

  static redirect(url, status = 302) {
    const context = "Failed to execute 'redirect' on 'Response'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const href = `${url}`;
    const code = toUnsignedShort(status, context);
    const location = parseUrlOrThrow(href, undefined, context);
    if (!isRedirectStatus(code)) {
      throw new RangeErrorConstructor(`${context}: Invalid status code ${code}`);
    }
    const response = new Response(/** @type {any} */ (kInternal));
    response.#status = code;
    response.#headers = immutableHeaders(['location', location]);
    return response;
  }

  static json(data, init = undefined) {
    const context = "Failed to execute 'json' on 'Response'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const text = JSONStringify(data);
    if (text === undefined) throw new TypeError(`${context}: The data is not JSON serializable`);
    const response = new Response(/** @type {any} */ (kInternal));
    response.#body = text;
    response.#initialize(init, 'application/json', context);
    return response;
  }

  get type() {
    if (!(#body in this)) illegalInvocation();
    return this.#type;
  }

  get url() {
    if (!(#body in this)) illegalInvocation();
    return this.#url ?? '';
  }

  get redirected() {
    if (!(#body in this)) illegalInvocation();
    return this.#redirected;
  }

  get status() {
    if (!(#body in this)) illegalInvocation();
    return this.#status;
  }

  get ok() {
    if (!(#body in this)) illegalInvocation();
    return this.#status >= 200 && this.#status <= 299;
  }

  get statusText() {
    if (!(#body in this)) illegalInvocation();
    return this.#statusText;
  }

  get headers() {
    if (!(#body in this)) illegalInvocation();
    return this.#ownHeaders();
  }

  #ownHeaders() {
    const headers = this.#headers;
    if (headers !== null && !ArrayIsArray(headers)) return headers;
    const list = headers === kTextHeaders ? ArrayPrototypeSlice(headers) : (headers ?? []);
    return (this.#headers = headersOfList(list));
  }

  /** Cloudflare's; what the constructor was given. */
  get cf() {
    if (!(#body in this)) illegalInvocation();
    return this.#cf;
  }

  /** Cloudflare's: the WebSocket that the server opened, or that the app answers with. */
  get webSocket() {
    if (!(#body in this)) illegalInvocation();
    return this.#webSocket;
  }

  /** @returns {import('./body.js').Body | null} */
  #ownBody() {
    const body = this.#body;
    if (typeof body === 'string') return (this.#body = bodyOfSource(body, null));
    return body === kGivenAway ? (this.#body = usedBody()) : body;
  }

  clone() {
    if (!(#body in this)) illegalInvocation();
    if (this.#webSocket !== null) {
      throw new TypeError('Cannot clone a response to a WebSocket handshake.');
    }
    const body = this.#body;
    const copy = new Response(/** @type {any} */ (kInternal));
    if (body !== null && typeof body !== 'string') {
      if (body.isUnusable) throw new TypeError('Response.clone: Body has already been consumed.');
      copy.#body = body.clone();
    } else {
      copy.#body = body;
    }
    copy.#copyHead(this);
    copy.#headers = this.#cloneHeaders();
    copy.#cf = this.#cf;
    return copy;
  }

  #copyHead(other) {
    this.#status = other.#status;
    this.#statusText = other.#statusText;
    this.#isError = other.#isError;
    this.#isEncoded = other.#isEncoded;
    this.#url = other.#url;
    this.#redirected = other.#redirected;
    this.#type = other.#type;
  }

  #cloneHeaders() {
    const headers = this.#headers;
    if (headers === null || headers === kTextHeaders) return headers;
    if (ArrayIsArray(headers)) return ArrayPrototypeSlice(headers);
    const list = ArrayPrototypeSlice(headerListOf(headers));
    return areHeadersImmutable(headers) ? immutableHeaders(list) : list;
  }

  get body() {
    if (!(#body in this)) illegalInvocation();
    const body = this.#ownBody();
    return body === null ? null : readableStreamOf(body.stream);
  }

  get bodyUsed() {
    if (!(#body in this)) illegalInvocation();
    const body = this.#body;
    return body !== null && typeof body !== 'string' && body.isDisturbed;
  }

  static {
    isResponse = (value) => isObject(value) && #body in value;
    fieldsOf = (response) => {
      const status = response.#status;
      const statusText = response.#statusText;
      const body = response.#body;
      const bodyUsed = body !== null && typeof body !== 'string' && body.isDisturbed;
      const headers = response.#ownHeaders();
      return ['status', status, 'statusText', statusText, 'headers', headers, 'bodyUsed', bodyUsed];
    };
    bodyOf = (response) => response.#ownBody();
    headersOf = (response) => response.#ownHeaders();
    giveAway = (slot, response, send) => {
      const body = response.#body;
      const headers = response.#headers;
      if (response.#isError) throw new TypeError('A network error is no response to a request');
      if (response.#webSocket !== null) throw new TypeError(upgrade.kNoUpgrade);
      let incoming = null;
      if (typeof body === 'string') {
        response.#body = kGivenAway;
      } else if (body !== null) {
        if (body.isUnusable) {
          throw new TypeError('The body of the Response has been read already or is locked');
        }
        if (body.isAborted) throw body.abortReason;
        incoming = body.fetched;
      }
      let list = null;
      if (headers !== null && headers !== kTextHeaders) {
        list = ArrayIsArray(headers) ? headers : headerListOf(headers);
      }
      const coding = list === null || body === null ? null : getHeader(list, 'content-encoding');
      const asItComes = incoming !== null && goesAsItComes(incoming, coding);
      if (coding !== null && !response.#isEncoded) list = fitToBody(list, coding, body, incoming);
      let flat = kFlatTextHeaders;
      if (headers !== kTextHeaders) flat = list === null ? '' : flattenHeaders(list);
      send(slot, response.#status, response.#statusText, flat, body, asItComes);
    };
    partsOf = (response) => {
      const headers = headerListOf(response.#ownHeaders());
      return { status: response.#status, headers, body: response.#ownBody() };
    };
    withParts = (response, headers, body, status = response.#status) => {
      const copy = new Response(/** @type {any} */ (kInternal));
      copy.#copyHead(response);
      if (status !== copy.#status) copy.#statusText = '';
      copy.#status = status;
      copy.#headers = immutableHeaders(headers);
      copy.#body = body;
      return copy;
    };
    fetchedResponse = (head, body, url, redirected, webSocket = null) => {
      const response = new Response(/** @type {any} */ (kInternal));
      response.#status = head.status;
      response.#statusText = head.statusText;
      response.#headers = immutableHeaders(head.headers);
      response.#body = body;
      response.#url = url;
      response.#redirected = redirected;
      response.#type = head.type;
      response.#webSocket = webSocket;
      return response;
    };
  }
}
defineBodyMethods(Response, {
  isInstance: isResponse,
  bodyOf,
  contentTypeOf: (response) => getHeader(headerListOf(headersOf(response)), 'content-type'),
});
defineInterface(Response, isResponse);
inspectAs(isResponse, fieldsOf);

export { fetchedResponse, giveAway, partsOf, withParts };
export { isNullBodyStatus, isRedirectStatus, isResponse };
