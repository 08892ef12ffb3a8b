#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <v8.h>

namespace nano {

// What built-ins may ask for sockets: connections of a request to addresses on the network. A part
// of Host.
//
// A socket is a number, never used twice in an isolate, and ends with the request that opened it;
// one that is over is answered as a connection that is closed. Promises reject with an Error whose
// message is for the app's author. Views handed in live for the call only.
class SocketHost {
 public:
  enum class Transport : uint8_t { kPlain, kTls };

  // For the request that is running. Whether it works is what awaitSocket() says.
  virtual uint32_t openSocket(std::string_view host, uint16_t port, Transport transport) = 0;
  // Of undefined, once there is a connection. Once a socket.
  virtual v8::Local<v8::Promise> awaitSocket(uint32_t socket) = 0;

  // Of a Uint8Array with at least one byte, or of null when the peer has ended its side. One at a
  // time.
  virtual v8::Local<v8::Promise> readSocket(uint32_t socket, uint32_t maxBytes) = 0;
  // Of undefined, once there is room for more. At most kMaxSocketWrite; one at a time.
  virtual v8::Local<v8::Promise> writeSocket(uint32_t socket, std::span<const std::byte> bytes) = 0;
  // Ends our side; of undefined, once all that was written is sent.
  virtual v8::Local<v8::Promise> endSocket(uint32_t socket) = 0;
  // TLS from here on, of undefined once the handshake is done. A read that waits is given up.
  virtual v8::Local<v8::Promise> secureSocket(uint32_t socket, std::string_view host) = 0;
  // At once, whatever waits to be sent. Promises that wait are rejected.
  virtual void closeSocket(uint32_t socket) = 0;

  // A write that waits stays with the supervisor, which bounds what all of a worker's may take.
  static constexpr size_t kMaxSocketWrite = 32 * 1024;

 protected:
  ~SocketHost() = default;
};

}  // namespace nano
