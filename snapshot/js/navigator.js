// @ts-check
// Navigator: what libraries ask to find out where they run.

import { currentSlot } from 'nano:ops';
import { keepRequest } from './execution_context.js';
import defer * as outgoing from './fetch.js';
import { PromisePrototypeThen, RegExpPrototypeExec, TypeErrorConstructor } from './primordials.js';
import { partsOf as partsOfRequest, Request } from './request.js';
import { partsOf } from './response.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  tooFewArguments,
} from './webidl.js';

const kPrivate = { __proto__: null };
const kBeacon = "Failed to execute 'sendBeacon' on 'Navigator'";

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

  /**
   * A POST that the running request stays for, as by ctx.waitUntil(), and whose answer nobody sees.
   * False while no request runs, as on Workers. https://w3c.github.io/beacon/
   */
  sendBeacon(url, data = null) {
    if (!(#isNavigator in this)) illegalInvocation();
    if (arguments.length < 1) tooFewArguments(1, 0, kBeacon);
    const slot = currentSlot();
    if (slot < 0) return false;
    const request = new Request(`${url}`, { __proto__: null, method: 'POST', body: data });
    if (RegExpPrototypeExec(/^https?:/, partsOfRequest(request).url) === null) {
      throw new TypeErrorConstructor(`${kBeacon}: Beacons are only supported over HTTP(S).`);
    }
    const sent = outgoing.fetchFrom(request, undefined, '');
    keepRequest(
      slot,
      PromisePrototypeThen(sent, (response) => partsOf(response).body?.cancel(undefined)),
    );
    return true;
  }

  static {
    defineInterface(Navigator, (value) => #isNavigator in value);
  }
}

export const navigator = new Navigator(kPrivate);
