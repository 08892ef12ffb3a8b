// ajv and handlebars where the operator lets the app make code of strings.

import Ajv from 'ajv';
import Handlebars from 'handlebars';

const attempt = (run) => {
  try {
    return run();
  } catch (error) {
    return { threw: error.name };
  }
};

export default {
  fetch() {
    return Response.json({
      ajv: attempt(() => {
        const validate = new Ajv({ allErrors: true }).compile({
          type: 'object',
          required: ['name'],
          properties: { age: { type: 'integer', minimum: 1 } },
        });
        return [validate({ name: 'anna', age: 3 }), validate({ age: 0.5 }), validate.errors];
      }),
      handlebars: attempt(() =>
        Handlebars.compile('{{#each list}}<{{name}}>{{else}}none{{/each}}{{{raw}}}')({
          list: [{ name: '<a>' }, { name: 'b' }],
          raw: '<hr>',
        }),
      ),
      direct: attempt(() => new Function('a', 'return a * 2')(21)),
    });
  },
};
