// node:net: what an address is. Sockets are those of cloudflare:sockets.

const { stub } = require('nano:stub');

const kFour = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

function isIPv4(text) {
  return kFour.test(`${text}`);
}

function isIPv6(text) {
  const [address, zone, ...more] = `${text}`.split('%');
  if (more.length > 0 || zone === '' || /[^0-9a-f:.]/i.test(address)) return false;
  if (!address.includes(':') || /:::/.test(address)) return false;
  try {
    return new URL(`http://[${address}]`).hostname !== '';
  } catch {
    return false;
  }
}

function isIP(text) {
  if (isIPv4(text)) return 4;
  return isIPv6(text) ? 6 : 0;
}

module.exports = {
  ...stub(
    'net',
    "import { connect } from 'cloudflare:sockets' opens connections, and an app does not listen",
    'BlockList,Server,Socket,SocketAddress,Stream,_createServerHandle,_normalizeArgs,connect,createConnection,createServer',
  ),
  isIP,
  isIPv4,
  isIPv6,
  getDefaultAutoSelectFamily: () => true,
  setDefaultAutoSelectFamily() {},
  getDefaultAutoSelectFamilyAttemptTimeout: () => 250,
  setDefaultAutoSelectFamilyAttemptTimeout() {},
};
