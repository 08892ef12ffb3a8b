// @ts-check
// RSASSA-PKCS1-v1_5, RSA-PSS, RSA-OAEP (Web Cryptography 20 to 22).

import {
  keyKind,
  rsaBits,
  rsaFromNumbers,
  rsaGenerate,
  rsaNumbers,
  rsaOaep as oaepOp,
  rsaSign,
  rsaVerify,
} from 'nano:ops';
import { defineValue } from '../data_property.js';
import { ArrayPrototypePush, Uint8ArrayConstructor as Uint8Array } from '../primordials.js';
import { bytesOfBuffer, lengthOfBytes, toBase64Url } from './bytes.js';
import { badData, made, notSupported, operationFailed, readKey } from './failure.js';
import { hashNumber, jwkNameFor, toKeyHash } from './hashes.js';
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
import { bigIntegerMember, integerMember, optionalBytes, requiredMember } from './members.js';

/** In the order of the ops. */
const kNumbers = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'];
const kPublicNumbers = 2;

/** An exponent as a number; 0 where it is larger than 32 bits. @param {Uint8Array} bytes */
function exponentNumber(bytes) {
  let number = 0;
  for (let i = 0; i < lengthOfBytes(bytes); i++) {
    number = number * 256 + bytes[i];
    if (number > 0xffffffff) return 0;
  }
  return number;
}

const hashParams = (members, context) => ({
  __proto__: null,
  hash: toKeyHash(requiredMember(members, 'hash', context), context),
});
const newKeyParams = (members, context) => ({
  __proto__: null,
  modulusLength: integerMember(members, 'modulusLength', context, 'unsigned long'),
  publicExponent: bigIntegerMember(members, 'publicExponent', context),
  hash: toKeyHash(requiredMember(members, 'hash', context), context),
});

function checkNewKey({ modulusLength, publicExponent }) {
  if (modulusLength < 1024 || modulusLength > 4096) {
    operationFailed('RSA keys of 1024 to 4096 bits can be made');
  }
  const exponent = exponentNumber(publicExponent);
  if (exponent < 3 || exponent % 2 === 0) {
    operationFailed('The public exponent of an RSA key is odd, and 3 to 4294967295');
  }
}

function algorithmOf(name, hash, handle) {
  const modulusLength = rsaBits(handle);
  if (modulusLength === 0) badData('An RSA key has 1024 to 8192 bits and a public exponent');
  const publicExponent = bytesOfBuffer(rsaNumbers(handle, false)[1]);
  return { __proto__: null, name, modulusLength, publicExponent, hash };
}

function handleOfJwk(jwk) {
  if (jwk.d !== undefined && jwk.oth !== undefined) {
    notSupported('RSA keys of more than two primes are not supported');
  }
  const count = jwk.d === undefined ? kPublicNumbers : kNumbers.length;
  const numbers = [];
  for (let i = 0; i < count; i++) ArrayPrototypePush(numbers, jwkMember(jwk, kNumbers[i]));
  return readKey(rsaFromNumbers(numbers, count > kPublicNumbers));
}

/**
 * What the three have in common.
 * @param {import('./key_pair.js').PairUsages} allowed @param {string} use of a JWK
 * @param {(hash: string) => string | undefined} jwkName
 */
function family(allowed, use, jwkName) {
  const typeOf = (format, keyData) => {
    if (format === 'jwk') return keyData.d === undefined ? 'public' : 'private';
    if (format === 'spki') return 'public';
    return format === 'pkcs8' ? 'private' : unknownFormat(format);
  };
  return {
    __proto__: null,
    params: { __proto__: null, generateKey: newKeyParams, importKey: hashParams },
    checks: { __proto__: null, generateKey: checkNewKey },
    publicUsages: allowed.public,

    generateKey(params, extractable, usages) {
      checkPairUsages(usages, allowed);
      const { name, hash, modulusLength, publicExponent } = params;
      checkNewKey(params);
      const handle = made(rsaGenerate(modulusLength, exponentNumber(publicExponent)));
      const algorithm = { __proto__: null, name, modulusLength, publicExponent, hash };
      return makePair(algorithm, handle, extractable, usages, allowed);
    },

    importKey(format, keyData, params, extractable, usages) {
      const type = typeOf(format, keyData);
      checkUsages(usages, allowed[type]);
      let handle;
      if (format === 'jwk') {
        checkJwk(keyData, 'RSA', use, extractable, usages);
        if (keyData.alg !== undefined && keyData.alg !== jwkName(params.hash)) {
          badData(`The JSON Web Key's 'alg' is not '${jwkName(params.hash)}'`);
        }
        handle = handleOfJwk(keyData);
      } else {
        handle = handleOfDer(format, keyData);
      }
      if (keyKind(handle) !== 'RSA') badData('The key is no RSA key');
      const algorithm = algorithmOf(params.name, params.hash, handle);
      return makeKey(type, algorithm, handle, extractable, usages);
    },

    exportKey(format, facts) {
      if (format === 'spki' || format === 'pkcs8') return derOf(format, facts);
      if (format !== 'jwk') return unknownFormat(format);
      const jwk = beginJwk(facts, 'RSA');
      const alg = jwkName(facts.algorithm.hash);
      if (alg !== undefined) defineValue(jwk, 'alg', alg);
      const numbers = made(rsaNumbers(facts.handle, facts.type === 'private'));
      for (let i = 0; i < numbers.length; i++) {
        defineValue(jwk, kNumbers[i], toBase64Url(bytesOfBuffer(numbers[i])));
      }
      return jwk;
    },
  };
}

/** In place of a salt's length, for the op: PKCS #1 v1.5. */
const kNoSalt = 0xffffffff;

function signature(name, readParams, saltOf) {
  const allowed = { __proto__: null, public: ['verify'], private: ['sign'] };
  const algorithm = /** @type {any} */ (family(allowed, 'sig', (hash) => jwkNameFor(name, hash)));
  algorithm.params.sign = algorithm.params.verify = readParams;
  algorithm.sign = (params, facts, data) => {
    requireType(facts, 'private');
    const options = [hashNumber(facts.algorithm.hash), saltOf(params)];
    return made(rsaSign(facts.handle, options, data));
  };
  algorithm.verify = (params, facts, signed, data) => {
    requireType(facts, 'public');
    const options = [hashNumber(facts.algorithm.hash), saltOf(params), signed];
    return made(rsaVerify(facts.handle, options, data));
  };
  return algorithm;
}

export const rsaPkcs1 = signature('RS', null, () => kNoSalt);
export const rsaPss = signature(
  'PS',
  (members, context) => ({
    __proto__: null,
    saltLength: integerMember(members, 'saltLength', context, 'unsigned long'),
  }),
  ({ saltLength }) =>
    saltLength === kNoSalt ? operationFailed('Such a salt is too long') : saltLength,
);

const kOaepUsages = {
  __proto__: null,
  public: ['encrypt', 'wrapKey'],
  private: ['decrypt', 'unwrapKey'],
};
const oaepName = (hash) => (hash === 'SHA-1' ? 'RSA-OAEP' : jwkNameFor('RSA-OAEP-', hash));
const oaepParams = (members, context) => ({
  __proto__: null,
  label: optionalBytes(members, 'label', context) ?? new Uint8Array(0),
});

function oaep(encrypts, params, facts, data) {
  requireType(facts, encrypts === 1 ? 'public' : 'private');
  const options = [encrypts, hashNumber(facts.algorithm.hash), params.label];
  return made(oaepOp(facts.handle, options, data));
}

export const rsaOaep = {
  __proto__: null,
  .../** @type {any} */ (family(kOaepUsages, 'enc', oaepName)),
  encrypt: (params, facts, data) => oaep(1, params, facts, data),
  decrypt: (params, facts, data) => oaep(0, params, facts, data),
};
rsaOaep.params.encrypt = rsaOaep.params.decrypt = oaepParams;
