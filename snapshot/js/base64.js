// @ts-check
// atob and btoa (HTML 8.3): forgiving base64 over strings of bytes.

import { base64Decode, base64Encode } from 'nano:ops';
import { DOMException } from './dom_exception.js';
import { StringPrototypeCharCodeAt } from './primordials.js';
import { toDOMString, tooFewArguments } from './webidl.js';

// Methods, since the operations of an interface are no constructors.
const operations = {
  atob(data) {
    const context = "Failed to execute 'atob'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const decoded = base64Decode(toDOMString(data));
    if (decoded === undefined) {
      const message = `${context}: The string to be decoded is not correctly encoded.`;
      throw new DOMException(message, 'InvalidCharacterError');
    }
    return decoded;
  },
  btoa(data) {
    const context = "Failed to execute 'btoa'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    const text = toDOMString(data);
    for (let i = 0; i < text.length; i++) {
      if (StringPrototypeCharCodeAt(text, i) > 255) {
        const message = `${context}: The string contains characters beyond Latin1.`;
        throw new DOMException(message, 'InvalidCharacterError');
      }
    }
    return base64Encode(text);
  },
};

export const atob = operations.atob;
export const btoa = operations.btoa;
