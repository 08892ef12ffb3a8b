// Child processes of a runtime: what they print, and their end.

import { spawn } from 'node:child_process';

/** Resolves with the first line on the stream that fits, rejects when it ends before. */
export function lineOf(stream, pattern, name) {
  return new Promise((resolve, reject) => {
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (piece) => {
      text = (text + piece).slice(-100_000);
      const match = pattern.exec(text);
      if (match) resolve(match);
    });
    stream.once('end', () => reject(new Error(`${name} does not serve: ${text}`)));
  });
}

/** Ends a child, at once where asked, and waits for it. */
export function endChild(child, signal = 'SIGKILL') {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill(signal);
  });
}

/** Runs a program to its end. @returns {Promise<{output: string, errors: string, end: string}>} */
export function runProgram(program, args, { timeoutMs, env }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    let errors = '';
    let end;
    const timer = setTimeout(() => {
      end = 'timeout';
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout.on('data', (piece) => output.push(piece));
    child.stderr.on('data', (piece) => (errors = (errors + piece).slice(-4000)));
    child.once('error', (error) => (end = String(error)));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      end ??= signal ? `signal ${signal}` : `exit code ${code}`;
      resolve({ output: Buffer.concat(output).toString(), errors, end });
    });
  });
}
