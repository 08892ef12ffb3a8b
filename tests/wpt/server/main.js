// node tests/wpt/server/main.js DIR: the stand-in server alone, to look at with curl.

import { StandInServer } from './server.js';

const root = process.argv[2];
if (!root) {
  console.error('usage: node tests/wpt/server/main.js DIR');
  process.exit(2);
}
const server = await new StandInServer(root).start();
console.log(`serving ${root} on ${server.origin}`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const path of server.unknownPaths) console.error(`no handler: ${path}`);
    server.stop();
  });
}
