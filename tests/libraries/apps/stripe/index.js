// stripe: calls, lists over pages, errors, and signatures of webhooks.

import Stripe from 'stripe';

const kSecret = 'whsec_test';
const payload = JSON.stringify({
  id: 'evt_1',
  object: 'event',
  type: 'customer.created',
  data: { object: { name: 'ü' } },
});
const provider = Stripe.createSubtleCryptoProvider();

const routes = {
  '/create': (stripe) =>
    stripe.customers.create(
      { email: 'anna@example.com', metadata: { 'a b': 'ü&' }, expand: ['x'] },
      { idempotencyKey: 'once' },
    ),
  async '/list'(stripe) {
    const ids = [];
    for await (const { id } of stripe.customers.list({ limit: 2 })) ids.push(id);
    return ids;
  },
  async '/error'(stripe) {
    const { type, code, param, statusCode, message } = await stripe.customers
      .create({ email: 'bad' })
      .catch((error) => error);
    return { type, code, param, statusCode, message };
  },
  async '/webhook'(stripe) {
    const header = await stripe.webhooks.generateTestHeaderStringAsync({
      payload,
      secret: kSecret,
      timestamp: 1_700_000_000,
      cryptoProvider: provider,
    });
    const event = await stripe.webhooks.constructEventAsync(
      payload,
      header,
      kSecret,
      Infinity,
      provider,
    );
    const forged = await stripe.webhooks
      .constructEventAsync(`${payload} `, header, kSecret, Infinity, provider)
      .catch(({ type }) => type);
    const old = await stripe.webhooks
      .constructEventAsync(payload, header, kSecret, 300, provider)
      .catch(({ message }) => message);
    return { header, event, forged, old };
  },
};

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    const { hostname, port } = new URL(env.UPSTREAM);
    const stripe = new Stripe('sk_test_1', {
      host: hostname,
      port,
      protocol: 'http',
      httpClient: Stripe.createFetchHttpClient(),
      maxNetworkRetries: 0,
      telemetry: false,
    });
    if (pathname === '/') return Response.json(Object.keys(routes));
    return Response.json(await routes[pathname](stripe));
  },
};
