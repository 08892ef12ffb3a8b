// The whole path: an app folder is deployed and answers HTTP from a sandboxed worker.

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "tests/harness/nanod.h"

namespace nano::test {
namespace {

class EndToEndTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { nanod_ = std::make_unique<Nanod>(); }
  static void TearDownTestSuite() { nanod_.reset(); }
  static Nanod& nanod() { return *nanod_; }

 private:
  static std::unique_ptr<Nanod> nanod_;
};
std::unique_ptr<Nanod> EndToEndTest::nanod_;

TEST_F(EndToEndTest, AnAppThatIsDeployedAnswersOnTheHostOfItsName) {
  nanod().deploy("hello", {{"index.js", appThatSays("Hello, World!")}});
  auto response = nanod().get("hello.localhost");
  EXPECT_EQ(response.status, 200) << response.error;
  EXPECT_EQ(response.body, "Hello, World!");
  EXPECT_EQ(response.headers["content-type"], "text/plain;charset=UTF-8");
}

TEST_F(EndToEndTest, AHostThatNobodyHasIsNotFoundAndSaysNothingMore) {
  auto response = nanod().get("nobody.example.test");
  EXPECT_EQ(response.status, 404);
  EXPECT_NE(response.body.find("No app is deployed here."), std::string::npos);
  EXPECT_NE(response.body.find("outcome: scriptNotFound"), std::string::npos);
}

TEST_F(EndToEndTest, TwoAppsAreToldApartByHostAndOneHasItsOwnPort) {
  nanod().deploy("one", {{"index.js", appThatSays("one")}}, {"--host=one.example.test"});
  nanod().deploy("two", {{"index.js", appThatSays("two")}}, {"--host=*.two.example.test"});
  EXPECT_EQ(nanod().get("one.example.test").body, "one");
  EXPECT_EQ(nanod().get("any.two.example.test").body, "two");
  // A port that was free a moment ago.
  uint16_t port = Nanod().port();
  nanod().deploy("three", {{"index.js", appThatSays("three")}}, {"--port=" + std::to_string(port)});
  EXPECT_EQ(get(port, "whatever.example.test").body, "three");
  EXPECT_EQ(nanod().nanoctl({"delete", "three"}).exitCode, 0);
  EXPECT_EQ(get(port, "whatever.example.test").status, 0);
}

TEST_F(EndToEndTest, TheHandlerSeesTheRequestAndTheClientSeesTheResponse) {
  nanod().deploy("mirror", {{"index.js", R"(
export default {
  async fetch(request) {
    const body = await request.text();
    return Response.json({ method: request.method, url: request.url, body,
                           header: request.headers.get('X-Thing') },
                         { status: 201, headers: { 'x-answer': '42' } });
  },
};)"}});
  HttpRequest request;
  request.host = "mirror.localhost";
  request.path = "/a/b?c=d%20e";
  request.method = "POST";
  request.headers = {"X-Thing: some thing"};
  request.body = "the body";
  auto response = sendRequest(nanod().port(), request);
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.headers["x-answer"], "42");
  EXPECT_EQ(response.headers["content-type"], "application/json");
  EXPECT_EQ(nlohmann::json::parse(response.body),
            nlohmann::json({{"method", "POST"},
                            {"url", "http://mirror.localhost/a/b?c=d%20e"},
                            {"body", "the body"},
                            {"header", "some thing"}}));
}

TEST_F(EndToEndTest, LargeBodiesStreamThroughUnchangedInBothDirections) {
  nanod().deploy("echo", {{"index.js", R"(
export default { fetch(request) { return new Response(request.body); } };)"}});
  HttpRequest request;
  request.host = "echo.localhost";
  request.method = "POST";
  for (int i = 0; i < 700'000; i++)
    request.body += std::to_string(i);
  auto response = sendRequest(nanod().port(), request);
  EXPECT_EQ(response.status, 200) << response.error;
  EXPECT_TRUE(response.body == request.body) << response.body.size();
}

TEST_F(EndToEndTest, AResponseIsSentWhileItIsStillBeingMade) {
  nanod().deploy("drip", {{"index.js", R"(
let release;
export default {
  async fetch(request) {
    if (new URL(request.url).pathname === '/go') {
      release();
      return new Response('gone');
    }
    const text = new TextEncoder();
    const parts = new ReadableStream({
      async start(controller) {
        controller.enqueue(text.encode('first'));
        await new Promise((resolve) => { release = resolve; });
        controller.enqueue(text.encode('second'));
        controller.close();
      },
    });
    return new Response(parts);
  },
};)"}});
  RawConnection connection(nanod().port());
  connection.send("GET / HTTP/1.1\r\nHost: drip.localhost\r\n\r\n");
  EXPECT_NE(connection.receiveUntil("first").find("first"), std::string::npos);
  EXPECT_EQ(nanod().get("drip.localhost", "/go").body, "gone");
  auto rest = connection.receiveUntil("\r\n0\r\n\r\n");
  EXPECT_NE(rest.find("second"), std::string::npos);
}

TEST_F(EndToEndTest, ModulesEnvironmentAndWebAssemblyReachTheApp) {
  // (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))
  const unsigned char wasm[] = {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x07, 0x01,
                                0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f, 0x03, 0x02, 0x01, 0x00, 0x07,
                                0x07, 0x01, 0x03, 0x61, 0x64, 0x64, 0x00, 0x00, 0x0a, 0x09, 0x01,
                                0x07, 0x00, 0x20, 0x00, 0x20, 0x01, 0x6a, 0x0b};
  nanod().deploy("modules",
                 {{"wrangler.jsonc", R"({"main": "src/main.js", "vars": {"LIST": [1, 2]},})"},
                  {"src/main.js", R"(
import { name } from './part.js';
import text from './note.txt';
import data from './data.json';
import adder from './add.wasm';
const { add } = new WebAssembly.Instance(adder).exports;
export default {
  fetch(request, env) {
    return Response.json([name, text, data, add(20, 22), env.LIST, env.WORD]);
  },
};)"},
                  {"src/part.js", "export const name = 'part';"},
                  {"src/note.txt", "note"},
                  {"src/data.json", R"({"a":1})"},
                  {"src/add.wasm", std::string(reinterpret_cast<const char*>(wasm), sizeof wasm)}},
                 {"--var=WORD=word"});
  EXPECT_EQ(nanod().get("modules.localhost").body, R"(["part","note",{"a":1},42,[1,2],"word"])");
}

TEST_F(EndToEndTest, AHandlerThatThrowsGivesThe500ToTheClientAndTheStackToTheLog) {
  nanod().deploy("thrower", {{"index.js", R"(
function inner() { throw new Error('secret detail'); }
export default { fetch() { console.warn('about to', { fail: true }); inner(); } };)"}});
  auto response = nanod().get("thrower.localhost");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
  EXPECT_EQ(response.body.find("index.js"), std::string::npos);
  size_t at = response.body.find("request: ");
  ASSERT_NE(at, std::string::npos);
  std::string requestId = response.body.substr(at + 9, 16);
  auto logs = nanod().nanoctl({"logs", "thrower"}).out;
  EXPECT_NE(logs.find("about to { fail: true }"), std::string::npos) << logs;
  EXPECT_NE(logs.find("Error: secret detail"), std::string::npos) << logs;
  EXPECT_NE(logs.find("inner"), std::string::npos) << logs;
  EXPECT_NE(logs.find("index.js:2"), std::string::npos) << logs;
  EXPECT_NE(logs.find(requestId), std::string::npos) << logs;
}

TEST_F(EndToEndTest, HeadPipeliningAndKeepAliveWorkOnOneConnection) {
  nanod().deploy("lines", {{"index.js", R"(
export default { fetch(request) { return new Response(new URL(request.url).pathname); } };)"}});
  RawConnection connection(nanod().port());
  std::string requests;
  for (int i = 0; i < 5; i++) {
    requests += "GET /n" + std::to_string(i) + " HTTP/1.1\r\nHost: lines.localhost\r\n\r\n";
  }
  connection.send(requests +
                  "HEAD /head HTTP/1.1\r\nHost: lines.localhost\r\nConnection: close\r\n\r\n");
  std::string all = connection.receive();
  size_t at = 0;
  for (int i = 0; i < 5; i++) {
    at = all.find("\r\n\r\n/n" + std::to_string(i), at);
    ASSERT_NE(at, std::string::npos) << all;
  }
  EXPECT_TRUE(all.ends_with("\r\n\r\n")) << all;  // HEAD has a head only.
  EXPECT_EQ(all.find("/head"), std::string::npos);
}

TEST_F(EndToEndTest, WaitUntilGoesOnAfterTheResponse) {
  nanod().deploy("later", {{"index.js", R"(
let done = 'no';
export default {
  fetch(request, env, ctx) {
    if (new URL(request.url).pathname === '/start') {
      ctx.waitUntil(new Promise((resolve) => setTimeout(resolve, 1)).then(() => { done = 'yes'; }));
      return new Response('started');
    }
    return new Promise((resolve) => {
      const look = () => done === 'yes' ? resolve(new Response(done)) : setTimeout(look, 1);
      look();
    });
  },
};)"}});
  EXPECT_EQ(nanod().get("later.localhost", "/start").body, "started");
  EXPECT_EQ(nanod().get("later.localhost", "/").body, "yes");
}

TEST_F(EndToEndTest, TheWorkerIsShutInAsProcSeesIt) {
  nanod().deploy("shut", {{"index.js", appThatSays("in")}});
  EXPECT_EQ(nanod().get("shut.localhost").body, "in");
  pid_t worker = nanod().workerOf("default");
  ASSERT_NE(worker, 0);
  std::ifstream file("/proc/" + std::to_string(worker) + "/status");
  std::string status((std::istreambuf_iterator<char>(file)), {});
  for (auto line :
       {"Seccomp:\t2", "NoNewPrivs:\t1", "CapEff:\t0000000000000000", "CapPrm:\t0000000000000000",
        "CapInh:\t0000000000000000", "CapBnd:\t0000000000000000", "CapAmb:\t0000000000000000"}) {
    EXPECT_NE(status.find(line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace nano::test
