// {{host}}, {{ports[http][0]}} and the like, in files named *.sub.* and answers with ?pipe=sub.

import { randomUUID } from 'node:crypto';

/** The value at a[b][c], or undefined. */
function look(object, keys) {
  return keys.reduce((value, key) => value?.[key], object);
}

/** @param {import('./exchange.js').Exchange} exchange who asks */
function valueOf(name, keys, { exchange, variables, places }) {
  switch (name) {
    case 'host':
      return places.host;
    case 'domains':
      return places.domains[keys[0]];
    case 'hosts':
      return look(places.hosts, keys);
    case 'ports':
      return look(places.ports, keys);
    case 'GET':
      return exchange?.get(keys[0], '');
    case 'headers':
      return exchange?.header(keys[0], '');
    case 'location': {
      const host = exchange?.header('host', places.host) ?? places.host;
      const scheme = exchange?.isSecure ? 'https' : 'http';
      const parts = {
        scheme,
        host,
        server: `${scheme}://${host}`,
        hostname: host.split(':')[0],
        port: host.split(':')[1],
        path: exchange?.path,
        pathname: exchange?.path,
        query: exchange?.search,
      };
      return parts[keys[0]];
    }
    case 'uuid()':
      return randomUUID();
    case 'fs_path':
    case 'url_base':
      return '/';
    default:
      return variables[name];
  }
}

/**
 * What has no value stays as it is. get-host-info.sub.js makes the name of a host of its own, which
 * is not one where hosts are addresses.
 */
export function substitute(text, exchange, places = exchange.places) {
  const variables = {};
  const named = text.replace("('www1.' + ORIGINAL_HOST)", `'${places.domains.www1}'`);
  return named.replace(/\{\{([^}]*)\}\}/g, (whole, expression) => {
    // $name:uuid() also keeps the value under a name for later ones.
    const [, variable, rest] = /^(?:\$(\w+):)?(.*)$/s.exec(expression.trim());
    const name = rest.replace(/\[.*$/s, '');
    const keys = [...rest.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1]);
    const value = valueOf(name.replace(/^\$/, ''), keys, { exchange, variables, places });
    if (value === undefined) return whole;
    if (variable) variables[variable] = value;
    return String(value);
  });
}
