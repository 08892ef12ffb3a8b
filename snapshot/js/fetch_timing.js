// @ts-check
// Between fetch() and the timeline of performance: neither runs the other's file. Who wants to hear
// of fetches says so here; before that a fetch looks at no clock.

import { now } from 'nano:ops';

export const fetchTiming = {
  __proto__: null,
  /** @type {((timing: { url: string, startTime: number, responseStart: number, status: number }) => void)
   *   | undefined} */
  record: undefined,
};

/** @param {string} url @returns {any} for endTiming; undefined where nobody wants to hear */
export function beginTiming(url) {
  if (fetchTiming.record === undefined) return undefined;
  return { __proto__: null, url, startTime: now(), responseStart: 0, status: 0 };
}

/**
 * The head of the answer is there.
 * @param {any} timing @param {number} status
 * @param {import('./incoming_body.js').IncomingBody | undefined} incoming what is still to come
 */
export function endTiming(timing, status, incoming) {
  timing.responseStart = now();
  timing.status = status;
  if (incoming === undefined) {
    fetchTiming.record?.(timing);
    return;
  }
  const { onOver } = incoming;
  incoming.onOver = () => {
    onOver?.();
    if (!incoming.isAborted) fetchTiming.record?.(timing);
  };
}
