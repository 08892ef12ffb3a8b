#include "supervisor/egress/dns_query.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include <kj/debug.h>

namespace nano {
namespace {

// A server that sends more than it was asked for does not keep the loop.
constexpr int kMaxDatagramsPerTurn = 16;

struct FreeString {
  void operator()(unsigned char* bytes) const { ares_free_string(bytes); }
};
using QueryBytes = std::unique_ptr<unsigned char, FreeString>;

// c-ares makes its ids with a generator of its own, which is weak in the versions we may meet.
uint16_t randomId() {
  uint16_t id = 0;
  ssize_t size;
  KJ_SYSCALL(size = getrandom(&id, sizeof(id), 0));
  KJ_REQUIRE(size == sizeof(id));
  return id;
}

ssize_t sendPieces(int fd, const iovec* pieces, int count) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces);
  message.msg_iovlen = static_cast<size_t>(count);
  ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
  // That was the datagram before this one. Had c-ares only this error, the other question would
  // wait for its timeout; so this datagram goes out too, and what comes back is the error of both.
  if (sent < 0 && errno == ECONNREFUSED) sent = sendmsg(fd, &message, MSG_NOSIGNAL);
  return sent;
}

std::vector<ares_addr_port_node> nodesOf(const std::vector<NameServer>& servers) {
  std::vector<ares_addr_port_node> nodes(servers.size());
  for (size_t i = 0; i < servers.size(); i++) {
    bool isV4 = servers[i].address.family == IpAddress::Family::kV4;
    nodes[i].family = isV4 ? AF_INET : AF_INET6;
    memcpy(&nodes[i].addr, servers[i].address.bytes.data(), isV4 ? 4 : 16);
    nodes[i].udp_port = nodes[i].tcp_port = servers[i].port;
    nodes[i].next = i + 1 < servers.size() ? &nodes[i + 1] : nullptr;
  }
  return nodes;
}

}  // namespace

DnsQuery::DnsQuery(EventLoop& loop, kj::Timer& timer, const std::vector<NameServer>& servers,
                   const DnsSettings& settings)
    : loop_(loop),
      timer_(timer),
      otherFamilyTimeout_(settings.otherFamilyTimeout),
      silence_("got no answer from the name servers within " +
               std::to_string(settings.lookupTimeout / kj::SECONDS) + " s") {
  auto onTimer = [](evutil_socket_t, short, void* self) {
    static_cast<DnsQuery*>(self)->onReady(ARES_SOCKET_BAD, 0);
  };
  attemptsEnd_.reset(event_new(&loop.base(), -1, 0, onTimer, this));
  KJ_REQUIRE(attemptsEnd_ != nullptr);
  openChannel(servers, settings);
}

DnsQuery::~DnsQuery() noexcept(false) {}

// With all of these options c-ares reads no file for them, so this does not block.
void DnsQuery::openChannel(const std::vector<NameServer>& servers, const DnsSettings& settings) {
  ares_options options{};
  char lookups[] = "b";
  options.lookups = lookups;
  options.timeout = static_cast<int>(settings.attemptTimeout / kj::MILLISECONDS);
  options.tries = settings.rounds;
  options.sock_state_cb_data = this;
  options.sock_state_cb = [](void* self, int fd, int readable, int writable) {
    auto what = static_cast<short>((readable ? EV_READ : 0) | (writable ? EV_WRITE : 0));
    guard([self, fd, what] { static_cast<DnsQuery*>(self)->watch(fd, what); },
          [self](kj::Exception&& error) {
            static_cast<DnsQuery*>(self)->done_->reject(kj::mv(error));
          });
  };
  int given = ARES_OPT_LOOKUPS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
              ARES_OPT_SERVERS | ARES_OPT_DOMAINS | ARES_OPT_SORTLIST | ARES_OPT_NOROTATE |
              ARES_OPT_FLAGS | ARES_OPT_SOCK_STATE_CB;
  ares_channel made = nullptr;
  int status = ares_init_options(&made, &options, given);
  KJ_REQUIRE(status == ARES_SUCCESS, ares_strerror(status));
  channel_.reset(made);
  auto nodes = nodesOf(servers);
  status = ares_set_servers_ports(channel_.get(), nodes.data());
  KJ_REQUIRE(status == ARES_SUCCESS, ares_strerror(status));
  ares_set_socket_functions(channel_.get(), &socketFunctions(), this);
}

kj::Promise<void> DnsQuery::ask(const std::string& name) {
  name_ = name;
  auto done = kj::newPromiseAndFulfiller<void>();
  done_ = kj::mv(done.fulfiller);
  v4_.answer.reason = v6_.answer.reason = silence_;
  send(v6_, ns_t_aaaa);
  send(v4_, ns_t_a);
  armTimer();
  return kj::mv(done.promise);
}

void DnsQuery::send(Question& question, int type) {
  unsigned char* made = nullptr;
  int size = 0;
  int status = ares_create_query(name_.c_str(), ns_c_in, type, randomId(), 1, &made, &size, 0);
  QueryBytes bytes(made);
  if (status != ARES_SUCCESS) return onAnswer(question, status, {});
  auto callback = [](void* context, int result, int, unsigned char* answer, int answerSize) {
    // The channel is going, and we with it.
    if (result == ARES_EDESTRUCTION) return;
    auto* asked = static_cast<Question*>(context);
    std::span<const uint8_t> message(answer, answer == nullptr ? 0 : answerSize);
    guard([asked, result, message] { asked->query.onAnswer(*asked, result, message); },
          [asked](kj::Exception&& error) { asked->query.done_->reject(kj::mv(error)); });
  };
  ares_send(channel_.get(), bytes.get(), size, callback, &question);
}

std::string DnsQuery::reasonOf(int status) const {
  switch (status) {
    case ARES_EBADNAME:
      return "is not a name that DNS can have";
    case ARES_ETIMEOUT:
      return silence_;
    default:
      // What c-ares calls a refused connection may be a server's SERVFAIL or REFUSED.
      return "could not be looked up: no name server could answer";
  }
}

void DnsQuery::onAnswer(Question& question, int status, std::span<const uint8_t> message) {
  if (status == ARES_SUCCESS) {
    question.answer = readDnsAnswer(name_, question.family, message);
  } else {
    question.answer.reason = reasonOf(status);
  }
  question.isDone = true;
  if (v4_.isDone && v6_.isDone) {
    done_->fulfill();
  } else if (question.answer.kind == DnsAnswer::Kind::kAddresses) {
    otherFamilyIsLate_ = timer_.afterDelay(otherFamilyTimeout_)
                             .then([this] { done_->fulfill(); })
                             .eagerlyEvaluate(nullptr);
  }
}

void DnsQuery::onReady(int fd, short what) {
  guard(
      [this, fd, what] {
        process(what & EV_READ ? fd : ARES_SOCKET_BAD, what & EV_WRITE ? fd : ARES_SOCKET_BAD);
      },
      [this](kj::Exception&& error) { done_->reject(kj::mv(error)); });
}

void DnsQuery::process(int readFd, int writeFd) {
  datagramsLeft_ = kMaxDatagramsPerTurn;
  ares_process_fd(channel_.get(), readFd, writeFd);
  armTimer();
}

// For c-ares's own timeouts.
void DnsQuery::armTimer() {
  timeval delay{};
  if (ares_timeout(channel_.get(), nullptr, &delay) == nullptr) return;
  KJ_REQUIRE(event_add(attemptsEnd_.get(), &delay) == 0);
}

// `what` 0: not any more.
void DnsQuery::watch(int fd, short what) {
  std::erase_if(sockets_, [fd](auto& socket) { return socket.first == fd; });
  if (what == 0) return;
  auto callback = [](evutil_socket_t ready, short happened, void* self) {
    static_cast<DnsQuery*>(self)->onReady(ready, happened);
  };
  Event event(event_new(&loop_.base(), fd, static_cast<short>(what | EV_PERSIST), callback, this));
  KJ_REQUIRE(event != nullptr && event_add(event.get(), nullptr) == 0);
  sockets_.emplace_back(fd, std::move(event));
}

ssize_t DnsQuery::receive(DnsQuery& query, int fd, std::span<uint8_t> buffer,
                          std::pair<sockaddr*, socklen_t*> from) {
  bool isDatagram = from.first != nullptr;
  if (isDatagram && query.datagramsLeft_-- <= 0) {
    errno = EAGAIN;
    return -1;
  }
  ssize_t size = recvfrom(fd, buffer.data(), buffer.size(), 0, from.first, from.second);
  if (isDatagram && size == 0) {
    // c-ares would take it for a server that is gone (CVE-2023-32067).
    errno = EAGAIN;
    return -1;
  }
  return size;
}

// Ours, so that a descriptor is closed in a worker from its first moment.
const ares_socket_functions& DnsQuery::socketFunctions() {
  static const ares_socket_functions kFunctions = {
      [](int family, int type, int protocol, void*) {
        return socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
      },
      [](int fd, void*) { return close(fd); },
      [](int fd, const sockaddr* address, socklen_t size, void*) {
        return connect(fd, address, size);
      },
      [](int fd, void* buffer, size_t size, int, sockaddr* from, socklen_t* fromSize, void* self) {
        return receive(*static_cast<DnsQuery*>(self), fd, {static_cast<uint8_t*>(buffer), size},
                       {from, fromSize});
      },
      [](int fd, const iovec* pieces, int count, void*) { return sendPieces(fd, pieces, count); }};
  return kFunctions;
}

}  // namespace nano
