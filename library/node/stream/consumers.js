// node:stream/consumers.

async function collect(stream) {
  const parts = [];
  for await (const part of stream) parts.push(typeof part === 'string' ? Buffer.from(part) : part);
  return parts;
}

const buffer = async (stream) =>
  Buffer.concat((await collect(stream)).map((part) => Buffer.from(part)));
const bytes = async (stream) => new Uint8Array(await buffer(stream));
const text = async (stream) => new TextDecoder().decode(await buffer(stream));

module.exports = {
  arrayBuffer: async (stream) => (await bytes(stream)).buffer,
  blob: async (stream) => new Blob(await collect(stream)),
  buffer,
  bytes,
  json: async (stream) => JSON.parse(await text(stream)),
  text,
};
