#include "bench/rpc_link/payload.h"

#include <cstring>
#include <string_view>

#include <kj/debug.h>

namespace nano::bench {
namespace {

struct Field {
  const char* name;
  const char* value;
};

constexpr Field kRequestFields[] = {
    {"host", "hello.example.com"},
    {"user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"},
    {"accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
    {"accept-language", "en-US,en;q=0.5"},
    {"accept-encoding", "gzip, deflate, br"},
    {"cookie", "session=0123456789abcdef0123456789abcdef"},
};
constexpr Field kResponseFields[] = {
    {"content-type", "text/plain;charset=UTF-8"},
    {"x-host", "hello.example.com"},
};
constexpr std::string_view kBody = "Hello, World!";

template <size_t size>
void fillFields(capnp::List<rpc::Header>::Builder list, const Field (&fields)[size]) {
  for (size_t i = 0; i < size; ++i) {
    list[i].setName(fields[i].name);
    list[i].setValue(fields[i].value);
  }
}

}  // namespace

void fillCall(rpc::FetchCall::Builder call, uint32_t id) {
  call.setId(id);
  call.setRequestId("0123456789abcdef");
  auto request = call.initRequest();
  request.setMethod("GET");
  request.setUrl("http://hello.example.com/some/path?x=1");
  request.setClientAddress("192.0.2.17");
  fillFields(request.initHeaders(std::size(kRequestFields)), kRequestFields);
}

void answerCall(rpc::FetchCall::Reader call, rpc::FetchAnswer::Builder answer) {
  auto request = call.getRequest();
  size_t seen = request.getMethod().size() + request.getUrl().size();
  for (auto field : request.getHeaders()) {
    if (field.getName() == "host") seen += field.getValue().size();
  }
  answer.setId(call.getId());
  answer.setOutcome(rpc::Outcome::OK);
  answer.setCpuMicros(seen);
  auto response = answer.initResponse();
  response.setStatus(200);
  fillFields(response.initHeaders(std::size(kResponseFields)), kResponseFields);
  memcpy(response.initBody().initBytes(kBody.size()).begin(), kBody.data(), kBody.size());
}

void consumeAnswer(rpc::FetchAnswer::Reader answer) {
  char text[512];
  char* end = text;
  auto append = [&end](const char* bytes, size_t size) {
    memcpy(end, bytes, size);
    end += size;
  };
  auto response = answer.getResponse();
  for (auto field : response.getHeaders()) {
    append(field.getName().begin(), field.getName().size());
    append(": ", 2);
    append(field.getValue().begin(), field.getValue().size());
    append("\r\n", 2);
  }
  auto body = response.getBody().getBytes();
  append(body.asChars().begin(), body.size());
  KJ_REQUIRE(answer.getOutcome() == rpc::Outcome::OK && response.getStatus() == 200);
  KJ_REQUIRE(end - text == 80, end - text);
}

}  // namespace nano::bench
