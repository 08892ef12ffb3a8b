// @ts-check
// The module cloudflare:sockets: connect(), and the Socket that it returns,
// https://developers.cloudflare.com/workers/runtime-apis/tcp-sockets/
// Texts of errors are workerd's.

import { inspectAs } from './inspect_interfaces.js';
import {
  ErrorConstructor,
  PromisePrototypeThen,
  PromiseReject,
  TypeErrorConstructor as TypeError,
} from './primordials.js';
import { RawSocket, requireRequest } from './raw_socket.js';
import { toSocketAddress } from './socket_address.js';
import { Wire } from './socket_wire.js';
import { readableStreamOf } from './streams/readable_stream.js';
import { writableStreamOf } from './streams/writable_stream.js';
import {
  defineInterface,
  illegalConstructor,
  illegalInvocation,
  isObject,
  toDictionary,
  toDOMString,
  tooFewArguments,
  toUnsignedLongLong,
} from './webidl.js';

const kInternal = { __proto__: null };
const kContext = "Failed to execute 'connect'";

/** @type {(value: any) => boolean} */
let isSocket;
/** What console shows. @type {(socket: any) => any[]} */
let fieldsOf;

export class Socket {
  /** @type {Wire} */
  #wire;
  #host;
  #hasStartedTls = false;

  constructor() {
    if (arguments[0] !== kInternal) illegalConstructor();
    this.#wire = arguments[1];
    this.#host = arguments[2];
  }

  get readable() {
    if (!(#wire in this)) illegalInvocation();
    return readableStreamOf(this.#wire.readable);
  }

  get writable() {
    if (!(#wire in this)) illegalInvocation();
    return writableStreamOf(this.#wire.writable);
  }

  get closed() {
    if (!(#wire in this)) illegalInvocation();
    return this.#wire.closed;
  }

  get opened() {
    if (!(#wire in this)) illegalInvocation();
    return this.#wire.opened;
  }

  get upgraded() {
    if (!(#wire in this)) illegalInvocation();
    return this.#wire.isUpgraded;
  }

  get secureTransport() {
    if (!(#wire in this)) illegalInvocation();
    return this.#wire.options.secureTransport;
  }

  /** Once it is open and all that was written is sent. */
  close() {
    if (!(#wire in this)) return PromiseReject(new TypeError('Illegal invocation'));
    return this.#wire.close();
  }

  /** The same connection as another Socket, inside TLS; this one is of no use any more. */
  startTls(options = undefined) {
    if (!(#wire in this)) illegalInvocation();
    const wire = this.#wire;
    const { secureTransport } = wire.options;
    if (secureTransport === 'on') throw new TypeError('Cannot startTls on a TLS socket.');
    if (wire.isOver && !wire.isUpgraded) {
      throw new TypeError('The connection was closed before startTls could be started.');
    }
    if (secureTransport !== 'starttls') {
      throw new TypeError(
        "The `secureTransport` socket option must be set to 'starttls' for startTls to be used.",
      );
    }
    if (this.#hasStartedTls)
      throw new TypeError('startTls has already been called on this socket.');
    const context = "Failed to execute 'startTls' on 'Socket'";
    const expected = toDictionary(options, context, 'TlsOptions').expectedServerHostname;
    const host = expected === undefined ? this.#host : toDOMString(expected);
    this.#hasStartedTls = true;
    return makeSocket(wire.upgrade(host), host);
  }

  static {
    isSocket = (value) => isObject(value) && #wire in value;
    fieldsOf = (socket) => [
      'secureTransport',
      socket.#wire.options.secureTransport,
      'upgraded',
      socket.#wire.isUpgraded,
    ];
  }
}
defineInterface(Socket, isSocket);
inspectAs(isSocket, fieldsOf);

function makeSocket(wire, host) {
  // @ts-ignore The constructor is illegal for tenants.
  return new Socket(kInternal, wire, host);
}

/** @returns {import('./socket_wire.js').WireOptions} */
function toOptions(value) {
  const members = toDictionary(value, kContext, 'SocketOptions');
  const allowHalfOpen = !!members.allowHalfOpen;
  const mark = members.highWaterMark;
  const highWaterMark = mark === undefined ? undefined : toUnsignedLongLong(mark, kContext);
  const chosen = members.secureTransport;
  const secureTransport = chosen === undefined ? 'off' : toDOMString(chosen);
  if (secureTransport !== 'off' && secureTransport !== 'on' && secureTransport !== 'starttls') {
    throw new TypeError(`Unsupported value in secureTransport socket option: ${secureTransport}`);
  }
  return { secureTransport, allowHalfOpen, highWaterMark };
}

/** What a port of HTTP suggests. */
function withAdvice(error) {
  return new ErrorConstructor(
    `${error.message}. It looks like you might be trying to connect to a HTTP-based service` +
      ' \u2014 consider using fetch instead',
  );
}

// A method, since the operations of an interface are no constructors.
const operations = {
  /**
   * Opens a TCP connection, which ends with the request.
   * @param {string | { hostname: string, port: number }} address @param {any} [options]
   * @returns {Socket}
   */
  connect(address, options = undefined) {
    if (arguments.length < 1) tooFewArguments(1, 0, kContext);
    const { host, port, text } = toSocketAddress(address, kContext);
    const chosen = toOptions(options);
    requireRequest();
    const raw = new RawSocket(host, port, chosen.secureTransport === 'on');
    const opened = PromisePrototypeThen(
      raw.opened,
      () => ({ remoteAddress: text, localAddress: undefined }),
      (error) => {
        throw port === 80 || port === 443 ? withAdvice(error) : error;
      },
    );
    return makeSocket(new Wire(raw, opened, chosen), host);
  },
};

export const connect = operations.connect;
