#include "supervisor/call_messages.h"

#include <capnp/message.h>
#include <gtest/gtest.h>

#include "protocol/event_loop.h"
#include "protocol/limits.h"
#include "supervisor/recording_exchange_test.h"

namespace nano {
namespace {

TEST(CallMessagesTest, WritesMethodUrlFieldsAndASmallBodyIntoTheRequest) {
  RecordingExchange exchange("POST", "/path?a=b");
  exchange.setFields({{"host", "app.example.test"}, {"x-empty", ""}});
  exchange.setBody("small");
  capnp::MallocMessageBuilder message;
  auto request = message.initRoot<rpc::Request>();
  ExchangeBody::Link link;
  fillRequest(request, exchange, link);
  EXPECT_STREQ(request.getMethod().cStr(), "POST");
  EXPECT_STREQ(request.getUrl().cStr(), "http://app.example.test/path?a=b");
  ASSERT_EQ(request.getHeaders().size(), 2U);
  EXPECT_STREQ(request.getHeaders()[1].getName().cStr(), "x-empty");
  EXPECT_STREQ(request.getHeaders()[1].getValue().cStr(), "");
  EXPECT_EQ(request.getBody().getBytes().size(), 5U);
  EXPECT_EQ(link, nullptr);
}

TEST(CallMessagesTest, ALargeBodyIsReadThroughACapabilityUntilTheExchangeIsOver) {
  EventLoop loop;
  RecordingExchange exchange("PUT", "/");
  exchange.setPieces({"one", "two"});
  exchange.length = 6;
  capnp::MallocMessageBuilder message;
  auto request = message.initRoot<rpc::Request>();
  ExchangeBody::Link link;
  fillRequest(request, exchange, link);
  EXPECT_EQ(request.getBody().getLength(), 6);
  auto source = request.getBody().getStream();
  auto read = [&source, &loop] {
    auto ask = source.readRequest();
    ask.setMaxBytes(UINT32_MAX);
    return loop.run(ask.send());
  };
  auto piece = read();
  EXPECT_EQ(piece.getBytes().size(), 3U);
  EXPECT_FALSE(piece.getEnd());
  EXPECT_LE(exchange.askedFor[0], kMaxReadBytes) << "whatever the worker asks for";
  *link = nullptr;
  EXPECT_ANY_THROW(read()) << "the exchange is over, and the worker still holds its body";
}

rpc::Response::Builder okResponse(capnp::MallocMessageBuilder& message, unsigned fields) {
  auto response = message.initRoot<rpc::Response>();
  response.setStatus(200);
  for (auto header : response.initHeaders(fields)) {
    header.setName("a");
    header.setValue("b");
  }
  return response;
}

TEST(CallMessagesTest, PassesOnOnlyAHeadWithinItsLimits) {
  std::vector<HttpField> fields;
  {
    capnp::MallocMessageBuilder message;
    auto head = checkedHead(okResponse(message, kMaxResponseHeaders), fields);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->fields.size(), kMaxResponseHeaders);
  }
  {
    capnp::MallocMessageBuilder message;
    EXPECT_FALSE(checkedHead(okResponse(message, kMaxResponseHeaders + 1), fields));
  }
  {
    capnp::MallocMessageBuilder message;
    auto response = okResponse(message, 1);
    response.getHeaders()[0].setValue(std::string(kMaxResponseHeaderBytes, 'x').c_str());
    EXPECT_FALSE(checkedHead(response, fields));
  }
  for (uint16_t status : {0, 99, 101, 199, 600, 65535}) {
    capnp::MallocMessageBuilder message;
    auto response = okResponse(message, 0);
    response.setStatus(status);
    EXPECT_FALSE(checkedHead(response, fields)) << status;
  }
}

TEST(CallMessagesTest, CutsALogLineToItsLimitsAndKnowsOnlyItsLevels) {
  capnp::MallocMessageBuilder message;
  auto line = message.initRoot<rpc::LogLine>();
  line.setMessage(std::string(kMaxLogLineBytes + 1, 'x').c_str());
  line.setRequestId("00000000000000000-too-long");
  line.setLevel(static_cast<rpc::LogLine::Level>(99));
  auto copy = toLogLine(line, "v1");
  EXPECT_EQ(copy.message.size(), kMaxLogLineBytes);
  EXPECT_EQ(copy.requestId.size(), 16U);
  EXPECT_EQ(copy.level, LogLevel::kLog);
  EXPECT_EQ(copy.version, "v1");
}

}  // namespace
}  // namespace nano
