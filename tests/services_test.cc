// Apps that call each other: service bindings, and hosts that nanod itself serves.

#include <signal.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/harness/nanod.h"

namespace nano::test {
namespace {

using Files = std::map<std::string, std::string>;

// An app with this handler, bound to "back" as BACK and to itself as SELF.
Files front(const std::string& body) {
  return {{"index.js", "export default { async fetch(request, env, ctx) {\n" + body + "\n} };"},
          {"wrangler.jsonc", R"({"services": [{"binding": "BACK", "service": "back"},
                                              {"binding": "SELF", "service": "front"}]})"}};
}

Files app(const std::string& body) {
  return {{"index.js", "export default { async fetch(request) {\n" + body + "\n} };"}};
}

// In a process of its own.
Files alone(Files files) {
  files["nano.jsonc"] = R"({"isolation": "app"})";
  return files;
}

constexpr char kPassOn[] = "return env.BACK.fetch(request);";
// What a call ends with, as text.
constexpr char kTellError[] = R"(
  try {
    const response = await env.BACK.fetch(request);
    return new Response('answered: ' + await response.text(), { status: response.status });
  } catch (error) {
    return new Response(error.name + ': ' + error.message, { status: 555 });
  })";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Each is one look; what is looked for takes a few at most.
bool eventually(const std::function<bool()>& isSo) {
  for (int i = 0; i < 1000; i++) {
    if (isSo()) return true;
  }
  return false;
}

class ServicesTest : public testing::Test {
 protected:
  void deploy(const std::string& back, const std::string& frontBody = kPassOn) {
    nanod_.deploy("back", app(back));
    nanod_.deploy("front", front(frontBody));
  }
  HttpResponse get(const std::string& path = "/") { return nanod_.get("front.localhost", path); }
  HttpResponse post(const std::string& body) {
    return sendRequest(nanod_.port(),
                       {.host = "front.localhost", .method = "POST", .headers = {}, .body = body});
  }

  Nanod nanod_;
};

TEST_F(ServicesTest, ACallIsTheOtherAppsRequestAndItsAnswerTheCallers) {
  deploy(R"(
    const headers = new Headers({ 'x-seen': request.headers.get('x-sent') });
    headers.append('set-cookie', 'a=1');
    headers.append('set-cookie', 'b=2');
    return new Response(request.method + ' ' + request.url + ' ' + request.headers.get('host') +
                        ' ' + request.headers.get('cf-connecting-ip'), { status: 203, headers });)",
         R"(
    const response = await env.BACK.fetch('https://any.test:81/path?query', {
      headers: { 'x-sent': 'sent' } });
    return Response.json({ status: response.status, text: await response.text(),
                           seen: response.headers.get('x-seen'),
                           cookies: response.headers.getSetCookie() });)");
  auto answer = nlohmann::json::parse(get().body, nullptr, false);
  EXPECT_EQ(answer["status"], 203);
  EXPECT_EQ(answer["text"], "GET https://any.test:81/path?query any.test:81 null");
  EXPECT_EQ(answer["seen"], "sent");
  EXPECT_EQ(answer["cookies"], (nlohmann::json{"a=1", "b=2"}));
}

TEST_F(ServicesTest, BodiesOfAnySizeGoBothWays) {
  deploy("return new Response(request.body, { headers: { 'x-method': request.method } });");
  for (size_t size :
       {size_t{0}, size_t{5}, size_t{64} << 10, (size_t{64} << 10) + 1, size_t{5} << 20}) {
    std::string body(size, '-');
    for (size_t i = 0; i < size; i += 997)
      body[i] = static_cast<char>('a' + i % 26);
    auto response = post(body);
    EXPECT_EQ(response.status, 200) << size << response.error;
    EXPECT_EQ(response.headers["x-method"], "POST");
    EXPECT_TRUE(response.body == body)
        << size << " bytes were sent, and " << response.body.size() << " came back";
  }
}

TEST_F(ServicesTest, HeadHasTheHeadersAndNoBody) {
  deploy("return new Response('four');", R"(
    const response = await env.BACK.fetch('http://any.test/', { method: 'HEAD' });
    return new Response(response.headers.get('content-length') + (await response.text()));)");
  EXPECT_EQ(get().body, "4");
}

TEST_F(ServicesTest, ARedirectIsTheCallersToFollow) {
  deploy("return new Response(null, { status: 302, headers: { location: '/there' } });", R"(
    const response = await env.BACK.fetch('http://any.test/', { redirect: 'manual' });
    return new Response(response.status + response.headers.get('location'));)");
  EXPECT_EQ(get().body, "302/there");
}

constexpr char kEndless[] = R"(
  if (request.url.endsWith('/fine')) return new Response('fine');
  request.signal.addEventListener('abort', () => console.log('it was aborted'));
  return new Response(new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      controller.enqueue(new TextEncoder().encode('more'));
    },
  }));)";

TEST_F(ServicesTest, AStreamArrivesWhileItIsMadeAndEndsWhenItsReaderLeaves) {
  deploy(kEndless);
  RawConnection reader(nanod_.port());
  reader.send("GET / HTTP/1.1\r\nHost: front.localhost\r\n\r\n");
  EXPECT_TRUE(reader.receiveUntil("more").ends_with("more"));
  reader.close();
  EXPECT_TRUE(eventually([this] {
    return contains(nanod_.nanoctl({"logs", "back"}).out, "it was aborted");
  }));
}

TEST_F(ServicesTest, AnAbortedCallRejectsAndEndsTheOtherAppsRequest) {
  deploy(R"(
    request.signal.addEventListener('abort', () => console.log('it was aborted'));
    return new Promise(() => setTimeout(() => {}, 1e6));)",
         R"(
    const gone = new AbortController();
    setTimeout(() => gone.abort(), 5);
    try {
      await env.BACK.fetch('http://any.test/', { signal: gone.signal });
      return new Response('answered');
    } catch (error) {
      return new Response(error.name);
    })");
  EXPECT_EQ(get().body, "AbortError");
  EXPECT_TRUE(eventually([this] {
    return contains(nanod_.nanoctl({"logs", "back"}).out, "it was aborted");
  }));
}

TEST_F(ServicesTest, WhatTheOtherAppDoesNotAnswerRejectsInWords) {
  deploy(R"(
    if (request.url.endsWith('/throw')) throw new Error('a secret of its own');
    if (request.url.endsWith('/spin')) for (;;) {}
    return new Response('busy', { status: 503 });)",
         kTellError);
  auto thrown = get("/throw");
  EXPECT_EQ(thrown.status, 555);
  EXPECT_TRUE(contains(thrown.body, "TypeError")) << thrown.body;
  EXPECT_TRUE(contains(thrown.body, "'back' did not answer")) << thrown.body;
  EXPECT_FALSE(contains(thrown.body, "secret")) << thrown.body;
  auto spun = get("/spin");
  EXPECT_EQ(spun.status, 555);
  EXPECT_TRUE(contains(spun.body, "CPU")) << spun.body;
  auto busy = get("/busy");
  EXPECT_EQ(busy.status, 503) << "its own answer is an answer: " << busy.body;
  EXPECT_EQ(busy.body, "answered: busy");
}

TEST_F(ServicesTest, AnAnswerThatBreaksOffDoesNotEndWell) {
  deploy(R"(
    let left = 3;
    return new Response(new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(new TextEncoder().encode('more'));
        else controller.error(new Error('no more'));
      },
    }));)",
         kTellError);
  auto response = get();
  EXPECT_EQ(response.status, 555) << response.body;
}

TEST_F(ServicesTest, TheNextCallGoesToTheNewVersion) {
  deploy("return new Response('old');");
  EXPECT_EQ(get().body, "old");
  nanod_.deploy("back", app("return new Response('new');"));
  EXPECT_EQ(get().body, "new");
}

TEST_F(ServicesTest, AnAppThatIsDeletedIsNamedWhenItIsCalled) {
  deploy("return new Response('here');", kTellError);
  auto deleted = nanod_.nanoctl({"delete", "back"});
  EXPECT_EQ(deleted.exitCode, 0) << deleted.err;
  EXPECT_TRUE(contains(deleted.err, "'front' has the service binding 'BACK'")) << deleted.err;
  auto called = get();
  EXPECT_EQ(called.status, 555);
  EXPECT_TRUE(contains(called.body, "TypeError")) << called.body;
  EXPECT_TRUE(contains(called.body, "'back'")) << called.body;
  nanod_.deploy("back", app("return new Response('again');"));
  EXPECT_EQ(get().body, "answered: again");
}

TEST_F(ServicesTest, AnAppOfAnotherTenantCannotBeBound) {
  nanod_.deploy("back", app("return new Response('mine');"), {"--tenant=other"});
  auto refused = nanod_.tryDeploy("front", front(kPassOn));
  EXPECT_EQ(refused.exitCode, 1);
  EXPECT_TRUE(contains(refused.err, "Could not resolve service binding 'BACK'")) << refused.err;
}

// Hostile case U27.
TEST_F(ServicesTest, AppsThatCallEachOtherInACircleAreCut) {
  deploy("return new Response('unused');", R"(
    try {
      return await env.SELF.fetch(request);
    } catch (error) {
      return new Response(error.message);
    })");
  EXPECT_TRUE(contains(get().body, "circle")) << get().body;
  constexpr int kAtATime = 50;
  std::vector<std::thread> clients;
  std::vector<HttpResponse> answers(kAtATime);
  for (int i = 0; i < kAtATime; i++)
    clients.emplace_back([this, &answers, i] { answers[i] = get(); });
  for (auto& client : clients)
    client.join();
  for (auto& answer : answers)
    EXPECT_NE(answer.status, 0) << answer.error;
  EXPECT_TRUE(contains(get().body, "circle")) << get().body;
}

TEST_F(ServicesTest, AKilledWorkerFailsTheCallsToItAndNothingElse) {
  nanod_.deploy("back", alone(app(R"(
    if (request.url.endsWith('/fine')) return new Response('fine');
    return new Promise(() => setTimeout(() => {}, 1e6));)")));
  nanod_.deploy("front", front(kTellError));
  EXPECT_EQ(get("/fine").body, "answered: fine");
  RawConnection caller(nanod_.port());
  // Not one that is made a second time.
  caller.send("POST / HTTP/1.1\r\nHost: front.localhost\r\nContent-Length: 0\r\n\r\n");
  // Behind it in both workers.
  EXPECT_EQ(get("/fine").body, "answered: fine");
  ASSERT_EQ(kill(nanod_.workerOf("default/back"), SIGKILL), 0);
  std::string answer = caller.receiveUntil("it answered.");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 555")) << answer;
  EXPECT_EQ(get("/fine").body, "answered: fine");
}

TEST_F(ServicesTest, AKilledCallerEndsWhatItCalled) {
  nanod_.deploy("back", alone(app(kEndless)));
  nanod_.deploy("front", front(kPassOn));
  RawConnection reader(nanod_.port());
  reader.send("GET / HTTP/1.1\r\nHost: front.localhost\r\n\r\n");
  EXPECT_TRUE(reader.receiveUntil("more").ends_with("more"));
  pid_t worker = nanod_.workerOf("default/back");
  ASSERT_EQ(kill(nanod_.workerOf("default"), SIGKILL), 0);
  EXPECT_TRUE(eventually([this] {
    return contains(nanod_.nanoctl({"logs", "back"}).out, "it was aborted");
  }));
  EXPECT_EQ(get("/fine").body, "fine");
  EXPECT_EQ(nanod_.workerOf("default/back"), worker);
}

TEST_F(ServicesTest, ALimitOfTheOtherAppIsNamedToItsCaller) {
  auto slow = app("return new Promise(() => setTimeout(() => {}, 1e6));");
  slow["nano.jsonc"] = R"({"limits": {"wall_ms": 50}})";
  nanod_.deploy("back", slow);
  nanod_.deploy("front", front(kTellError));
  auto late = get();
  EXPECT_EQ(late.status, 555);
  EXPECT_TRUE(contains(late.body, "limits.wall_ms: 50 ms allowed")) << late.body;
}

// fetch() of what nanod serves, by host.
class ServedHostsTest : public ServicesTest {
 protected:
  void deployFront(const std::string& settings = "{}") {
    Files files = front(R"(
      const target = new URL(request.url).searchParams.get('to');
      try {
        const response = await fetch(target, { method: request.method });
        return new Response(response.status + ' ' + await response.text());
      } catch (error) {
        return new Response(error.name + ': ' + error.message);
      })");
    files["nano.jsonc"] = settings;
    nanod_.deploy("front", files);
  }
  std::string fetched(const std::string& host, const std::string& path = "/") {
    return get("/?to=http://" + host + ":" + std::to_string(nanod_.port()) + path).body;
  }
};

TEST_F(ServedHostsTest, AnAppIsReachedByItsHostAsByAnyClient) {
  nanod_.deploy("back", app("return new Response(request.url);"));
  nanod_.deploy("mail", app("return new Response('mail');"), {"--tenant=other"});
  deployFront();
  std::string port = std::to_string(nanod_.port());
  EXPECT_EQ(fetched("back.localhost", "/x"), "200 http://back.localhost:" + port + "/x");
  EXPECT_EQ(fetched("mail.other.localhost"), "200 mail");
  EXPECT_FALSE(fetched("none.localhost").starts_with("200"));
}

TEST_F(ServedHostsTest, ARouteOfAnotherTenantTakesNoFetchesAway) {
  nanod_.deploy("back", app("return new Response('mine');"), {"--host=back.test/*"});
  nanod_.deploy("thief", app("return new Response('stolen');"),
                {"--tenant=other", "--host=bank.test/*", "--host=*/*"});
  deployFront();
  EXPECT_EQ(fetched("back.test"), "200 mine");
  EXPECT_FALSE(contains(fetched("bank.test"), "stolen"));
  EXPECT_FALSE(contains(fetched("else.test"), "stolen"));
}

TEST_F(ServedHostsTest, WhatAnAppDeniesItselfItDoesNotReachByHostEither) {
  nanod_.deploy("back", app("return new Response('back');"));
  nanod_.deploy("mail", app("return new Response('mail');"), {"--tenant=other"});
  deployFront(R"({"egress": {"rules": [{"deny": {"host": "*.other.localhost"}}]}})");
  EXPECT_EQ(fetched("back.localhost"), "200 back");
  EXPECT_TRUE(contains(fetched("mail.other.localhost"), "app: egress.rules[0]"));
  deployFront(R"({"egress": "none"})");
  for (const char* host : {"back.localhost", "mail.other.localhost"})
    EXPECT_TRUE(contains(fetched(host), "app: egress is \"none\"")) << fetched(host);
}

TEST_F(ServedHostsTest, AnAppThatFailsIsAnsweredForAsToAnyClient) {
  nanod_.deploy("back", app("throw new Error('no');"));
  deployFront();
  EXPECT_TRUE(fetched("back.localhost").starts_with("500 ")) << fetched("back.localhost");
}

}  // namespace
}  // namespace nano::test
