// @ts-check
// ML-KEM and ML-DSA (https://wicg.github.io/webcrypto-modern-algos/). A private key is its seed.

import {
  decapsulate,
  encapsulate,
  equalInConstantTime,
  keyKind,
  latticeFromRaw,
  latticeGenerate,
  latticeHasSeed,
  latticeRaw,
} from 'nano:ops';
import { defineValue } from '../data_property.js';
import { bytesOfBuffer, toBase64Url } from './bytes.js';
import { badData, made, notSupported, readKey } from './failure.js';
import { beginJwk, checkJwk, jwkMember } from './jwk.js';
import { checkUsages, makeKey } from './key.js';
import {
  checkPairUsages,
  derOf,
  handleOfDer,
  makePair,
  requireType,
  unknownFormat,
} from './key_pair.js';
import { addSignature, contextParams } from './whole_signature.js';

const typeOf = (format, keyData) => {
  if (format === 'jwk') return keyData.priv === undefined ? 'public' : 'private';
  if (format === 'spki' || format === 'raw-public') return 'public';
  return format === 'pkcs8' || format === 'raw-seed' ? 'private' : unknownFormat(format);
};

function handleOfJwk(jwk, number) {
  const open = jwkMember(jwk, 'pub');
  if (jwk.priv === undefined) return readKey(latticeFromRaw(number, false, open));
  const handle = readKey(latticeFromRaw(number, true, jwkMember(jwk, 'priv')));
  if (!equalInConstantTime(made(latticeRaw(handle, false)), open)) {
    badData("The JSON Web Key's 'pub' does not belong to its 'priv'");
  }
  return handle;
}

/**
 * @param {string} name @param {number} number of the ops
 * @param {import('./key_pair.js').PairUsages} allowed @param {string} use of a JWK
 */
function family(name, number, allowed, use) {
  return {
    __proto__: null,
    params: { __proto__: null, generateKey: null, importKey: null },
    publicUsages: allowed.public,

    generateKey(params, extractable, usages) {
      checkPairUsages(usages, allowed);
      const handle = made(latticeGenerate(number));
      return makePair({ __proto__: null, name }, handle, extractable, usages, allowed);
    },

    importKey(format, keyData, params, extractable, usages) {
      const type = typeOf(format, keyData);
      checkUsages(usages, allowed[type]);
      let handle;
      if (format === 'jwk') {
        checkJwk(keyData, 'AKP', use, extractable, usages);
        if (keyData.alg !== name) badData(`The JSON Web Key's 'alg' is not '${name}'`);
        handle = handleOfJwk(keyData, number);
      } else if (format === 'raw-public' || format === 'raw-seed') {
        handle = readKey(latticeFromRaw(number, type === 'private', keyData));
      } else {
        handle = handleOfDer(format, keyData);
      }
      if (keyKind(handle) !== name) badData(`The key is no ${name} key`);
      if (type === 'private' && !latticeHasSeed(handle)) {
        notSupported('The private key has come without its seed');
      }
      return makeKey(type, { __proto__: null, name }, handle, extractable, usages);
    },

    exportKey(format, facts) {
      if (format === 'spki' || format === 'pkcs8') return derOf(format, facts);
      const raw = (isPrivate) => made(latticeRaw(facts.handle, isPrivate));
      if (format === 'raw-public' || format === 'raw-seed') {
        requireType(facts, format === 'raw-seed' ? 'private' : 'public');
        return raw(format === 'raw-seed');
      }
      if (format !== 'jwk') return unknownFormat(format);
      const jwk = defineValue(beginJwk(facts, 'AKP'), 'alg', name);
      defineValue(jwk, 'pub', toBase64Url(bytesOfBuffer(raw(false))));
      return facts.type === 'public'
        ? jwk
        : defineValue(jwk, 'priv', toBase64Url(bytesOfBuffer(raw(true))));
    },
  };
}

const kKemUsages = {
  __proto__: null,
  public: ['encapsulateKey', 'encapsulateBits'],
  private: ['decapsulateKey', 'decapsulateBits'],
};
const kDsaUsages = { __proto__: null, public: ['verify'], private: ['sign'] };

function kem(name, number) {
  const algorithm = /** @type {any} */ (family(name, number, kKemUsages, 'enc'));
  algorithm.params.encapsulate = algorithm.params.decapsulate = null;
  /** A secret and what it is sealed in. */
  algorithm.encapsulate = (facts) => {
    requireType(facts, 'public');
    return made(encapsulate(facts.handle));
  };
  algorithm.decapsulate = (facts, sealed) => {
    requireType(facts, 'private');
    return made(decapsulate(facts.handle, sealed));
  };
  return algorithm;
}

const dsa = (name, number) => addSignature(family(name, number, kDsaUsages, 'sig'), contextParams);

export const mlKem512 = kem('ML-KEM-512', 0);
export const mlKem768 = kem('ML-KEM-768', 1);
export const mlKem1024 = kem('ML-KEM-1024', 2);
export const mlDsa44 = dsa('ML-DSA-44', 3);
export const mlDsa65 = dsa('ML-DSA-65', 4);
export const mlDsa87 = dsa('ML-DSA-87', 5);
