#include "tests/hostile/nonce_traffic.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include <kj/debug.h>
#include <kj/io.h>

namespace nano::test {

const char kNonceHandler[] = R"(
    const nonce = request.headers.get('x-nonce');
    const headers = { 'x-nonce': nonce };
    const text = new TextEncoder();
    switch (path) {
      case '/plain': return new Response(nonce, { headers });
      case '/echo': return new Response(request.body, { headers });
      case '/text': return new Response(await request.text(), { headers });
      case '/later':
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
        return new Response(nonce, { headers });
      case '/large': return new Response((nonce + ';').repeat(4000), { headers });
      case '/stream': {
        let pieces = 5;
        return new Response(new ReadableStream({
          async pull(controller) {
            await null;
            if (pieces-- === 0) controller.close();
            else controller.enqueue(text.encode(nonce + ';'));
          },
        }), { headers });
      }
    })";

namespace {

constexpr int kThreads = 8;
constexpr time_t kPatienceSeconds = 30;

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; i++)
    all += text;
  return all;
}

// One connection, with what was received and not used.
class Client final {
 public:
  explicit Client(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    KJ_SYSCALL(static_cast<int>(fd_));
    timeval patience{kPatienceSeconds, 0};
    int yes = 1;
    KJ_SYSCALL(setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience));
    KJ_SYSCALL(setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes));
    // Broken off by a reset: a million orderly ends would use up all local ports for a minute.
    linger reset{1, 0};
    KJ_SYSCALL(setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    KJ_SYSCALL(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address));
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }
  bool receiveMore() {
    char buffer[16384];
    ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    pending_.append(buffer, static_cast<size_t>(got));
    return true;
  }
  // Up to and with `end`; nothing when the connection ends before.
  std::optional<std::string> takeUntil(std::string_view end) {
    size_t at;
    while ((at = pending_.find(end)) == std::string::npos) {
      if (!receiveMore()) return std::nullopt;
    }
    return take(at + end.size());
  }
  std::optional<std::string> takeExactly(size_t size) {
    while (pending_.size() < size) {
      if (!receiveMore()) return std::nullopt;
    }
    return take(size);
  }

 private:
  std::string take(size_t size) {
    std::string taken = pending_.substr(0, size);
    pending_.erase(0, size);
    return taken;
  }

  kj::AutoCloseFd fd_;
  std::string pending_;
};

struct Answer {
  std::string head;
  std::string body;
};

std::optional<std::string> fieldOf(const std::string& head, const std::string& name) {
  size_t at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return std::nullopt;
  size_t start = at + name.size() + 4;
  return head.substr(start, head.find("\r\n", start) - start);
}

std::optional<Answer> receiveAnswer(Client& client) {
  auto head = client.takeUntil("\r\n\r\n");
  if (!head) return std::nullopt;
  if (auto length = fieldOf(*head, "Content-Length")) {
    auto body = client.takeExactly(std::stoul(*length));
    if (!body) return std::nullopt;
    return Answer{*head, *body};
  }
  std::string all;
  for (;;) {
    auto size = client.takeUntil("\r\n");
    if (!size) return std::nullopt;
    size_t bytes = std::stoul(*size, nullptr, 16);
    auto chunk = client.takeExactly(bytes + 2);
    if (!chunk) return std::nullopt;
    if (bytes == 0) return Answer{*head, all};
    all.append(*chunk, 0, bytes);
  }
}

struct Request {
  std::string nonce;
  std::string bytes;
  std::string expected;
};

Request makeRequest(const std::string& host, const std::string& nonce, uint32_t choice) {
  const char* kinds[] = {"/plain", "/echo", "/text", "/later", "/stream"};
  std::string path = choice % 64 == 0 ? "/large" : kinds[choice % 5];
  Request request{nonce, {}, nonce};
  std::string body;
  if (path == "/echo" || path == "/text") {
    // Now and then past what travels within a message.
    body = repeated(nonce + ";", choice % 61 == 0 ? 4000 : 1);
    request.expected = body;
  }
  if (path == "/large") request.expected = repeated(nonce + ";", 4000);
  if (path == "/stream") request.expected = repeated(nonce + ";", 5);
  request.bytes = (body.empty() ? "GET " : "POST ") + path + " HTTP/1.1\r\nHost: " + host +
                  "\r\nx-nonce: " + nonce + "\r\n";
  if (!body.empty()) request.bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  request.bytes += "\r\n" + body;
  return request;
}

// The way a request goes: its end, or where it is broken off.
enum class Way : uint8_t { kWhole, kWithinRequest, kBeforeAnswer, kWithinAnswer };

class Traffic final {
 public:
  Traffic(uint16_t port, std::string host, uint64_t thread)
      : port_(port),
        host_(std::move(host)),
        thread_(thread),
        random_(static_cast<uint32_t>(thread)) {}

  void send(uint64_t number) {
    Request request =
        makeRequest(host_, "n" + std::to_string(thread_) + "-" + std::to_string(number), random_());
    if (!client_) client_.emplace(port_);
    Way way = random_() % 3 != 0 ? Way::kWhole : static_cast<Way>(1 + random_() % 3);
    std::string_view bytes = request.bytes;
    client_->send(way == Way::kWithinRequest ? bytes.substr(0, random_() % bytes.size()) : bytes);
    if (way == Way::kWhole) {
      check(request);
      return;
    }
    if (way == Way::kWithinAnswer) client_->receiveMore();
    client_.reset();
    report.aborted++;
  }

  TrafficReport report;

 private:
  void check(const Request& request) {
    auto answer = receiveAnswer(*client_);
    std::string wrong;
    if (!answer) {
      wrong = "no whole answer";
    } else if (!answer->head.starts_with("HTTP/1.1 200 ")) {
      report.refused++;
    } else if (fieldOf(answer->head, "x-nonce") != request.nonce ||
               answer->body != request.expected) {
      wrong = answer->head + answer->body.substr(0, 200);
    } else {
      report.answered++;
    }
    // nanod ends a connection after its thousandth request.
    if (!answer || fieldOf(answer->head, "Connection") == "close") client_.reset();
    if (!wrong.empty() && report.firstWrong.empty()) {
      report.firstWrong = "to " + request.nonce + ": " + wrong;
    }
  }

  uint16_t port_;
  std::string host_;
  uint64_t thread_;
  std::minstd_rand random_;
  std::optional<Client> client_;
};

}  // namespace

TrafficReport sendNonceTraffic(uint16_t port, const std::string& host, uint64_t requests) {
  std::atomic<uint64_t> next{0};
  std::vector<Traffic> traffic;
  traffic.reserve(kThreads);
  for (uint64_t i = 0; i < kThreads; i++)
    traffic.emplace_back(port, host, i + 1);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (auto& one : traffic) {
    threads.emplace_back([&one, &next, requests] {
      for (uint64_t number; (number = next++) < requests;)
        one.send(number);
    });
  }
  for (auto& thread : threads)
    thread.join();
  TrafficReport sum;
  for (auto& one : traffic) {
    sum.answered += one.report.answered;
    sum.aborted += one.report.aborted;
    sum.refused += one.report.refused;
    if (sum.firstWrong.empty()) sum.firstWrong = one.report.firstWrong;
  }
  return sum;
}

}  // namespace nano::test
