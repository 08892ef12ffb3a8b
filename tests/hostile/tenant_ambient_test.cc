// Hostile cases T97 and T101 to T103: clocks, shared memory, the machine's locale, imports.

#include <cstdlib>

#include "tests/hostile/invariants.h"
#include "tests/hostile/wasm_modules.h"

namespace nano::test {
namespace {

// A nanod whose machine is elsewhere.
class TenantAmbient : public HostileTest {
 protected:
  static void SetUpTestSuite() {
    setenv("TZ", "Asia/Tokyo", 1);
    setenv("LANG", "de_DE.UTF-8", 1);
    setenv("LC_ALL", "de_DE.UTF-8", 1);
    HostileTest::SetUpTestSuite();
    for (const char* name : {"TZ", "LANG", "LC_ALL"})
      unsetenv(name);
  }
};

constexpr char kClocks[] = R"(
    const clocks = { Date: () => Date.now(), newDate: () => new Date().getTime(),
      number: () => Number(new Date()), performance: () => performance.now(),
      Temporal: () => Temporal.Now.instant().epochNanoseconds };
    const fractionOf = (time) => typeof time === 'bigint' ? Number(time % 1000000n) : time % 1;
    const seen = {};
    for (const [name, read] of Object.entries(clocks)) {
      const first = read();
      let steps = 0; let fractions = 0; let backwards = 0;
      // Until the clock has moved three times, or it plainly does not.
      for (let i = 0, last = first; steps < 3 && i < 2e5; i++) {
        const now = read();
        if (now < last) backwards++;
        if (now !== last) steps++;
        if (fractionOf(now) !== 0) fractions++;
        last = now;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen[name] = [steps > 0, fractions, backwards, read() > first].join();
    }
    seen.origin = performance.timeOrigin % 1;
    return Response.json(seen);)";

std::string ofEveryClock(const std::string& says) {
  return R"({"Date":")" + says + R"(","newDate":")" + says + R"(","number":")" + says +
         R"(","performance":")" + says + R"(","Temporal":")" + says + R"(","origin":0})";
}

TEST_F(TenantAmbient, T97ClocksShowWholeMillisecondsAndNothingFiner) {
  deployHandler("t97", kClocks);
  EXPECT_EQ(ask("t97").body, ofEveryClock("true,0,0,true"));
}

TEST_F(TenantAmbient, T97ClocksOfATenantThatIsFrozenStandStillWithinATurn) {
  deployHandler(kFrozen, kClocks);
  EXPECT_EQ(ask(kFrozen).body, ofEveryClock("false,0,0,true"));
}

TEST_F(TenantAmbient, T97ThereIsNoSharedMemoryHoweverItIsAskedFor) {
  deploy("t97b", {{"index.js", moduleOf(R"(
    const seen = [typeof SharedArrayBuffer];
    const attempt = (get) => {
      try { seen.push(Object.prototype.toString.call(get())); }
      catch (error) { seen.push(error.name.endsWith('Error')); }
    };
    attempt(() => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer);
    attempt(() => Atomics.wait(new Int32Array(4), 0, 0, 1));
    attempt(() => structuredClone(new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true })));
    return new Response(seen.join());)")}});
  EXPECT_EQ(ask("t97b").body, "undefined,true,true,true");
  // In a module's own text: refused at the deploy, or when it is instantiated.
  auto result = nanod().tryDeploy("t97c",
                                  {{"index.js", moduleOf(R"(
    try {
      return new Response(Object.prototype.toString.call(new WebAssembly.Instance(shared).exports.memory.buffer));
    } catch (error) { return new Response('refused'); })",
                                                         "import shared from './shared.wasm';")},
                                   {"shared.wasm", wasmWithSharedMemory()}},
                                  {"--tenant=t97c", "--host=t97c.example.test"});
  if (result.exitCode == 0) {
    EXPECT_EQ(ask("t97c").body, "refused");
    removeApp("t97c");
  }
}

TEST_F(TenantAmbient, T101TheMachinesLocaleAndTimeZoneAreNotTheApps) {
  deployHandler("t101", R"(
    const options = Intl.DateTimeFormat().resolvedOptions();
    return Response.json([options.timeZone, options.locale, (1234.5).toLocaleString(),
      new Date(0).getTimezoneOffset(), new Date(0).toString(), new Date(0).toLocaleString(),
      Intl.NumberFormat().resolvedOptions().locale, Temporal.Now.timeZoneId()]);)");
  EXPECT_EQ(ask("t101").body,
            R"-(["UTC","en-US","1,234.5",0,)-"
            R"-("Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)",)-"
            R"-("1/1/1970, 12:00:00 AM","en-US","UTC"])-");
}

TEST_F(TenantAmbient, T102AndT103AnImportFindsWhatWasDeployedAndNothingElse) {
  deploy("t102", {{"index.js", moduleOf(R"(
    const wanted = ['file:///etc/passwd', '/etc/passwd', '../index.js', '../../../../etc/passwd',
      'http://127.0.0.1/x.js', 'https://example.com/x.js', 'data:text/javascript,export default 1',
      'node:nope', 'nano:ops', 'nano:errors', 'blob:x', './missing.js', './part.js\0', './PART.js',
      './%70art.js', '.\\part.js', 'part.js', '', './', '.', 'x'.repeat(1e6)];
    const found = [];
    for (const specifier of wanted) {
      try { await import(specifier); found.push(specifier.slice(0, 40)); }
      catch (error) { if (!(error instanceof TypeError)) found.push(`${specifier} ${error}`); }
    }
    // The modules of Node.js' that need a machine are there in name only.
    const { readFileSync } = await import('node:fs');
    try { readFileSync('/etc/passwd'); found.push('read'); } catch { /* As it should. */ }
    const part = './part.js';
    found.push((await import(part)).default);
    found.push(import.meta.url.startsWith('file:///index'));
    return new Response(found.join('\n'));)",
                                        "import './part.js';")},
                  {"part.js", "export default 'the part';"}});
  EXPECT_EQ(ask("t102").body, "the part\ntrue");
  // After all of that: in a later request, of the same isolate.
  EXPECT_EQ(ask("t102").body, "the part\ntrue");
}

TEST_F(TenantAmbient, T102AStaticImportFromElsewhereIsNotDeployed) {
  for (const char* specifier : {"file:///etc/passwd", "/etc/passwd", "../../../etc/passwd",
                                "http://127.0.0.1/x.js", "node:nope", "nano:ops", "nano:errors"}) {
    auto result = nanod().tryDeploy(
        "t102b",
        {{"index.js", std::string("import x from '") + specifier +
                          "';\nexport default { fetch() { return new Response(String(x)); } };"}},
        {"--tenant=t102b", "--host=t102b.example.test"});
    EXPECT_EQ(result.exitCode, 1) << specifier;
  }
}

}  // namespace
}  // namespace nano::test
