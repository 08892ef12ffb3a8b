// @ts-check
// The interfaces whose objects inspect prints with what is in them. Runs early; inspect runs late.

import { ArrayPrototypePush } from './primordials.js';

/** @type {Array<{isInstance: (value: any) => boolean, fields: (value: any) => any[]}>} */
export const platformShapes = [];

/**
 * How objects of an interface are printed; their private fields cannot be seen from here.
 * @param {(value: any) => boolean} isInstance
 * @param {(value: any) => any[]} fields what is printed: [name, value, name, value, ...]
 */
export function inspectAs(isInstance, fields) {
  ArrayPrototypePush(platformShapes, { isInstance, fields });
}
