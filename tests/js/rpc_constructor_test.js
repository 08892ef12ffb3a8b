// @ts-check
// What a stub leads to in an app that never imports cloudflare:workers.

import { answerFetch, callEntryPoint, outbound, same, send, test } from './harness.js';

// An answer that goes on: stub number 1 (tests/js/rpc_hostile_test.js says how).
const kOneStub = [255, 15, 65, 1, 65, 2, 34, 4, 83, 116, 117, 98, 73, 2, 36, 0, 2, 36, 0, 1];
const kFrame = [3, 1, 0, 0, 20, 0, 0, 0, 4, 0, 0, 0, ...kOneStub, 255, 15, 92, 0];

test('the constructor of a stub makes stubs', async () => {
  const { SVC: service } = callEntryPoint('makeEnv', ['SVC', 2, 'other-app']);
  outbound((exchange) => answerFetch(exchange, { body: [new Uint8Array(kFrame), undefined] }));
  let seen;
  await send({}, async () => {
    const stub = await service.make();
    seen = await new stub.constructor((x) => x + 1)(1);
    return new Response('');
  }).done;
  same(seen, 2);
});
