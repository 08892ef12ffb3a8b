// @ts-check
// What a method has thrown, as a message: whatever it is, something is sent.

import { isObject } from '../webidl.js';
import { encodeMessage, kError, kMostAnswerBytes, kThrown } from './message.js';
import { isError, kAllProperties, kNoProperties, packError, textOf } from './thrown.js';

/** Where its properties cannot be sent. */
function withoutProperties(thrown) {
  const text = 'The method threw something that cannot be sent.';
  try {
    if (isError(thrown)) return packError(thrown, kNoProperties);
  } catch {
    // Its name or its message is behind a getter that throws.
  }
  return ['Error', text, false, []];
}

/**
 * @param {any} thrown
 * @param {(packed: any) => any} [wrap] what the message's value is
 * @param {number} [error] the kind of a message with packError() @param {number} [other] with a value
 * @returns {{ bytes: Uint8Array, stream: any }}
 */
export function encodeThrown(thrown, wrap = (packed) => packed, error = kError, other = kThrown) {
  const most = kMostAnswerBytes;
  try {
    if (isError(thrown)) return encodeMessage(error, wrap(packError(thrown, kAllProperties)), most);
    if (isObject(thrown)) return encodeMessage(other, wrap(thrown), most);
    return encodeMessage(error, wrap(['Error', textOf(thrown), false, []]), most);
  } catch {
    return encodeMessage(error, wrap(withoutProperties(thrown)), most);
  }
}
