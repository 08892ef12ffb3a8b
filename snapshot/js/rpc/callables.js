// @ts-check
// V8 does not clone functions, nor ask what to do with one: where a value has any, what may hold
// them is copied, with places for them.

import { kindOf } from 'nano:ops';
import { defineValue } from '../data_property.js';
import {
  ArrayPrototypePush,
  MapPrototypeForEach,
  ObjectGetPrototypeOf,
  ObjectKeys,
  ObjectPrototype,
  SafeMap,
  SafeSet,
  SetPrototypeForEach,
} from '../primordials.js';
import { dataCloneError } from '../structured_clone.js';
import { isObject, isPlatformObject } from '../webidl.js';
import { CallablePlace, isCallable } from './exported.js';
import { targetOf } from './handles.js';
import { kHint } from './packed_objects.js';

const kNotAwaited = 'A service binding, or what has not been awaited, could not be serialized.';

/** An empty one of its kind; undefined of what is not copied. */
function emptyOf(object) {
  switch (kindOf(object)) {
    case 'Array':
      return [];
    case 'Map':
      return new SafeMap();
    case 'Set':
      return new SafeSet();
    case 'Object':
      break;
    default:
      return undefined;
  }
  const prototype = ObjectGetPrototypeOf(object);
  const isPlain = prototype === ObjectPrototype || prototype === null;
  return isPlain && !isPlatformObject(object) ? {} : undefined;
}

class Replacing {
  found = false;
  /** By original. */
  #copies = new SafeMap();
  #todo = [];

  /** What stands for the value; copies are filled later, so that nothing here recurs. */
  copyOf(value) {
    if (!isObject(value)) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    let copy;
    if (isCallable(value)) {
      this.found = true;
      copy = new CallablePlace(value);
    } else if (targetOf(value) !== undefined) {
      throw dataCloneError(kNotAwaited + kHint);
    } else {
      copy = emptyOf(value);
      if (copy === undefined) return value;
      ArrayPrototypePush(this.#todo, [value, copy]);
    }
    this.#copies.set(value, copy);
    return copy;
  }

  fillAll() {
    for (let i = 0; i < this.#todo.length; i++) this.#fill(this.#todo[i][0], this.#todo[i][1]);
  }

  #fill(from, to) {
    const kind = kindOf(from);
    if (kind === 'Map') {
      MapPrototypeForEach(from, (value, key) => to.set(this.copyOf(key), this.copyOf(value)));
    } else if (kind === 'Set') {
      SetPrototypeForEach(from, (value) => to.add(this.copyOf(value)));
    } else {
      if (kind === 'Array') to.length = from.length;
      const keys = ObjectKeys(from);
      for (let i = 0; i < keys.length; i++) {
        defineValue(to, keys[i], this.copyOf(from[keys[i]]));
      }
    }
  }
}

/** @param {any} value @returns {any} the value itself where it has none */
export function replaceIn(value) {
  const replacing = new Replacing();
  const copy = replacing.copyOf(value);
  replacing.fillAll();
  return replacing.found ? copy : value;
}
