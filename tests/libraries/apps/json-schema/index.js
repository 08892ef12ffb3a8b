// @cfworker/json-schema: what ajv does, without making code.

import { Validator } from '@cfworker/json-schema';

const validator = new Validator(
  {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', minLength: 2 },
      mail: { type: 'string', format: 'email' },
      at: { format: 'date-time' },
      tags: { type: 'array', uniqueItems: true, items: { $ref: '#/$defs/tag' } },
    },
    $defs: { tag: { type: 'string', pattern: '^\\p{L}+$' } },
    additionalProperties: false,
  },
  '2020-12',
  false,
);

export default {
  async fetch(request) {
    return Response.json(validator.validate(await request.json()));
  },
};
