// @ts-check
// Tasks that come one after the other, in the order they were queued: messages on their way.

import { currentSlot } from 'nano:ops';
import { SafeMap } from './primordials.js';
import { Queue } from './streams/queue.js';
import { startTask } from './timers.js';

/** By the slot of the request whose timer takes the next one. @type {any} */
const queues = new SafeMap();

/**
 * Runs `task` on its own, for the running request; never, where that ends before.
 * @param {() => void} task must not throw
 */
export function queueTask(task) {
  const slot = currentSlot();
  let queue = queues.get(slot);
  if (queue === undefined) {
    arm(slot);
    queues.set(slot, (queue = new Queue()));
  }
  queue.push(task);
}

/** One timer for all, for a request may have only so many. */
function arm(slot) {
  startTask(
    () => runNext(slot),
    () => queues.delete(slot),
  );
}

function runNext(slot) {
  const queue = queues.get(slot);
  if (queue === undefined) return;
  const task = queue.shift();
  // Before the task, which may start many timers.
  if (queue.length > 0) arm(slot);
  else queues.delete(slot);
  task();
}
