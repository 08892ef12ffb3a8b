// @ts-check
// The errors of Web Cryptography (section 18.4.3 and those of its algorithms).

import { DOMException } from '../dom_exception.js';

/** @returns {never} */
function fail(message, name) {
  throw new DOMException(message, name);
}

/** @param {string} message @returns {never} */
export const notSupported = (message) => fail(message, 'NotSupportedError');
/** @param {string} message @returns {never} */
export const invalidAccess = (message) => fail(message, 'InvalidAccessError');
/** @param {string} message @returns {never} */
export const badData = (message) => fail(message, 'DataError');
/** @param {string} message @returns {never} */
export const badUsage = (message) => fail(message, 'SyntaxError');
/** @param {string} message @returns {never} */
export const operationFailed = (message) => fail(message, 'OperationError');

/** What an op made; it gives undefined where it failed. */
export function made(result, message = 'The operation failed for an operation-specific reason') {
  return result === undefined ? operationFailed(message) : result;
}

/** A key that an op read from what the user gave. */
export function readKey(handle, message = 'The key data is not valid') {
  return handle === undefined ? badData(message) : handle;
}
