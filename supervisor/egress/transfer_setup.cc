// What curl is told about one request.

#include <kj/debug.h>

#include "supervisor/egress/transfer.h"
#include "supervisor/loop_field.h"

namespace nano {
namespace {

using Bytes = kj::Array<kj::byte>;
using Stream = OutboundRequest::Stream;

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string_view schemeOf(const Destination& destination) {
  return destination.scheme == Destination::Scheme::kHttps ? "https" : "http";
}

}  // namespace

void Transfer::setUp() {
  CURL* easy = handle_->easy();
  setTarget(easy);
  setMethod(easy);
  setHeaders(easy);
  setCallbacks(easy);
  curlText_[0] = '\0';
  setCurl(easy, CURLOPT_ERRORBUFFER, curlText_.data());
}

void Transfer::setTarget(CURL* easy) {
  const Destination& destination = request_.destination;
  std::string origin(schemeOf(destination));
  origin.append("://").append(bracketed(destination.host));
  std::string url = origin + ":" + std::to_string(destination.port) + "/";
  setCurl(easy, CURLOPT_URL, url.c_str());
  // The target goes out as it came, so curl's reading of URLs has no say in it.
  bool viaProxy = !route_.proxy.empty();
  bool absolute = viaProxy && destination.scheme == Destination::Scheme::kHttp;
  std::string target = absolute ? url.substr(0, url.size() - 1) + destination.target : "";
  setCurl(easy, CURLOPT_REQUEST_TARGET, absolute ? target.c_str() : destination.target.c_str());
  setCurl(easy, CURLOPT_PROXY, route_.proxy.c_str());

  if (parseIpAddress(route_.host)) return handle_->connectToAddress();
  std::string addresses;
  for (const IpAddress& address : route_.addresses) {
    if (!addresses.empty()) addresses += ',';
    addresses += bracketed(toString(address));
  }
  handle_->connectTo(route_.host, route_.port, addresses);
}

// What an earlier request set is set again, one way or the other.
void Transfer::setMethod(CURL* easy) {
  setCurl(easy, CURLOPT_POSTFIELDS, static_cast<char*>(nullptr));
  setCurl(easy, CURLOPT_HTTPGET, 1L);
  setCurl(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  if (auto* bytes = std::get_if<Bytes>(&request_.body)) {
    setCurl(easy, CURLOPT_POSTFIELDS, bytes->begin());
    setCurl(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(bytes->size()));
  } else if (upload_ != nullptr) {
    setCurl(easy, CURLOPT_UPLOAD, 1L);
    auto length = upload_->length();
    setCurl(easy, CURLOPT_INFILESIZE_LARGE, length ? static_cast<curl_off_t>(*length) : -1);
  } else if (request_.method == "HEAD") {
    setCurl(easy, CURLOPT_NOBODY, 1L);
  } else if (request_.method == "POST" || request_.method == "PUT") {
    // Content-Length: 0, as the Fetch standard says.
    setCurl(easy, CURLOPT_POSTFIELDS, "");
    setCurl(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(0));
  }
}

void Transfer::setHeaders(CURL* easy) {
  bool typed = false;
  for (size_t i = 0; i < request_.headers.size(); ++i) {
    const auto& [name, value] = request_.headers[i];
    // Whether to wait for a 100 is between us and the upstream, and we do not.
    if (name == "expect") continue;
    typed = typed || name == "content-type";
    // In HTTP/2 curl writes it in lower case, as that has it.
    const auto spelling = request_.spellings.find(i);
    const std::string& shown = spelling == request_.spellings.end() ? name : spelling->second;
    // Curl's way to write a field without a value.
    if (value.empty()) {
      headers_.add(shown, ";");
    } else {
      headers_.add(shown, ": ", value);
    }
  }
  if (request_.hops > 0) headers_.add("CDN-Loop", ": ", loopFieldValue(request_.hops));
  // Without a value: what curl would add by itself.
  headers_.add("Expect:");
  if (!typed) headers_.add("Content-Type:");
  setCurl(easy, CURLOPT_HTTPHEADER, headers_.list());
}

void Transfer::setCallbacks(CURL* easy) {
  setCurl(easy, CURLOPT_OPENSOCKETFUNCTION, &Transfer::onOpen);
  setCurl(easy, CURLOPT_OPENSOCKETDATA, this);
  setCurl(easy, CURLOPT_PREREQFUNCTION, &Transfer::onConnected);
  setCurl(easy, CURLOPT_PREREQDATA, this);
  setCurl(easy, CURLOPT_HEADERFUNCTION, &Transfer::onHeader);
  setCurl(easy, CURLOPT_HEADERDATA, this);
  setCurl(easy, CURLOPT_WRITEFUNCTION, &Transfer::onBody);
  setCurl(easy, CURLOPT_WRITEDATA, this);
  setCurl(easy, CURLOPT_READFUNCTION, &Transfer::onUpload);
  setCurl(easy, CURLOPT_READDATA, this);
  setCurl(easy, CURLOPT_NOPROGRESS, 1L);
  setCurl(easy, CURLOPT_DEBUGFUNCTION, &Transfer::onDebug);
  setCurl(easy, CURLOPT_DEBUGDATA, this);
  setCurl(easy, CURLOPT_VERBOSE, 0L);
  setCurl(easy, CURLOPT_RTSP_REQUEST, CURL_RTSPREQ_OPTIONS);
}

}  // namespace nano
