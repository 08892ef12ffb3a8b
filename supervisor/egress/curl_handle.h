#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <kj/debug.h>

#include "protocol/libevent.h"
#include "supervisor/egress/network_settings.h"

namespace nano {

// Sets an option that cannot fail but for want of memory.
template <typename Value>
void setCurl(CURL* easy, CURLoption option, Value value) {
  CURLcode result = curl_easy_setopt(easy, option, value);
  KJ_REQUIRE(result == CURLE_OK, "curl refuses an option", static_cast<int>(option),
             curl_easy_strerror(result));
}

// A curl_slist in two allocations. Nothing may be added once it was handed to curl.
class CurlList final {
 public:
  CurlList() = default;
  CurlList(const CurlList&) = delete;
  CurlList& operator=(const CurlList&) = delete;

  void clear();
  // One line made of three pieces.
  void add(std::string_view first, std::string_view second = {}, std::string_view third = {});
  // Null where it is empty. Stands until the next add() or clear().
  curl_slist* list();

 private:
  std::string text_;
  std::vector<size_t> starts_;
  std::vector<curl_slist> nodes_;
};

// One of curl's easy handles with the options that are the same for every fetch: what curl must not
// do by itself. Used again and again: a new one is 6 KB to clear and sixty options to set.
class CurlHandle final {
 public:
  explicit CurlHandle(const NetworkSettings& settings);
  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;

  CURL* easy() const { return easy_.get(); }

  // What the next transfer connects to for `host`: "192.0.2.1,[2001:db8::1]", in this order.
  void connectTo(std::string_view host, uint16_t port, std::string_view addresses);
  // The host to connect to is itself an address.
  void connectToAddress() { needsName_ = false; }

 private:
  void forbidWhatNobodyAskedFor();
  void setUpTls(const NetworkSettings& settings);
  static int onResolve(void*, void*, void* self);

  // Names are shared with nobody: what one fetch may connect to is no other's business, and curl's
  // common cache of them would only grow.
  std::unique_ptr<CURLSH, ReleaseWith<curl_share_cleanup>> names_;
  std::unique_ptr<CURL, ReleaseWith<curl_easy_cleanup>> easy_;
  bool needsName_ = true;
  CurlList lines_;
  std::string known_;  // "example.com:443", or empty.
  std::string knownAs_;
};

}  // namespace nano
