// @ts-check
// ECDSA and ECDH (Web Cryptography 23, 24) over P-256, P-384 and P-521.

import {
  curveGenerate,
  ecdsaSign,
  ecdsaVerify,
  ecFromPoint,
  ecPoint,
  ecSecret,
  keyIsConsistent,
  keyKind,
} from 'nano:ops';
import { defineValue } from '../data_property.js';
import {
  TypedArrayPrototypeSet,
  TypedArrayPrototypeSubarray,
  Uint8ArrayConstructor as Uint8Array,
} from '../primordials.js';
import { agreementParams, deriveShared } from './agreement.js';
import { bytesOfBuffer, lengthOfBytes, toBase64Url } from './bytes.js';
import { kCurves } from './curves.js';
import { badData, made, notSupported, readKey } from './failure.js';
import { hashNumber, toKeyHash } from './hashes.js';
import { beginJwk, checkJwk, jwkMember } from './jwk.js';
import { checkUsages, makeKey } from './key.js';
import {
  checkPairUsages,
  derOf,
  handleOfDer,
  isRawPublic,
  makePair,
  requireType,
  unknownFormat,
} from './key_pair.js';
import { requiredMember, stringMember } from './members.js';

const kPointInFull = 4;

const curveParams = (members, context) => ({
  __proto__: null,
  namedCurve: stringMember(members, 'namedCurve', context),
});

/** @param {string} name */
function nistCurve(name) {
  const curve = kCurves[name];
  return curve === undefined || curve.kind !== undefined
    ? notSupported(`There is no curve '${name}'`)
    : curve;
}

const checkCurve = (params) => nistCurve(params.namedCurve);

function coordinate(jwk, name, curve) {
  const bytes = jwkMember(jwk, name);
  if (lengthOfBytes(bytes) !== curve.bytes) {
    badData(`The JSON Web Key's '${name}' has not ${curve.bytes} bytes`);
  }
  return bytes;
}

function handleOfJwk(jwk, curve) {
  const point = new Uint8Array(1 + 2 * curve.bytes);
  point[0] = kPointInFull;
  TypedArrayPrototypeSet(point, coordinate(jwk, 'x', curve), 1);
  TypedArrayPrototypeSet(point, coordinate(jwk, 'y', curve), 1 + curve.bytes);
  const secret = jwk.d === undefined ? new Uint8Array(0) : coordinate(jwk, 'd', curve);
  return readKey(ecFromPoint([curve.number, point, secret]));
}

function handleOfPoint(bytes, curve) {
  const kind = bytes[0];
  const whole = kind === kPointInFull && lengthOfBytes(bytes) === 1 + 2 * curve.bytes;
  const compressed = (kind === 2 || kind === 3) && lengthOfBytes(bytes) === 1 + curve.bytes;
  if (!whole && !compressed) badData('The data is no point of the curve');
  return readKey(ecFromPoint([curve.number, bytes, new Uint8Array(0)]));
}

const typeOf = (format, keyData) => {
  if (format === 'jwk') return keyData.d === undefined ? 'public' : 'private';
  if (format === 'spki' || isRawPublic(format)) return 'public';
  return format === 'pkcs8' ? 'private' : unknownFormat(format);
};

/** ECDSA alone names its curve's algorithm. */
const kJwkNames = { __proto__: null, 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };

/**
 * What the two have in common.
 * @param {import('./key_pair.js').PairUsages} allowed @param {boolean} signs
 */
function family(allowed, signs) {
  return {
    __proto__: null,
    params: { __proto__: null, generateKey: curveParams, importKey: curveParams },
    checks: { __proto__: null, generateKey: checkCurve, importKey: checkCurve },
    publicUsages: allowed.public,

    generateKey(params, extractable, usages) {
      const { name, namedCurve } = params;
      checkPairUsages(usages, allowed);
      const handle = made(curveGenerate(nistCurve(namedCurve).number));
      return makePair({ __proto__: null, name, namedCurve }, handle, extractable, usages, allowed);
    },

    importKey(format, keyData, params, extractable, usages) {
      const { name, namedCurve } = params;
      const curve = nistCurve(namedCurve);
      const type = typeOf(format, keyData);
      checkUsages(usages, allowed[type]);
      let handle;
      if (format === 'jwk') {
        checkJwk(keyData, 'EC', signs ? 'sig' : 'enc', extractable, usages);
        if (keyData.crv !== namedCurve) badData(`The JSON Web Key's 'crv' is not '${namedCurve}'`);
        if (signs && keyData.alg !== undefined && keyData.alg !== kJwkNames[namedCurve]) {
          badData(`The JSON Web Key's 'alg' is not '${kJwkNames[namedCurve]}'`);
        }
        handle = handleOfJwk(keyData, curve);
      } else if (isRawPublic(format)) {
        handle = handleOfPoint(keyData, curve);
      } else {
        handle = handleOfDer(format, keyData);
      }
      if (keyKind(handle) !== namedCurve) badData('The key is none of this curve');
      if (!keyIsConsistent(handle, type === 'private')) badData('The key is not valid');
      return makeKey(type, { __proto__: null, name, namedCurve }, handle, extractable, usages);
    },

    exportKey(format, facts) {
      if (format === 'spki' || format === 'pkcs8') return derOf(format, facts);
      const curve = kCurves[facts.algorithm.namedCurve];
      if (isRawPublic(format)) {
        requireType(facts, 'public');
        return made(ecPoint(facts.handle, curve.number));
      }
      if (format !== 'jwk') return unknownFormat(format);
      const jwk = defineValue(beginJwk(facts, 'EC'), 'crv', facts.algorithm.namedCurve);
      const point = bytesOfBuffer(made(ecPoint(facts.handle, curve.number)));
      const at = (from) =>
        toBase64Url(TypedArrayPrototypeSubarray(point, from, from + curve.bytes));
      defineValue(jwk, 'x', at(1));
      defineValue(jwk, 'y', at(1 + curve.bytes));
      if (facts.type === 'public') return jwk;
      const secret = made(ecSecret(facts.handle, curve.number));
      return defineValue(jwk, 'd', toBase64Url(bytesOfBuffer(secret)));
    },
  };
}

const ecdsaParams = (members, context) => ({
  __proto__: null,
  hash: toKeyHash(requiredMember(members, 'hash', context), context),
});

export const ecdsa = {
  __proto__: null,
  .../** @type {any} */ (family({ public: ['verify'], private: ['sign'] }, true)),
  sign(params, facts, data) {
    requireType(facts, 'private');
    return made(ecdsaSign(facts.handle, hashNumber(params.hash), data));
  },
  verify(params, facts, signature, data) {
    requireType(facts, 'public');
    return made(ecdsaVerify(facts.handle, [hashNumber(params.hash), signature], data));
  },
};
ecdsa.params.sign = ecdsa.params.verify = ecdsaParams;

export const ecdh = {
  __proto__: null,
  .../** @type {any} */ (family({ public: [], private: ['deriveKey', 'deriveBits'] }, false)),
  deriveBits: deriveShared,
};
ecdh.params.deriveBits = agreementParams;
