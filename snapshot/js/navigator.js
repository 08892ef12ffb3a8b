// @ts-check
// Navigator: what libraries ask to find out where they run.

import { defineInterface, illegalConstructor, illegalInvocation } from './webidl.js';

const kPrivate = { __proto__: null };

/**
 * Not "nano": hono, jose, pg and better-auth compare navigator.userAgent with this very string to
 * choose their code for runtimes of the Workers kind, and zod looks for "Cloudflare" in it.
 */
const kUserAgent = 'Cloudflare-Workers';

export class Navigator {
  #isNavigator = true;

  constructor(key = undefined) {
    if (key !== kPrivate) illegalConstructor();
  }

  get userAgent() {
    if (!(#isNavigator in this)) illegalInvocation();
    return kUserAgent;
  }

  get language() {
    if (!(#isNavigator in this)) illegalInvocation();
    return 'en';
  }

  get languages() {
    if (!(#isNavigator in this)) illegalInvocation();
    return ['en'];
  }

  /** An isolate has one thread. */
  get hardwareConcurrency() {
    if (!(#isNavigator in this)) illegalInvocation();
    return 1;
  }

  static {
    defineInterface(Navigator, (value) => #isNavigator in value);
  }
}

export const navigator = new Navigator(kPrivate);
