// zod: schemas, transforms, codecs, errors as a server answers them.

import * as z from 'zod';

const User = z.object({
  name: z.string().trim().min(2).max(20),
  email: z.email(),
  age: z.coerce.number().int().positive().optional(),
  role: z.enum(['admin', 'user']).default('user'),
  tags: z.array(z.string()).max(3),
  born: z.iso.date().optional(),
  at: z.union([z.literal('home'), z.object({ city: z.string() })]).optional(),
});
const Shape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('circle'), radius: z.number() }),
  z.object({ kind: z.literal('square'), side: z.number() }),
]);
const Tree = z.object({
  value: z.number(),
  get children() {
    return z.array(Tree);
  },
});
const Flags = z.stringbool();
const File_ = z.file().max(10).mime('text/plain');

const kinds = {
  '/user': (body) => User.safeParse(body),
  '/shape': (body) => Shape.safeParse(body),
  '/tree': (body) => Tree.safeParse(body),
  '/flag': (body) => Flags.safeParse(body),
  '/date': (body) =>
    z
      .codec(z.iso.datetime(), z.date(), {
        decode: (text) => new Date(text),
        encode: (date) => date.toISOString(),
      })
      .safeParse(body),
  '/strict': (body) => z.strictObject({ a: z.bigint().or(z.number()) }).safeParse(body),
  '/refined': (body) =>
    z
      .object({ a: z.string(), b: z.string() })
      .refine(({ a, b }) => a === b, { path: ['b'], error: 'must equal a' })
      .safeParse(body),
};

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/json-schema') return Response.json(z.toJSONSchema(User));
    if (pathname === '/file') {
      const { get } = await request.formData().then((form) => ({ get: (name) => form.get(name) }));
      const { success, error } = File_.safeParse(get('file'));
      return Response.json({ success, issues: error?.issues ?? null });
    }
    const { success, data, error } = kinds[pathname](await request.json());
    if (success) return Response.json({ data });
    return Response.json(
      { issues: error.issues, tree: z.treeifyError(error), text: z.prettifyError(error) },
      { status: 422 },
    );
  },
};
