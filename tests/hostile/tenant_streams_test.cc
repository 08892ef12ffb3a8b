// Hostile cases T66 to T74: bodies, timers and logs that go on, break off or come too late.

#include <algorithm>
#include <thread>
#include <utility>

#include "tests/hostile/invariants.h"

namespace nano::test {
namespace {

using TenantStreams = HostileTest;

// An app that notes things in a list, which /seen shows.
std::string noting(const std::string& body) {
  return "if (path === '/seen') return new Response(seen.join());\n" + body;
}

TEST_F(TenantStreams, T66AnIntervalThatIsLeftBehindEndsWithItsRequest) {
  deployHandler("t66", R"(
    if (path === '/leave') {
      setInterval(() => { ticks++; }, 0);
      return new Response('left');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    return new Response(String(ticks));)",
                "let ticks = 0;");
  EXPECT_EQ(ask("t66", "/leave").body, "left");
  std::string first = ask("t66", "/ticks").body;
  EXPECT_EQ(ask("t66", "/ticks").body, first);
}

TEST_F(TenantStreams, T68AnEndlessBodyArrivesAndHoldsUpNobodyElse) {
  deployHandler("t68", noting(R"(
    return new Response(new ReadableStream({
      pull(controller) { controller.enqueue(new Uint8Array(1000).fill(120)); },
      cancel() { seen.push('cancelled'); },
    }));)"),
                "const seen = [];");
  RawConnection connection(nanod().port());
  connection.send("GET / HTTP/1.1\r\nHost: t68.example.test\r\n\r\n");
  EXPECT_EQ(connection.receive(4 << 20).size(), 4u << 20);
  // The same app and isolate, beside it.
  EXPECT_EQ(ask("t68", "/fine").body, "fine");
  connection.close();
  EXPECT_TRUE(eventually([] { return ask("t68", "/seen").body == "cancelled"; }));
}

TEST_F(TenantStreams, T68ABodyThatNobodyReadsIsNotMadeAhead) {
  deployHandler("t68b", noting(R"(
    return new Response(new ReadableStream({
      pull(controller) { seen[0] = (seen[0] ?? 0) + 1; controller.enqueue(new Uint8Array(65536)); },
    }));)"),
                "const seen = [];");
  RawConnection connection(nanod().port());
  connection.send("GET / HTTP/1.1\r\nHost: t68b.example.test\r\n\r\n");
  EXPECT_TRUE(connection.receiveUntil("\r\n\r\n").starts_with("HTTP/1.1 200"));
  std::string pulls;
  EXPECT_TRUE(eventually([&pulls] {
    std::string before = std::exchange(pulls, ask("t68b", "/seen").body);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return !pulls.empty() && pulls == before;
  })) << "it is still being made";
  // The windows of security 3.1 and the kernel's buffers, in pieces of 64 KB.
  EXPECT_LT(std::stoi(pulls), 200);
}

TEST_F(TenantStreams, T69ABodyThatFailsInTheMiddleNeverLooksWhole) {
  deployHandler("t69", R"(
    let pulls = 0;
    return new Response(new ReadableStream({
      pull(controller) {
        if (pulls++ < 3) controller.enqueue(new Uint8Array(1000).fill(120));
        else if (path === '/throw') throw new Error('in the middle');
        else if (path === '/text') controller.enqueue('no bytes');
        else controller.error(new Error('in the middle'));
      },
    }));)");
  for (const char* path : {"/error", "/throw", "/text"}) {
    RawConnection connection(nanod().port());
    connection.send(std::string("GET ") + path +
                    " HTTP/1.1\r\nHost: t69.example.test\r\nConnection: close\r\n\r\n");
    std::string all = connection.receive();
    EXPECT_FALSE(all.ends_with("\r\n0\r\n\r\n")) << path;
    EXPECT_EQ(ask("t69", path).status, 0) << path << ": a client took it for whole";
  }
  EXPECT_TRUE(logs("t69", "in the middle"));
  EXPECT_TRUE(answersAgain("t69"));
}

TEST_F(TenantStreams, T71AGigabyteOfLogIsCutAndCostsNoDisk) {
  deployHandler("t71", R"(
    const line = 'x'.repeat(65536);
    for (let i = 0; i < 16384; i++) console.log(line);
    return new Response('logged');)");
  size_t before = supervisorLog().size();
  EXPECT_EQ(ask("t71").body, "logged");
  EXPECT_TRUE(logs("t71", "truncated"));
  EXPECT_LT(logsOf("t71").size(), 200u << 10);  // security 3.1: 64 KB a request.
  EXPECT_LT(supervisorLog().size() - before, 64u << 10);
  EXPECT_TRUE(answersAgain("t71"));
}

TEST_F(TenantStreams, T71RequestsThatLogWithoutEndAreCutAsAnApp) {
  deployHandler("t71b", R"(
    for (let i = 0; i < 20; i++) console.log('y'.repeat(4000));
    return new Response('logged');)");
  for (int i = 0; i < 300; i++)
    ASSERT_EQ(ask("t71b").body, "logged");
  // AppLog: 1 MB an app, whatever it writes.
  EXPECT_LT(logsOf("t71b").size(), 2u << 20);
}

TEST_F(TenantStreams, T73TheBodyOfARequestThatIsOverCannotBeRead) {
  deployHandler("t73", noting(R"(
    if (path === '/late') {
      let goOn;
      const answered = new Promise((resolve) => { goOn = resolve; });
      kept = { request, goOn };
      ctx.waitUntil(answered.then(() => request.text())
        .then((text) => seen.push('read ' + text.length), (error) => seen.push(error.name)));
      return new Response('early');
    }
    if (path === '/go') {
      kept.goOn();
      return new Response('gone on');
    }
    // In another request, with the body of the first.
    return new Response(await kept.request.text().catch((error) => error.name));)"),
                "const seen = []; let kept;");
  RawConnection connection(nanod().port());
  connection.send(
      "POST /late HTTP/1.1\r\nHost: t73.example.test\r\nContent-Length: 1000000\r\n\r\n");
  EXPECT_NE(connection.receiveUntil("early").find("early"), std::string::npos);
  connection.close();
  EXPECT_EQ(ask("t73", "/go").body, "gone on");
  EXPECT_TRUE(eventually([] { return ask("t73", "/seen").body == "TypeError"; }))
      << ask("t73", "/seen").body;
  EXPECT_EQ(ask("t73", "/other").body, "TypeError");
}

TEST_F(TenantStreams, T74AClientThatLeavesAbortsTheSignalAndCancelsTheBodyOnce) {
  deployHandler("t74", noting(R"(
    if (path === '/wait') {
      request.signal.addEventListener('abort', () => seen.push('aborted'));
      await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
      return new Response('too late');
    }
    request.signal.addEventListener('abort', () => seen.push('signal'));
    return new Response(new ReadableStream({
      pull(controller) { controller.enqueue(new Uint8Array(65536)); },
      cancel() { seen.push('cancel'); },
    }));)"),
                "const seen = [];");
  RawConnection reading(nanod().port());
  reading.send("GET /read HTTP/1.1\r\nHost: t74.example.test\r\n\r\n");
  EXPECT_GT(reading.receive(1 << 20).size(), 0u);
  reading.close();
  EXPECT_TRUE(eventually([] {
    std::string seen = ask("t74", "/seen").body;
    return seen == "cancel,signal" || seen == "signal,cancel";
  })) << ask("t74", "/seen").body;
  RawConnection waiting(nanod().port());
  waiting.send("GET /wait HTTP/1.1\r\nHost: t74.example.test\r\n\r\n");
  EXPECT_EQ(ask("t74", "/fine").body, "fine");  // Behind it in the same worker.
  waiting.close();
  EXPECT_TRUE(eventually([] { return ask("t74", "/seen").body.ends_with(",aborted"); }))
      << ask("t74", "/seen").body;
  // Each of them once: three words.
  std::string seen = ask("t74", "/seen").body;
  EXPECT_EQ(std::count(seen.begin(), seen.end(), ','), 2) << seen;
}

}  // namespace
}  // namespace nano::test
