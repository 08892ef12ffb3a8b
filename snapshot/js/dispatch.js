// @ts-check
// From a request to the tenant's handler and back. C++ calls these; the host answers the client.
//
// This is the path that each request takes: the request is a number until the handler looks at
// it, and a Response that comes back at once, or is a string, costs one op.

import { failRequest, respond, respondIncoming, respondStream } from 'nano:ops';
import { pumpIncoming, pumpStream } from './body_pump.js';
import { DOMException } from './dom_exception.js';
import { makeExecutionContext } from './execution_context.js';
import { PromisePrototypeThen, PromiseResolve, TypeErrorConstructor } from './primordials.js';
import { abortIncoming, forgetIncoming, incomingRequest } from './request.js';
import { giveAway, isResponse } from './response.js';
import defer * as scheduledEvents from './scheduled.js';

const TypeError = TypeErrorConstructor;

/**
 * @param {number} slot the request
 * @param {any} handler the app's default export
 * @param {object} env
 */
export function dispatchFetch(slot, handler, env) {
  let result;
  try {
    if (typeof handler?.fetch !== 'function') throw noHandler(handler);
    result = handler.fetch(incomingRequest(slot), env, makeExecutionContext(slot));
    if (isResponse(result)) {
      giveAway(slot, result, send);
      return;
    }
    result = PromiseResolve(result);
  } catch (error) {
    fail(slot, error);
    return;
  }
  PromisePrototypeThen(
    result,
    (response) => answer(slot, response),
    (error) => fail(slot, error),
  );
}

/**
 * @param {number} slot @param {any} handler as above @param {object} env
 * @param {string} cron @param {number} scheduledTime in milliseconds since 1970
 */
export function dispatchScheduled(slot, handler, env, cron, scheduledTime) {
  const call = (controller, ctx) => {
    if (typeof handler?.scheduled !== 'function') {
      throw new TypeError(`Handler does not export a scheduled() function, and "${cron}" is due`);
    }
    return handler.scheduled(controller, env, ctx);
  };
  scheduledEvents.runScheduled(slot, call, cron, scheduledTime);
}

function noHandler(handler) {
  if (handler === undefined) return new TypeError('The app has no default export');
  if (typeof handler === 'function') {
    return new TypeError('The default export must be an object with a fetch() method');
  }
  return new TypeError('Handler does not export a fetch() function');
}

function answer(slot, response) {
  try {
    if (!isResponse(response)) {
      throw new TypeError('The fetch() handler did not return a Response object');
    }
    giveAway(slot, response, send);
  } catch (error) {
    fail(slot, error);
  }
}

function fail(slot, error) {
  forgetIncoming(slot);
  failRequest(slot, error);
}

/**
 * @param {string | import('./body.js').Body | null} body one that nobody has read
 * @param {boolean} asItComes it comes in from outside and goes out unchanged
 */
function send(slot, status, statusText, headers, body, asItComes) {
  if (body === null || typeof body === 'string') {
    forgetIncoming(slot);
    respond(slot, status, statusText, headers, body);
    return;
  }
  if (asItComes) {
    forgetIncoming(slot);
    body.markUsed();
    respondIncoming(slot, status, statusText, headers, body.incoming.take());
    return;
  }
  if (body.source !== null) {
    forgetIncoming(slot);
    body.markUsed();
    respond(slot, status, statusText, headers, body.source);
    return;
  }
  if (body.incoming !== null) {
    body.markUsed();
    pumpIncoming(slot, body.incoming);
  } else {
    pumpStream(slot, body.stream);
  }
  respondStream(slot, status, statusText, headers, body.streamLength);
}

/** The client has gone. @param {number} slot */
export function abortRequest(slot) {
  abortIncoming(slot, new DOMException('The client has gone away', 'AbortError'));
}
