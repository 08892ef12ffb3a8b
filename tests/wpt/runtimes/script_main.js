// The script that Node.js, Deno and Bun run: loads the test's script and prints its report. What
// a test leaves uncaught is no end of the process, as it is none of a worker's.

const { stdout } = globalThis.process;
const exit = globalThis.process.exit.bind(globalThis.process);
const ignore = () => {};
if (typeof Deno !== 'undefined') {
  for (const type of ['error', 'unhandledrejection']) {
    globalThis.addEventListener(type, (event) => event.preventDefault());
  }
} else {
  globalThis.process.on('uncaughtException', ignore);
  globalThis.process.on('unhandledRejection', ignore);
}
// Keeps the process until there is a report.
setInterval(ignore, 1000);

const path = typeof Deno !== 'undefined' ? Deno.args[0] : globalThis.process.argv[2];
try {
  const { default: app } = await import(`file://${path}`);
  const response = await app.fetch(new Request('http://localhost/'));
  stdout.write(`\n==== report ====\n${await response.text()}`, () => exit(0));
} catch (error) {
  console.error(error);
  exit(1);
}
