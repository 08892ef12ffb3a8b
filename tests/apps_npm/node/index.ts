// An app as they are written for Node.js: CommonJS packages that require its modules, and modules
// by their names with and without the scheme.
import { AsyncLocalStorage } from 'node:async_hooks';
import { Buffer } from 'buffer';
import { createHash, generateKeyPairSync } from 'crypto';
import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'util';
import { createGunzip, gzip } from 'node:zlib';
import jwt from 'jsonwebtoken';

const storage = new AsyncLocalStorage<string>();

const answers: Record<string, (env: any, request: Request) => unknown> = {
  '/jwt'() {
    const rsa = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const round = (algorithm: any, privateKey: any, publicKey: any) =>
      (jwt.verify(jwt.sign({ algorithm }, privateKey, { algorithm }), publicKey) as any).algorithm;
    let refusal = '';
    try {
      jwt.verify(jwt.sign({}, 'secret'), 'other');
    } catch (error: any) {
      refusal = error.message;
    }
    return [
      round('HS256', 'secret', 'secret'),
      round('RS256', rsa.privateKey, rsa.publicKey),
      round('PS384', rsa.privateKey, rsa.publicKey),
      round('ES256', ec.privateKey, ec.publicKey),
      refusal,
    ];
  },
  async '/streams'() {
    const packed = await promisify(gzip)('text '.repeat(10000));
    let length = 0;
    await pipeline(Readable.from([packed]), createGunzip(), async (source) => {
      for await (const piece of source) length += piece.length;
    });
    return length;
  },
  async '/events'() {
    const emitter = new EventEmitter();
    setTimeout(() => emitter.emit('ready', 'go'));
    return once(emitter, 'ready');
  },
  async '/store'(env, request) {
    return storage.run(request.url, async () => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      return storage.getStore();
    });
  },
  '/globals': (env) => [process.env.WORD, env.WORD, typeof setImmediate, global === globalThis],
  '/bytes': () => [Buffer.from('aGk', 'base64').toString(), createHash('md5').update('a').digest('hex')],
  '/refused': () => readFile('/etc/passwd').catch((error) => error.message),
};

export default {
  async fetch(request: Request, env: any): Promise<Response> {
    return Response.json(await answers[new URL(request.url).pathname](env, request));
  },
};
