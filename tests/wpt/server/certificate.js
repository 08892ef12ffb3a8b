// A certificate for the stand-in's addresses, by an authority of its own. Both are made anew for each
// run, and the runtimes are told to trust the authority.

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * @param {string[]} addresses
 * @returns {{key: Buffer, cert: Buffer, authority: string, remove: () => void}} `authority` is a file
 * that anybody may read
 */
export function makeCertificate(addresses) {
  const directory = mkdtempSync(path.join(tmpdir(), 'nano-wpt-tls-'));
  chmodSync(directory, 0o755);
  const file = (name) => path.join(directory, name);
  const request = (name, more) => {
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const out = ['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)];
    const subject = ['-subj', `/CN=nano WPT ${name}`];
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, ...out, ...more], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  };
  request('authority', ['-addext', 'keyUsage=critical,keyCertSign']);
  request('server', [
    ...['-CA', file('authority.pem'), '-CAkey', file('authority.key')],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
    ...['-addext', `subjectAltName=${addresses.map((one) => `IP:${one}`).join(',')}`],
  ]);
  chmodSync(file('authority.pem'), 0o644);
  return {
    key: readFileSync(file('server.key')),
    cert: readFileSync(file('server.pem')),
    authority: file('authority.pem'),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
