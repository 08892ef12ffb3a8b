#include "tests/harness/http_client.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include <kj/debug.h>

namespace nano::test {

namespace {

constexpr long kPatienceSeconds = 20;

size_t appendBody(char* bytes, size_t size, size_t count, void* response) {
  static_cast<HttpResponse*>(response)->body.append(bytes, size * count);
  return size * count;
}

size_t takeHeader(char* bytes, size_t size, size_t count, void* response) {
  std::string line(bytes, size * count);
  size_t colon = line.find(':');
  if (colon != std::string::npos) {
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    size_t from = line.find_first_not_of(" \t", colon + 1);
    size_t to = line.find_last_not_of(" \t\r\n");
    auto& value = static_cast<HttpResponse*>(response)->headers[name];
    if (from != std::string::npos && to >= from) value = line.substr(from, to - from + 1);
  }
  return size * count;
}

}  // namespace

HttpResponse sendRequest(uint16_t port, const HttpRequest& request) {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  HttpResponse response;
  std::string url = "http://127.0.0.1:" + std::to_string(port) + request.path;
  curl_slist* list = curl_slist_append(nullptr, ("Host: " + request.host).c_str());
  for (auto& header : request.headers)
    list = curl_slist_append(list, header.c_str());
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list, curl_slist_free_all);
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, kPatienceSeconds);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, appendBody);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &response);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, takeHeader);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &response);
  if (request.method == "HEAD") {
    curl_easy_setopt(curl.get(), CURLOPT_NOBODY, 1L);
  } else if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, request.body.data());
  }
  if (request.method != "HEAD") {
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) {
    response.error = curl_easy_strerror(code);
    return response;
  }
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  return response;
}

HttpResponse get(uint16_t port, const std::string& host, const std::string& path) {
  HttpRequest request;
  request.host = host;
  request.path = path;
  return sendRequest(port, request);
}

RawConnection::RawConnection(uint16_t port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  KJ_SYSCALL(fd);
  fd_ = kj::AutoCloseFd(fd);
  timeval patience{kPatienceSeconds, 0};
  KJ_SYSCALL(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  KJ_SYSCALL(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address));
}

void RawConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return;  // The peer has closed; receive() shows what it said.
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

std::string RawConnection::receive(size_t maxBytes) {
  std::string all;
  char buffer[4096];
  while (all.size() < maxBytes) {
    ssize_t got = recv(fd_, buffer, std::min(sizeof buffer, maxBytes - all.size()), 0);
    if (got <= 0) break;
    all.append(buffer, static_cast<size_t>(got));
  }
  return all;
}

std::string RawConnection::receiveUntil(std::string_view text) {
  std::string all;
  while (all.find(text) == std::string::npos) {
    std::string more = receive(1);
    if (more.empty()) break;
    all += more;
  }
  return all;
}

}  // namespace nano::test
