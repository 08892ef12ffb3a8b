// One HTTP request to the stand-in server and its answer, as WPT's Python handlers see them: bytes
// are latin-1 strings, a status may be any number, and a header any bytes.

import { STATUS_CODES } from 'node:http';
import { gzipSync } from 'node:zlib';
import { parsePipes, trickleSteps } from './pipes.js';
import { substitute } from './substitution.js';

/** Percent-decodes to bytes, which a latin-1 string holds. */
function decodeBytes(text) {
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}

function parseQuery(query) {
  const fields = [];
  for (const field of query.split('&')) {
    if (field === '') continue;
    const equals = field.indexOf('=');
    const name = equals < 0 ? field : field.slice(0, equals);
    fields.push([decodeBytes(name), equals < 0 ? '' : decodeBytes(field.slice(equals + 1))]);
  }
  return fields;
}

function headerBytes(headers) {
  return headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
}

/** A number, or a number and a reason; without one the usual reason. */
function statusLine(status) {
  const [code, reason] = Array.isArray(status) ? status : [status, undefined];
  return { code: Number(code), reason: reason ?? STATUS_CODES[code] ?? '' };
}

const hasNoBody = (code) => (code >= 100 && code < 200) || code === 204 || code === 304;

export class Exchange {
  /** @param {{stash: import('./stash.js').Stash, places: object}} world */
  constructor(req, res, world) {
    this.req = req;
    this.res = res;
    this.stash = world.stash;
    this.places = world.places;
    this.method = req.method;
    const question = req.url.indexOf('?');
    this.path = question < 0 ? req.url : req.url.slice(0, question);
    this.search = question < 0 ? '' : req.url.slice(question);
    this.query = parseQuery(this.search.slice(1));
    this.headers = []; // Those that a handler sets before it replies.
    this.gone = new Promise((resolve) => res.once('close', resolve));
    res.once('close', () => (this.isGone = true));
    this.isGone = false;
  }

  get isSecure() {
    return this.req.socket.encrypted === true;
  }

  /** The first value of a query field. */
  get(name, absent = undefined) {
    return this.query.find((field) => field[0] === name)?.[1] ?? absent;
  }
  getAll(name) {
    return this.query.filter((field) => field[0] === name).map((field) => field[1]);
  }
  has(name) {
    return this.query.some((field) => field[0] === name);
  }

  /** All values of a request header, joined; undefined without one. */
  header(name, absent = undefined) {
    const raw = this.req.rawHeaders;
    const values = [];
    for (let i = 0; i < raw.length; i += 2) {
      if (raw[i].toLowerCase() === name.toLowerCase()) values.push(raw[i + 1]);
    }
    return values.length ? values.join(', ') : absent;
  }
  headerNames() {
    return this.req.rawHeaders.filter((_, i) => i % 2 === 0);
  }
  cookie(name) {
    for (const pair of this.header('cookie', '').split(';')) {
      const [key, ...rest] = pair.trim().split('=');
      if (key === name) return rest.join('=').replace(/^"|"$/g, '');
    }
    return undefined;
  }

  /** The folder of the path, under which the stash keeps what several handlers share. */
  get folder() {
    return this.path.slice(0, this.path.lastIndexOf('/') + 1);
  }

  async body() {
    const pieces = [];
    for await (const piece of this.req) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** Waits, or less when the client goes away. */
  async sleep(ms) {
    let timer;
    await Promise.race([new Promise((done) => (timer = setTimeout(done, ms))), this.gone]);
    clearTimeout(timer);
  }

  setHeader(name, value) {
    this.headers = this.headers.filter((one) => one[0].toLowerCase() !== name.toLowerCase());
    this.headers.push([name, value]);
  }

  /** Answers with a whole body, after the pipes of the query. */
  async reply(status, headers = [], body = '') {
    let { code, reason } = statusLine(status);
    for (const header of headers) this.headers.push(header);
    let bytes = Buffer.isBuffer(body) ? body : Buffer.from(String(body), 'latin1');
    let delays = null;
    for (const { name, values } of parsePipes(this.get('pipe', ''))) {
      if (name === 'status') ({ code, reason } = statusLine(Number(values[0])));
      if (name === 'header' && values[2] === 'True') this.headers.push([values[0], values[1]]);
      if (name === 'header' && values[2] !== 'True') this.setHeader(values[0], values[1]);
      if (name === 'slice') {
        bytes = bytes.subarray(Number(values[0]) || 0, Number(values[1]) || undefined);
      }
      if (name === 'sub') bytes = Buffer.from(substitute(bytes.toString('latin1'), this), 'latin1');
      if (name === 'gzip') {
        bytes = gzipSync(bytes);
        this.setHeader('Content-Encoding', 'gzip');
      }
      if (name === 'trickle') delays = trickleSteps(values[0], bytes.length);
    }
    if (delays) return this.#trickle(code, reason, bytes, delays);
    this.#head(code, reason, hasNoBody(code) ? undefined : bytes.length);
    if (!hasNoBody(code) && this.method !== 'HEAD') this.#write(bytes);
    this.end();
  }

  async #trickle(code, reason, bytes, steps) {
    let begun = false;
    for (const { delayMs, end } of steps) {
      if (delayMs) {
        await this.sleep(delayMs);
        continue;
      }
      if (!begun) this.#head(code, reason, undefined);
      begun = true;
      const piece = bytes.subarray(0, end);
      bytes = bytes.subarray(end);
      await this.write(piece);
    }
    if (!begun) this.#head(code, reason, undefined);
    this.end();
  }

  /** Begins an answer whose length is not known: what write() gets follows. */
  begin(status, headers = []) {
    const { code, reason } = statusLine(status);
    for (const header of headers) this.headers.push(header);
    this.#head(code, reason, undefined);
  }

  #head(code, reason, length) {
    const given = this.headers;
    const names = new Set(given.map(([name]) => name.toLowerCase()));
    if (length !== undefined && !names.has('content-length') && !names.has('transfer-encoding')) {
      given.push(['Content-Length', String(length)]);
    }
    try {
      this.res.writeHead(code, reason, given.flat().map(String));
    } catch {
      // What node does not let through goes out as it is, and ends with the connection.
      this.isRaw = true;
      const head = `HTTP/1.1 ${code} ${reason}\r\n${headerBytes(given)}`;
      this.req.socket.write(Buffer.from(`${head}Connection: close\r\n\r\n`, 'latin1'));
    }
  }

  #write(bytes) {
    return this.isRaw ? this.req.socket.write(bytes) : this.res.write(bytes);
  }

  /** Resolves to false when nobody reads any more. */
  async write(data) {
    if (this.isGone) return false;
    const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data, 'latin1');
    if (!this.#write(bytes)) {
      const drained = new Promise((resolve) => this.res.once('drain', resolve));
      await Promise.race([drained, this.gone]);
    }
    return !this.isGone;
  }

  end() {
    if (this.isRaw) this.req.socket.end();
    else this.res.end();
  }

  /** Puts bytes on the connection in place of an answer, and closes it. */
  replyRaw(bytes) {
    this.req.socket.end(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes, 'latin1'));
  }
  abort() {
    this.req.socket.destroy();
  }
}
