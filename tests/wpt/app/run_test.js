// Runs in the app, after page.js: one test file from its first line to the report. What is needed
// at the end is taken before the test may change it.

const kStatusNames = ['PASS', 'FAIL', 'TIMEOUT', 'NOTRUN', 'PRECONDITION_FAILED'];
const kHarnessStatusNames = ['OK', 'ERROR', 'TIMEOUT', 'PRECONDITION_FAILED'];
/** A report names so many failures, each in so many characters. */
const kMaxFailures = 3000;
const kMaxText = 250;

function cut(text) {
  const whole = String(text ?? '').replace(/[\ud800-\udfff]/g, '\ufffd');
  return whole.length > kMaxText ? `${whole.slice(0, kMaxText)}...` : whole;
}

function summarize(tests, status) {
  const report = {
    status: kHarnessStatusNames[status.status] ?? 'OK',
    message: cut(status.message),
  };
  report.total = tests.length;
  report.passed = 0;
  report.failures = [];
  for (let i = 0; i < tests.length; i++) {
    const test = tests[i];
    if (test.status === 0) report.passed++;
    else if (report.failures.length < kMaxFailures) {
      report.failures.push([cut(test.name), kStatusNames[test.status], cut(test.message)]);
    }
  }
  return report;
}

/** What a page has loaded is in the timeline of its `performance`; here a fetch stands for that. */
async function loadResources(urls) {
  if (urls.length > 0) void globalThis.performance;
  for (const url of urls) await (await fetch(url)).arrayBuffer();
}

/** @returns {Promise<string>} the report as JSON */
async function runTest({ page, timeoutMs, loadHarness, loadTest }) {
  const { setTimeout } = globalThis;
  const { stringify } = JSON;
  preparePage(page);
  await loadResources(page.resources);
  return new Promise((resolve) => {
    const thrown = [];
    const finish = (report) => {
      if (thrown.length) {
        report.status = 'ERROR';
        report.message = thrown[0];
      }
      resolve(stringify(report));
    };
    loadHarness();
    const { timeout } = globalThis;
    const seen = [];
    globalThis.add_test_state_callback?.((test) => {
      if (!seen.includes(test)) seen.push(test);
    });
    globalThis.add_completion_callback((tests, status) => finish(summarize(tests, status)));
    setTimeout(() => timeout(), timeoutMs);
    // Where the harness itself cannot end any more.
    setTimeout(() => finish(summarize(seen, { status: 2 })), timeoutMs + 1000);
    try {
      loadTest.call(globalThis);
    } catch (error) {
      thrown.push(cut(error?.stack ?? error));
      if (seen.length === 0) finish(summarize([], { status: 1 }));
    }
  });
}
