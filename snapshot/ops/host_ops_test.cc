#include <string>

#include <gtest/gtest.h>

#include "snapshot/script_world.h"

namespace nano {
namespace {

// Writes down what it is asked for.
class RecordingHost final : public Host {
 public:
  v8::Isolate* isolate = nullptr;
  std::string seen;

  void log(LogLevel level, std::string_view line) override {
    note("log " + std::to_string(static_cast<int>(level)), line);
  }
  double now() override { return 1.5; }
  double timeOrigin() override { return 2; }
  bool startTimer(uint32_t id, double delayMillis) override {
    note("start " + std::to_string(id), std::to_string(delayMillis));
    return id < 5;
  }
  void stopTimer(uint32_t id) override { note("stop", std::to_string(id)); }
  v8::Local<v8::String> requestUrl(uint32_t slot) override {
    return v8::String::NewFromUtf8(isolate, ("url" + std::to_string(slot)).c_str())
        .ToLocalChecked();
  }
  v8::Local<v8::String> requestMethod(uint32_t) override {
    return v8::String::NewFromUtf8Literal(isolate, "PUT");
  }
  v8::Local<v8::Array> requestHeaders(uint32_t) override { return v8::Array::New(isolate, 4); }
  v8::Local<v8::Value> requestBody(uint32_t) override { return v8::Null(isolate); }
  v8::Local<v8::Promise> readIncoming(uint32_t) override {
    const auto resolver = v8::Promise::Resolver::New(isolate->GetCurrentContext()).ToLocalChecked();
    return resolver->GetPromise();
  }
  void cancelIncoming(uint32_t slot) override { note("cancel", std::to_string(slot)); }
  void respond(uint32_t slot, const ResponseHead& head, std::span<const std::byte> body,
               bool hasBody) override {
    note("respond " + std::to_string(slot) + " " + std::to_string(head.status), head.statusText);
    note("headers", head.headers);
    note(hasBody ? "body" : "no body", text(body));
  }
  void respondIncoming(uint32_t slot, const ResponseHead& head, uint32_t number) override {
    note("incoming " + std::to_string(slot) + " " + std::to_string(head.status),
         std::to_string(number));
  }
  void respondStream(uint32_t slot, const ResponseHead& head, int64_t length) override {
    note("stream " + std::to_string(slot) + " " + std::to_string(head.status),
         std::to_string(length));
  }
  void writeOutgoing(uint32_t, std::span<const std::byte> chunk) override {
    note("write", text(chunk));
  }
  void endOutgoing(uint32_t slot) override { note("end", std::to_string(slot)); }
  void failOutgoing(uint32_t, v8::Local<v8::Value>) override { note("failBody", ""); }
  void failRequest(uint32_t, v8::Local<v8::Value>) override { note("fail", ""); }
  void waitUntil(uint32_t, v8::Local<v8::Promise>) override { note("wait", ""); }
  FetchHost* fetches() override { return nullptr; }
  size_t bufferBytes() override { return 12345; }

 private:
  static std::string_view text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  void note(const std::string& what, std::string_view value) {
    seen += what + "=" + std::string(value) + ";";
  }
};

class HostOpsTest : public testing::Test {
 protected:
  HostOpsTest() : world_(&host_) { host_.isolate = world_.isolate(); }

  std::string seenAfter(const std::string& script) {
    host_.seen.clear();
    const std::string result = world_.run(script);
    return result.starts_with("throws ") ? result : host_.seen;
  }

  RecordingHost host_;
  ScriptWorld world_;
};

TEST_F(HostOpsTest, HandsOutThePartsOfARequest) {
  EXPECT_EQ(world_.run("ops.requestUrl(7) + ops.requestMethod(7)"), "url7PUT");
  EXPECT_EQ(world_.run("ops.requestHeaders(0).length"), "4");
  EXPECT_EQ(world_.run("ops.requestBody(0)"), "null");
  EXPECT_EQ(world_.run("ops.readIncoming(0)"), "[object Promise]");
  EXPECT_EQ(world_.run("ops.requestUrl(-1)"),
            "throws TypeError: argument 1 must be an unsigned 32-bit integer");
}

TEST_F(HostOpsTest, TellsHowMuchMayBeHeldOutsideTheHeap) {
  EXPECT_EQ(world_.run("ops.bufferBytes()"), "12345");
}

TEST_F(HostOpsTest, RespondsWithTextInUtf8) {
  EXPECT_EQ(seenAfter("ops.respond(3, 404, 'No', '', 'plain')"),
            "respond 3 404=No;headers=;body=plain;");
  EXPECT_EQ(seenAfter("ops.respond(0, 200, '', '', 'a\\u00e9')"),
            "respond 0 200=;headers=;body=aé;");
  EXPECT_EQ(seenAfter("ops.respond(0, 200, '', '', '\\u20ac\\ud800')"),
            "respond 0 200=;headers=;body=€\xEF\xBF\xBD;");
  EXPECT_EQ(seenAfter("ops.respond(0, 200, '', '', 'a'.concat('b'.repeat(20), 'c'))"),
            "respond 0 200=;headers=;body=abbbbbbbbbbbbbbbbbbbbc;");
}

TEST_F(HostOpsTest, RespondsWithBytesOrWithoutABody) {
  EXPECT_EQ(seenAfter("ops.respond(0, 200, '', '', new Uint8Array([0, 65, 66]).subarray(1))"),
            "respond 0 200=;headers=;body=AB;");
  EXPECT_EQ(seenAfter("ops.respond(0, 200, '', '', new Uint8Array(70).fill(65).buffer)"),
            "respond 0 200=;headers=;body=" + std::string(70, 'A') + ";");
  EXPECT_EQ(seenAfter("ops.respond(0, 204, '', '', null)"), "respond 0 204=;headers=;no body=;");
  EXPECT_EQ(seenAfter("ops.respond(0, 204, '', '', '')"), "respond 0 204=;headers=;body=;");
  EXPECT_EQ(seenAfter("ops.respond(0, 200, '', '', {})"),
            "throws TypeError: argument 5 must be a string, bytes or null");
}

TEST_F(HostOpsTest, PassesHeadersAsLatin1) {
  EXPECT_EQ(seenAfter("ops.respond(0, 200, '', 'a\\0\\u00ff\\0', null)"),
            std::string("respond 0 200=;headers=a\0\xff\0;no body=;", 37));
  EXPECT_EQ(seenAfter("ops.respond(0, 200, '', '\\u0100', null)"),
            "throws TypeError: argument 4 must be a string of characters up to U+00FF");
}

TEST_F(HostOpsTest, StreamsABody) {
  EXPECT_EQ(
      seenAfter("ops.respondStream(1, 206, '', '', 5e9); ops.respondStream(1, 200, '', '', -1)"),
      "stream 1 206=5000000000;stream 1 200=-1;");
  EXPECT_EQ(seenAfter("for (const length of [2 ** 53, Infinity, NaN, 1.5, -2, 2 ** 53 - 1])"
                      "ops.respondStream(1, 200, '', '', length)"),
            "stream 1 200=-1;stream 1 200=-1;stream 1 200=-1;stream 1 200=-1;stream 1 200=-1;"
            "stream 1 200=9007199254740991;");
  EXPECT_EQ(seenAfter("ops.writeOutgoing(1, new Uint8Array([88])); ops.endOutgoing(1)"),
            "write=X;end=1;");
  EXPECT_EQ(seenAfter("ops.failOutgoing(1, 'e'); ops.failRequest(1, 'e');"
                      "ops.waitUntil(1, Promise.resolve()); ops.cancelIncoming(2)"),
            "failBody=;fail=;wait=;cancel=2;");
}

TEST_F(HostOpsTest, LogsAndKeepsTime) {
  EXPECT_EQ(seenAfter("ops.log(4, 'caf\\u00e9'); ops.log(99, 'x')"), "log 4=café;log 4=x;");
  EXPECT_EQ(world_.run("[ops.now(), ops.timeOrigin(), ops.startTimer(1, 0.5), ops.startTimer(9, 0)]"
                       ".join()"),
            "1.5,2,true,false");
  EXPECT_EQ(seenAfter("ops.stopTimer(3)"), "stop=3;");
}

TEST_F(HostOpsTest, MakesRandomBytesAndIds) {
  EXPECT_EQ(world_.run("const a = new Uint8Array(64), b = new Uint8Array(64);"
                       "ops.fillRandom(a); ops.fillRandom(b); a.join() !== b.join()"),
            "true");
  EXPECT_EQ(world_.run("/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/"
                       ".test(ops.randomUUID()) && ops.randomUUID() !== ops.randomUUID()"),
            "true");
}

}  // namespace
}  // namespace nano
