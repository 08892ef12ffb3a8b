// @trpc/server: queries, mutations, batches, validation, errors, streamed batches, subscriptions.

import { initTRPC, tracked, TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import * as z from 'zod';

const t = initTRPC.context().create({ isDev: false });
const signedIn = t.procedure.use(({ ctx, next }) => {
  if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { user: ctx.user } });
});

const router = t.router({
  hello: t.procedure
    .input(z.object({ name: z.string() }).optional())
    .query(({ input }) => `hello ${input?.name ?? 'you'}`),
  add: t.procedure
    .input(z.tuple([z.number(), z.number()]))
    .mutation(({ input: [a, b] }) => ({ sum: a + b })),
  me: signedIn.query(({ ctx }) => ctx),
  fails: t.procedure.query(() => {
    throw new TRPCError({ code: 'CONFLICT', message: 'twice' });
  }),
  throws: t.procedure.query(() => {
    throw new Error('of a resolver');
  }),
  later: t.procedure.query(() => ({
    promise: Promise.resolve(new Date(0).toISOString()),
    list: each(3),
  })),
  ticks: t.procedure.subscription(async function* () {
    for (let i = 0; i < 3; i++) yield tracked(String(i), { i });
  }),
  nested: t.router({
    upload: t.procedure
      .input(z.instanceof(FormData))
      .mutation(({ input }) => Object.fromEntries(input)),
  }),
});

async function* each(count) {
  for (let i = 0; i < count; i++) yield i;
}

export default {
  fetch: (req) =>
    fetchRequestHandler({
      endpoint: '/trpc',
      req,
      router,
      createContext: ({ req: { headers } }) => ({ user: headers.get('x-user') }),
      responseMeta: ({ type }) => ({ headers: { 'x-type': type } }),
    }),
};
