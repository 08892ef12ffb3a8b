#include "supervisor/egress/curl_handle.h"

#include <openssl/ssl.h>

namespace nano {
namespace {

// A plain connection is read once each time that the loop finds it readable: the default of 16 KiB
// would cost a large body four times as many turns.
constexpr long kReceiveBytes = 64L * 1024;
constexpr long kUploadBytes = 32L * 1024;

CURLcode useOurRoots(CURL*, void* context, void* roots) {
  auto* store = static_cast<X509_STORE*>(roots);
  bool set = SSL_CTX_set1_verify_cert_store(static_cast<SSL_CTX*>(context), store) == 1;
  return set ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

}  // namespace

void CurlList::clear() {
  text_.clear();
  starts_.clear();
}

void CurlList::add(std::string_view first, std::string_view second, std::string_view third) {
  starts_.push_back(text_.size());
  text_.append(first).append(second).append(third).push_back('\0');
}

curl_slist* CurlList::list() {
  nodes_.assign(starts_.size(), curl_slist{});
  for (size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i].data = text_.data() + starts_[i];
    if (i + 1 < nodes_.size()) nodes_[i].next = &nodes_[i + 1];
  }
  return nodes_.empty() ? nullptr : nodes_.data();
}

CurlHandle::CurlHandle(const NetworkSettings& settings)
    : names_(curl_share_init()),
      easy_(curl_easy_init()) {
  KJ_REQUIRE(names_ != nullptr && easy_ != nullptr);
  CURLSHcode shared = curl_share_setopt(names_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  KJ_REQUIRE(shared == CURLSHE_OK);
  CURL* easy = easy_.get();
  setCurl(easy, CURLOPT_SHARE, names_.get());
  setCurl(easy, CURLOPT_RESOLVER_START_FUNCTION, &CurlHandle::onResolve);
  setCurl(easy, CURLOPT_RESOLVER_START_DATA, this);
  setCurl(easy, CURLOPT_BUFFERSIZE, kReceiveBytes);
  setCurl(easy, CURLOPT_UPLOAD_BUFFERSIZE, kUploadBytes);
  setCurl(easy, CURLOPT_CONNECTTIMEOUT_MS,
          static_cast<long>(settings.connectTimeout / kj::MILLISECONDS));
  setCurl(easy, CURLOPT_MAXAGE_CONN, static_cast<long>(settings.poolTimeout / kj::SECONDS));
  long version = settings.http2 == NetworkSettings::Http2::kOffered ? CURL_HTTP_VERSION_2TLS
                                                                    : CURL_HTTP_VERSION_1_1;
  setCurl(easy, CURLOPT_HTTP_VERSION, version);
  forbidWhatNobodyAskedFor();
  setUpTls(settings);
}

void CurlHandle::forbidWhatNobodyAskedFor() {
  CURL* easy = easy_.get();
  setCurl(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  setCurl(easy, CURLOPT_FOLLOWLOCATION, 0L);
  setCurl(easy, CURLOPT_HTTP09_ALLOWED, 0L);
  setCurl(easy, CURLOPT_PATH_AS_IS, 1L);
  setCurl(easy, CURLOPT_NOSIGNAL, 1L);
  setCurl(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  setCurl(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  // Empty, not unset: else the environment has a say. A proxy is set for each transfer.
  setCurl(easy, CURLOPT_PROXY, "");
  setCurl(easy, CURLOPT_NOPROXY, "");
}

void CurlHandle::setUpTls(const NetworkSettings& settings) {
  CURL* easy = easy_.get();
  setCurl(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  setCurl(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  setCurl(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // Read by nobody: curl would parse the whole bundle, once for each app.
  setCurl(easy, CURLOPT_CAINFO, static_cast<char*>(nullptr));
  setCurl(easy, CURLOPT_CAPATH, static_cast<char*>(nullptr));
  if (settings.roots == nullptr) return;
  setCurl(easy, CURLOPT_SSL_CTX_FUNCTION, useOurRoots);
  setCurl(easy, CURLOPT_SSL_CTX_DATA, settings.roots->store());
}

void CurlHandle::connectTo(std::string_view host, uint16_t port, std::string_view addresses) {
  needsName_ = true;
  std::string name = std::string(host) + ":" + std::to_string(port);
  if (name == known_ && addresses == knownAs_) return;
  lines_.clear();
  // Taking a name away comes first: it may be the one that is added.
  if (!known_.empty()) lines_.add("-", known_);
  lines_.add(name, ":", addresses);
  known_ = std::move(name);
  knownAs_ = addresses;
  setCurl(easy_.get(), CURLOPT_RESOLVE, lines_.list());
}

// Curl's own resolver is never used: it makes a thread for each name, and knows no policy. Curl
// asks this before it begins, for addresses too, which it then only parses.
int CurlHandle::onResolve(void*, void*, void* self) {
  return static_cast<CurlHandle*>(self)->needsName_ ? 1 : 0;
}

}  // namespace nano
