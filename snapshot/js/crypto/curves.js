// @ts-check
// The numbers of curves, which are snapshot/ops/curve_ops.cc's, and how long their elements are.

export const kCurves = {
  __proto__: null,
  'P-256': { __proto__: null, number: 0, bytes: 32 },
  'P-384': { __proto__: null, number: 1, bytes: 48 },
  'P-521': { __proto__: null, number: 2, bytes: 66 },
  Ed25519: { __proto__: null, number: 3, bytes: 32, kind: 'ED25519' },
  X25519: { __proto__: null, number: 4, bytes: 32, kind: 'X25519' },
  Ed448: { __proto__: null, number: 5, bytes: 57, kind: 'ED448' },
  X448: { __proto__: null, number: 6, bytes: 56, kind: 'X448' },
};
