// Heads that must be refused, each with its status, however the bytes are cut (hostile cases H02 to
// H34 as far as they are HTTP/1).

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <llhttp.h>

#include "supervisor/http_parser.h"
#include "supervisor/http_syntax.h"

namespace nano {
namespace {

struct HostileHead {
  std::string name;
  std::string text;
  uint16_t status;
};

std::string get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n";
}
std::string host(std::string_view line) {
  return "GET / HTTP/1.1\r\n" + std::string(line) + "\r\n\r\n";
}
// A request with these lines after Host.
std::string with(std::string_view lines) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n\r\n";
}
std::string line(std::string_view requestLine) {
  return std::string(requestLine) + "\r\nHost: a\r\n\r\n";
}

std::vector<HostileHead> lengthHeads() {
  return {
      {"H02 two equal lengths", with("Content-Length: 5\r\nContent-Length: 5"), 400},
      {"H02 two lengths", with("Content-Length: 5\r\nContent-Length: 6"), 400},
      {"H02 a list of lengths", with("Content-Length: 5, 5"), 400},
      {"H03 plus", with("Content-Length: +5"), 400},
      {"H03 minus", with("Content-Length: -1"), 400},
      {"H03 hexadecimal", with("Content-Length: 0x5"), 400},
      {"H03 space after", with("Content-Length: 5 "), 400},
      {"H03 space before", with("Content-Length:  5"), 400},
      {"H03 tab before", with("Content-Length:\t5"), 400},
      {"H03 space within", with("Content-Length: 5 5"), 400},
      {"H03 underscore", with("Content-Length: 5_0"), 400},
      {"H03 2^63", with("Content-Length: 9223372036854775808"), 400},
      {"H03 2^64+5", with("Content-Length: 18446744073709551621"), 400},
      {"H03 thirty digits", with("Content-Length: 000000000000000000000000000005"), 400},
      {"H03 empty", with("Content-Length:"), 400},
      {"H03 blank", with("Content-Length: "), 400},
      {"H03 leading zero", with("Content-Length: 010"), 400},
      {"H03 full-width digit", with("Content-Length: \xef\xbc\x95"), 400},
      {"H03 point", with("Content-Length: 5.0"), 400},
      {"H03 exponent", with("Content-Length: 1e1"), 400},
      {"H03 quoted", with("Content-Length: \"5\""), 400},
      {"length and coding", with("Content-Length: 5\r\nTransfer-Encoding: chunked"), 400},
      {"coding and length", with("Transfer-Encoding: chunked\r\nContent-Length: 5"), 400},
      {"coding and length 0", with("Transfer-Encoding: chunked\r\nContent-Length: 0"), 400},
      {"coding twice", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), 400},
      {"coding listed twice", with("Transfer-Encoding: chunked, chunked"), 400},
      {"gzip, chunked", with("Transfer-Encoding: gzip, chunked"), 400},
      {"chunked, identity", with("Transfer-Encoding: chunked, identity"), 400},
      {"identity", with("Transfer-Encoding: identity"), 400},
      {"xchunked", with("Transfer-Encoding: xchunked"), 400},
      {"chunkedx", with("Transfer-Encoding: chunkedx"), 400},
      {"chunked with parameter", with("Transfer-Encoding: chunked;q=1"), 400},
      {"chunked quoted", with("Transfer-Encoding: \"chunked\""), 400},
      {"chunked after a tab", with("Transfer-Encoding:\tchunked"), 400},
      {"chunked and a space", with("Transfer-Encoding: chunked "), 400},
      {"chunked after vertical tab", with("Transfer-Encoding: \vchunked"), 400},
      {"empty coding", with("Transfer-Encoding:"), 400},
      {"H10 coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
  };
}

std::vector<HostileHead> lineHeads() {
  using namespace std::string_literals;
  return {
      {"H05 space before colon", with("Transfer-Encoding : chunked"), 400},
      {"H05 tab before colon", with("Content-Length\t: 5"), 400},
      {"folded line", with("A: b\r\n c"), 400},
      {"folded with tab", with("A: b\r\n\tc"), 400},
      {"first field folded", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"folded length", with("Content-Length:\r\n 5"), 400},
      {"H07 LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
      {"H07 LF after a field", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400},
      {"H07 LF only", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"H07 LF ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
      {"H08 CR in a value", with("A: b\rc"), 400},
      {"H08 CR instead of CRLF", "GET / HTTP/1.1\rHost: a\r\n\r\n", 400},
      {"H08 CR CR LF", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400},
      {"H08 CR before CRLF in a field", with("A: b\r"), 400},
      {"H08 CR in a name", with("A\rB: c"), 400},
      {"H09 NUL in a value", with("A: b\0c"s), 400},
      {"H09 NUL in a name", with("A\0: c"s), 400},
      {"H09 0x01 in a value", with("A: \x01"), 400},
      {"H09 0x1f in a value", with("A: \x1f"), 400},
      {"H09 0x0b in a value", with("A: b\vc"), 400},
      {"H09 DEL in a value", with("A: \x7f"), 400},
      {"H09 DEL in a name", with("A\x7f: b"), 400},
      {"high byte in a name", with("A\xe9: b"), 400},
      {"no colon", with("Alpha"), 400},
      {"empty name", with(": b"), 400},
      {"space in a name", with("A B: c"), 400},
      {"bracket in a name", with("A[0]: c"), 400},
      {"quote in a name", with("\"A\": c"), 400},
      {"two blank lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"LF before", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"H18 unknown expectation", with("Expect: 200-ok"), 417},
      {"H18 more than expected", with("Expect: 100-continue, x"), 417},
  };
}

std::vector<HostileHead> requestLineHeads() {
  using namespace std::string_literals;
  return {
      {"H25 CONNECT", line("CONNECT a:443 HTTP/1.1"), 405},
      {"H25 TRACE", line("TRACE / HTTP/1.1"), 405},
      {"H25 HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"H25 tab after the method", line("GET\t/ HTTP/1.1"), 400},
      {"H25 tab before the version", line("GET /\tHTTP/1.1"), 400},
      {"H25 10 KB method", line(std::string(10240, 'A') + " / HTTP/1.1"), 501},
      {"H25 lower-case method", line("get / HTTP/1.1"), 501},
      {"H25 unknown method", line("BREW / HTTP/1.1"), 501},
      {"method with a brace", line("G{T / HTTP/1.1"), 400},
      {"two spaces", line("GET  / HTTP/1.1"), 400},
      {"two spaces before the version", line("GET /  HTTP/1.1"), 400},
      {"space at the end", line("GET / HTTP/1.1 "), 400},
      {"space at the start", line(" GET / HTTP/1.1"), 400},
      {"space in the target", line("GET /a b HTTP/1.1"), 400},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"version 1.2", line("GET / HTTP/1.2"), 505},
      {"version 2.0", line("GET / HTTP/2.0"), 505},
      {"version 0.9", line("GET / HTTP/0.9"), 505},
      {"version 1.10", line("GET / HTTP/1.10"), 400},
      {"version 1", line("GET / HTTP/1"), 400},
      {"version 01.1", line("GET / HTTP/01.1"), 400},
      {"lower-case version", line("GET / http/1.1"), 400},
      {"other protocol", line("GET / RTSP/1.0"), 400},
      {"TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n"s, 400},
      {"H27 64 KB target", get("/" + std::string(65535, 'a')), 414},
      {"H27 one byte too long", get("/" + std::string(16384, 'a')), 414},
      {"H28 fragment", get("/a#b"), 400},
      {"H28 backslash", get("/\\evil"), 400},
      {"H28 NUL", get("/a\0b"s), 400},
      {"H28 0x01", get("/\x01"), 400},
      {"H28 DEL", get("/\x7f"), 400},
      {"no slash", get("a"), 400},
      {"asterisk with GET", get("*"), 400},
      {"only a query", get("?a"), 400},
      {"other scheme", get("ftp://a/"), 400},
      {"https in the clear", get("https://a/"), 421},
      {"absolute without authority", get("http:///x"), 400},
      {"absolute with user", get("http://u@a/"), 400},
      {"absolute with bad port", get("http://a:99999/"), 400},
      {"javascript", get("javascript:alert(1)"), 400},
  };
}

std::vector<HostileHead> hostHeads() {
  return {
      {"H22 no Host", "GET / HTTP/1.1\r\nA: b\r\n\r\n", 400},
      {"H22 no field at all", "GET / HTTP/1.1\r\n\r\n", 400},
      {"H22 two Hosts", host("Host: a\r\nHost: b"), 400},
      {"H22 two equal Hosts", host("Host: a\r\nhost: a"), 400},
      {"H22 two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"H22 empty", host("Host:"), 400},
      {"H22 list", host("Host: a,b"), 400},
      {"H22 large port", host("Host: a:99999"), 400},
      {"H22 no port", host("Host: a:"), 400},
      {"H22 port zero", host("Host: a:0"), 400},
      {"H22 port with zero", host("Host: a:080"), 400},
      {"H22 port with sign", host("Host: a:+80"), 400},
      {"H22 two ports", host("Host: a:80:80"), 400},
      {"H22 user", host("Host: a@b"), 400},
      {"H22 open bracket", host("Host: [::1"), 400},
      {"H22 bad address", host("Host: [::x]"), 400},
      {"H22 text after bracket", host("Host: [::1]a"), 400},
      {"H22 address with zone", host("Host: [fe80::1%25eth0]"), 400},
      {"H22 bare IPv6", host("Host: ::1"), 400},
      {"H22 path", host("Host: a/b"), 400},
      {"H22 query", host("Host: a?b"), 400},
      {"H22 300 characters", host("Host: " + std::string(300, 'a')), 400},
      {"H22 non-ASCII", host("Host: \xc3\xa9"), 400},
      {"H22 percent", host("Host: a%2eb"), 400},
      {"H22 space", host("Host: a b"), 400},
      {"H22 backslash", host("Host: a\\b"), 400},
      {"H22 absolute target, bad Host", "GET http://a/ HTTP/1.1\r\nHost: b@c\r\n\r\n", 400},
      {"H22 absolute target, no Host", "GET http://a/ HTTP/1.1\r\nA: b\r\n\r\n", 400},
  };
}

std::vector<HostileHead> largeHeads() {
  std::string many;
  for (int i = 0; i < 100; i++) {
    many += "A: b\r\n";
  }
  std::string large;
  for (int i = 0; i < 9; i++) {
    large += "A: " + std::string(4000, 'x') + "\r\n";
  }
  return {
      {"H29 101 fields", with(many + "Z: z"), 431},
      {"H29 36 KB of fields", with(large + "Z: z"), 431},
      {"H29 a 9 KB line", with("A: " + std::string(9000, 'x')), 431},
      {"H29 a 9 KB name", with(std::string(9000, 'x') + ": a"), 431},
      {"H29 a line without end", "GET / HTTP/1.1\r\nHost: " + std::string(9000, 'x'), 431},
      {"H27 a target without end", "GET /" + std::string(17000, 'x'), 414},
      {"H25 a method without end", std::string(17000, 'X'), 501},
  };
}

std::vector<HostileHead> allHeads() {
  std::vector<HostileHead> all;
  for (auto list : {lengthHeads(), lineHeads(), requestLineHeads(), hostHeads(), largeHeads()}) {
    all.insert(all.end(), list.begin(), list.end());
  }
  return all;
}

// 0: accepted, 1: more is wanted.
uint16_t judge(HttpParser& parser, std::string& received) {
  switch (parser.parse(received)) {
    case HttpParser::Progress::kMore:
      return 1;
    case HttpParser::Progress::kReady:
      return 0;
    case HttpParser::Progress::kRefused:
      return parser.refusal();
  }
  return 1;
}

TEST(HttpHostileHeadsTest, AreAllRefusedWithTheirStatus) {
  HttpLimits limits;
  EXPECT_GE(allHeads().size(), 120u);
  for (HostileHead& head : allHeads()) {
    HttpParser parser(limits);
    EXPECT_EQ(judge(parser, head.text), head.status) << head.name;
  }
}

TEST(HttpHostileHeadsTest, AreRefusedTheSameWayWhereverTheyAreCutInTwo) {
  HttpLimits limits;
  for (const HostileHead& head : allHeads()) {
    // Every position of the long ones would take minutes and show nothing more.
    size_t stride = head.text.size() > 2000 ? 997 : 1;
    for (size_t cut = 0; cut < head.text.size(); cut += stride) {
      HttpParser parser(limits);
      std::string first = head.text.substr(0, cut);
      std::string whole = head.text;
      uint16_t status = judge(parser, first);
      if (status == 1) status = judge(parser, whole);
      EXPECT_EQ(status, head.status) << head.name << ", cut at " << cut;
    }
  }
}

TEST(HttpHostileHeadsTest, AreRefusedTheSameWayByteByByte) {
  HttpLimits limits;
  for (const HostileHead& head : allHeads()) {
    HttpParser parser(limits);
    std::string received;
    uint16_t status = 1;
    for (size_t i = 0; status == 1 && i < head.text.size(); i++) {
      received.push_back(head.text[i]);
      status = judge(parser, received);
    }
    EXPECT_EQ(status, head.status) << head.name;
  }
}

// No byte that is not a token, a value or a line's end gets through anywhere.
TEST(HttpHostileHeadsTest, NoControlByteIsAcceptedAnywhere) {
  HttpLimits limits;
  std::string good = "GET /path HTTP/1.1\r\nHost: example\r\nX-Name: value\r\n\r\n";
  for (size_t at = 0; at <= good.size(); at++) {
    for (unsigned byte = 0; byte < 0x20; byte++) {
      if (byte == '\t') continue;
      std::string text = good.substr(0, at) + static_cast<char>(byte) + good.substr(at);
      HttpParser parser(limits);
      uint16_t status = judge(parser, text);
      bool afterTheHead = at == good.size() || (at == good.size() - 1 && byte == '\n');
      EXPECT_TRUE(status >= 400 || afterTheHead) << at << " " << byte << " gave " << status;
    }
  }
}

// Why HttpHeadScan comes first. Should a later llhttp refuse all of these, it may go.
TEST(HttpHostileHeadsTest, AreNotAllRefusedByLlhttpAlone) {
  llhttp_settings_t settings;
  llhttp_settings_init(&settings);
  size_t accepted = 0;
  for (auto list : {lengthHeads(), lineHeads()}) {
    for (const HostileHead& head : list) {
      llhttp_t llhttp;
      llhttp_init(&llhttp, HTTP_REQUEST, &settings);
      accepted += llhttp_execute(&llhttp, head.text.data(), head.text.size()) == HPE_OK ? 1 : 0;
    }
  }
  EXPECT_GT(accepted, 0u);
}

class Random final {
 public:
  // A linear congruential generator (Knuth's MMIX numbers): the same on every machine.
  size_t below(size_t limit) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<size_t>(state_ >> 33) % limit;
  }

 private:
  uint64_t state_ = 1;
};

// Heads made from others by changing a few bytes: what is accepted is clean, and it does not matter
// where it was cut.
TEST(HttpHostileHeadsTest, AreJudgedAlikeWhenMutated) {
  HttpLimits limits;
  Random random;
  std::vector<HostileHead> heads = allHeads();
  std::erase_if(heads, [](const HostileHead& head) { return head.text.size() > 200; });
  for (int i = 0; i < 5; i++) {
    heads.push_back({"good", with("Content-Length: 5\r\nX: y"), 0});
    heads.push_back({"good", get("http://a:80/?b"), 0});
  }
  const std::string_view pieces[] = {"\r\n", "\n", "\r", " ",    "\t",         ":",
                                     "0",    "/",  ",",  "\x7f", "Host: b\r\n"};
  size_t accepted = 0;
  for (int round = 0; round < 50'000; round++) {
    std::string text = heads[random.below(heads.size())].text;
    for (size_t changes = random.below(3); changes > 0; changes--) {
      std::string_view piece = pieces[random.below(std::size(pieces))];
      text.replace(random.below(text.size()), random.below(3), piece);
    }
    std::string whole = text;
    HttpParser parser(limits);
    uint16_t status = judge(parser, whole);
    std::string first = text.substr(0, random.below(text.size() + 1));
    HttpParser other(limits);
    uint16_t cut = judge(other, first);
    if (cut == 1) cut = judge(other, text);
    ASSERT_EQ(status, cut) << text;
    if (status != 0) continue;
    accepted++;
    EXPECT_TRUE(parser.head().target.starts_with('/') || parser.isForServer()) << text;
    for (const HttpField& field : parser.head().fields) {
      EXPECT_TRUE(allBytes(field.name, kTokenByte) && allBytes(field.value, kValueByte)) << text;
    }
  }
  EXPECT_GT(accepted, 1000u);
}

}  // namespace
}  // namespace nano
