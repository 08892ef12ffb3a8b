#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <kj/io.h>

namespace nano::test {

// A request as it came.
struct UpstreamRequest {
  size_t connection = 0;  // The how manieth of the server.
  std::string method;
  std::string target;
  std::string head;  // All of it, with its line.
  std::string body;  // What readBody() has read.

  // The value of a field, by its name in lower case; empty: there is none.
  std::string field(const std::string& name) const;
};

// What tells the connections of a server to go on, or to end.
class UpstreamGate final {
 public:
  // Takes a permit, as soon as there is one. False: the server ends.
  bool wait();
  void release(size_t permits);
  void end();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t permits_ = 0;
  bool isOver_ = false;
};

// One connection of a test's upstream, in a thread of its own: a script reads and writes what it
// likes. Once the peer is gone, or the server ends, every call returns at once.
class UpstreamConnection final {
 public:
  UpstreamConnection(size_t number, kj::AutoCloseFd socket, UpstreamGate& gate);
  ~UpstreamConnection();
  UpstreamConnection(const UpstreamConnection&) = delete;
  UpstreamConnection& operator=(const UpstreamConnection&) = delete;

  // Whether the handshake succeeded.
  bool startTls(SSL_CTX& context);

  size_t number() const { return number_; }
  bool isOpen() const { return isOpen_; }

  // Reads up to the head's end. Nothing: there is none.
  std::optional<UpstreamRequest> readHead();
  // The rest of the request, by its length or its chunks.
  void readBody(UpstreamRequest& request);
  // Reads at least so many bytes, and returns all that is there.
  std::string readBytes(size_t least);
  // Reads until the peer has ended its side; drops what comes.
  void awaitEnd();

  void send(std::string_view bytes);
  // As often as that, or until the peer is gone.
  void sendAgainAndAgain(std::string_view bytes, uint64_t times = UINT64_MAX);
  // Byte by byte, each in a packet of its own, each after a hold().
  void drip(std::string_view bytes);
  // Until a release() of the server that no other hold() has used.
  void hold();

  // Ends our side; the peer's may go on.
  void endSending();
  void close();
  // With RST instead of FIN.
  void reset();

  // From another thread: the next call finds the peer gone.
  void interrupt();

 private:
  // False: the peer is gone.
  bool receive();
  std::optional<std::string> takeLine();
  std::string take(size_t bytes);

  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  const size_t number_;
  std::mutex mutex_;  // Of the socket, against interrupt().
  kj::AutoCloseFd socket_;
  UpstreamGate& gate_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  std::string received_;
  std::atomic<bool> isOpen_{true};
};

}  // namespace nano::test
