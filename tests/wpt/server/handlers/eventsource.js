// What /eventsource/resources answers.

import { redirect } from './common.js';

const stream = ['Content-Type', 'text/event-stream'];
const cookie = (name, value, more = '') => ['Set-Cookie', `${name}=${value}; Path=/${more}`];
const forget = (name) => cookie(name, '', '; Expires=Fri, 27 Jul 2001 00:00:00 GMT; Max-Age=0');

function corsCookie(x) {
  const last = x.header('last-event-id', '');
  const ident = x.get('ident', 'test');
  const seen = x.cookie(ident) === undefined ? 'NO_COOKIE' : 'COOKIE';
  const headers = [];
  const origin = x.get('origin', x.header('origin', ''));
  if (origin !== 'none') headers.push(['Access-Control-Allow-Origin', origin]);
  const credentials = x.get('credentials', 'true');
  if (credentials !== 'none') headers.push(['Access-Control-Allow-Credentials', credentials]);
  if (last === '') {
    headers.push(stream, cookie(ident, 'COOKIE'));
    return x.reply(200, headers, `id: 1\nretry: 200\ndata: first ${seen}\n\n`);
  }
  if (last === '1') {
    headers.push(stream, forget(ident));
    return x.reply(200, headers, `id: 2\ndata: second ${seen}\n\n`);
  }
  headers.push(['Content-Type', 'stop']);
  return x.reply(200, headers, `data: ${last}${seen}\n\n`);
}

function cors(x) {
  x.setHeader('Access-Control-Allow-Origin', x.get('origin', x.header('origin', '')));
  x.setHeader('Access-Control-Allow-Credentials', x.get('credentials', 'true'));
  const run = { message, 'status-reconnect': statusReconnect, redirect }[x.get('run')];
  if (run) return run(x);
  if (x.get('run') !== 'cache-control') return x.reply(200);
  const cache = x.header('cache-control', '');
  return x.reply(200, [stream], `data: ${cache}\n\n`);
}

function lastEventId(x) {
  const last = x.header('last-event-id', '');
  if (last) return x.reply(200, [stream], `data: ${last}\n\n`);
  const id = x.get('idvalue', Buffer.from('\u2026').toString('latin1'));
  return x.reply(200, [stream], `id: ${id}\nretry: 200\ndata: hello\n\n`);
}

const idTexts = {
  1: 'id: 1\ndata: 1\n\ndata: 2\n\nid: 2\ndata:3\n\ndata:4\n\n',
  2: 'id: 1\ndata: 1\n\nid:\ndata:2\n\ndata:3\n\n',
  3: 'id: 1\ndata: 1\n\nid\ndata:2\n\ndata:3\n\n',
};

function lastEventId2(x) {
  return x.reply(200, [stream], idTexts[x.get('type', 1)] ?? 'data: invalid_test\n\n');
}

async function message(x) {
  const end = x.get('newline') === 'none' ? '' : '\n\n';
  await x.sleep(Number(x.get('sleep', 0)));
  const headers = [['Content-Type', x.get('mime', 'text/event-stream')]];
  return x.reply(200, headers, `${x.get('message', 'data: data')}${end}\n`);
}

const message2Text =
  'data:msg\ndata: msg\n\n:\nfalsefield:msg\n\nfalsefield:msg\nData:data\n\ndata\n\ndata:end\n\n';

async function message2(x) {
  x.begin(200, [stream, ['Cache-Control', 'no-cache']]);
  while (await x.write(message2Text)) await x.sleep(2000);
  x.end();
}

function reconnectFail(x) {
  const name = `recon_fail_${x.get('id')}`;
  const state = x.cookie(name);
  if (state === 'opened') {
    return x.reply(
      [200, 'RECONNECT'],
      [stream, cookie(name, 'reconnected')],
      'data: reconnected\n\n',
    );
  }
  if (state === 'reconnected') return x.reply([204, 'NO CONTENT (CLOSE)'], [stream, forget(name)]);
  return x.reply([200, 'OPEN'], [stream, cookie(name, 'opened')], 'retry: 2\ndata: opened\n\n');
}

function statusError(x) {
  const code = x.get('status', '404');
  return x.reply(
    [code, 'HAHAHAHA'],
    [stream],
    code === '204' || code === '205' ? '' : 'data: data\n\n',
  );
}

function statusReconnect(x) {
  const code = x.get('status', '204');
  const name = `request${x.get('id', code)}`;
  if (x.cookie(name) === code) return x.reply(200, [stream, forget(name)], 'data: data\n\n');
  const text = `retry: 2\n${x.has('ok_first') ? 'data: ok\n\n' : ''}`;
  return x.reply([code, 'TEST'], [stream, cookie(name, code)], text);
}

export const handlers = {
  'cors-cookie.py': corsCookie,
  'cors.py': cors,
  'last-event-id.py': lastEventId,
  'last-event-id2.py': lastEventId2,
  'message.py': message,
  'message2.py': message2,
  'reconnect-fail.py': reconnectFail,
  'status-error.py': statusError,
  'status-reconnect.py': statusReconnect,
};
