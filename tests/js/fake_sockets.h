#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <v8.h>

#include "snapshot/socket_host.h"

namespace nano {

// Sockets of a JavaScript test: each call goes to the method of that name of an object of the test,
// which answers with a promise. fake_network.js is one.
class FakeSockets final : public SocketHost {
 public:
  explicit FakeSockets(v8::Isolate* isolate) : isolate_(isolate) {}
  FakeSockets(const FakeSockets&) = delete;
  FakeSockets& operator=(const FakeSockets&) = delete;

  void setNetwork(v8::Local<v8::Object> network) { network_.Reset(isolate_, network); }

  uint32_t openSocket(std::string_view host, uint16_t port, Transport transport) override;
  v8::Local<v8::Promise> awaitSocket(uint32_t socket) override;
  v8::Local<v8::Promise> readSocket(uint32_t socket, uint32_t maxBytes) override;
  v8::Local<v8::Promise> writeSocket(uint32_t socket, std::span<const std::byte> bytes) override;
  v8::Local<v8::Promise> endSocket(uint32_t socket) override;
  v8::Local<v8::Promise> secureSocket(uint32_t socket, std::string_view host) override;
  void closeSocket(uint32_t socket) override;

 private:
  template <typename... Arguments>
  v8::Local<v8::Value> call(const char* method, Arguments... arguments);
  v8::Local<v8::Value> number(uint32_t value);
  v8::Local<v8::Value> text(std::string_view latin1);

  v8::Isolate* isolate_;
  v8::Global<v8::Object> network_;
  uint32_t opened_ = 0;
};

}  // namespace nano
