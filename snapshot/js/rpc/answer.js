// @ts-check
// The side that is called: from the body of a request to the member that it names, and back.

import { failRequest, requestBody, respond, respondStream } from 'nano:ops';
import { kUnknownLength } from '../body.js';
import { pumpStream } from '../body_pump.js';
import { IncomingBody } from '../incoming_body.js';
import { ArrayIsArray, PromisePrototypeThen, PromiseResolve } from '../primordials.js';
import { isObject } from '../webidl.js';
import { readMessage, readWholeMessage } from './incoming_message.js';
import { callMember, checkName, memberOf } from './members.js';
import { encodeMessage, kCall, kError, kGet, kMostCallBytes, kResult, kThrown } from './message.js';
import {
  brokenMessage,
  isError,
  kAllProperties,
  kNoProperties,
  packError,
  textOf,
} from './thrown.js';

const kOk = 200;
/** V8's own; an array that says that it has more could be any size. */
const kMostArguments = 65534;

/**
 * @param {number} slot @param {string} name @param {() => import('./members.js').Receiver} receiver
 *   makes it
 */
export function answerCall(slot, name, receiver) {
  const content = requestBody(slot);
  if (content === null) {
    PromisePrototypeThen(
      readMessage(new IncomingBody(slot, null, false), kMostCallBytes),
      (message) => run(slot, name, receiver, message),
      (error) => answerError(slot, error),
    );
    return;
  }
  let message;
  try {
    if (content === undefined) throw brokenMessage();
    message = readWholeMessage(content, kMostCallBytes);
  } catch (error) {
    answerError(slot, error);
    return;
  }
  run(slot, name, receiver, message);
}

function run(slot, name, receiver, message) {
  let result;
  try {
    result = PromiseResolve(resultOf(name, receiver, message));
  } catch (error) {
    fail(slot, error);
    return;
  }
  PromisePrototypeThen(
    result,
    (value) => answerValue(slot, value),
    (error) => fail(slot, error),
  );
}

function resultOf(name, receiver, { kind, value }) {
  const isCall = kind === kCall && ArrayIsArray(value) && value.length <= kMostArguments;
  if (kind !== kGet && !isCall) throw brokenMessage();
  checkName(name);
  const made = receiver();
  const member = memberOf(made, name);
  return kind === kGet ? member : callMember(made, name, member, value);
}

function answerValue(slot, value) {
  try {
    send(slot, encodeMessage(kResult, value));
  } catch (error) {
    fail(slot, error);
  }
}

/** The caller gets no stack, so the app's own log has it. */
function fail(slot, error) {
  answerError(slot, error);
  failRequest(slot, error);
}

function answerError(slot, error) {
  try {
    send(slot, encodeThrown(error));
  } catch (problem) {
    // Not even that fits into the app's memory.
    failRequest(slot, problem);
  }
}

function encodeThrown(thrown) {
  try {
    if (isError(thrown)) return encodeMessage(kError, packError(thrown, kAllProperties));
    if (isObject(thrown)) return encodeMessage(kThrown, thrown);
    return encodeMessage(kError, ['Error', textOf(thrown), false, []]);
  } catch {
    return encodeMessage(kError, withoutProperties(thrown));
  }
}

/** Where they cannot be sent. */
function withoutProperties(thrown) {
  const text = 'The method threw something that cannot be sent.';
  try {
    if (isError(thrown)) return packError(thrown, kNoProperties);
  } catch {
    // Its name or its message is behind a getter that throws.
  }
  return ['Error', text, false, []];
}

function send(slot, { bytes, stream }) {
  if (stream === undefined) {
    respond(slot, kOk, '', '', bytes);
    return;
  }
  pumpStream(slot, stream, undefined, bytes);
  respondStream(slot, kOk, '', '', kUnknownLength);
}
