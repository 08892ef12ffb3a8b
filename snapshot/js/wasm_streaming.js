// @ts-check
// WebAssembly.compileStreaming and instantiateStreaming,
// https://webassembly.github.io/spec/web-api/#streaming-modules
//
// The whole body is read first: compiling a piece at a time would be work of V8's helper thread, on
// nobody's CPU time, and would keep the pieces where no limit counts them.

import { consumeBody, toBytes } from './body_reading.js';
import { getHeader } from './header_list.js';
import { RegExpPrototypeExec, TypeErrorConstructor as TypeError } from './primordials.js';
import { isResponse, partsOf } from './response.js';
import { resolvedWith, thenFollow } from './streams/promises.js';

const kWasmType = /^[\t\n\r ]*application\/wasm[\t\n\r ]*$/i;

/**
 * "Compile a potential WebAssembly response", up to its bytes, which are the caller's own.
 * @param {any} source @param {string} context @returns {Promise<Uint8Array>}
 */
export function bytesOfResponse(source, context) {
  return thenFollow(resolvedWith(source), (response) => {
    if (!isResponse(response)) {
      throw new TypeError(`${context}: Argument 0 must be a Response or a promise of one`);
    }
    const { status, headers, body } = partsOf(response);
    // Before what the head says: who gave it up is not told that it was no module.
    if (body !== null && body.isAborted) throw body.abortReason;
    const type = getHeader(headers, 'content-type');
    if (type === null || RegExpPrototypeExec(kWasmType, type) === null) {
      throw new TypeError(
        `${context}: Incorrect response MIME type ${type ?? '(none)'}: expected application/wasm`,
      );
    }
    if (status < 200 || status > 299) {
      throw new TypeError(`${context}: HTTP status code ${status} is not ok`);
    }
    return consumeBody(body, toBytes);
  });
}
