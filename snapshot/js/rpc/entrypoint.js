// @ts-check
// A call of an entrypoint: its fetch(), or one of its methods.

import { dispatchFetch } from '../dispatch.js';
import { makeExecutionContext } from '../execution_context.js';
import {
  JSONParse,
  ObjectGetPrototypeOf,
  ReflectApply,
  ReflectConstruct,
  TypeErrorConstructor,
} from '../primordials.js';
import { isObject } from '../webidl.js';
import { WorkerEntrypoint } from '../workers.js';
import { answerCall } from './answer.js';

const kBase = WorkerEntrypoint.prototype;

/** Whether the value is a class that extends WorkerEntrypoint. */
function isEntrypointClass(value) {
  if (typeof value !== 'function') return false;
  for (let object = value.prototype; isObject(object); object = ObjectGetPrototypeOf(object)) {
    if (object === kBase) return true;
  }
  return false;
}

/** Calls one of the handlers that an object or a class may have. */
function callHandler(target, name, event, env, ctx) {
  const isClass = isEntrypointClass(target);
  const receiver = isClass ? ReflectConstruct(target, [ctx, env]) : target;
  const handler = receiver?.[name];
  if (typeof handler !== 'function') {
    throw new TypeErrorConstructor(`Handler does not export a ${name}() function`);
  }
  return ReflectApply(handler, receiver, isClass ? [event] : [event, env, ctx]);
}

/** A class by the methods that a plain object has. @param {any} exported a function */
export function handlerOf(exported) {
  if (!isEntrypointClass(exported)) return exported;
  const handler = { __proto__: null };
  handler.fetch = (event, env, ctx) => callHandler(exported, 'fetch', event, env, ctx);
  if (typeof exported.prototype.scheduled === 'function') {
    handler.scheduled = (event, env, ctx) => callHandler(exported, 'scheduled', event, env, ctx);
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
    ? () => ({ object: ReflectConstruct(target, [context(), env]), base: kBase })
    : () => ({ object: target, extra: [env, context()] });
  answerCall(slot, method, receiver);
}
