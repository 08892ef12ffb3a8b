// As much of DER and PEM as keys need: parts of a sequence, and putting one around others.

const kSequence = 0x30;
const kInteger = 0x02;
const kOctets = 0x04;
const kBits = 0x03;
const kNull = 0x05;

/** The element at `at`: { tag, content, whole, end }; undefined where there is none. */
function readElement(bytes, at) {
  if (at + 2 > bytes.length) return undefined;
  const tag = bytes[at];
  let length = bytes[at + 1];
  let from = at + 2;
  if (length > 0x80) {
    const count = length & 0x7f;
    if (count > 4 || from + count > bytes.length) return undefined;
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + bytes[from + i];
    from += count;
  }
  const end = from + length;
  if (end > bytes.length) return undefined;
  return { tag, content: bytes.subarray(from, end), whole: bytes.subarray(at, end), end };
}

/** The elements of a sequence's content; undefined where it is damaged. */
function readAll(content) {
  const elements = [];
  for (let at = 0; at < content.length;) {
    const element = readElement(content, at);
    if (element === undefined) return undefined;
    elements.push(element);
    at = element.end;
  }
  return elements;
}

/** The parts of what begins with a sequence. */
function readSequence(bytes) {
  const outer = readElement(bytes, 0);
  return outer?.tag === kSequence ? readAll(outer.content) : undefined;
}

function write(tag, ...parts) {
  const content = Buffer.concat(parts);
  const size = content.length;
  if (size < 0x80) return Buffer.concat([Buffer.from([tag, size]), content]);
  const digits = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length, ...digits]), content]);
}

/** A number that is not negative, from its bytes. */
function writeInteger(bytes) {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const digits = bytes.subarray(from);
  return digits[0] & 0x80 ? write(kInteger, Buffer.from([0]), digits) : write(kInteger, digits);
}

const kRsa = Buffer.from('06092a864886f70d010101', 'hex');
const kEc = Buffer.from('06072a8648ce3d0201', 'hex');
const rsaAlgorithm = () => write(kSequence, kRsa, write(kNull));
const version = (number) => write(kInteger, Buffer.from([number]));

const rsaPrivateToPkcs8 = (der) =>
  write(kSequence, version(0), rsaAlgorithm(), write(kOctets, der));
const rsaPublicToSpki = (der) =>
  write(kSequence, rsaAlgorithm(), write(kBits, Buffer.from([0]), der));

/** SEC 1: the curve stands inside, PKCS #8 has it outside. */
function ecPrivateToPkcs8(der) {
  const curve = readSequence(der)?.find(({ tag }) => tag === 0xa0);
  if (curve === undefined) return undefined;
  return write(kSequence, version(0), write(kSequence, kEc, curve.content), write(kOctets, der));
}

/** What PKCS #8 is around: PKCS #1's key, or SEC 1's. */
const insideOfPkcs8 = (der) => readSequence(der)?.[2]?.content;
const insideOfSpki = (der) => readSequence(der)?.[1]?.content.subarray(1);

/** SEC 1 from PKCS #8, with the curve. */
function ecPrivateOfPkcs8(der) {
  const [, algorithm, key] = readSequence(der);
  const parts = readSequence(key.content);
  const [, curve] = readAll(algorithm.content);
  const point = parts.find(({ tag }) => tag === 0xa1);
  const rest = point === undefined ? [] : [point.whole];
  return write(kSequence, parts[0].whole, parts[1].whole, write(0xa0, curve.whole), ...rest);
}

/** The key of a certificate: tbsCertificate's part after the subject. */
function spkiOfCertificate(der) {
  const tbs = readSequence(der)?.[0];
  const parts = tbs?.tag === kSequence ? readAll(tbs.content) : undefined;
  if (parts === undefined) return undefined;
  return parts[parts[0]?.tag === 0xa0 ? 6 : 5]?.whole;
}

/** An ECDSA signature: r and s, as long as the field each, from DER, and to DER. */
function joinSignature(der, size) {
  const parts = readSequence(der);
  if (parts?.length !== 2 || parts.some(({ tag }) => tag !== kInteger)) return undefined;
  const joined = Buffer.alloc(2 * size);
  for (const [index, { content }] of parts.entries()) {
    const digits = content[0] === 0 ? content.subarray(1) : content;
    if (digits.length > size) return undefined;
    joined.set(digits, (index + 1) * size - digits.length);
  }
  return joined;
}

function splitSignature(joined) {
  const half = joined.length / 2;
  return write(
    kSequence,
    writeInteger(joined.subarray(0, half)),
    writeInteger(joined.subarray(half)),
  );
}

/** The first block of a PEM: { label, der, headers }; undefined for none. */
function readPem(text) {
  const found = /-----BEGIN ([A-Z0-9 ]+)-----\s*([\s\S]*?)-----END \1-----/.exec(text);
  if (found === null) return undefined;
  const headers = /^(?:[\w-]+:.*\n)+/.exec(found[2].replaceAll('\r', ''))?.[0] ?? '';
  const body = found[2].replaceAll('\r', '').slice(headers.length);
  return { label: found[1], der: Buffer.from(body, 'base64'), headers };
}

function writePem(label, der) {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g);
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

module.exports = {
  ...{ readSequence, rsaPrivateToPkcs8, rsaPublicToSpki, ecPrivateToPkcs8, insideOfPkcs8 },
  ...{ insideOfSpki, ecPrivateOfPkcs8, spkiOfCertificate, joinSignature, splitSignature },
  ...{ readPem, writePem },
};
