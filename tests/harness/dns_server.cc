#include "tests/harness/dns_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

#include <kj/debug.h>

namespace nano::test {
namespace {

constexpr auto kPatience = std::chrono::seconds(20);
// What a datagram may carry where the question did not say otherwise.
constexpr size_t kMaxDatagramBytes = 512;

DnsType typeOf(const std::string& address) {
  return address.find(':') == std::string::npos ? DnsType::kA : DnsType::kAaaa;
}

sockaddr_in loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Nothing: the port is taken.
kj::AutoCloseFd bound(int type, uint16_t port) {
  int made = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  KJ_SYSCALL(made);
  kj::AutoCloseFd fd(made);
  sockaddr_in address = loopback(port);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    KJ_REQUIRE(errno == EADDRINUSE, errno);
    return {};
  }
  return fd;
}

uint16_t portOf(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  KJ_SYSCALL(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size));
  return ntohs(address.sin_port);
}

}  // namespace

// Whom a message goes to.
struct DnsServer::Peer {
  int fd = -1;
  sockaddr_in address{};
  bool isTcp = false;
};

struct DnsServer::Held {
  Peer peer;
  std::string message;
};

DnsReply dnsAddresses(const std::vector<std::string>& addresses, uint32_t ttl) {
  DnsReply reply;
  for (auto& address : addresses)
    reply.records.push_back({"", typeOf(address), address, ttl});
  return reply;
}

DnsReply dnsAliases(const std::vector<std::string>& aliases,
                    const std::vector<std::string>& addresses) {
  DnsReply reply;
  std::string owner;
  for (auto& alias : aliases) {
    reply.records.push_back({owner, DnsType::kCname, alias});
    owner = alias;
  }
  for (auto& address : addresses)
    reply.records.push_back({owner, typeOf(address), address});
  return reply;
}

DnsReply dnsError(uint8_t code) {
  DnsReply reply;
  reply.code = code;
  return reply;
}

DnsReply dnsSilence() {
  DnsReply reply;
  reply.sending = DnsReply::Sending::kNever;
  return reply;
}

DnsServer::DnsServer() {
  // The same port for both: what the kernel gives to one may be taken for the other.
  while (listener_.get() < 0) {
    udp_ = bound(SOCK_DGRAM, 0);
    port_ = portOf(udp_);
    listener_ = bound(SOCK_STREAM, port_);
  }
  KJ_SYSCALL(listen(listener_, 64));
  int stop = eventfd(0, EFD_CLOEXEC);
  KJ_SYSCALL(stop);
  stop_ = kj::AutoCloseFd(stop);
  thread_ = std::thread([this] { serve(); });
}

DnsServer::~DnsServer() {
  uint64_t one = 1;
  KJ_ASSERT(write(stop_, &one, sizeof one) == sizeof one);
  thread_.join();
}

void DnsServer::set(const std::string& name, std::vector<DnsReply> replies) {
  set(name, DnsType::kA, replies);
  set(name, DnsType::kAaaa, std::move(replies));
}

void DnsServer::set(const std::string& name, DnsType type, std::vector<DnsReply> replies) {
  std::lock_guard lock(mutex_);
  scripts_[{name, static_cast<uint16_t>(type)}] = {std::move(replies), 0};
}

void DnsServer::setOthers(const DnsReply& reply) {
  std::lock_guard lock(mutex_);
  others_ = reply;
}

void DnsServer::release() {
  std::lock_guard lock(mutex_);
  for (auto& held : held_)
    send(held.peer, held.message);
  held_.clear();
}

size_t DnsServer::questions(const std::string& name, DnsType type) {
  std::lock_guard lock(mutex_);
  return counts_[{name, static_cast<uint16_t>(type)}];
}

size_t DnsServer::allQuestions() {
  std::lock_guard lock(mutex_);
  return all_;
}

size_t DnsServer::tcpQuestions() {
  std::lock_guard lock(mutex_);
  return overTcp_;
}

void DnsServer::awaitQuestions(const std::string& name, DnsType type, size_t count) {
  std::unique_lock lock(mutex_);
  Key key{name, static_cast<uint16_t>(type)};
  KJ_REQUIRE(asked_.wait_for(lock, kPatience, [&] { return counts_[key] >= count; }),
             "nobody asked for", name.c_str());
}

void DnsServer::serve() {
  for (;;) {
    std::vector<pollfd> fds = {{stop_, POLLIN, 0}, {udp_, POLLIN, 0}, {listener_, POLLIN, 0}};
    for (auto& connection : connections_)
      fds.push_back({connection.fd, POLLIN, 0});
    KJ_SYSCALL(poll(fds.data(), fds.size(), -1));
    if (fds[0].revents != 0) return;
    if (fds[1].revents != 0) takeDatagram();
    for (size_t i = connections_.size(); i > 0; i--) {
      if (fds[2 + i].revents == 0 || takeFrom(connections_[i - 1])) continue;
      forget(connections_[i - 1].fd);
      connections_.erase(connections_.begin() + static_cast<ptrdiff_t>(i) - 1);
    }
    if (fds[2].revents != 0) {
      int accepted = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (accepted >= 0) connections_.push_back({kj::AutoCloseFd(accepted), {}});
    }
  }
}

void DnsServer::takeDatagram() {
  char buffer[kMaxDatagramBytes];
  Peer peer{udp_, {}, false};
  socklen_t size = sizeof peer.address;
  ssize_t got =
      recvfrom(udp_, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&peer.address), &size);
  if (got > 0) answer(std::string(buffer, static_cast<size_t>(got)), peer);
}

bool DnsServer::takeFrom(Connection& connection) {
  char buffer[kMaxDatagramBytes];
  ssize_t got = read(connection.fd, buffer, sizeof buffer);
  if (got <= 0) return false;
  connection.received.append(buffer, static_cast<size_t>(got));
  for (auto& received = connection.received; received.size() >= 2;) {
    size_t size = static_cast<uint8_t>(received[0]) << 8 | static_cast<uint8_t>(received[1]);
    if (received.size() < size + 2) break;
    answer(received.substr(2, size), {connection.fd, {}, true});
    received.erase(0, size + 2);
  }
  return true;
}

// What is held for a connection goes with it.
void DnsServer::forget(int fd) {
  std::lock_guard lock(mutex_);
  std::erase_if(held_, [fd](auto& held) { return held.peer.isTcp && held.peer.fd == fd; });
}

// The next reply of the script, or the one for names without.
const DnsReply& DnsServer::next(const DnsQuestion& question) {
  auto found = scripts_.find({question.name, question.type});
  if (found == scripts_.end() || found->second.replies.empty()) return others_;
  Script& script = found->second;
  size_t index = std::min(script.asked, script.replies.size() - 1);
  script.asked++;
  return script.replies[index];
}

void DnsServer::answer(const std::string& message, const Peer& peer) {
  auto question = readDnsQuestion(message);
  if (!question) return;
  std::lock_guard lock(mutex_);
  all_++;
  if (peer.isTcp) overTcp_++;
  counts_[{question->name, question->type}]++;
  asked_.notify_all();
  auto& reply = next(*question);
  if (!peer.isTcp) {
    for (auto forgery : reply.forgeries)
      sendForgery(forgery, *question, peer);
  }
  if (reply.sending == DnsReply::Sending::kNever) return;
  std::string written = writeDnsAnswer(*question, reply.code, reply.records);
  bool isTruncated = !peer.isTcp && (reply.sending == DnsReply::Sending::kOverTcp ||
                                     written.size() > kMaxDatagramBytes);
  if (isTruncated) {
    // The same question comes again over TCP, and is to get the same reply.
    auto script = scripts_.find({question->name, question->type});
    if (script != scripts_.end() && script->second.asked > 0) script->second.asked--;
    written = writeTruncatedDnsAnswer(*question);
  }
  if (reply.sending == DnsReply::Sending::kHeld) {
    held_.push_back({peer, written});
  } else {
    send(peer, written);
  }
}

void DnsServer::send(const Peer& peer, const std::string& message) {
  if (!peer.isTcp) {
    // Whoever asked may be gone.
    sendto(peer.fd, message.data(), message.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&peer.address), sizeof peer.address);
    return;
  }
  std::string framed{static_cast<char>(message.size() >> 8), static_cast<char>(message.size())};
  framed += message;
  for (size_t sent = 0; sent < framed.size();) {
    ssize_t size = ::send(peer.fd, framed.data() + sent, framed.size() - sent, MSG_NOSIGNAL);
    if (size <= 0) return;
    sent += static_cast<size_t>(size);
  }
}

void DnsServer::sendForgery(DnsReply::Forgery forgery, const DnsQuestion& question,
                            const Peer& peer) {
  DnsQuestion forged = question;
  std::string evil =
      question.type == static_cast<uint16_t>(DnsType::kA) ? "192.0.2.66" : "2001:db8::66";
  std::vector<DnsRecord> records = {{"", static_cast<DnsType>(question.type), evil}};
  std::string message;
  switch (forgery) {
    case DnsReply::Forgery::kWrongId:
      forged.id ^= 0x5555;
      message = writeDnsAnswer(forged, 0, records);
      break;
    case DnsReply::Forgery::kWrongQuestion:
      forged.name = "evil.test";
      message = writeDnsAnswer(forged, 0, records);
      break;
    case DnsReply::Forgery::kEmpty:
      break;
    case DnsReply::Forgery::kGarbage:
      message = std::string(100, '\xff');
      break;
    case DnsReply::Forgery::kHalfARecord:
      message = writeDnsAnswer(question, 0, records);
      message.resize(message.size() - 2);
      break;
  }
  send(peer, message);
}

}  // namespace nano::test
