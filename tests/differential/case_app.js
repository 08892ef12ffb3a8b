// An app of many small cases: each is a path, and answers with JSON of what it saw.

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** What JSON cannot say, in words. */
function plain(value) {
  if (value === undefined) return '(undefined)';
  if (typeof value === 'number' && !(Number.isFinite(value) && !Object.is(value, -0)))
    return `(number ${Object.is(value, -0) ? '-0' : value})`;
  if (typeof value === 'bigint') return `(bigint ${value})`;
  if (typeof value === 'symbol' || typeof value === 'function') return `(${typeof value})`;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof ArrayBuffer) return `(bytes ${hex(new Uint8Array(value))})`;
  if (ArrayBuffer.isView(value))
    return `(bytes ${hex(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))})`;
  if (value instanceof Error || value instanceof DOMException) return { error: value.name };
  if (value instanceof Date) return `(date ${value.getTime()})`;
  if (value instanceof Headers || value instanceof URLSearchParams || value instanceof FormData)
    return Array.from(value, plain);
  if (value instanceof Map || value instanceof Set) return Array.from(value, plain);
  if (value instanceof Blob) return `(${value.constructor.name} ${value.size} ${value.type})`;
  if (Array.isArray(value)) return Array.from(value, plain);
  return Object.fromEntries(Object.keys(value).map((key) => [key, plain(value[key])]));
}

/** What a function gives or throws: `{ threw: NAME }`. */
export async function attempt(run) {
  try {
    return plain(await run());
  } catch (error) {
    return { threw: error?.name ?? plain(error) };
  }
}

/** @param {Record<string, () => unknown>} runs each by its name */
export async function attempts(runs) {
  const results = {};
  for (const [name, run] of Object.entries(runs)) results[name] = await attempt(run);
  return results;
}

/** Values by a function of each. */
export async function attemptEach(values, run) {
  const results = [];
  for (const value of values) results.push([plain(value), await attempt(() => run(value))]);
  return results;
}

/**
 * @typedef {{request: Request, env: any, ctx: any}} Given
 * @param {Record<string, (given: Given) => unknown>} cases
 */
export function caseApp(cases) {
  return {
    async fetch(request, env, ctx) {
      const name = new URL(request.url).pathname.slice(1);
      if (name === '') return Response.json(Object.keys(cases).map((one) => `/${one}`));
      const value = await cases[name]({ request, env, ctx });
      return value instanceof Response ? value : Response.json(plain(value));
    },
  };
}
