// @ts-check
// JSON Web Keys (RFC 7517): the dictionary, its text, and what is checked of every kind.

import { utf8Decode, utf8Encode } from 'nano:ops';
import { defineValue } from '../data_property.js';
import {
  ArrayIsArray,
  ArrayPrototypeIncludes,
  ArrayPrototypePush,
  JSONParse,
  JSONStringify,
  ObjectKeys,
  ObjectSetPrototypeOf,
} from '../primordials.js';
import { isObject, toDictionary, toDOMString, toSequence } from '../webidl.js';
import { fromBase64Url } from './bytes.js';
import { badData } from './failure.js';

/** In the order of Web IDL; all but three are strings. */
const kMembers = [
  'alg',
  'crv',
  'd',
  'dp',
  'dq',
  'e',
  'ext',
  'k',
  'key_ops',
  'kty',
  'n',
  'oth',
  'p',
  'priv',
  'pub',
  'q',
  'qi',
  'use',
  'x',
  'y',
];

/** @param {any} value @param {string} context */
export function toJwk(value, context) {
  const members = toDictionary(value, context, 'JsonWebKey');
  const jwk = { __proto__: null };
  for (let i = 0; i < kMembers.length; i++) {
    const name = kMembers[i];
    const member = members[name];
    if (member === undefined) continue;
    if (name === 'ext') jwk[name] = !!member;
    else if (name === 'key_ops') jwk[name] = toSequence(member, context, toDOMString);
    else if (name === 'oth') jwk[name] = toSequence(member, context, (item) => item);
    else jwk[name] = toDOMString(member);
  }
  return /** @type {any} */ (jwk);
}

/** The dictionary in the text of a wrapped key. @param {ArrayBuffer} bytes @param {string} context */
export function parseJwk(bytes, context) {
  let parsed;
  try {
    parsed = JSONParse(utf8Decode(bytes, true, false));
  } catch {
    badData('The wrapped key is not JSON');
  }
  if (!isObject(parsed)) badData('The wrapped key is no JSON Web Key');
  // What a tenant has put on Object.prototype is not in the text.
  ObjectSetPrototypeOf(parsed, null);
  const jwk = toJwk(parsed, context);
  if (jwk.kty === undefined) badData("The wrapped key has no 'kty'");
  return jwk;
}

/** By hand: JSON.stringify would look for a `toJSON`. @param {any} jwk from beginJwk() */
export function jwkBytes(jwk) {
  let text = '{';
  const names = ObjectKeys(jwk);
  for (let i = 0; i < names.length; i++) {
    const value = jwk[names[i]];
    text += `${i === 0 ? '' : ','}"${names[i]}":`;
    if (!ArrayIsArray(value)) {
      text += JSONStringify(value);
      continue;
    }
    for (let j = 0; j < value.length; j++) text += `${j === 0 ? '[' : ','}"${value[j]}"`;
    text += value.length === 0 ? '[]' : ']';
  }
  return utf8Encode(`${text}}`);
}

/** A JsonWebKey of a key. @param {import('./key.js').KeyFacts} facts @param {string} kty */
export function beginJwk(facts, kty) {
  const jwk = defineValue({}, 'kty', kty);
  const operations = [];
  for (let i = 0; i < facts.usages.length; i++) ArrayPrototypePush(operations, facts.usages[i]);
  defineValue(jwk, 'key_ops', operations);
  return defineValue(jwk, 'ext', facts.extractable);
}

/**
 * What is checked of every key.
 * @param {any} jwk @param {string} kty @param {string} use what `use` has to be, where it is there
 * @param {boolean} extractable @param {string[]} usages
 */
export function checkJwk(jwk, kty, use, extractable, usages) {
  if (jwk.kty !== kty) badData(`The JSON Web Key's 'kty' is not '${kty}'`);
  if (usages.length > 0 && jwk.use !== undefined && jwk.use !== use) {
    badData(`The JSON Web Key's 'use' is not '${use}'`);
  }
  const operations = jwk.key_ops;
  if (operations !== undefined) {
    for (let i = 0; i < operations.length; i++) {
      for (let j = 0; j < i; j++) {
        if (operations[i] === operations[j]) {
          badData("The JSON Web Key's 'key_ops' name an operation twice");
        }
      }
    }
    for (let i = 0; i < usages.length; i++) {
      if (!ArrayPrototypeIncludes(operations, usages[i])) {
        badData(`The JSON Web Key's 'key_ops' do not have '${usages[i]}'`);
      }
    }
  }
  if (jwk.ext === false && extractable) badData('The JSON Web Key is not extractable');
}

/** The bytes of a member. @param {any} jwk @param {string} name */
export function jwkMember(jwk, name) {
  const text = jwk[name];
  if (text === undefined) badData(`The JSON Web Key has no '${name}'`);
  const bytes = fromBase64Url(text);
  return bytes === undefined ? badData(`The JSON Web Key's '${name}' is not base64url`) : bytes;
}
