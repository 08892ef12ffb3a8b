// The server that a suite's apps reach at the address in env.UPSTREAM.

import http from 'node:http';

/**
 * @param {(request: http.IncomingMessage, response: http.ServerResponse) => void} answer
 * @returns {Promise<{port: number, stop: () => Promise<void>}>}
 */
export async function startUpstream(answer) {
  const server = http.createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
