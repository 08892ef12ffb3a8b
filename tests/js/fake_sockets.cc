#include "tests/js/fake_sockets.h"

#include <algorithm>

#include <kj/debug.h>

#include "snapshot/js_bytes.h"

namespace nano {

v8::Local<v8::Value> FakeSockets::number(uint32_t value) {
  return v8::Integer::NewFromUnsigned(isolate_, value);
}

v8::Local<v8::Value> FakeSockets::text(std::string_view latin1) {
  return v8::String::NewFromOneByte(isolate_, reinterpret_cast<const uint8_t*>(latin1.data()),
                                    v8::NewStringType::kNormal, static_cast<int>(latin1.size()))
      .ToLocalChecked();
}

// The network's methods do not throw.
template <typename... Arguments>
v8::Local<v8::Value> FakeSockets::call(const char* method, Arguments... arguments) {
  KJ_REQUIRE(!network_.IsEmpty(), "the test has no network");
  const auto context = isolate_->GetCurrentContext();
  const auto network = network_.Get(isolate_);
  const auto function = network->Get(context, text(method)).ToLocalChecked().As<v8::Function>();
  v8::Local<v8::Value> values[] = {arguments...};
  return function->Call(context, network, sizeof...(arguments), values).ToLocalChecked();
}

uint32_t FakeSockets::openSocket(std::string_view host, uint16_t port, Transport transport) {
  const uint32_t socket = opened_++;
  call("open", number(socket), text(host), number(port),
       v8::Boolean::New(isolate_, transport == Transport::kTls).As<v8::Value>());
  return socket;
}

v8::Local<v8::Promise> FakeSockets::awaitSocket(uint32_t socket) {
  return call("awaitOpen", number(socket)).As<v8::Promise>();
}

v8::Local<v8::Promise> FakeSockets::readSocket(uint32_t socket, uint32_t maxBytes) {
  return call("read", number(socket), number(maxBytes)).As<v8::Promise>();
}

v8::Local<v8::Promise> FakeSockets::writeSocket(uint32_t socket, std::span<const std::byte> bytes) {
  const auto copy = newBytes(isolate_, bytes.size());
  KJ_REQUIRE(copy.has_value());
  std::copy(bytes.begin(), bytes.end(), copy->bytes.begin());
  return call("write", number(socket), copy->array.As<v8::Value>()).As<v8::Promise>();
}

v8::Local<v8::Promise> FakeSockets::endSocket(uint32_t socket) {
  return call("end", number(socket)).As<v8::Promise>();
}

v8::Local<v8::Promise> FakeSockets::secureSocket(uint32_t socket, std::string_view host) {
  return call("secure", number(socket), text(host)).As<v8::Promise>();
}

void FakeSockets::closeSocket(uint32_t socket) { call("close", number(socket)); }

}  // namespace nano
