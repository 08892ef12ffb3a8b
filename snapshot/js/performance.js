// @ts-check
// Performance (High Resolution Time): the host's clock, which is coarse on purpose.

import { now, timeOrigin } from 'nano:ops';
import { EventTarget } from './event_target.js';
import { defineInterface, illegalConstructor, illegalInvocation } from './webidl.js';

const kPrivate = { __proto__: null };

export class Performance extends EventTarget {
  #isPerformance = true;

  constructor(key = undefined) {
    if (key !== kPrivate) illegalConstructor();
    super();
  }

  now() {
    if (!(#isPerformance in this)) illegalInvocation();
    return now();
  }

  get timeOrigin() {
    if (!(#isPerformance in this)) illegalInvocation();
    return timeOrigin();
  }

  toJSON() {
    if (!(#isPerformance in this)) illegalInvocation();
    return { timeOrigin: timeOrigin() };
  }
}

defineInterface(Performance);

export const performance = new Performance(kPrivate);
