#include "supervisor/egress/tls_client.h"

#include <string>

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(TlsClientTest, SaysNothingButAHelloBeforeThePeerHasSpoken) {
  auto roots = TrustedRoots::load("");
  auto context = TlsClientContext::make(std::get<std::shared_ptr<const TrustedRoots>>(roots));
  TlsClient client(context, "example.com");
  EXPECT_EQ(client.handshake(), TlsClient::State::kWantsInput);
  std::string hello;
  client.takeOutput([&hello](kj::ArrayPtr<const kj::byte> bytes) {
    hello.append(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
  });
  EXPECT_NE(hello.find("example.com"), std::string::npos);
  EXPECT_EQ(client.handshake(), TlsClient::State::kWantsInput);
  client.takeOutput([](kj::ArrayPtr<const kj::byte>) { FAIL(); });
}

}  // namespace
}  // namespace nano
