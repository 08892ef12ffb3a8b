// ajv makes code of a schema: refused, and the app goes on.

import Ajv from 'ajv';

const tries = { made: 0 };

export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/alive') return Response.json(tries);
    tries.made++;
    if (pathname === '/uncaught') new Ajv().compile({ type: 'object' });
    try {
      const validate = new Ajv().compile({ type: 'object', required: ['a'] });
      return Response.json({ valid: validate({}) });
    } catch (error) {
      return Response.json({
        name: error.name,
        isEvalError: error instanceof EvalError,
        message: error.message,
      });
    }
  },
};
