// One request of the runner's, and its answer in the form that is recorded and compared.

import http from 'node:http';

/** Of the connection or the clock, and not of the app. */
const kLeftOut = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding']);

/**
 * @typedef {{name: string, path?: string, method?: string, headers?: Record<string, string | string[]>,
 *   body?: string | Uint8Array}} AppRequest
 * @typedef {{status: number, headers: Record<string, string | string[]>, json?: unknown,
 *   text?: string, base64?: string}} Answer
 */

/** @returns {Promise<{status: number, headers: [string, string][], body: Buffer}>} */
export function send({ port, host }, request, timeoutMs = 20_000) {
  return new Promise((resolve, reject) => {
    const sent = http.request(
      {
        agent: false,
        host: '127.0.0.1',
        port,
        path: request.path ?? '/',
        method: request.method ?? 'GET',
        headers: { Host: host, ...request.headers },
      },
      (answer) => {
        const pieces = [];
        answer.on('data', (piece) => pieces.push(piece));
        answer.once('error', reject);
        answer.once('end', () => {
          clearTimeout(timer);
          const { rawHeaders: raw } = answer;
          const headers = [];
          for (let i = 0; i < raw.length; i += 2) headers.push([raw[i].toLowerCase(), raw[i + 1]]);
          resolve({ status: answer.statusCode, headers, body: Buffer.concat(pieces) });
        });
      },
    );
    const timer = setTimeout(() => sent.destroy(new Error('no answer in time')), timeoutMs);
    sent.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end(request.body);
  });
}

/** What a runtime answers where an app threw; whose words it is. */
const kErrorPages = [
  'Internal Server Error',
  'The app failed to answer this request.\noutcome: exception',
];

/** A body as JSON where it says so, else as text where it is, else as base64. */
function bodyOf(type, bytes, replace) {
  let text;
  try {
    text = replace(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return { base64: bytes.toString('base64') };
  }
  if (/\bjson\b/.test(type)) {
    try {
      return { json: JSON.parse(text) };
    } catch {
      return { text };
    }
  }
  return { text };
}

/**
 * @param {(text: string) => string} replace what differs from run to run, by names that do not
 * @returns {Promise<Answer | {broken: string} | {status: number, failed: true}>}
 */
export async function askApp(at, request, replace) {
  let got;
  try {
    got = await send(at, request);
  } catch (error) {
    return { broken: error.message };
  }
  const headers = {};
  for (const [name, value] of got.headers.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    if (kLeftOut.has(name)) continue;
    const text = replace(value);
    // Repeated or joined is the same, but for cookies.
    if (!(name in headers)) headers[name] = text;
    else if (name === 'set-cookie') headers[name] = [headers[name], text].flat();
    else headers[name] += `, ${text}`;
  }
  const body = bodyOf(String(headers['content-type']), got.body, replace);
  if (got.status >= 500 && kErrorPages.some((page) => body.text?.startsWith(page)))
    return { status: got.status, failed: true };
  // A length is that of the text before ports were replaced.
  if (replace(got.body.toString('latin1')).length !== got.body.length)
    delete headers['content-length'];
  return { status: got.status, headers, ...body };
}
