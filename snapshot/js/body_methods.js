// @ts-check
// The methods of a body that Request and Response share, https://fetch.spec.whatwg.org/#body-mixin

import { utf8Decode } from 'nano:ops';
import { makeBlob } from './blob.js';
import { defineValue } from './data_property.js';
import {
  consumeBody,
  textStreamOfBody,
  toArrayBuffer,
  toBytes,
  toJson,
  toText,
} from './body_reading.js';
import defer * as contentTypes from './content_type.js';
import { entriesOf, FormData } from './form_data.js';
import { parseForm } from './form_urlencoded.js';
import defer * as mimeType from './mime_type.js';
import defer * as multipart from './multipart.js';
import {
  ArrayPrototypePush,
  ObjectKeys,
  PromiseReject,
  TypeErrorConstructor as TypeError,
} from './primordials.js';
import { illegalInvocation, toUSVString } from './webidl.js';

const illegalReceiver = () => PromiseReject(new TypeError('Illegal invocation'));

/** With its byte order mark, if it has one. @param {string | Uint8Array} content */
const toWholeText = (content) =>
  typeof content === 'string' ? toUSVString(content) : utf8Decode(content, false, true);

/** @param {string | Uint8Array} content @param {string | null} contentType @returns {FormData} */
function toFormData(content, contentType) {
  const mime = contentTypes.typeOfContent(contentType);
  if (mime !== undefined && mime.essence === 'multipart/form-data') {
    const boundary = mimeType.mimeParameter(mime, 'boundary');
    if (boundary !== undefined) return multipart.decodeMultipart(toBytes(content), boundary);
  }
  if (mime !== undefined && mime.essence === 'application/x-www-form-urlencoded') {
    const form = new FormData();
    const list = parseForm(toWholeText(content));
    for (let i = 0; i < list.length; i++) ArrayPrototypePush(entriesOf(form), list[i]);
    return form;
  }
  throw new TypeError('The Content-Type of the body is not that of a form');
}

/** @param {string | Uint8Array} content @param {string | null} contentType */
function toBlob(content, contentType) {
  const mime = contentTypes.typeOfContent(contentType);
  return makeBlob(toBytes(content), mime === undefined ? '' : mimeType.serializeMimeType(mime));
}

/**
 * Adds the methods to an interface; call it before defineInterface.
 * @param {Function} interfaceClass
 * @param {object} access
 * @param {(value: any) => boolean} access.isInstance
 * @param {(object: any) => import('./body.js').Body | null} access.bodyOf
 * @param {(object: any) => string | null} access.contentTypeOf all values of Content-Type
 */
export function defineBodyMethods(interfaceClass, { isInstance, bodyOf, contentTypeOf }) {
  const consume = (object, convert) =>
    isInstance(object) ? consumeBody(bodyOf(object), convert) : illegalReceiver();
  const typed = (object, convert) =>
    consume(object, (content) => convert(content, contentTypeOf(object)));
  const methods = {
    arrayBuffer() {
      return consume(this, toArrayBuffer);
    },
    blob() {
      return typed(this, toBlob);
    },
    bytes() {
      return consume(this, toBytes);
    },
    formData() {
      return typed(this, toFormData);
    },
    json() {
      return consume(this, toJson);
    },
    text() {
      return consume(this, toText);
    },
    /** The body as a stream of text. */
    textStream() {
      if (!isInstance(this)) illegalInvocation();
      return textStreamOfBody(bodyOf(this));
    },
  };
  const names = ObjectKeys(methods);
  for (let i = 0; i < names.length; i++) {
    defineValue(interfaceClass.prototype, names[i], methods[names[i]]);
  }
}
