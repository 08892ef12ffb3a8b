// @ts-check
// Apart from what opens it, which runs late: every fetch() asks this.

import { StringPrototypeToLowerCase } from '../primordials.js';

/** Whether a request asks for a WebSocket. @param {readonly string[]} headers names in lower case */
export function asksForWebSocket(headers) {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === 'upgrade') return StringPrototypeToLowerCase(headers[i + 1]) === 'websocket';
  }
  return false;
}
