// Hostile case U14: bodies that become much more than they were.

#include <zlib.h>

#include "tests/hostile/upstream_world.h"

namespace nano::test {
namespace {

using UpstreamCoding = UpstreamTest;

// `times` times the text, compressed without ever being there as a whole.
std::string gzip(const std::string& text, size_t times = 1) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string all;
  std::string piece(1 << 16, '\0');
  for (size_t i = 0; i < times; i++) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    do {
      stream.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream.avail_out = static_cast<uInt>(piece.size());
      deflate(&stream, i + 1 == times ? Z_FINISH : Z_NO_FLUSH);
      all.append(piece.data(), piece.size() - stream.avail_out);
    } while (stream.avail_out == 0);
  }
  deflateEnd(&stream);
  return all;
}

void answerCoded(UpstreamServer& server, const std::string& path, const std::string& coding,
                 const std::string& body) {
  server.answer(path, "HTTP/1.1 200 OK\r\ncontent-encoding: " + coding + "\r\n", body);
}

TEST_F(UpstreamCoding, U14OneLayerIsTakenOff) {
  UpstreamServer server;
  answerCoded(server, "/", "gzip", gzip("packed"));
  deployFetcher("u14");
  EXPECT_TRUE(isText(fetchBy("u14", server.url(kUpstream)), "packed"));
}

TEST_F(UpstreamCoding, U14ManyLayersAreOneAtMostOrAnError) {
  UpstreamServer server;
  std::string bomb = gzip(gzip(std::string(1 << 20, 'x'), 100));
  answerCoded(server, "/two", "gzip, gzip", bomb);
  std::string many = "gzip";
  for (int i = 0; i < 1000; i++)
    many += ", gzip";
  answerCoded(server, "/many", many, bomb);
  server.answer("/fields",
                "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-encoding: gzip\r\n", bomb);
  deployFetcher("u14");
  for (const char* path : {"/two", "/many", "/fields"}) {
    auto fetched = fetchBy("u14", server.url(kUpstream, path));
    bool isSmall = fetched.contains("size") && fetched.value("size", 0) < (1 << 20);
    EXPECT_TRUE(isSmall || threw(fetched)) << path << " " << fetched;
  }
}

TEST_F(UpstreamCoding, U14ABombEndsAtTheAppsOwnLimits) {
  UpstreamServer server;
  // A gigabyte in a megabyte.
  answerCoded(server, "/", "gzip", gzip(std::string(1 << 20, '\0'), 1024));
  deployFetcher("u14");
  auto fetched = fetchBy("u14", server.url(kUpstream));
  bool isStopped = fetched.value("nanod", 0) == 503 || fetched.contains("error");
  EXPECT_TRUE(isStopped) << fetched;
  EXPECT_TRUE(answersAgain("u14"));
}

TEST_F(UpstreamCoding, U14ABombThatNobodyReadsIsNotUnpacked) {
  UpstreamServer server;
  answerCoded(server, "/", "gzip", gzip(std::string(1 << 20, '\0'), 1024));
  deployFetcher("u14");
  auto fetched = fetchBy("u14", server.url(kUpstream), {{"read", false}});
  EXPECT_EQ(fetched.value("status", 0), 200) << fetched;
}

TEST_F(UpstreamCoding, U14WhatIsNotWhatItSaysIsAnError) {
  UpstreamServer server;
  std::string packed = gzip("packed");
  std::string broken = packed;
  broken[packed.size() / 2] ^= 0x55;
  answerCoded(server, "/text", "gzip", "not packed at all");
  answerCoded(server, "/cut", "gzip", packed.substr(0, packed.size() - 5));
  answerCoded(server, "/broken", "gzip", broken);
  answerCoded(server, "/br", "br", "not packed at all");
  answerCoded(server, "/zstd", "zstd", "not packed at all");
  answerCoded(server, "/deflate", "deflate", "not packed at all");
  deployFetcher("u14");
  for (const char* path : {"/text", "/cut", "/broken", "/br", "/zstd", "/deflate"})
    EXPECT_TRUE(threw(fetchBy("u14", server.url(kUpstream, path)))) << path;
}

}  // namespace
}  // namespace nano::test
