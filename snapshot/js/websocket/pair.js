// @ts-check
// WebSocketPair: two WebSockets, each the other's peer,
// https://developers.cloudflare.com/workers/runtime-apis/websockets/

import { ObjectDefineProperty, SymbolIterator } from '../primordials.js';
import { defineInterface } from '../webidl.js';
import { PairLink } from './pair_link.js';
import { webSocketOver } from './websocket.js';

export class WebSocketPair {
  constructor() {
    const links = [new PairLink(), new PairLink()];
    links[0].join(links[1]);
    for (let i = 0; i < links.length; i++) {
      const end = webSocketOver(links[i], '');
      const property = { __proto__: null, configurable: true, enumerable: true, writable: false };
      ObjectDefineProperty(this, i, { ...property, value: end });
    }
  }

  *[SymbolIterator]() {
    yield this[0];
    yield this[1];
  }
}
defineInterface(WebSocketPair);
