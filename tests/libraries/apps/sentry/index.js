// @sentry/cloudflare around a handler: what it would have sent goes to a transport of the test.

import * as Sentry from '@sentry/cloudflare';

const sent = [];
const makeTransport = () => ({
  send: async ([, items]) => {
    for (const [{ type }, payload] of items) {
      const { exception, transaction, message, level, contexts } = payload;
      sent.push({
        type,
        message,
        level,
        transaction,
        error: exception?.values?.map(({ type: name, value }) => [name, value]),
        op: contexts?.trace?.op,
      });
    }
    return {};
  },
  flush: async () => true,
});

const app = {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/sent') return Response.json(sent);
    if (pathname === '/throws') throw new RangeError('of the handler');
    if (pathname === '/message') Sentry.captureMessage('noted', 'warning');
    if (pathname === '/caught') Sentry.captureException(new TypeError('caught'));
    const value = Sentry.startSpan(
      { name: 'work', op: 'own' },
      () => Sentry.getActiveSpan() !== undefined,
    );
    return Response.json({ spanIsActive: value, scope: typeof Sentry.getCurrentScope() });
  },
};

export default Sentry.withSentry(
  () => ({
    dsn: 'http://key@127.0.0.1:1/1',
    transport: makeTransport,
    tracesSampleRate: 0,
    integrations: [],
  }),
  app,
);
