// @ts-check
// For tests of calls by service bindings: an app that calls itself, with nanod's part played here.

import {
  answerFetch,
  builtinModule,
  callEntryPoint,
  joinCall,
  outbound,
  send,
  sendCall,
} from './harness.js';

export const { WorkerEntrypoint, RpcTarget, RpcStub, RpcPromise } =
  builtinModule('cloudflare:workers');
const kService = 2;

/** One byte a piece. */
const inPieces = (bytes) => Array.from(bytes, (byte) => new Uint8Array([byte]));

/**
 * The answerer's side.
 * @param {any} exports of the app that answers
 * @param {{ entrypoint?: string, props?: string }} [binding] what it says
 * @param {{ isOutside?: boolean }} [options] isOutside: nothing can be called
 */
export function bindTo(exports, binding = {}, { isOutside = false } = {}) {
  const env = callEntryPoint('makeEnv', ['SVC', kService, 'other-app', 'NAME', 0, 'its own']);
  let answer;
  let isSplit = false;
  const slots = [];
  const answers = [];
  const pass = (exchange) => {
    const whole = exchange.streamed ? exchange.whole : exchange.body;
    const body = isSplit ? inPieces(whole) : whole;
    const call = { ...binding, method: exchange.rpcMethod, body };
    const sent = sendCall(call, exports, env);
    joinCall(exchange, sent.slot);
    slots.push(sent.slot);
    sent.done.then((given) => {
      answers.push(given);
      if (given.isTwoWay) return;
      let content = isSplit ? inPieces(given.body) : (given.body ?? undefined);
      if ('bodyError' in given) content = [given.body, new Error('it broke off')];
      answerFetch(exchange, { body: content });
    });
  };
  const seen = isOutside
    ? []
    : outbound((exchange) => {
        if (answer !== undefined) return answer;
        if (!exchange.streamed) pass(exchange);
        return undefined;
      });
  return {
    service: env.SVC,
    env,
    seen,
    /** Those of the calls that were answered. */
    slots,
    /** How those have ended that are over. */
    answers,
    /** From here on, whatever is asked. */
    answerWith: (given) => {
      answer = given;
    },
    split: () => {
      isSplit = true;
    },
    /** Once the body that streams is all there. */
    passOn: (exchange) => pass(exchange),
  };
}

/** Runs the body as the handler of a request. */
export async function inRequest(body) {
  let failure;
  const answer = await send({}, async () => {
    try {
      await body();
    } catch (error) {
      failure = { error };
    }
    return new Response('');
  }).done;
  if (failure !== undefined) throw failure.error;
  return answer;
}

/** The body gets the binding of an app with these exports. */
export const calling = (exports, body, binding) =>
  inRequest(() => body(bindTo(exports, binding).service));
