/** What comes in until the connection is closed. */
function talk(url, messages = [], protocols = []) {
  const log = [];
  const socket = new WebSocket(url, protocols);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => messages.forEach((message) => socket.send(message));
  socket.onmessage = ({ data }) => {
    log.push(typeof data === 'string' ? data : `${data.byteLength} bytes`);
    if (log.length === messages.length && url === '/echo') socket.close(3000, 'bye');
  };
  return new Promise((resolve) => {
    socket.onclose = ({ code, reason }) =>
      resolve([...log, `${code} ${reason}`, socket.protocol].join('|'));
  });
}
promise_test(async () => {
  const bytes = new Uint8Array(70_000);
  assert_equals(await talk('/echo', ['a', bytes], ['echo']), 'a|70000 bytes|3000 bye|echo');
}, 'messages and the close come back');
promise_test(async () => {
  assert_equals(await talk('/remote-close?code=4000&reason=why'), '4000 why|');
}, 'the server closes with a code');
promise_test(async () => {
  assert_equals(await talk('/remote-close?abrupt=1'), '1006 |');
}, 'the server breaks off');
promise_test(async () => {
  assert_equals(await talk('/protocol_array', [], ['x', 'y']), 'x|1000 |x');
}, 'the server chooses the first protocol');
promise_test(async () => {
  assert_equals(await talk('/wrong_accept_key'), '1006 |');
}, 'a wrong key is no connection');
promise_test(async () => {
  assert_equals(await talk('/nothing'), '1006 |');
}, 'an unknown path is no connection');
