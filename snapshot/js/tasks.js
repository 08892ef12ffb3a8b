// @ts-check
// Tasks that come one after the other, in the order they were queued: messages on their way.

import { currentSlot, runMicrotasks } from 'nano:ops';
import { SafeMap } from './primordials.js';
import { Queue } from './streams/queue.js';
import { startTask, stopInternalTimer } from './timers.js';

/** By the slot of the request whose timer takes the next ones. @type {any} */
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
  return startTask(
    () => runAll(slot),
    () => queues.delete(slot),
  );
}

/**
 * Runs those that are there by now, each with its microtasks, since a timer is a millisecond away.
 * What they queue waits for the next timer: others have to come to their turn.
 */
function runAll(slot) {
  const queue = queues.get(slot);
  if (queue === undefined) return;
  // Before the tasks, which may start as many timers as there may be.
  const next = arm(slot);
  for (let left = queue.length; left > 0; left--) {
    const task = queue.shift();
    task();
    runMicrotasks();
  }
  if (queue.length > 0) return;
  stopInternalTimer(next);
  queues.delete(slot);
}
