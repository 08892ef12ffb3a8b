// What crypto.subtle may use of an app's limits: native code that JavaScript waits for is stopped
// as JavaScript is, and keys count as memory.

#include "worker/worker_fixture.h"

namespace nano {
namespace {

using CryptoLimitsTest = WorkerTest;

// Runs `expression` for the path /run, and answers others.
TestVersion running(const std::string& expression) {
  TestVersion version = TestVersion::handling(
      "const { subtle } = crypto;"
      "if (!request.url.endsWith('/run')) return new Response('fine');"
      "return new Response(String(await (async () => { " +
      expression + " })()));");
  version.limits.set(rpc::Limit::CPU, 50);
  return version;
}

TEST_F(CryptoLimitsTest, SignsInAWorker) {
  TestVersion version = running(
      "const key = await subtle.importKey('raw', new TextEncoder().encode('Jefe'),"
      "  { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);"
      "const data = new TextEncoder().encode('what do ya want for nothing?');"
      "return new Uint8Array(await subtle.sign('HMAC', key, data)).toHex();");
  EXPECT_EQ(load(version).get("http://app.test/run").body,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_F(CryptoLimitsTest, StopsPbkdf2) {
  TestApp app = load(
      running("const key = await subtle.importKey('raw', new Uint8Array(1), 'PBKDF2', false,"
              "  ['deriveBits']);"
              "return subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(1),"
              "  iterations: 2 ** 32 - 1 }, key, 8);"));
  EXPECT_EQ(app.get("http://app.test/run").outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_EQ(app.fetch().body, "fine");
}

TEST_F(CryptoLimitsTest, StopsTheSearchForPrimes) {
  TestVersion version = running(
      "for (;;) await subtle.generateKey({ name: 'RSA-PSS', hash: 'SHA-256',"
      "  modulusLength: 4096, publicExponent: new Uint8Array([1, 0, 1]) }, false, ['sign']);");
  TestApp app = load(version);
  EXPECT_EQ(app.get("http://app.test/run").outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_EQ(app.fetch().body, "fine");
}

TEST_F(CryptoLimitsTest, CountsKeysThatAreKeptAsBuffers) {
  TestVersion version = running(
      "const keys = []; try {"
      "  for (;;) keys.push(await subtle.importKey('raw', new Uint8Array(1 << 20), 'HKDF',"
      "    false, ['deriveBits']));"
      "} catch (error) { return error.name + (keys.length < 64); }");
  version.limits.set(rpc::Limit::CPU, 30000);
  version.limits.set(rpc::Limit::BUFFERS, 32);
  EXPECT_EQ(load(version).get("http://app.test/run").body, "RangeErrortrue");
}

TEST_F(CryptoLimitsTest, LetsGoOfKeysThatAreNot) {
  TestVersion version = running(
      "for (let i = 0; i < 300; i++) await subtle.importKey('raw', new Uint8Array(1 << 20),"
      "  'HKDF', false, ['deriveBits']);"
      "return 'done';");
  version.limits.set(rpc::Limit::CPU, 30000);
  version.limits.set(rpc::Limit::BUFFERS, 128);
  EXPECT_EQ(load(version).get("http://app.test/run").body, "done");
}

}  // namespace
}  // namespace nano
