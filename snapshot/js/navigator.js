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

  static {
    defineInterface(Navigator, (value) => #isNavigator in value);
  }
}

export const navigator = new Navigator(kPrivate);
