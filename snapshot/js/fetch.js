// @ts-check
// fetch(), https://fetch.spec.whatwg.org/#fetch-method
//
// There is no page here: the origin of a fetch is that of the URL it is made for. So no CORS and no
// cookies, and nothing of a response is hidden; no cache; and a redirect that is not followed is an
// ordinary response, as on Workers.

import { abortFetch, startFetch } from 'nano:ops';
import { abortReason, addAbortAlgorithm, isSignalAborted, removeAbortAlgorithm } from './abort.js';
import { bodyOfSource, fetchedBody, kUnknownLength } from './body.js';
import { pumpIncoming, pumpStream, stopPump } from './body_pump.js';
import { consumeBody, toBytes } from './body_reading.js';
import defer * as cloudflare from './fetch_cf.js';
import { failure, lastingFailure, markLasting } from './fetch_failure.js';
import {
  headersToSend,
  withoutBodyHeaders,
  withoutOriginHeaders,
  withReferrer,
} from './fetch_headers.js';
import { beginTiming, endTiming } from './fetch_timing.js';
import { firstLocation, parseFetchUrl, parseLocation } from './fetch_url.js';
import { flattenHeaders, getHeader, joinHeaders } from './header_list.js';
import { IncomingBody } from './incoming_body.js';
import defer * as subresource from './integrity.js';
import defer * as local from './local_fetch.js';
import {
  PromisePrototypeThen,
  PromiseReject,
  PromiseWithResolvers,
  TypeErrorConstructor,
} from './primordials.js';
import { partsOf, Request } from './request.js';
import { fetchedResponse, isNullBodyStatus, isRedirectStatus } from './response.js';
import { tooFewArguments } from './webidl.js';
import defer * as upgrade from './websocket/upgrade.js';
import { asksForWebSocket } from './websocket/upgrade_header.js';

const kMostRedirects = 20;
/** Of a response; C++ has 0 for a fetch that failed. */
const kFailed = 0;
const kNotStarted = -1;

/** Whether the content is here already. */
const isLocal = (scheme) => scheme === 'data:' || scheme === 'blob:';

/** One fetch(), through all its redirects. */
class Fetching {
  #service;
  #method;
  #headers;
  #spelled;
  #details;
  #body;
  #signal;
  /** @type {any} */
  #url;
  /** Of the URL that it is made for. */
  #origin;
  /** Whether it has been at another. */
  #wasElsewhere = false;
  /** The body where all of it is there, for when it is to be sent again. */
  #source = undefined;
  #redirects = 0;
  #number = kNotStarted;
  #isSettled = false;
  /** @type {any} */
  #timing = undefined;
  /** @type {IncomingBody | undefined} */
  #incoming = undefined;
  #onAbort = () => this.#abort(abortReason(this.#signal));
  #resolvers = PromiseWithResolvers();

  /** @param {ReturnType<typeof partsOf>} parts @param {string} service */
  constructor(parts, service) {
    this.#service = service;
    this.#method = parts.method;
    this.#headers = parts.headers;
    this.#spelled = parts.spelled;
    this.#details = parts.details;
    this.#body = parts.body;
    this.#signal = parts.signal;
    this.#url = parseFetchUrl(parts.url);
    this.#origin = this.#url.origin;
  }

  /** @returns {Promise<any>} */
  start() {
    const signal = this.#signal;
    if (signal !== undefined) {
      if (isSignalAborted(signal)) {
        this.#fail(abortReason(signal));
        return this.#resolvers.promise;
      }
      addAbortAlgorithm(signal, this.#onAbort);
    }
    if (isLocal(this.#url.scheme)) {
      this.#answerFromUrl();
    } else if (this.#url.isHttp && asksForWebSocket(this.#headers)) {
      this.#upgrade();
    } else {
      if (this.#service === '') this.#timing = beginTiming(this.#url.href);
      this.#headers = headersToSend(this.#headers, this.#details?.cache ?? 'default');
      this.#send();
    }
    return this.#resolvers.promise;
  }

  /** Over a connection of its own: what comes back is no message of HTTP. */
  #upgrade() {
    const request = {
      method: this.#method,
      href: this.#url.href,
      headers: this.#headers,
      service: this.#service,
      signal: this.#signal ?? null,
    };
    this.#forgetSignal();
    try {
      PromisePrototypeThen(
        upgrade.openWebSocket(request),
        (head) => {
          if (!this.#isRedirected(head.status, head.headers)) this.#give(head, null);
        },
        (error) => this.#fail(error),
      );
    } catch (error) {
      this.#fail(error);
    }
  }

  #send() {
    const url = this.#url;
    if (!url.isHttp) {
      this.#fail(lastingFailure(`${url.scheme} URLs cannot be fetched`));
    } else if (url.hasBadPort && this.#service === '') {
      this.#fail(lastingFailure(`the port of ${url.origin} is one that the Fetch standard blocks`));
    } else if (this.#details?.cache === 'only-if-cached') {
      this.#fail(failure('there is no cache that could have it'));
    } else {
      try {
        this.#startAtHost();
      } catch (error) {
        this.#fail(error);
      }
    }
  }

  #startAtHost() {
    const { href } = this.#url;
    const body = this.#bodyToSend();
    const details = this.#details;
    const list =
      details === undefined ? this.#headers : withReferrer(this.#headers, details, this.#url);
    const headers = flattenHeaders(joinHeaders(list, this.#spelled));
    const onDone = (status, text, list, content, isDecoded) =>
      this.#onAnswer(status, text, list, content, isDecoded);
    try {
      const length = body === true ? this.#body.streamLength : kUnknownLength;
      this.#number = startFetch(this.#method, href, this.#service, headers, body, length, onDone);
    } catch (error) {
      throw markLasting(error);
    }
    if (body !== true) return;
    const onFailed = (error) => this.#onBodyFailed(error);
    const { incoming } = this.#body;
    if (incoming === null) {
      pumpStream(this.#number, this.#body.stream, onFailed);
    } else {
      this.#body.markUsed();
      pumpIncoming(this.#number, incoming, onFailed);
    }
  }

  /** As the op takes it: null, what there is, the number of a body that comes in, or true. */
  #bodyToSend() {
    const body = this.#body;
    if (body === null) return null;
    if (this.#source !== undefined) return this.#source;
    if (body.isAborted) throw body.abortReason;
    if (body.source !== null) {
      this.#source = body.source;
      body.markUsed();
      return this.#source;
    }
    const { incoming } = body;
    if (incoming === null) return true;
    const coding = getHeader(this.#headers, 'content-encoding');
    if (incoming.isDecoded && coding !== incoming.encoding) return true;
    body.markUsed();
    return incoming.take();
  }

  #onAnswer(status, text, headers, content, isDecoded) {
    if (this.#isSettled) return;
    try {
      if (status === kFailed) {
        this.#fail(new TypeErrorConstructor(text));
        return;
      }
      if (content === null) {
        const encoding = getHeader(headers, 'content-encoding');
        this.#incoming = new IncomingBody(this.#number, encoding, isDecoded);
      }
      if (this.#isRedirected(status, headers)) return;
      this.#answer({ status, statusText: text, headers }, content);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Whether the answer is a redirect that the program does not see. */
  #isRedirected(status, headers) {
    if (!isRedirectStatus(status)) return false;
    const mode = this.#details?.redirect ?? 'follow';
    if (mode === 'error') {
      this.#fail(failure("it was redirected, and `redirect` is 'error'"));
      return true;
    }
    const location = mode === 'follow' ? firstLocation(headers) : undefined;
    if (location === undefined) return false;
    this.#follow(status, location);
    return true;
  }

  /** https://fetch.spec.whatwg.org/#http-redirect-fetch */
  #follow(status, location) {
    const target = parseLocation(location, this.#url.href);
    const problem = this.#problemOf(target, status);
    if (problem !== undefined) {
      this.#fail(lastingFailure(problem));
      return;
    }
    this.#redirects++;
    this.#dropExchange(failure('it was redirected'));
    const method = this.#method;
    const becomesGet =
      status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST';
    if (becomesGet) {
      this.#method = 'GET';
      this.#body = null;
      this.#headers = withoutBodyHeaders(this.#headers);
    }
    if (target.origin !== this.#url.origin) this.#headers = withoutOriginHeaders(this.#headers);
    if (target.origin !== this.#origin) this.#wasElsewhere = true;
    this.#url = target;
    if (asksForWebSocket(this.#headers)) this.#upgrade();
    else this.#send();
  }

  #problemOf(target, status) {
    if (target === undefined) return 'the Location of a redirect is no URL';
    if (!target.isHttp) return `a redirect leads to a ${target.scheme} URL`;
    if (target.hasCredentials) return 'a redirect leads to a URL with credentials';
    if (this.#redirects >= kMostRedirects) return `more than ${kMostRedirects} redirects came`;
    if (this.#details?.mode === 'same-origin' && target.origin !== this.#origin) {
      return "a redirect leads to another origin, and `mode` is 'same-origin'";
    }
    if (status !== 303 && this.#body !== null && this.#source === undefined) {
      return 'a redirect asks for the body again, which was a stream';
    }
    return undefined;
  }

  #answer(head, content) {
    let body = null;
    if (this.#method === 'HEAD' || isNullBodyStatus(head.status)) {
      this.#incoming?.cancel();
      this.#incoming = undefined;
    } else if (this.#incoming !== undefined) {
      body = fetchedBody(this.#incoming);
    } else if (content !== undefined) {
      body = bodyOfSource(content, null);
      if (this.#signal !== undefined) body.abortWith(this.#signal);
    }
    this.#answerWith(head, body);
  }

  #answerWith(head, body) {
    const integrity = this.#details?.integrity ?? '';
    if (integrity !== '') this.#check(integrity, head, body);
    else this.#give(head, body);
  }

  /** The response is there once all of its body is, and is what was asked for. */
  #check(integrity, head, body) {
    if (this.#incoming !== undefined) this.#incoming.onOver = () => {};
    PromisePrototypeThen(
      consumeBody(body, toBytes),
      (bytes) => {
        this.#incoming = undefined;
        if (this.#isSettled) return;
        if (!subresource.matchesIntegrity(integrity, bytes)) {
          this.#fail(failure('the response does not match `integrity`'));
          return;
        }
        this.#give(head, body === null ? null : bodyOfSource(bytes, null));
      },
      (error) => this.#fail(error),
    );
  }

  #give(head, body) {
    this.#isSettled = true;
    if (this.#incoming === undefined) this.#forgetSignal();
    else if (this.#signal !== undefined) this.#incoming.onOver = () => this.#forgetSignal();
    const { status, statusText, headers, webSocket } = head;
    if (this.#timing !== undefined) endTiming(this.#timing, status, this.#incoming);
    const shown = { status, statusText, headers, type: this.#responseType() };
    const isRedirected = this.#redirects > 0;
    this.#resolvers.resolve(fetchedResponse(shown, body, this.#url.href, isRedirected, webSocket));
  }

  /** Says where the fetch has been, as in a browser; what it would hide there is readable. */
  #responseType() {
    if (!this.#wasElsewhere) return 'basic';
    return this.#details?.mode === 'no-cors' ? 'opaque' : 'cors';
  }

  #answerFromUrl() {
    const answer = local.answerLocally(this.#url, this.#method, this.#headers);
    if (typeof answer === 'string') this.#fail(failure(answer));
    else this.#answerWith(answer, this.#method === 'HEAD' ? null : answer.body);
  }

  /** The stream that was to be sent failed. */
  #onBodyFailed(error) {
    const message = 'fetch failed: the stream that was to be its body failed';
    this.#fail(new TypeErrorConstructor(message, { __proto__: null, cause: error }));
  }

  #fail(reason) {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#forgetSignal();
    if (this.#number === kNotStarted && this.#body !== null) this.#body.cancel(reason);
    this.#dropExchange(reason);
    this.#resolvers.reject(reason);
  }

  #abort(reason) {
    this.#incoming?.abort(reason);
    if (this.#isSettled) this.#dropExchange(reason);
    else this.#fail(reason);
  }

  /** The bodies of both directions, as far as they are not over. */
  #dropExchange(reason) {
    if (this.#number === kNotStarted) return;
    this.#incoming?.cancel();
    this.#incoming = undefined;
    stopPump(this.#number, reason);
    abortFetch(this.#number);
  }

  #forgetSignal() {
    if (this.#signal !== undefined) removeAbortAlgorithm(this.#signal, this.#onAbort);
  }
}

/**
 * @param {any} input @param {any} init
 * @param {string} service the name of the service binding that answers; empty: the network
 * @returns {Promise<any>}
 */
export function fetchFrom(input, init, service) {
  let parts;
  try {
    parts = partsOf(new Request(input, init));
    if (parts.details?.cf !== undefined) cloudflare.warnOfCf(parts.details.cf);
  } catch (error) {
    return PromiseReject(error);
  }
  return new Fetching(parts, service).start();
}

// A method, since the operations of an interface are no constructors.
const operations = {
  fetch(input, init = undefined) {
    if (arguments.length < 1) {
      try {
        tooFewArguments(1, 0, "Failed to execute 'fetch'");
      } catch (error) {
        return PromiseReject(error);
      }
    }
    return fetchFrom(input, init, '');
  },
};

export const fetch = operations.fetch;
