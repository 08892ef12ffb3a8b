// The stand-in for WPT's server: HTTP, HTTPS and WebSockets of a checkout on loopback addresses, which
// are its different hosts.

import http from 'node:http';
import https from 'node:https';
import { makeCertificate } from './certificate.js';
import { Exchange } from './exchange.js';
import { handlers } from './handlers/index.js';
import { requestOfError } from './own_methods.js';
import { Stash } from './stash.js';
import { serveFile } from './static_files.js';
import { WebSocketConnection } from './websocket_connection.js';
import { serveWebSocket } from './websocket_handlers.js';

/** The hosts of WPT, each a loopback address of its own: no name has to be resolved. */
const domains = {
  '': '127.0.0.1',
  www: '127.0.0.2',
  www1: '127.0.0.3',
  www2: '127.0.0.4',
  nonexistent: 'nonexistent.invalid',
};
const alternative = { '': '127.0.0.5', www: '127.0.0.6', nonexistent: 'nonexistent.invalid' };
const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5', '127.0.0.6'];

/** Nothing listens on it: what wants HTTP/2 fails at once. */
const kNoPort = 1;

const settings = { keepAliveTimeout: 60_000, requestTimeout: 0 };

function listenOn(server, port, address) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => resolve(server.address().port));
  });
}

export class StandInServer {
  #servers = [];
  #unknown = new Set();
  #stash = new Stash();
  #certificate;

  /** @param {string} root the checkout */
  constructor(root) {
    this.root = root;
  }

  /** What has no handler here and was asked for. */
  get unknownPaths() {
    return [...this.#unknown].sort();
  }
  /** A file: the authority that its certificates are of. */
  get authority() {
    return this.#certificate.authority;
  }
  get origin() {
    return `http://${this.places.host}:${this.places.ports.http[0]}`;
  }

  async start() {
    this.#certificate = makeCertificate(addresses);
    const plain = () => this.#listenEverywhere(() => http.createServer(settings));
    const { key, cert } = this.#certificate;
    const secure = () => this.#listenEverywhere(() => https.createServer({ ...settings, key, cert }));
    const ports = [await plain(), await plain()];
    const securePorts = [await secure(), await secure()];
    this.places = {
      host: domains[''],
      domains,
      hosts: { '': domains, alt: alternative },
      ports: {
        http: ports,
        ws: [ports[0]],
        https: securePorts,
        wss: [securePorts[0]],
        h2: [kNoPort],
        'http-public': ports,
        'http-local': ports,
        'https-public': securePorts,
        'https-local': securePorts,
      },
    };
    return this;
  }

  async stop() {
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
    this.#certificate?.remove();
  }

  /** One port on all addresses: the kernel's choice for the first, again where it is taken. */
  async #listenEverywhere(make) {
    for (let tries = 0; tries < 20; tries++) {
      const servers = [];
      try {
        let port = 0;
        for (const address of addresses) {
          const server = this.#answering(make());
          servers.push(server);
          port = await listenOn(server, port, address);
        }
        this.#servers.push(...servers);
        return port;
      } catch (error) {
        for (const server of servers) server.close();
        if (error.code !== 'EADDRINUSE') throw error;
      }
    }
    throw new Error('no port is free on all loopback addresses');
  }

  #answering(server) {
    server.on('request', (req, res) => this.#answer(req, res));
    server.on('upgrade', (req, socket, head) => {
      const ws = new WebSocketConnection(req, socket, head);
      serveWebSocket(ws, this.#stash).catch(() => ws.destroy());
    });
    server.on('tlsClientError', () => {});
    server.on('clientError', (error, socket) => {
      const exchange = requestOfError(error, socket);
      if (exchange !== undefined) this.#answer(...exchange);
      else if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    });
    return server;
  }

  async #answer(req, res) {
    const x = new Exchange(req, res, { stash: this.#stash, places: this.places });
    res.on('error', () => {});
    try {
      const handler = handlers.get(x.path);
      if (handler) {
        await handler(x);
      } else if (x.path.endsWith('.py')) {
        this.#unknown.add(x.path);
        await x.reply(501, [], 'the stand-in has no such handler');
      } else {
        await serveFile(this.root, x);
      }
    } catch (error) {
      // What a handler throws is the request's fault, as in WPT's own server.
      if (!res.headersSent && !x.isGone) await x.reply(500, [], String(error.stack));
      else x.abort();
    }
  }
}
