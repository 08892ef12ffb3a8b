// Every handler by the path of the Python file it stands for.

import { handlers as cacheStorage } from './cache_storage.js';
import { handlers as common } from './common.js';
import { handlers as eventsource } from './eventsource.js';
import { handlers as fetchApi } from './fetch_api.js';
import { handlers as fetchOther } from './fetch_other.js';

function below(folder, handlers) {
  return Object.entries(handlers).map(([name, handler]) => [`${folder}/${name}`, handler]);
}

/** @type {Map<string, (x: import('../exchange.js').Exchange) => Promise<void> | void>} */
export const handlers = new Map([
  ...Object.entries(common),
  ...Object.entries(fetchOther),
  ...below('/fetch/api/resources', fetchApi),
  ...below('/eventsource/resources', eventsource),
  ...below('/service-workers/cache-storage/resources', cacheStorage),
]);
