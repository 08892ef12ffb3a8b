#pragma once

#include <ares.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <kj/async.h>
#include <kj/common.h>

#include "protocol/event_loop.h"
#include "supervisor/egress/dns_answer.h"
#include "supervisor/egress/dns_settings.h"

namespace nano {

// One name asked at the name servers, for IPv4 and IPv6 at the same time, by c-ares on our loop: it
// tries again, goes on to the next server and to TCP, and takes only answers to its own questions.
//
// Each has a channel of its own. So ending one ends it at once, with its sockets; and each asks
// from a port of its own, which a forger has to guess together with the id.
class DnsQuery final {
 public:
  // c-ares's own timeouts are the loop's, whatever `timer` says.
  DnsQuery(EventLoop& loop, kj::Timer& timer, const std::vector<NameServer>& servers,
           const DnsSettings& settings);
  ~DnsQuery() noexcept(false);
  KJ_DISALLOW_COPY(DnsQuery);

  // Once. Done when both families are known, or one has addresses and the other is late. Has no end
  // of its own otherwise.
  kj::Promise<void> ask(const std::string& name);

  // What is there by now.
  const DnsAnswer& v4() const { return v4_.answer; }
  const DnsAnswer& v6() const { return v6_.answer; }

 private:
  // One of the two questions.
  struct Question {
    DnsQuery& query;
    IpAddress::Family family;
    DnsAnswer answer{};
    bool isDone = false;
  };

  void openChannel(const std::vector<NameServer>& servers, const DnsSettings& settings);
  void send(Question& question, int type);
  std::string reasonOf(int status) const;
  void onAnswer(Question& question, int status, std::span<const uint8_t> message);
  void onReady(int fd, short what);
  void watch(int fd, short what);
  void process(int readFd, int writeFd);
  void armTimer();

  static const ares_socket_functions& socketFunctions();
  static ssize_t receive(DnsQuery& query, int fd, std::span<uint8_t> buffer,
                         std::pair<sockaddr*, socklen_t*> from);

  EventLoop& loop_;
  kj::Timer& timer_;
  const kj::Duration otherFamilyTimeout_;
  // What is said of servers that do not answer.
  const std::string silence_;
  std::string name_;
  Question v4_{*this, IpAddress::Family::kV4};
  Question v6_{*this, IpAddress::Family::kV6};
  kj::Own<kj::PromiseFulfiller<void>> done_;
  kj::Promise<void> otherFamilyIsLate_ = nullptr;

  // What is still read in this turn.
  int datagramsLeft_ = 0;
  std::vector<std::pair<int, Event>> sockets_;
  Event attemptsEnd_;
  // Before everything that its callbacks use.
  std::unique_ptr<ares_channeldata, ReleaseWith<ares_destroy>> channel_;
};

}  // namespace nano
