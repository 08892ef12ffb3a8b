#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <kj/io.h>

#include "tests/harness/dns_message.h"

namespace nano::test {

// What a question is answered with.
struct DnsReply {
  uint8_t code = 0;  // 0: the records; 2: the server failed; 3: no such name; 5: refused.
  std::vector<DnsRecord> records;

  // How its message goes out: at once; by release(); never; or only over TCP.
  enum class Sending : uint8_t { kAtOnce, kHeld, kNever, kOverTcp } sending = Sending::kAtOnce;

  // Datagrams that are sent before it.
  enum class Forgery : uint8_t { kWrongId, kWrongQuestion, kEmpty, kGarbage, kHalfARecord };
  std::vector<Forgery> forgeries{};
};

DnsReply dnsAddresses(const std::vector<std::string>& addresses, uint32_t ttl = 60);
// The name is an alias of the first, which is one of the second, ... The last has the addresses.
DnsReply dnsAliases(const std::vector<std::string>& aliases,
                    const std::vector<std::string>& addresses);
DnsReply dnsError(uint8_t code);
DnsReply dnsSilence();

// A name server on 127.0.0.1 that says what a test wants, in a thread of its own: UDP and TCP on
// one port. Names it was not told about do not exist.
class DnsServer final {
 public:
  DnsServer();
  ~DnsServer();
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

  uint16_t port() const { return port_; }
  // For nanod's --dns.
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // Each question for the name gets the next reply, each type on its own; the last one stays.
  void set(const std::string& name, std::vector<DnsReply> replies);
  void set(const std::string& name, DnsType type, std::vector<DnsReply> replies);
  // For names that it was not told about.
  void setOthers(const DnsReply& reply);
  // Sends what is held.
  void release();

  // How often it was asked: for a name and type, for anything, over TCP.
  size_t questions(const std::string& name, DnsType type);
  size_t allQuestions();
  size_t tcpQuestions();
  // Waits until it was asked that often for this.
  void awaitQuestions(const std::string& name, DnsType type, size_t count);

 private:
  using Key = std::pair<std::string, uint16_t>;
  struct Script {
    std::vector<DnsReply> replies;
    size_t asked = 0;
  };
  struct Peer;
  struct Connection {
    kj::AutoCloseFd fd;
    std::string received;
  };
  struct Held;

  void serve();
  void takeDatagram();
  // Whether the connection goes on.
  bool takeFrom(Connection& connection);
  void forget(int fd);
  void answer(const std::string& message, const Peer& peer);
  const DnsReply& next(const DnsQuestion& question);
  static void send(const Peer& peer, const std::string& message);
  static void sendForgery(DnsReply::Forgery forgery, const DnsQuestion& question, const Peer& peer);

  kj::AutoCloseFd udp_;
  kj::AutoCloseFd listener_;
  kj::AutoCloseFd stop_;
  uint16_t port_ = 0;

  std::mutex mutex_;
  std::condition_variable asked_;
  std::map<Key, Script> scripts_;
  std::map<Key, size_t> counts_;
  DnsReply others_ = dnsError(3);
  std::vector<Held> held_;
  size_t all_ = 0;
  size_t overTcp_ = 0;

  std::vector<Connection> connections_;
  std::thread thread_;
};

}  // namespace nano::test
