// @ts-check
// ProgressEvent, https://xhr.spec.whatwg.org/#progressevent: what a FileReader dispatches.

import { Event } from './event.js';
import {
  defineInterface,
  illegalInvocation,
  toDictionary,
  toDouble,
  tooFewArguments,
} from './webidl.js';

export class ProgressEvent extends Event {
  #lengthComputable;
  #loaded = 0;
  #total = 0;

  constructor(type, eventInitDict = undefined) {
    const context = "Failed to construct 'ProgressEvent'";
    if (arguments.length < 1) tooFewArguments(1, 0, context);
    super(type, eventInitDict);
    const init = toDictionary(eventInitDict, context, 'ProgressEventInit');
    this.#lengthComputable = !!init.lengthComputable;
    const loaded = init.loaded;
    if (loaded !== undefined) this.#loaded = toDouble(loaded, context);
    const total = init.total;
    if (total !== undefined) this.#total = toDouble(total, context);
  }

  get lengthComputable() {
    if (!(#total in this)) illegalInvocation();
    return this.#lengthComputable;
  }

  get loaded() {
    if (!(#total in this)) illegalInvocation();
    return this.#loaded;
  }

  get total() {
    if (!(#total in this)) illegalInvocation();
    return this.#total;
  }
}
defineInterface(ProgressEvent);
