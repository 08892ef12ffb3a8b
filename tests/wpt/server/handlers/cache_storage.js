// What the tests of caches are answered.

const status = (x) => x.reply(Number(x.get('status')));

/** Varies as the query says, or as a cookie does. */
function vary(x) {
  if (x.has('clear-vary-value-override-cookie')) {
    x.setHeader('Set-Cookie', 'vary-value-override=; Max-Age=0');
    return x.reply(200, [], 'vary cookie cleared');
  }
  const wanted = x.get('set-vary-value-override-cookie');
  if (wanted) {
    x.setHeader('Set-Cookie', `vary-value-override=${wanted}`);
    return x.reply(200, [], 'vary cookie set');
  }
  const value = x.cookie('vary-value-override') || x.get('vary');
  if (value) x.setHeader('Vary', value);
  return x.reply(200, [], 'vary response');
}

export const handlers = {
  'fetch-status.py': status,
  'vary.py': vary,
};
