// @ts-check
// Workers' compatibility flags that nano honours. supervisor/compatibility has the table of all of
// them and knows the dates; here come the names of those that are on.

import {
  ArrayPrototypeIncludes,
  ReflectDeleteProperty,
  TypeErrorConstructor,
} from './primordials.js';
import { Headers } from './headers.js';
import { timerOptions } from './timers.js';

/** What built-ins ask about. As it is when nothing is said. */
export const behaviour = {
  __proto__: null,
  /** websocket_standard_binary_type */
  binaryType: 'blob',
  /** upper_case_all_http_methods */
  upperCaseMethods: false,
};

/** Globals that are not there without the flag. @type {Record<string, string[]>} */
const kGlobals = {
  __proto__: /** @type {any} */ (null),
  global_navigator: ['navigator'],
  expose_global_message_channel: ['MessageChannel', 'MessagePort'],
  enable_weak_ref: ['WeakRef', 'FinalizationRegistry'],
};

/** The others that applyFlags() asks about. */
const kBehaviours = [
  'http_headers_getsetcookie',
  'websocket_standard_binary_type',
  'upper_case_all_http_methods',
  'enable_nodejs_global_timers',
];

/**
 * Entry point, before any code of the tenant.
 * @param {string[]} names
 * @throws {TypeError} for one that is not known here: it would be reported as honoured and is not.
 */
export function applyFlags(names) {
  for (let i = 0; i < names.length; i++) {
    if (names[i] in kGlobals || ArrayPrototypeIncludes(kBehaviours, names[i])) continue;
    throw new TypeErrorConstructor(
      `the built-ins do not know the compatibility flag '${names[i]}': ` +
        'nanod and the snapshot have to be of one build',
    );
  }
  const isOn = (name) => ArrayPrototypeIncludes(names, name);
  for (const name in kGlobals) {
    const globals = isOn(name) ? [] : kGlobals[name];
    for (let i = 0; i < globals.length; i++) ReflectDeleteProperty(globalThis, globals[i]);
  }
  if (!isOn('http_headers_getsetcookie')) {
    ReflectDeleteProperty(Headers.prototype, 'getSetCookie');
  }
  behaviour.binaryType = isOn('websocket_standard_binary_type') ? 'blob' : 'arraybuffer';
  behaviour.upperCaseMethods = isOn('upper_case_all_http_methods');
  timerOptions.givesObjects = isOn('enable_nodejs_global_timers');
}
