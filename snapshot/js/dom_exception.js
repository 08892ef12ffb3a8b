// @ts-check
// DOMException (Web IDL 2.8): a real Error (with a stack) that carries a name and a legacy code.

import {
  ErrorConstructor,
  ErrorGetStack,
  ErrorPrototype,
  ObjectSetPrototypeOf,
  ReflectApply,
  ReflectConstruct,
  ReflectDeleteProperty,
} from './primordials.js';
import { defineConstants, defineInterface, illegalInvocation, toDOMString } from './webidl.js';

const kCodes = {
  __proto__: null,
  INDEX_SIZE_ERR: 1,
  DOMSTRING_SIZE_ERR: 2,
  HIERARCHY_REQUEST_ERR: 3,
  WRONG_DOCUMENT_ERR: 4,
  INVALID_CHARACTER_ERR: 5,
  NO_DATA_ALLOWED_ERR: 6,
  NO_MODIFICATION_ALLOWED_ERR: 7,
  NOT_FOUND_ERR: 8,
  NOT_SUPPORTED_ERR: 9,
  INUSE_ATTRIBUTE_ERR: 10,
  INVALID_STATE_ERR: 11,
  SYNTAX_ERR: 12,
  INVALID_MODIFICATION_ERR: 13,
  NAMESPACE_ERR: 14,
  INVALID_ACCESS_ERR: 15,
  VALIDATION_ERR: 16,
  TYPE_MISMATCH_ERR: 17,
  SECURITY_ERR: 18,
  NETWORK_ERR: 19,
  ABORT_ERR: 20,
  URL_MISMATCH_ERR: 21,
  QUOTA_EXCEEDED_ERR: 22,
  TIMEOUT_ERR: 23,
  INVALID_NODE_TYPE_ERR: 24,
  DATA_CLONE_ERR: 25,
};

/** The names that have a legacy code; the others have 0. */
const kCodeOfName = {
  __proto__: null,
  IndexSizeError: 1,
  HierarchyRequestError: 3,
  WrongDocumentError: 4,
  InvalidCharacterError: 5,
  NoModificationAllowedError: 7,
  NotFoundError: 8,
  NotSupportedError: 9,
  InUseAttributeError: 10,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidModificationError: 13,
  NamespaceError: 14,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  SecurityError: 18,
  NetworkError: 19,
  AbortError: 20,
  URLMismatchError: 21,
  QuotaExceededError: 22,
  TimeoutError: 23,
  InvalidNodeTypeError: 24,
  DataCloneError: 25,
};

class ReturnsItsArgument {
  constructor(object) {
    return object;
  }
}

/** Puts the private fields on an Error: what a constructor returns is what `super()` stamps. */
class Fields extends ReturnsItsArgument {
  #message;
  #name;

  constructor(error, message, name) {
    super(error);
    this.#message = message;
    this.#name = name;
  }

  static isStamped(value) {
    return #name in value;
  }

  static message(error) {
    if (!(#name in error)) illegalInvocation();
    return error.#message;
  }

  static exceptionName(error) {
    if (!(#name in error)) illegalInvocation();
    return error.#name;
  }
}

/**
 * Has V8 write the stack now, while the message is an own property: V8 takes the first line's
 * message from there only. The standard's message is an accessor of the prototype.
 */
function writeStack(error) {
  try {
    ReflectApply(ErrorGetStack, error, []);
  } catch {
    // Error.prepareStackTrace is the tenant's.
  }
  ReflectDeleteProperty(error, 'message');
}

export class DOMException {
  constructor(message = '', name = 'Error') {
    message = toDOMString(message);
    name = toDOMString(name);
    const error = ReflectConstruct(ErrorConstructor, [message], new.target);
    new Fields(error, message, name);
    writeStack(error);
    return /** @type {any} */ (error);
  }

  get name() {
    return Fields.exceptionName(this);
  }

  get message() {
    return Fields.message(this);
  }

  get code() {
    return kCodeOfName[Fields.exceptionName(this)] ?? 0;
  }
}

/** @param {any} value */
export function isDOMException(value) {
  return typeof value === 'object' && value !== null && Fields.isStamped(value);
}

/** Its name, whatever the tenant did to the prototype. @param {any} exception */
export function domExceptionName(exception) {
  return Fields.exceptionName(exception);
}

/** Its message, the same way. @param {any} exception */
export function domExceptionMessage(exception) {
  return Fields.message(exception);
}

/** Copies a QuotaExceededError, which is in a file that runs late; undefined for others. */
let copyQuotaError = (_exception) => undefined;

/** @param {(exception: any) => any} copy */
export function connectQuotaError(copy) {
  copyQuotaError = copy;
}

/** Another one with the same name and message. @param {any} exception */
export function copyDOMException(exception) {
  const copy = copyQuotaError(exception);
  if (copy !== undefined) return copy;
  return new DOMException(Fields.message(exception), Fields.exceptionName(exception));
}

ObjectSetPrototypeOf(DOMException.prototype, ErrorPrototype);
defineInterface(DOMException);
defineConstants(DOMException, kCodes);
