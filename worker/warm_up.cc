#include "worker/warm_up.h"

#include <string>
#include <string_view>

#include <kj/debug.h>

namespace nano {
namespace {

constexpr std::string_view kScript = R"js(

const steps = [
  () => new Date().toString() + new Date(0).toLocaleString() + Date.parse('2026-11-22T07:00'),
  () => new Intl.DateTimeFormat('de', { dateStyle: 'full', timeZone: 'Europe/Berlin' }).format(0),
  () => new Intl.NumberFormat('en-IN').format(1234567.891) + (1234.5).toLocaleString(),
  () => ['b', 'a', 'ä'].sort(new Intl.Collator('sv').compare) + 'é'.normalize('NFD'),
  () => new Intl.PluralRules('ru').select(3) + [...new Intl.Segmenter().segment('ab')].length,
  () => /(?<year>\d{4})-\p{L}+/u.exec('2026-Ü')?.groups.year,
  () => JSON.stringify(JSON.parse('{"a":[1,2,{"b":null}]}')),
  () => Atomics.add(new Int32Array(4), 0, 1),
  () => new WebAssembly.Instance(module).exports.add(1, 2),
  () => Temporal.Now.zonedDateTimeISO().toString(),
  () => structuredClone(new Map([[1, new Uint8Array(100)]])),
  () => crypto.randomUUID() + new URL('https://example.test/?a=b').href,
  () => new TextDecoder().decode(new TextEncoder().encode('aé€😀')) + atob(btoa('x')),
  () => { throw new Error('warm'); },
  // Long enough for the optimising compilers, on their thread and on this one.
  () => { for (let i = 0, sum = 0; i < 200000; ++i) sum = (sum + i * 3) % 1000003; },
];
for (const step of steps) {
  // What this version does not have is not there to be warmed.
  try { step(); } catch (error) { String(error.stack); }
}
await new Promise((resolve) => setTimeout(resolve, 1));
export default { fetch() {} };
)js";

// (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))
constexpr unsigned char kAddModule[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x07, 0x01, 0x60, 0x02, 0x7f,
    0x7f, 0x01, 0x7f, 0x03, 0x02, 0x01, 0x00, 0x07, 0x07, 0x01, 0x03, 0x61, 0x64, 0x64,
    0x00, 0x00, 0x0a, 0x09, 0x01, 0x07, 0x00, 0x20, 0x00, 0x20, 0x01, 0x6a, 0x0b};

class NoHost final : public rpc::AppHost::Server {};
class NoEgress final : public rpc::Egress::Server {};

}  // namespace

void warmUp(EventLoop& loop, const WorkerParts& parts, const V8Process& v8) {
  AppSource source;
  source.mainModule = "warm_up.js";
  std::string script(kScript);
  if (v8.compilesCode()) {
    script.insert(0, "import module from './add.wasm';");
    source.modules.push_back(
        {"add.wasm", AppSource::Kind::kWasm,
         std::string(reinterpret_cast<const char*>(kAddModule), sizeof kAddModule)});
  }
  source.modules.push_back({"warm_up.js", AppSource::Kind::kEsModule, std::move(script)});
  LogBuffer log(kj::heap<NoHost>());
  CpuAllowance cpu(source.limits);
  EgressCalls egress(kj::heap<NoEgress>());
  AppIsolate isolate(parts.isolates.take(source), source, parts.limiter,
                     {parts.timer, log, cpu, egress, []() {}});
  const LoadResult result = loop.run(isolate.load());
  KJ_REQUIRE(result.outcome == rpc::Outcome::OK, "the warm-up failed",
             result.error.message.c_str());
  isolate.runPlatformTasks();
}

}  // namespace nano
