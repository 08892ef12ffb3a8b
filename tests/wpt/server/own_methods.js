// Requests with a method of one's own (`TESTING`), which Node's parser refuses and WPT's tests send.

import http from 'node:http';

const kRequestLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP\/1\.[01]$/;

function fieldOf(line) {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

/**
 * The request that Node gave up at its method, and where its answer goes; the connection ends with
 * that. Undefined for any other error. Head and body have to have come as one packet.
 * @returns {[http.IncomingMessage, http.ServerResponse] | undefined}
 */
export function requestOfError(error, socket) {
  if (error.code !== 'HPE_INVALID_METHOD' || !error.rawPacket) return undefined;
  const [head, ...rest] = error.rawPacket.toString('latin1').split('\r\n\r\n');
  const [first, ...lines] = head.split('\r\n');
  const line = kRequestLine.exec(first);
  if (rest.length === 0 || line === null) return undefined;
  const req = new http.IncomingMessage(socket);
  [, req.method, req.url] = line;
  req.rawHeaders = lines.flatMap(fieldOf);
  req.push(Buffer.from(rest.join('\r\n\r\n'), 'latin1'));
  req.push(null);
  // Or reading it to its end would close the connection.
  req.complete = true;
  const res = new http.ServerResponse(req);
  res.shouldKeepAlive = false;
  res.assignSocket(socket);
  res.once('finish', () => socket.end());
  return [req, res];
}
