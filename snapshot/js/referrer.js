// @ts-check
// The Referer of a fetch, https://w3c.github.io/webappsec-referrer-policy/
//
// There is no page that a request could come from: it has one only where a program names it.

import { parseFetchUrl } from './fetch_url.js';

const kLongest = 4096;
const kHttps = 'https:';

/**
 * @param {string} referrer a URL @param {string} policy
 * @param {import('./fetch_url.js').FetchUrl} url where the request goes
 * @returns {string | undefined} undefined: nothing is said
 */
export function refererFor(referrer, policy, url) {
  const from = parseFetchUrl(referrer);
  if (from === undefined || !from.isHttp) return undefined;
  const isSameOrigin = from.siteOrigin === url.siteOrigin;
  const isDowngrade = from.scheme === kHttps && url.scheme !== kHttps;
  const origin = `${from.siteOrigin}/`;
  const whole = from.bareHref.length > kLongest ? origin : from.bareHref;
  switch (policy) {
    case 'no-referrer':
      return undefined;
    case 'origin':
      return origin;
    case 'unsafe-url':
      return whole;
    case 'same-origin':
      return isSameOrigin ? whole : undefined;
    case 'strict-origin':
      return isDowngrade ? undefined : origin;
    case 'origin-when-cross-origin':
      return isSameOrigin ? whole : origin;
    case 'no-referrer-when-downgrade':
      return isDowngrade ? undefined : whole;
    default:
      if (isSameOrigin) return whole;
      return isDowngrade ? undefined : origin;
  }
}
