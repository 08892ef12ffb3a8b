// @ts-check
// Ed25519 and X25519 (Web Cryptography 25, 26), Ed448 and X448
// (https://wicg.github.io/webcrypto-secure-curves/).

import { curveFromRaw, curveGenerate, curveRaw, equalInConstantTime, keyKind } from 'nano:ops';
import { defineValue } from '../data_property.js';
import { ArrayPrototypeIncludes } from '../primordials.js';
import { agreementParams, deriveShared } from './agreement.js';
import { bytesOfBuffer, toBase64Url } from './bytes.js';
import { kCurves } from './curves.js';
import { badData, made, readKey } from './failure.js';
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
import { addSignature, contextParams } from './whole_signature.js';

const typeOf = (format, keyData) => {
  if (format === 'jwk') return keyData.d === undefined ? 'public' : 'private';
  if (format === 'spki' || isRawPublic(format)) return 'public';
  return format === 'pkcs8' ? 'private' : unknownFormat(format);
};

function handleOfJwk(jwk, curve) {
  const point = jwkMember(jwk, 'x');
  if (jwk.d === undefined) return readKey(curveFromRaw(curve.number, false, point));
  const handle = readKey(curveFromRaw(curve.number, true, jwkMember(jwk, 'd')));
  if (!equalInConstantTime(curveRaw(handle, false), point)) {
    badData("The JSON Web Key's 'x' does not belong to its 'd'");
  }
  return handle;
}

/**
 * @param {string} curveName @param {import('./key_pair.js').PairUsages} allowed
 * @param {string} use of a JWK
 * @param {string[]} jwkNames that `alg` may have; the first is given out
 */
function family(curveName, allowed, use, jwkNames) {
  const curve = kCurves[curveName];
  return {
    __proto__: null,
    params: { __proto__: null, generateKey: null, importKey: null },
    publicUsages: allowed.public,

    generateKey(params, extractable, usages) {
      checkPairUsages(usages, allowed);
      const handle = made(curveGenerate(curve.number));
      const algorithm = { __proto__: null, name: curveName };
      return makePair(algorithm, handle, extractable, usages, allowed);
    },

    importKey(format, keyData, params, extractable, usages) {
      const type = typeOf(format, keyData);
      checkUsages(usages, allowed[type]);
      let handle;
      if (format === 'jwk') {
        checkJwk(keyData, 'OKP', use, extractable, usages);
        if (keyData.crv !== curveName) badData(`The JSON Web Key's 'crv' is not '${curveName}'`);
        if (
          jwkNames.length > 0 &&
          keyData.alg !== undefined &&
          !ArrayPrototypeIncludes(jwkNames, keyData.alg)
        ) {
          badData(`The JSON Web Key's 'alg' is not '${jwkNames[0]}'`);
        }
        handle = handleOfJwk(keyData, curve);
      } else if (isRawPublic(format)) {
        handle = readKey(curveFromRaw(curve.number, false, keyData));
      } else {
        handle = handleOfDer(format, keyData);
      }
      if (keyKind(handle) !== curve.kind) badData(`The key is no ${curveName} key`);
      return makeKey(type, { __proto__: null, name: curveName }, handle, extractable, usages);
    },

    exportKey(format, facts) {
      if (format === 'spki' || format === 'pkcs8') return derOf(format, facts);
      if (isRawPublic(format)) {
        requireType(facts, 'public');
        return made(curveRaw(facts.handle, false));
      }
      if (format !== 'jwk') return unknownFormat(format);
      const jwk = defineValue(beginJwk(facts, 'OKP'), 'crv', curveName);
      if (jwkNames.length > 0) defineValue(jwk, 'alg', jwkNames[0]);
      const rawText = (isPrivate) =>
        toBase64Url(bytesOfBuffer(made(curveRaw(facts.handle, isPrivate))));
      defineValue(jwk, 'x', rawText(false));
      return facts.type === 'public' ? jwk : defineValue(jwk, 'd', rawText(true));
    },
  };
}

function signature(curveName, readParams) {
  const allowed = { __proto__: null, public: ['verify'], private: ['sign'] };
  const algorithm = /** @type {any} */ (family(curveName, allowed, 'sig', [curveName, 'EdDSA']));
  return addSignature(algorithm, readParams);
}

function agreement(curveName) {
  const allowed = { __proto__: null, public: [], private: ['deriveKey', 'deriveBits'] };
  const algorithm = /** @type {any} */ (family(curveName, allowed, 'enc', []));
  algorithm.params.deriveBits = agreementParams;
  algorithm.deriveBits = deriveShared;
  return algorithm;
}

export const ed25519 = signature('Ed25519', null);
export const ed448 = signature('Ed448', contextParams);
export const x25519 = agreement('X25519');
export const x448 = agreement('X448');
