// handlebars makes code of a template: refused, and the app goes on.

import Handlebars from 'handlebars';

export default {
  fetch(request) {
    if (new URL(request.url).pathname === '/alive') return new Response('alive');
    try {
      return new Response(Handlebars.compile('Hello {{name}}')({ name: '<you>' }));
    } catch (error) {
      return Response.json({
        name: error.name,
        isEvalError: error instanceof EvalError,
        message: error.message,
      });
    }
  },
};
