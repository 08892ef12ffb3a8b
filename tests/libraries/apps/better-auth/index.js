// better-auth: signing up and in with a password, sessions by cookie, over the database in memory that it
// has where it is given none.

import { betterAuth } from 'better-auth';

const makeAuth = () =>
  betterAuth({
    baseURL: 'http://better-auth.localhost',
    secret: 'a secret of the test that is long enough',
    emailAndPassword: {
      enabled: true,
      password: {
        hash: async (password) => `plain:${password}`,
        verify: async ({ hash, password }) => hash === `plain:${password}`,
      },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
  });

let auth;
const call = async (path, body, cookie) => {
  const response = await auth.handler(
    new Request(`http://better-auth.localhost/api/auth${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        'content-type': 'application/json',
        origin: 'http://better-auth.localhost',
        ...(cookie && { cookie }),
      },
      body: body && JSON.stringify(body),
    }),
  );
  return { response, json: await response.json().catch(() => null) };
};
const named = (response) => response.headers.getSetCookie().map((one) => one.replace(/=[^;]*/, ''));

export default {
  async fetch(request) {
    auth ??= makeAuth();
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/api/auth')) return auth.handler(request);
    const user = { email: 'anna@example.com', password: 'long enough', name: 'Anna' };
    const up = await call('/sign-up/email', user);
    const again = await call('/sign-up/email', user);
    const wrong = await call('/sign-in/email', { ...user, password: 'not this one' });
    const signedIn = await call('/sign-in/email', user);
    const cookie = signedIn.response.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const session = await call('/get-session', undefined, cookie);
    const nobody = await call('/get-session');
    const out = await call('/sign-out', {}, cookie);
    return Response.json({
      up: [up.response.status, up.json?.user?.email, named(up.response)],
      again: [again.response.status, again.json?.code],
      wrong: [wrong.response.status, wrong.json?.code],
      in: [signedIn.response.status, named(signedIn.response)],
      session: [session.json?.user?.name, Object.keys(session.json?.session ?? {}).sort()],
      nobody: nobody.json,
      out: [out.response.status, out.json],
    });
  },
};
