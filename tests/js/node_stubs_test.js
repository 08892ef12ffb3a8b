// Modules that can be imported and not used.

import { builtinModule, ok, rejects, same, test, throws } from './harness.js';

test('a function says what it is, that it is not there, and why', async () => {
  const fs = builtinModule('node:fs');
  throws(
    Error,
    () => fs.readFile('x', () => {}),
    'node:fs: readFile is not available on nano: apps have no file system',
  );
  let error;
  try {
    fs.readFileSync('x');
  } catch (thrown) {
    error = thrown;
  }
  same(error.code, 'ERR_METHOD_NOT_IMPLEMENTED');
  await rejects(
    Error,
    builtinModule('node:fs/promises').readFile('x'),
    'node:fs/promises: readFile is not available',
  );
  throws(Error, () => builtinModule('node:child_process').spawn('ls'), 'apps start no processes');
  throws(Error, () => builtinModule('node:http').request('http://x'), 'use fetch()');
  throws(Error, () => builtinModule('node:net').connect(80), "'cloudflare:sockets'");
  throws(
    Error,
    () => builtinModule('node:vm').runInThisContext('1'),
    'apps make no code from text',
  );
});

test('classes can be derived from, and not made', () => {
  const { Agent } = builtinModule('node:http');
  class Mine extends Agent {}
  same(Agent.name, 'Agent');
  throws(Error, () => new Mine(), 'node:http: Agent is not available on nano');
});

test('what programs look at without using it is there', () => {
  same(builtinModule('node:http').STATUS_CODES[404], 'Not Found');
  ok(builtinModule('node:http').METHODS.includes('PATCH'));
  same(builtinModule('node:fs').constants.O_RDONLY, 0);
  same(builtinModule('node:fs').existsSync('/etc/passwd'), false);
  same(builtinModule('node:worker_threads').isMainThread, true);
  same(builtinModule('node:tty').isatty(1), false);
  same(builtinModule('node:cluster').isPrimary, true);
  same(builtinModule('node:http2').constants.HTTP2_HEADER_STATUS, ':status');
  ok(builtinModule('node:fs').promises === builtinModule('node:fs/promises').default);
});
