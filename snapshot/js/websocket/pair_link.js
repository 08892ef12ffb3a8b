// @ts-check
// One end of a WebSocketPair: what is sent at the other end arrives here, in a microtask of its own,
// once somebody has accepted.

import { utf8Decode } from 'nano:ops';
import { TypedArrayPrototypeGetBuffer } from '../primordials.js';
import { runInMicrotask } from '../streams/promises.js';
import { Queue } from '../streams/queue.js';

export class PairLink {
  /** @type {PairLink} */
  #peer;
  /** @type {import('./network_link.js').LinkOwner | undefined} */
  #owner = undefined;
  /** What has arrived and nobody has accepted. */
  #waiting = new Queue();
  #closeSent = false;
  #closeReceived = false;

  /** Nothing waits: a pair is as fast as its reader. */
  get bufferedAmount() {
    return 0;
  }

  /** @param {PairLink} peer */
  join(peer) {
    this.#peer = peer;
    peer.#peer = this;
  }

  /** @param {import('./network_link.js').LinkOwner} owner */
  begin(owner) {
    this.#owner = owner;
    this.#deliver();
  }

  /** @param {string | Uint8Array} data bytes that nobody else has */
  send(data) {
    if (this.#closeSent) return;
    const message = typeof data === 'string' ? data : TypedArrayPrototypeGetBuffer(data);
    this.#peer.#arrive((owner) => owner.message(message));
  }

  /** @param {number} code @param {Uint8Array} reason UTF-8 */
  close(code, reason) {
    if (this.#closeSent) return;
    this.#closeSent = true;
    const text = utf8Decode(reason, false, true);
    const peer = this.#peer;
    peer.#arrive((owner) => {
      peer.#closeReceived = true;
      owner.closing();
      peer.close(code, reason);
      owner.closed(code, text, true);
    });
  }

  #arrive(tell) {
    if (this.#closeReceived) return;
    this.#waiting.push(tell);
    this.#deliver();
  }

  #deliver() {
    if (this.#owner === undefined) return;
    const count = this.#waiting.length;
    for (let i = 0; i < count; i++) {
      const tell = this.#waiting.shift();
      runInMicrotask(() => tell(this.#owner));
    }
  }
}
