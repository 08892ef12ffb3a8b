// What compression streams may use of an app's limits, in a worker as it is.

#include "worker/worker_fixture.h"

namespace nano {
namespace {

using CompressionLimitsTest = WorkerTest;

// Runs `body` for the path /run, and answers others.
TestVersion running(const std::string& body) {
  TestVersion version = TestVersion::handling(
      "if (!request.url.endsWith('/run')) return new Response('fine');"
      "return new Response(String(await (async () => { " +
      body + " })()));");
  version.limits.set(rpc::Limit::CPU, 20000);
  version.limits.set(rpc::Limit::BLOCKED_TURN, 20000);
  version.limits.set(rpc::Limit::BUFFERS, 8);
  return version;
}

std::string bodyOf(TestApp app) { return app.get("http://app.test/run").body; }

TEST_F(CompressionLimitsTest, CompressesInAWorker) {
  EXPECT_EQ(
      bodyOf(load(running(
          "const all = [];"
          "for (const f of ['deflate', 'deflate-raw', 'gzip', 'brotli', 'zstd']) {"
          "  const packed = new Blob(['text']).stream().pipeThrough(new CompressionStream(f));"
          "  all.push(await new Response(packed.pipeThrough(new DecompressionStream(f))).text())"
          "} return all.join()"))),
      "text,text,text,text,text");
}

TEST_F(CompressionLimitsTest, CountsWhatStreamsKeepAsBuffers) {
  for (const char* format : {"gzip", "brotli", "zstd"}) {
    TestApp app = load(running(
        std::string("const kept = []; try { for (;;) {"
                    "  const stream = new CompressionStream('") +
        format +
        "'); const writer = stream.writable.getWriter();"
        "  const read = stream.readable.getReader().read();"
        "  await Promise.race([read, writer.write(crypto.getRandomValues(new Uint8Array(60000)))]);"
        "  kept.push(stream, read);"
        "} } catch (error) { return error.name + (kept.length < 200); }"));
    EXPECT_EQ(app.get("http://app.test/run").body, "RangeErrortrue") << format;
    EXPECT_EQ(app.fetch().body, "fine");
  }
}

TEST_F(CompressionLimitsTest, LetsGoOfStreamsThatAreNotKept) {
  TestVersion version = running(
      "for (let i = 0; i < 1000; i++) { new CompressionStream('gzip'); await null; }"
      "return 'done';");
  version.limits.set(rpc::Limit::BUFFERS, 128);
  EXPECT_EQ(bodyOf(load(version)), "done");
}

TEST_F(CompressionLimitsTest, GivesTheMemoryOfAStreamBackWhenItEnds) {
  EXPECT_EQ(
      bodyOf(load(running("const kept = [];"
                          "for (let i = 0; i < 200; i++) {"
                          "  const stream = new CompressionStream('gzip'); kept.push(stream);"
                          "  stream.writable.close(); await new Response(stream.readable).text();"
                          "} return kept.length;"))),
      "200");
}

TEST_F(CompressionLimitsTest, ReadsMoreThanFitsOfDenseData) {
  EXPECT_EQ(
      bodyOf(load(running("const zeros = new ReadableStream({ pull(c) {"
                          "  if (this.n === 64) c.close(); else { this.n = (this.n || 0) + 1;"
                          "    c.enqueue(new Uint8Array(1 << 20)); } } }, { highWaterMark: 0 });"
                          "const packed = await new Response("
                          "  zeros.pipeThrough(new CompressionStream('gzip'))).arrayBuffer();"
                          "let size = 0;"
                          "for await (const piece of new Blob([packed]).stream()"
                          "  .pipeThrough(new DecompressionStream('gzip'))) size += piece.length;"
                          "return (packed.byteLength < 100000) + ' ' + (size >> 20);"))),
      "true 64");
}

TEST_F(CompressionLimitsTest, StopsALargeCompression) {
  TestVersion version = running(
      "const stream = new CompressionStream('gzip');"
      "const reading = new Response(stream.readable).arrayBuffer();"
      "const writer = stream.writable.getWriter(); const chunk = new Uint8Array(2 << 20);"
      "for (;;) await writer.write(chunk);");
  version.limits.set(rpc::Limit::CPU, 50);
  TestApp app = load(version);
  EXPECT_EQ(app.get("http://app.test/run").outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_EQ(app.fetch().body, "fine");
}

}  // namespace
}  // namespace nano
