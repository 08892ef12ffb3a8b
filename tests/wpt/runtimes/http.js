// One HTTP request of the runner's own.

import http from 'node:http';

/** @returns {Promise<{status: number, body: string}>} rejects where there is no answer in time */
export function request(options, body, timeoutMs = 60_000) {
  return new Promise((resolve, reject) => {
    const req = http.request({ agent: false, ...options }, (res) => {
      const pieces = [];
      res.on('data', (piece) => pieces.push(piece));
      res.once('error', reject);
      res.once('end', () => {
        clearTimeout(timer);
        resolve({ status: res.statusCode, body: Buffer.concat(pieces).toString() });
      });
    });
    const timer = setTimeout(() => req.destroy(new Error('timeout')), timeoutMs);
    req.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    req.end(body);
  });
}

/** Asks an app for its test's report. @returns {Promise<Outcome>} */
export async function requestReport(options, timeoutMs) {
  let answer;
  try {
    answer = await request(options, undefined, timeoutMs);
  } catch (error) {
    return { crash: String(error.message) };
  }
  if (answer.status !== 200)
    return { crash: `status ${answer.status}: ${answer.body.slice(0, 300)}` };
  return readReport(answer.body);
}

/** @typedef {{report?: object, crash?: string}} Outcome what the app reported, or why it did not */
export function readReport(text) {
  try {
    return { report: JSON.parse(text) };
  } catch {
    return { crash: `no report: ${text.slice(0, 300)}` };
  }
}
