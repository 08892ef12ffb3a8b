// What even a worker that was taken over is held to: its memory, the snapshot it shares with all
// others, its code profile, its filter (hostile cases W23, W24, W26, W30).

#include <iterator>

#include <gtest/gtest.h>

#include "tests/hostile/worker_world.h"

namespace nano::test {
namespace {

// Above what a worker has at its start.
constexpr char kLittleMemory[] = "--worker-memory-mb=120";

class BalloonTest : public testing::TestWithParam<const char*> {};

// W24
TEST_P(BalloonTest, EndsInItsOwnWorkersLimitAndIsCountedAsMemory) {
  WorkerWorld world({kLittleMemory, GetParam()});
  ASSERT_NO_FATAL_FAILURE(world.deploy("balloon"));
  pid_t worker = world.workerOf("balloon");
  size_t mark = world.mark();
  auto response = world.play("balloon");
  EXPECT_EQ(response.status, 503) << response.body << response.error;
  EXPECT_NE(response.body.find("outcome: exceededMemory"), std::string::npos) << response.body;
  expectOursOrBrokenOff(response);
  EXPECT_NE(world.workerOf("balloon"), worker);
  EXPECT_TRUE(world.waitForLog("worker " + std::to_string(worker) + " ran out of memory", mark));
  EXPECT_EQ(world.nanod().status().value("workerDeaths", -1), 1);
  world.expectUnharmed("balloon");
}

// By cgroups where there are some, and by nanod's own look.
INSTANTIATE_TEST_SUITE_P(Limits, BalloonTest, testing::Values("--cgroup=auto", "--cgroup=none"),
                         [](const auto& row) {
                           return std::string(row.param).ends_with("none") ? "WithoutCgroups"
                                                                           : "Cgroups";
                         });

// W26: EPERM is 1. Behind the filter ftruncate ends the worker (`syscall-ftruncate`).
TEST(SnapshotTest, TakesNoByteOfAWorkerThatStillHasItsDescriptor) {
  WorkerWorld world;
  world.setStartAct("write-snapshot");
  size_t mark = world.mark();
  ASSERT_NO_FATAL_FAILURE(world.deploy("never"));
  ASSERT_TRUE(world.waitForLog("evil: snapshot write", mark));
  EXPECT_TRUE(world.waitForLog("evil: snapshot write 1, truncate 1, grow 1, map 1", mark))
      << world.log().substr(mark);
  // Workers that start from it afterwards.
  world.setStartAct("");
  world.retire("never");
  world.expectUnharmed("never");
}

// What a library may look something up for at the first time; "/NAME" uses one of them.
constexpr char kWholeApp[] = R"(
import module from './sum.wasm';

const streamOf = (text) => new ReadableStream({
  pull(controller) {
    controller.enqueue(new TextEncoder().encode(text));
    controller.close();
  },
});

const parts = {
  wasm: () => new WebAssembly.Instance(module).exports.sum(2, 3),
  heap() {
    const kept = [];
    for (let i = 0; i < 200; i++) kept.push(new Array(1 << 12).fill(i), new Uint8Array(1 << 16));
    return JSON.parse(JSON.stringify(kept.map(String).sort())).length;
  },
  compiled() {
    let value = 0;
    for (let i = 0; i < 3e6; i++) value = (value * 31 + i) | 0;
    return value;
  },
  error() { try { null.property; } catch (error) { return error.stack; } },
  text: () => 'x'.normalize('NFKD') + /\p{L}+/u.exec('aé')[0] + 'I'.toLocaleLowerCase('tr') +
      new URL('http://bücher.example/ä?b=c').href,
  number: () => new Intl.NumberFormat('ar').format(1234.5) + new Intl.Collator('sv').compare('a', 'b'),
  date: () => new Date(2026, 1, 1).toString(),
  dateFormat: () => new Date(0).toLocaleString() +
      new Intl.DateTimeFormat('de-DE', {dateStyle: 'full', timeZone: 'Asia/Tokyo'}).format(0),
  random: () => crypto.randomUUID() + crypto.getRandomValues(new Uint8Array(64)),
  async subtle() {
    const {subtle} = crypto;
    const data = new Uint8Array(1 << 16);
    await subtle.digest('SHA-512', data);
    const rsa = {modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256'};
    for (const algorithm of [{name: 'RSA-PSS', ...rsa}, {name: 'ECDSA', namedCurve: 'P-521'}, {name: 'Ed25519'}]) {
      const {publicKey, privateKey} = await subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const use = {name: algorithm.name, hash: 'SHA-256', saltLength: 32};
      if (!await subtle.verify(use, publicKey, await subtle.sign(use, privateKey, data), data)) throw 1;
      await subtle.importKey('pkcs8', await subtle.exportKey('pkcs8', privateKey), algorithm, false, ['sign']);
    }
    const aes = await subtle.generateKey({name: 'AES-GCM', length: 256}, true, ['encrypt', 'wrapKey']);
    await subtle.wrapKey('jwk', aes, aes, {name: 'AES-GCM', iv: new Uint8Array(12)});
    const password = await subtle.importKey('raw', data, 'PBKDF2', false, ['deriveBits']);
    const pbkdf2 = {name: 'PBKDF2', hash: 'SHA-256', salt: data, iterations: 1000};
    await subtle.deriveBits(pbkdf2, password, 256);
  },
  log: () => console.log('one', {two: 3}, new Error('four')),
  clone: () => structuredClone(new Map([[1, new Date(0)]])).size,
  encoding: () => new TextDecoder().decode(new TextEncoder().encode('é')),
  sort: () => Array.from({length: 400}, (_, i) => i).sort(() => -1).length,
  body: (request) => request.text(),
  timer: () => new Promise((resolve) => setTimeout(resolve, 5)),
  stream: () => new Response(streamOf('piece')).text(),
  sort: () => Array.from({length: 400}, (_, i) => i).sort(() => -1).length,
  body: (request) => request.text(),
  timer: () => new Promise((resolve) => setTimeout(resolve, 5)),
  stream: () => new Response(new ReadableStream({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode('piece'));
      controller.close();
    },
  })).text(),
};

export default {
  async fetch(request) {
    try {
      await parts[new URL(request.url).pathname.slice(1)](request);
      return new Response(streamOf('done'), {headers: {'x-now': String(Date.now())}});
    } catch (error) {
      return new Response(error.stack);
    }
  },
};)";

// (func (export "sum") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)
constexpr unsigned char kSum[] = {0,   97, 115, 109, 1, 0, 0, 0,  1, 7,  1, 96,  2,   127,
                                  127, 1,  127, 3,   2, 1, 0, 7,  7, 1,  3, 115, 117, 109,
                                  0,   0,  10,  9,   1, 7, 0, 32, 0, 32, 1, 106, 11};

// W30: where a probe that the filter only refuses kills, a new libc or engine that probes for more
// is found here and not by a tenant.
TEST(ProbesTest, AWholeAppNeedsNone) {
  WorkerWorld world;
  world.setStartAct("fatal-probes");
  // The spare is of the time before.
  ASSERT_NO_FATAL_FAILURE(world.deploy("never"));
  world.retire("never");
  size_t mark = world.mark();
  std::string sum(std::begin(kSum), std::end(kSum));
  world.nanod().deploy("whole", {{"index.js", kWholeApp}, {"sum.wasm", sum}},
                       {"--tenant=whole", "--host=whole.example.test"});
  for (auto& part :
       {"wasm", "heap", "compiled", "error", "text", "number", "date", "dateFormat", "random",
        "subtle", "log", "clone", "encoding", "timer", "stream", "sort", "body"}) {
    auto response = world.nanod().get("whole.example.test", std::string("/") + part);
    EXPECT_EQ(response.body, "done") << part << ": " << response.error;
  }
  EXPECT_EQ(world.log().find("ALARM", mark), std::string::npos) << world.log().substr(mark);
}

class ForgedProfileTest : public testing::Test {
 protected:
  ForgedProfileTest() {
    directory_.write("policy.jsonc", R"({"tenants": {"evil-never": {"code": "jitless"}}})");
    world_ = std::make_unique<WorkerWorld>(
        std::vector<std::string>{"--policy=" + directory_.path() + "/policy.jsonc"});
  }

  TestDirectory directory_;
  std::unique_ptr<WorkerWorld> world_;
};

TEST_F(ForgedProfileTest, OfAJitlessWorkerThatSaysItIsNoneEndsIt) {
  ASSERT_NO_FATAL_FAILURE(world_->deploy("never"));
  world_->setStartAct("claims-default");
  world_->retire("never");
  size_t mark = world_->mark();
  expectOursOrBrokenOff(world_->get("never", "/fine"));
  EXPECT_TRUE(world_->waitForLog("the worker's code profile is not the one it was told", mark))
      << world_->log().substr(mark);
  world_->expectNeighbourIsServed(20);
}

}  // namespace
}  // namespace nano::test
