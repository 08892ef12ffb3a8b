// node:url: the standard's URL, and unenv's parser of before it.

const { check, invalidArgType, withCode } = require('nano:errors');
const legacy = require('../node_modules/unenv/dist/runtime/node/url.mjs');
const punycode = require('node:punycode');

function fileURLToPath(input) {
  if (typeof input !== 'string' && !(input instanceof URL))
    throw invalidArgType('path', ['string', 'URL'], input);
  const url = new URL(input);
  if (url.protocol !== 'file:')
    throw withCode(TypeError, 'ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file');
  if (url.hostname !== '')
    throw withCode(
      TypeError,
      'ERR_INVALID_FILE_URL_HOST',
      'File URL host must be "localhost" or empty on linux',
    );
  if (/%2f/i.test(url.pathname))
    throw withCode(
      TypeError,
      'ERR_INVALID_FILE_URL_PATH',
      'File URL path must not include encoded / characters',
    );
  return decodeURIComponent(url.pathname);
}

function pathToFileURL(path) {
  check.string(path, 'path');
  const { resolve } = require('node:path');
  const absolute = resolve(path) + (path.length > 1 && path.endsWith('/') ? '/' : '');
  const url = new URL('file://');
  url.pathname = absolute
    .replace(/%/g, '%25')
    .replace(/\\/g, '%5C')
    .replace(/\n/g, '%0A')
    .replace(/\r/g, '%0D')
    .replace(/\t/g, '%09');
  url.pathname = url.pathname.replace(/\?/g, '%3F').replace(/#/g, '%23');
  return url;
}

function urlToHttpOptions(url) {
  const { hostname, pathname, port, username, password, search } = url;
  const options = {
    __proto__: null,
    ...url,
    protocol: url.protocol,
    hostname: hostname?.startsWith('[') ? hostname.slice(1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ''}${search || ''}`,
    href: url.href,
  };
  if (port !== '') options.port = Number(port);
  if (username || password)
    options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

/** The host of a URL, as the standard's parser has it; '' where it is none. */
function domainToASCII(domain) {
  try {
    return new URL(`ws://${domain}`).hostname;
  } catch {
    return '';
  }
}

/** The package's own prints a warning. */
function parse(input, parsesQuery, slashesDenoteHost) {
  if (input instanceof legacy.Url) return input;
  check.string(input, 'url');
  const url = new legacy.Url();
  url.parse(input, parsesQuery, slashesDenoteHost);
  return url;
}

const resolveObject = (url, to) => url.resolveObject(parse(to, false, true));

function format(input, options) {
  if (!(input instanceof URL)) return legacy.format(input);
  const { auth = true, fragment = true, search = true, unicode = false } = options ?? {};
  const url = new URL(input.href);
  if (!auth) [url.username, url.password] = ['', ''];
  if (!fragment) url.hash = '';
  if (!search) url.search = '';
  if (!unicode) return url.href;
  return url.href.replace(
    url.host,
    () => `${punycode.toUnicode(url.hostname)}${url.port === '' ? '' : `:${url.port}`}`,
  );
}

module.exports = {
  URL,
  URLSearchParams,
  ...(typeof URLPattern === 'undefined' ? {} : { URLPattern }),
  Url: legacy.Url,
  parse,
  resolve: (from, to) => resolveObject(parse(from, false, true), to).format(),
  resolveObject: (from, to) => (from ? resolveObject(parse(from, false, true), to) : to),
  format,
  fileURLToPath,
  fileURLToPathBuffer: (input) => Buffer.from(fileURLToPath(input)),
  pathToFileURL,
  urlToHttpOptions,
  domainToASCII,
  domainToUnicode: (domain) => punycode.toUnicode(domainToASCII(domain)),
};
