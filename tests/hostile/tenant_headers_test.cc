// Hostile cases T80 to T88: what an app may put into the head of a response.

#include <nlohmann/json.hpp>

#include "tests/hostile/invariants.h"

namespace nano::test {
namespace {

using TenantHeaders = HostileTest;

std::string headOf(const std::string& all) { return all.substr(0, all.find("\r\n\r\n") + 4); }

size_t countIn(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    count++;
  return count;
}

std::string rawAnswer(uint16_t port, const std::string& method, const std::string& host,
                      const std::string& path) {
  RawConnection connection(port);
  connection.send(method + " " + path + " HTTP/1.1\r\nHost: " + host +
                  "\r\nConnection: close\r\n\r\n");
  return connection.receive();
}

TEST_F(TenantHeaders, T80AndT82NamesAndValuesThatCouldSplitAHeadAreTypeErrors) {
  deployHandler("t80", R"(
    const wrong = [];
    const expectRefusal = (what, attempt) => {
      try { attempt(); wrong.push(what + ' was taken'); }
      catch (error) { if (!(error instanceof TypeError)) wrong.push(what + ' ' + error); }
    };
    const values = ['a\r\nset-cookie: b', 'a\nb', 'a\rb', 'a\0b', '\u0100', 'a\u2028b', '\ud800'];
    const names = ['', ' ', 'a b', 'a:', ':a', ':status', 'a\r\nb', 'a\0', 'a\tb', '\u00e9', 'a(b',
                   'a/b', 'a@b', 'a[b', 'a"b', 'a,b', 'a;b', 'a=b', '\u0130'];
    const ways = (name, value) => ({
      record: () => new Headers({ [name]: value }),
      pairs: () => new Headers([[name, value]]),
      append: () => new Headers().append(name, value),
      set: () => new Headers().set(name, value),
      response: () => new Response('x', { headers: { [name]: value } }),
      json: () => Response.json(1, { headers: [[name, value]] }),
      request: () => new Request('http://a.test/', { headers: { [name]: value } }),
    });
    for (const value of values) {
      for (const [way, attempt] of Object.entries(ways('x', value))) {
        expectRefusal(way + ' value ' + JSON.stringify(value), attempt);
      }
    }
    for (const name of names) {
      for (const [way, attempt] of Object.entries(ways(name, 'v'))) {
        expectRefusal(way + ' name ' + JSON.stringify(name), attempt);
      }
    }
    // A value that changes between the check and the use.
    let calls = 0;
    const sly = { toString() { return calls++ === 0 ? 'fine' : 'a\r\nevil: 1'; } };
    return new Response(wrong.join('\n'), { headers: { sly } });)");
  auto response = ask("t80");
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(response.headers["sly"], "fine");
  EXPECT_EQ(response.headers.count("evil"), 0u);
}

// 500, not the catalogue's 502: it is the app that failed, and its log says how.
TEST_F(TenantHeaders, T83TooManyOrTooLongHeadersAreRefusedAndLogged) {
  deployHandler("t83", R"(
    const headers = new Headers();
    if (path === '/long') headers.set('x-long', 'v'.repeat(200 * 1024));
    else for (let i = 0; i < 10000; i++) headers.append('x-' + i, 'v');
    return new Response('x', { headers });)");
  const Ending refused{{500, 502}, {"exception"}};
  EXPECT_TRUE(endsAs(ask("t83", "/long"), refused, secrets()));
  EXPECT_TRUE(endsAs(ask("t83", "/many"), refused, secrets()));
  EXPECT_TRUE(logs("t83", "headers"));
  EXPECT_TRUE(answersAgain("t83"));
}

TEST_F(TenantHeaders, T84FramingFieldsOfTheAppAreNotSent) {
  deployHandler("t84", R"(
    return new Response('the body', { headers: {
      'Content-Length': '3', 'Transfer-Encoding': 'chunked', Connection: 'upgrade, x-secret',
      'Keep-Alive': 'timeout=9999', Upgrade: 'websocket', TE: 'trailers', Trailer: 'x',
      'Proxy-Connection': 'keep-alive', 'x-secret': 'kept' } });)");
  std::string all = rawAnswer(nanod().port(), "GET", hostOf("t84"), "/");
  std::string head = headOf(all);
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 ")) << head;
  EXPECT_EQ(countIn(head, "ontent-"), 2u) << head;  // Length and Type.
  EXPECT_NE(head.find("Content-Length: 8\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("Connection: close\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("x-secret: kept\r\n"), std::string::npos) << head;
  for (const char* gone : {"ransfer-", "eep-", "pgrade", "\r\nte:", "\r\nTE:", "railer", "roxy-"})
    EXPECT_EQ(head.find(gone), std::string::npos) << gone << " in " << head;
  EXPECT_TRUE(all.ends_with("\r\n\r\nthe body")) << all;
}

TEST_F(TenantHeaders, T85AndT86StatusesAndReasonsOutOfRangeAreErrors) {
  deployHandler("t85", R"(
    const seen = [];
    for (const status of [99, 101, 199, 600, 1e9, -1, 0, NaN, 65736, 2 ** 32 + 200, 'x']) {
      try { seen.push(status + ':' + new Response(null, { status }).status); }
      catch (error) { seen.push(error.name); }
    }
    for (const statusText of ['a\r\nx: y', 'a\nb', '\0', '\u0100', '\x7f']) {
      try { seen.push(JSON.stringify(new Response(null, { statusText }).statusText)); }
      catch (error) { seen.push(error.name); }
    }
    return new Response(seen.join(' '));)");
  // 65736 and 2^32 + 200 are 200 once they are an unsigned short, as Web IDL has it.
  EXPECT_EQ(ask("t85").body,
            "RangeError RangeError RangeError RangeError RangeError RangeError RangeError "
            "RangeError 65736:200 4294967496:200 RangeError TypeError TypeError TypeError "
            "TypeError TypeError");
}

TEST_F(TenantHeaders, T87AnswersWithoutABodyHaveNoneAndTheConnectionGoesOn) {
  deployHandler("t87", R"(
    const status = Number(path.slice(1));
    if (path === '/refused') {
      const seen = [204, 205, 304].map((status) => {
        try { return new Response('body', { status }).status; } catch (error) { return error.name; }
      });
      return new Response(seen.join());
    }
    if (path === '/stream') {
      return new Response(new ReadableStream({
        pull(controller) { controller.enqueue(new Uint8Array(1000)); } }));
    }
    return new Response(status === 200 ? 'body' : null,
                        { status, headers: { 'content-length': '4' } });)");
  EXPECT_EQ(ask("t87", "/refused").body, "TypeError,TypeError,TypeError");
  RawConnection connection(nanod().port());
  std::string to = " HTTP/1.1\r\nHost: t87.example.test\r\n\r\n";
  connection.send("GET /204" + to + "GET /304" + to + "GET /205" + to + "HEAD /200" + to +
                  "HEAD /stream" + to +
                  "GET /200 HTTP/1.1\r\nHost: t87.example.test\r\n"
                  "Connection: close\r\n\r\n");
  std::string all = connection.receive();
  EXPECT_EQ(countIn(all, "HTTP/1.1 "), 6u) << all;
  EXPECT_EQ(countIn(all, "body"), 1u) << all;
  EXPECT_TRUE(all.ends_with("\r\n\r\nbody")) << all;
  // RFC 9110, 8.6 and RFC 9112, 6.1: neither length nor coding where there cannot be a body.
  std::string noContent = all.substr(0, all.find("\r\n\r\n"));
  EXPECT_EQ(noContent.find("ontent-Length"), std::string::npos) << noContent;
  EXPECT_EQ(noContent.find("ransfer-Encoding"), std::string::npos) << noContent;
}

// Pseudo-headers are refused as names (T82); there is no HTTP/2 yet to write them to.
TEST_F(TenantHeaders, T88NamesInUpperCaseAreSentInLowerCase) {
  deployHandler("t88", "return new Response('x', { headers: { 'X-UPPER': 'Value' } });");
  std::string head = headOf(rawAnswer(nanod().port(), "GET", hostOf("t88"), "/"));
  EXPECT_NE(head.find("\r\nx-upper: Value\r\n"), std::string::npos) << head;
  EXPECT_EQ(head.find("UPPER"), std::string::npos) << head;
}

}  // namespace
}  // namespace nano::test
