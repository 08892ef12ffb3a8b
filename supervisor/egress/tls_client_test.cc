#include "supervisor/egress/tls_client.h"

#include <fstream>

#include <gtest/gtest.h>

#include "supervisor/temporary_directory.h"

namespace nano {
namespace {

TEST(TlsClientContextTest, SaysWhatIsWrongWithTheOperatorsFile) {
  TemporaryDirectory directory;
  auto missing = TlsClientContext::make(directory.below("missing.pem"));
  ASSERT_TRUE(std::holds_alternative<std::string>(missing));
  EXPECT_NE(std::get<std::string>(missing).find("missing.pem has no certificates"),
            std::string::npos);
  std::ofstream(directory.below("text.pem")) << "no certificate";
  EXPECT_TRUE(
      std::holds_alternative<std::string>(TlsClientContext::make(directory.below("text.pem"))));
}

TEST(TlsClientContextTest, NeedsNoFileOfTheOperator) {
  EXPECT_FALSE(std::holds_alternative<std::string>(TlsClientContext::make("")));
}

TEST(TlsClientTest, SaysNothingButAHelloBeforeThePeerHasSpoken) {
  auto context = std::get<std::shared_ptr<const TlsClientContext>>(TlsClientContext::make(""));
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
