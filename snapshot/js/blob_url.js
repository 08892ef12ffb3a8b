// @ts-check
// blob: URLs, https://w3c.github.io/FileAPI/#url
//
// In a browser they last as long as their page. Here they last as long as the request that made
// them: nothing of one request is left for the next, and what is not revoked goes by itself.

import { currentSlot, randomUUID } from 'nano:ops';
import { isBlob } from './blob.js';
import {
  ErrorConstructor,
  SafeMap,
  StringPrototypeStartsWith,
  TypeErrorConstructor,
} from './primordials.js';
import { whenRequestEnds } from './timers.js';

const kPrefix = 'blob:null/';
const kNoSlot = -1;

/** By slot, then by URL. @type {any} */
const stores = new SafeMap();

/** @param {any} object @param {string} context @returns {string} */
export function createBlobUrl(object, context) {
  if (!isBlob(object)) {
    throw new TypeErrorConstructor(`${context}: parameter 1 is not of type 'Blob'.`);
  }
  const slot = currentSlot();
  if (slot === kNoSlot) {
    throw new ErrorConstructor(`${context}: a blob: URL belongs to a request; there is none here.`);
  }
  let store = stores.get(slot);
  if (store === undefined) {
    whenRequestEnds(() => stores.delete(slot));
    stores.set(slot, (store = new SafeMap()));
  }
  const url = `${kPrefix}${randomUUID()}`;
  store.set(url, object);
  return url;
}

/** @param {string} href */
export function revokeBlobUrl(href) {
  stores.get(currentSlot())?.delete(href);
}

/** @param {string} href without its fragment @returns {any} the Blob, or undefined */
export function blobOfUrl(href) {
  if (!StringPrototypeStartsWith(href, kPrefix)) return undefined;
  return stores.get(currentSlot())?.get(href);
}
