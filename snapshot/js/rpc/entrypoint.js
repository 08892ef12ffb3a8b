// @ts-check
// A call of an entrypoint: its fetch(), or one of its methods.

import { proxyDetails } from 'nano:ops';
import { dispatchFetch } from '../dispatch.js';
import { makeExecutionContext } from '../execution_context.js';
import {
  ArrayPrototypePush,
  JSONParse,
  ObjectGetPrototypeOf,
  ReflectApply,
  ReflectConstruct,
  SafeGetOwnPropertyDescriptor,
  TypeErrorConstructor,
} from '../primordials.js';
import { isObject } from '../webidl.js';
import { WorkerEntrypoint } from '../workers.js';
import defer * as answers from './answer.js';

const kBase = WorkerEntrypoint.prototype;

/**
 * The prototypes of a class that extends WorkerEntrypoint, from its own to its last; undefined of
 * anything else. No code of a tenant runs, which a proxy's would.
 */
function chainOf(value) {
  if (typeof value !== 'function' || proxyDetails(value) !== undefined) return undefined;
  const chain = [];
  let object = SafeGetOwnPropertyDescriptor(value, 'prototype')?.value;
  for (; object !== kBase; object = ObjectGetPrototypeOf(object)) {
    if (!isObject(object) || proxyDetails(object) !== undefined) return undefined;
    ArrayPrototypePush(chain, object);
  }
  return chain;
}

const isEntrypointClass = (value) => chainOf(value) !== undefined;

function handlerNamed(receiver, name) {
  const handler = receiver?.[name];
  if (typeof handler === 'function') return handler;
  throw new TypeErrorConstructor(`Handler does not export a ${name}() function`);
}

/** Calls one of the handlers of a class. */
function callOfClass(target, name, event, env, ctx) {
  const receiver = ReflectConstruct(target, [ctx, env]);
  return ReflectApply(handlerNamed(receiver, name), receiver, [event]);
}

/** Calls one of the handlers that an object or a class may have. */
function callHandler(target, name, event, env, ctx) {
  if (isEntrypointClass(target)) return callOfClass(target, name, event, env, ctx);
  return ReflectApply(handlerNamed(target, name), target, [event, env, ctx]);
}

function hasMember(chain, name) {
  for (let i = 0; i < chain.length; i++) {
    if (SafeGetOwnPropertyDescriptor(chain[i], name) !== undefined) return true;
  }
  return false;
}

/**
 * A class by the methods that a plain object has. Called when an app is loaded, when nothing of a
 * tenant may run.
 * @param {any} exported
 */
export function handlerOf(exported) {
  const chain = chainOf(exported);
  if (chain === undefined) return exported;
  const handler = { __proto__: null };
  handler.fetch = (event, env, ctx) => callOfClass(exported, 'fetch', event, env, ctx);
  if (hasMember(chain, 'scheduled')) {
    handler.scheduled = (event, env, ctx) => callOfClass(exported, 'scheduled', event, env, ctx);
  }
  return handler;
}

/** @param {any} call as in entrypoints.js */
export function dispatchCall({ slot, exports, env, entrypoint, props, method }) {
  const target = exports[entrypoint === '' ? 'default' : entrypoint];
  const context = () => makeExecutionContext(slot, props === '' ? undefined : JSONParse(props));
  if (method === '') {
    const fetch = (request) => callHandler(target, 'fetch', request, env, context());
    dispatchFetch(slot, { __proto__: null, fetch }, env);
    return;
  }
  const receiver = isEntrypointClass(target)
    ? () => ({ __proto__: null, object: ReflectConstruct(target, [context(), env]), base: kBase })
    : () => ({ __proto__: null, object: target, extra: [env, context()] });
  answers.answerCall(slot, method, receiver);
}
